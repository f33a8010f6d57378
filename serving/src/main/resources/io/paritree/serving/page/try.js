// Enter a record, see its score and why, change one thing at a time, and compare.
import {html, nothing} from "./lit-html.js";
import {address, escape, Failure, get, post} from "./api.js";
import {curve} from "./curve.js";
import {form, idOf} from "./fields.js";
import {copy, difference, empty, failure, loading, number, signed, value} from "./parts.js";
import {RecordEntry} from "./record.js";
import {faultSummary, scoreView} from "./score-view.js";
import {waterfall} from "./waterfall.js";

const MOST_REASONS = 12;
const CURVE_DELAY = 250; // ms after the last change

export class TryScreen {
  constructor(app) {
    this.app = app;
    this.models = null;
    this.outputs = null; // stored scores that can fill a record in
    this.reset();
  }

  reset() {
    this.contract = null;
    this.hasReasons = true;
    this.noReasons = "";
    this.entry = null;
    this.answer = null;
    this.problem = null;
    this.pinned = null;
    this.view = null; // of the curve
    this.state = {entry: null, faults: new Map(), search: "", isAll: false, isRanked: true};
    this.mode = "form";
    this.json = "";
    this.jsonProblem = "";
    this.output = "";
    this.isScoring = false;
    this.isAgain = false;
    this.load = {table: "", key: {}, note: "", problem: null};
  }

  get title() {
    return this.contract ? `Try ${this.contract.name}` : "Try a record";
  }

  /** Opens the screen for a link: the model, and the record if it has one. */
  async open([wanted], query) {
    try {
      this.models = (await get("v1/models")).models;
      const name = wanted ?? addressOf(this.models[0] ?? {});
      if (this.contract === null || this.address !== name) {
        this.reset();
        this.address = name;
        this.app.update();
        const path = `v1/models/${pathOf(name)}`;
        this.contract = await get(`${path}/contract`);
        this.path = path;
        this.entry = new RecordEntry(this.contract);
        this.state.entry = this.entry;
        this.entry.read(JSON.stringify(this.contract.example));
      }

      if (query.get("output") !== null) {
        this.output = query.get("output");
      }

      this.outputs ??= await get("v1/scores").then(answer => answer.scores, () => []);
      this.linkProblem = "";
      if (query.get("record") !== null && query.get("record") !== this.entry.json()) {
        try {
          this.entry.read(query.get("record"));
        } catch (e) {
          this.answer = null;
          this.linkProblem = e.message;
          this.app.update();
          return;
        }

        await this.score();
      } else if (query.get("record") !== null && this.answer === null) {
        await this.score();
      }
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  /** Something has changed: the answer follows if there was one. */
  changed = name => {
    this.state.faults.delete(name);
    this.app.update();
    if (this.answer !== null || this.problem !== null) {
      this.score({isQuiet: true});
    }
  };

  /** Scores the record; of changes that come while one is scored, the last one is. */
  async score({isQuiet = false} = {}) {
    if (this.mode === "json" && this.jsonProblem) {
      this.app.focus("json-problem");
      return;
    }

    if (this.isScoring) {
      this.isAgain = true;
      return;
    }

    this.isScoring = true;
    try {
      do {
        this.isAgain = false;
        await this.scoreOnce(isQuiet);
        this.app.update();
      } while (this.isAgain);
    } finally {
      this.isScoring = false;
      this.app.update();
    }
  }

  async scoreOnce(isQuiet) {
    const record = this.entry.json();
    this.app.link(`try/${escape(this.address)}`, {record, output: this.output || undefined}, isQuiet);
    const before = this.answer;
    try {
      this.answer = await this.ask(record);
      this.problem = null;
      this.shownRecord = record;
      this.state.faults = new Map();
      if (before && before.model_version !== this.answer.model_version) {
        this.app.say(`The model has changed: ${before.model_version} answered before, ${this.answer.model_version} does now`);
        this.contract = {...await get(`${this.path}/contract`)};
        this.entry.contract = this.contract;
        this.entry.fields = new Map(this.contract.fields.map(field => [field.name, field]));
        this.contract.fields.filter(field => !this.entry.entries.has(field.name)).forEach(field => this.entry.miss(field.name, true));
      }

      this.drawCurve();
      if (!isQuiet) {
        this.app.say(`Score ${number(this.answer.score ?? "")} ${this.answer.label ?? ""}`);
      }
    } catch (e) {
      this.answer = null;
      this.problem = e;
      this.shownRecord = record;
      this.state.faults = new Map();
      for (const fault of e.problem?.errors ?? []) {
        this.state.faults.set(fault.field, [...this.state.faults.get(fault.field) ?? [], fault]);
      }

      if (!isQuiet) {
        this.app.focus("faults");
      }
    }
  }

  /** A batch of one record: a record with faults is no failed request there, so no browser logs an error. */
  async ask(record) {
    const ask = () => post(`${this.path}/score-batch?${this.query()}`, `[${record}]`);
    const {results: [result], ...answer} = await ask().catch(e => {
      if (e.status !== 400 || !this.hasReasons) {
        throw e;
      }

      this.hasReasons = false; // as for a linear model, or one of several outputs without a label
      this.noReasons = e.problem.detail;
      return ask();
    });
    if (result.errors !== undefined) {
      throw new Failure({status: 400, title: "The record cannot be scored", errors: result.errors});
    }

    return {...answer, ...result, record};
  }

  query() {
    const query = new URLSearchParams({margin: "true"});
    const groups = new Set(this.contract.fields.filter(field => field.role !== "offset").map(field => field.group ?? field.name)).size;
    if (this.hasReasons && groups > 0) {
      query.set("reasons", Math.min(MOST_REASONS, groups));
      if (this.output) {
        query.set("output", this.output);
      }
    }

    return query;
  }

  pin() {
    this.pinned = this.answer;
    this.app.say("Pinned: the next changes are compared with this result");
    this.app.update();
  }

  pick = name => {
    const field = this.contract.fields.find(field => field.name === name || field.group === name);
    if (field) {
      this.view = {field: field.name, sweep: null, isTable: false, problem: null, known: field.categories_count ?? 0,
        isListed: field.type !== "number", isInOrder: field.type === "timestamp", least: field.min, use: value => {
        this.entry.load({[field.name]: value});
        this.changed(field.name);
      }};
      this.drawCurve(0);
      this.app.update();
      this.app.focus("curve");
    }
  };

  /** Asks for the curve again, when the record has not changed for a moment. */
  drawCurve(delay = CURVE_DELAY) {
    if (this.view === null) {
      return;
    }

    clearTimeout(this.curveTimer);
    this.curveTimer = setTimeout(async () => {
      const view = this.view;
      if (view === null) {
        return;
      }

      try {
        const record = this.entry.json();
        view.sweep = await post(`${this.path}/sweep`, `{"record": ${record}, "field": ${JSON.stringify(view.field)}${this.times(view.field)}}`);
        view.record = record;
        view.output = this.answer?.reasons?.output ?? (this.answer?.scores ? Object.keys(this.answer.scores)[0] : "");
        view.problem = null;
      } catch (e) {
        view.problem = e;
      }

      this.app.update();
    }, delay);
  }

  /** The values of a time's curve: each half hour of its day. The model itself names none. */
  times(name) {
    const field = this.contract.fields.find(field => field.name === name);
    const own = this.entry.get(name);
    const text = own.missing ? String(this.contract.example[name]) : own.text;
    if (field.type !== "timestamp" || !/^\d{4}-\d\d-\d\d/.test(text)) {
      return "";
    }

    const two = part => String(part).padStart(2, "0");
    const values = Array.from({length: 48}, (_, half) => `${text.slice(0, 10)}T${two(Math.floor(half / 2))}:${two(30 * (half % 2))}:00`);
    return `, "values": ${JSON.stringify(values)}`;
  }

  async loadRow() {
    const {table, key} = this.load;
    this.load.problem = null;
    this.load.note = "";
    try {
      const query = new URLSearchParams(Object.entries(key));
      const row = await get(`v1/scores/${escape(table)}/row?${query}`);
      const known = this.entry.load({...row.columns, ...row.key});
      this.load.note = known === 0
        ? "The stored row has no column of this model's fields; the run can pass them on with --pass."
        : known === this.contract.fields.length ? `All ${known} fields were in the stored row.`
        : `${known} of ${this.contract.fields.length} fields were in the stored row; the others stay as they are.`;
      await this.score();
    } catch (e) {
      this.load.problem = e;
    }

    this.app.update();
  }

  draw() {
    if (this.contract === null) {
      return html`<h1>${this.title}</h1>${this.problem ? failure(this.problem, () => this.app.reopen()) : loading("the model")}`;
    }

    return html`
      <div class="head"><h1>Try <bdi>${this.contract.name}</bdi></h1>
        ${this.models.length > 1 ? html`<label>Model <select @change=${e => { location.hash = `#/try/${escape(e.target.value)}`; }}>${
          this.models.map(model => html`<option value=${addressOf(model)} .selected=${addressOf(model) === this.address}>${model.model_version}${model.alias ? ` (${model.alias})` : ""}</option>`)}</select></label>` : nothing}
        <span class="small"><bdi>${this.contract.model_version}</bdi> <code title=${this.contract.digest}>${(this.contract.digest ?? "").slice(0, 12)}</code>${
          this.contract.sealed === false ? html` <span class="chip warn">unsealed</span>` : nothing}</span></div>
      <div class=${this.pinned ? "split wider" : "split"}>
        <section aria-label="Record" class="card">${this.recordView()}</section>
        <section aria-label="Result" class="card result" aria-busy=${String(this.isScoring)} data-record=${this.shownRecord ?? nothing}>${this.resultView()}</section>
      </div>`;
  }

  recordView() {
    return html`
      <div class="tabs" role="group" aria-label="How to enter the record">
        ${[["form", "Form"], ["json", "JSON"], ...this.outputs?.length ? [["key", "By key"]] : []].map(([mode, text]) => html`
          <button type="button" aria-pressed=${this.mode === mode} @click=${() => this.show(mode)}>${text}</button>`)}
        <button type="button" class="quiet" @click=${() => this.fill(JSON.stringify(this.contract.example))}>Example</button>
        <button type="button" class="quiet" @click=${() => this.fill("{}")}>All missing</button>
      </div>
      <form @submit=${e => { e.preventDefault(); this.score(); }} @keydown=${e => {
        if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.score(); } }}>
        <div class="tools bottom"><button type="submit" class="main">Score</button>
          <span class="small">Ctrl+Enter scores too</span></div>
        ${this.mode === "json" ? this.jsonView() : this.mode === "key" ? this.keyView() : nothing}
        ${this.mode === "json" ? nothing : form(this.contract, this.state, this.changed, () => this.app.update())}
      </form>`;
  }

  show(mode) {
    this.mode = mode;
    if (!this.jsonProblem) { // what cannot be read is kept until it can
      this.json = this.entry.json("  ");
    }

    if (mode === "key" && !this.load.table) {
      this.chooseTable(this.outputs[0].name);
    }

    this.app.update();
  }

  async chooseTable(name) {
    this.load.table = name;
    this.load.key = {};
    this.load.keys = undefined;
    try {
      this.load.keys = (await get(`v1/scores/${escape(name)}`)).keys;
    } catch (e) {
      this.load.problem = e;
    }

    this.app.update();
  }

  fill(json) {
    this.entry.read(json);
    this.state.faults = new Map();
    this.jsonProblem = "";
    this.linkProblem = "";
    this.json = this.entry.json("  ");
    this.app.update();
    this.score({isQuiet: true});
  }

  jsonView() {
    return html`<label class="block">Record as JSON
      <textarea rows="16" spellcheck="false" .value=${this.json} aria-describedby="json-problem" aria-invalid=${this.jsonProblem ? "true" : "false"} @input=${e => {
        this.json = e.target.value;
        try {
          this.entry.read(this.json);
          this.jsonProblem = "";
        } catch (problem) {
          this.jsonProblem = `This is no record: ${problem.message}`;
        }

        this.app.update();
      }}></textarea></label>
      <p class="fault" id="json-problem" tabindex="-1">${this.jsonProblem}</p>
      ${this.entry.others.size ? html`<p class="fault">The model has no field ${[...this.entry.others.keys()].join(", ")}.</p>` : nothing}`;
  }

  keyView() {
    const {table, key, keys, note, problem} = this.load;
    return html`<div class="inset">
      <label>Stored scores <select @change=${e => this.chooseTable(e.target.value)}>${this.outputs.map(output =>
        html`<option value=${output.name} .selected=${output.name === table}>${output.name}</option>`)}</select></label>
      ${(keys ?? []).map(column => html`<label><bdi>${column.name}</bdi>
        <input type="text" .value=${key[column.name] ?? ""} @input=${e => { key[column.name] = e.target.value; }}
          @keydown=${e => { if (e.key === "Enter" && !e.ctrlKey) { e.preventDefault(); this.loadRow(); } }}></label>`)}
      <button type="button" @click=${() => this.loadRow()}>Load</button>
      ${note ? html`<p role="status">${note}</p>` : nothing}${failure(problem)}</div>`;
  }

  resultView() {
    const errors = this.problem?.problem?.errors ?? [];
    if (this.linkProblem) {
      return html`<h2>Result</h2><div class="notice bad" role="alert"><strong>The record in the link cannot be read</strong>
        <p><bdi>${this.linkProblem}</bdi></p><p>The form has the model's example in its place; open the link again, or enter a record.</p></div>`;
    }

    if (this.answer === null) {
      return html`<h2>Result</h2>
        ${errors.length ? faultSummary(errors, name => this.toField(name)) : failure(this.problem, () => this.score())}
        ${this.problem ? nothing : empty("Score the record to see its score, and what each field adds to it.")}
        ${this.pinned ? this.pinnedView() : nothing}`;
    }

    const {reasons, margin} = this.answer;
    const own = margin ?? this.answer.margins?.[reasons?.output];
    const isOld = this.jsonProblem !== "" || this.answer.record !== this.entry.json();
    return html`
      <h2>Result</h2>
      ${this.jsonProblem ? html`<p class="notice warn" role="status">This is the result of the last record that could be read.</p>` : nothing}
      <div class=${isOld ? "old" : ""}>
      <div class=${this.pinned ? "pair" : ""}>
        ${this.pinned ? this.pinnedView() : nothing}
        <div>${this.pinned ? html`<p class="small strong">Now</p>` : nothing}${scoreView(this.answer, this.contract)}
          ${this.pinned && typeof this.answer.score === "number" ? html`<p class="small">change of the score ${signed(difference(this.answer.score, this.pinned.score))}</p>` : nothing}</div>
      </div>
      <p class="tools">
        <button type="button" @click=${() => this.pin()}>Pin this result</button>
        ${this.pinned ? html`<button type="button" class="quiet" @click=${() => { this.pinned = null; this.app.update(); }}>Unpin</button>` : nothing}
        <button type="button" class="quiet" @click=${() => copy(this.curl(), this.app, "The command")}>Copy as curl</button>
        <button type="button" class="quiet" @click=${() => copy(location.href, this.app, "The link")}>Copy link</button>
      </p>
      ${this.outputView()}
      ${reasons ? waterfall({...reasons}, own, {
            pinned: this.pinnedReasons(reasons), pick: this.pick,
            score: typeof this.answer.score === "number" ? {number: this.answer.score, note: `${this.contract.objective} makes it of the margin`} : null})
        : html`<p class="small">margin ${number(own)}</p>${this.noReasons ? html`<p class="small">There are no reasons: <bdi>${this.noReasons}</bdi></p>` : nothing}`}
      ${this.curveView()}
      <p class="small">Answered by <bdi>${this.answer.model_version}</bdi>, digest <code>${this.contract.digest}</code>.</p></div>`;
  }

  outputView() {
    const {names} = this.contract.outputs;
    if (names.length < 2) {
      return nothing;
    }

    return html`<label>Explained output <select @change=${e => { this.output = e.target.value; this.hasReasons = true; this.noReasons = ""; this.score(); }}>
      <option value="" .selected=${this.output === ""}>the one of the label</option>
      ${names.map(name => html`<option value=${name} .selected=${this.output === name}>${name}</option>`)}</select></label>`;
  }

  pinnedReasons(reasons) {
    const own = this.pinned?.reasons;
    return own && own.output === reasons.output
      ? {...own, score: this.pinned.score, margin: this.pinned.margin ?? this.pinned.margins?.[own.output]} : null;
  }

  pinnedView() {
    const before = JSON.parse(this.pinned.record);
    const now = JSON.parse(this.entry.json());
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(name =>
      JSON.stringify(before[name]) !== JSON.stringify(now[name]));
    return html`<div class="pinned"><p class="small strong">Pinned${this.pinned.model_version !== (this.answer ?? this.pinned).model_version ? html` (<bdi>${this.pinned.model_version}</bdi>)` : nothing}</p>
      ${scoreView(this.pinned, this.contract)}
      ${names.length ? html`<p class="small">changed since: ${names.slice(0, 8).map((name, index) => html`${index ? "; " : ""}<bdi>${name}</bdi> ${value(before[name])} → ${value(now[name])}`)}${names.length > 8 ? ` and ${names.length - 8} more` : ""}</p>` : nothing}</div>`;
  }

  curveView() {
    const fields = this.contract.fields;
    return html`<section id="curve" tabindex="-1" aria-label="Score over one field">
      <h3>What if</h3>
      <label>Score over <select @change=${e => e.target.value ? this.pick(e.target.value) : (this.view = null, this.app.update())}>
        <option value="" .selected=${this.view === null}>choose a field</option>
        ${fields.map(field => html`<option value=${field.name} .selected=${this.view?.field === field.name}>${field.name}</option>`)}</select></label>
      ${this.view === null ? html`<p class="small">Choose a field, or one in the table above, to see how the score moves with it and where the label changes.</p>`
        : this.view.problem ? failure(this.view.problem)
        : this.view.sweep === null ? loading("the curve") : html`<div class=${this.view.record === this.entry.json() ? "" : "old"}>${curve(this.view, this.contract, () => this.app.update())}</div>`}
    </section>`;
  }

  toField(name) {
    if (this.mode === "json") {
      this.mode = "form";
    }

    this.app.update();
    const other = [...this.entry.others.keys()].indexOf(name);
    this.app.focus(other >= 0 ? `other-${other}` : idOf(this.contract, name));
  }

  /** The request as a command, for a shell. */
  curl() {
    const quote = text => `'${text.replaceAll("'", "'\\''")}'`;
    return `curl -s -H 'Content-Type: application/json' -d ${quote(this.entry.json())} \\\n     ${quote(address(`${this.path}/score?${this.query()}`))}`;
  }
}

/** What the page calls a model in its links: name@alias, name/version, or the name of an unsealed one. */
export function addressOf({name = "", alias, model_version: version = ""}) {
  if (alias) {
    return `${name}@${alias}`;
  }

  return version.startsWith(`${name}/`) ? version : name;
}

/** The part of a path that leads to a model. */
export function pathOf(name) {
  const [model, version] = name.split("/");
  return version === undefined ? escape(model) : `${escape(model)}/versions/${escape(version)}`;
}
