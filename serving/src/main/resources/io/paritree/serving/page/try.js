// Enter a record, see its score and why, change one thing at a time, and compare.
import {html, nothing} from "./lit-html.js";
import {address, escape, Failure, get, later, post} from "./api.js";
import {complete, contractOf, hasValues, sweep, thresholdMargin, unseenNotes, valuesOf} from "./contract.js";
import {form, idOf} from "./fields.js";
import {example, find, keyProblem} from "./keys.js";
import {copy, count, difference, empty, failure, loading, number, partition, signed, value} from "./parts.js";
import {RecordEntry} from "./record.js";
import {faultSummary, scoreView} from "./score-view.js";

const MOST_REASONS = 12;
const CURVE_DELAY = 250; // ms after the last change
const MOST_FIELDS = 20; // whose values are all tried at once

let pictures = null; // what draws reasons and curves; it comes with the first score

async function loadPictures() {
  pictures ??= Object.assign({}, ...await later(() => Promise.all([import("./waterfall.js"), import("./curve.js")])));
}

export class TryScreen {
  constructor(app) {
    this.app = app;
    this.models = null;
    this.outputs = null; // stored scores that can fill a record in
    this.reset();
  }

  /** Forgets the model; what is asked for meanwhile is dropped when its answer comes, since its entry is another one. */
  reset() {
    clearTimeout(this.curveTimer);
    this.contract = null;
    this.hasReasons = true;
    this.noReasons = "";
    this.entry = null;
    this.answer = null;
    this.problem = null;
    this.pinned = null;
    this.view = null; // of the curve
    this.singles = null; // what each field alone does: rows, record, isRunning, problem
    this.from = null; // the stored row that the record comes from: table, key
    this.linked = null; // which version a link was made with, if that is not the one that answers
    this.state = {entry: null, faults: new Map(), search: "", isAll: false, isRanked: true};
    this.mode = "form";
    this.json = "";
    this.jsonProblem = "";
    this.output = "";
    this.isScoring = false;
    this.next = null; // how the record is scored after the present answer; null if it is not
    this.load = {table: "", key: {}, output: undefined, note: "", problem: null};
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
        this.contract = await contractOf(path);
        this.path = path;
        complete(this.contract, path).then(() => this.app.update(), () => {}); // without it, less is suggested
        this.entry = new RecordEntry(this.contract);
        this.state.entry = this.entry;
        this.entry.read(JSON.stringify(this.contract.example));
      }

      if (query.get("output") !== null) {
        this.output = query.get("output");
      }

      this.outputs ??= await get("v1/scores").then(answer => answer.scores, () => []);
      this.linkProblem = "";
      const record = query.get("record");
      const isOther = record !== null && (record !== this.entry.json() || this.answer === null);
      if (isOther) {
        try {
          this.entry.read(record);
        } catch (e) {
          this.answer = null;
          this.linkProblem = e.message;
          this.app.update();
          return;
        }

        this.jsonProblem = "";
        this.json = this.entry.json("  ");
        this.from = fromText(query.get("from"));
        const by = query.get("by");
        this.linked = [null, this.version(), this.contract.model_version].includes(by) ? null : by;
      }

      if (record !== null) {
        await this.restore(query);
      }

      if (isOther) {
        await this.score({isStep: false});
        this.reveal();
      }
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  /** Takes what a link has beside the record; of one that this page made, also what it does not have. */
  async restore(query) {
    const isWhole = history.state?.isWhole === true;
    const [pin, over] = [query.get("pin"), query.get("over")];
    if (pin !== null && pin !== this.pinned?.record) {
      this.pinned = await this.ask(pin).catch(() => null);
    } else if (pin === null && isWhole) {
      this.pinned = null;
    }

    if (over !== null) {
      this.follow(over);
    } else if (isWhole) {
      this.view = null;
    }
  }

  /** The model's version as links name it, with a part of its digest. */
  version() {
    return [this.contract.model_version, (this.contract.digest ?? "").slice(0, 12)].join(" ");
  }

  /** Something has changed: the answer follows if there was one. */
  changed = (name, isStep = false) => {
    this.state.faults.delete(name);
    this.jsonProblem = "";
    this.json = this.entry.json("  ");
    this.linked = null;
    this.app.update();
    if (this.answer !== null || this.problem !== null) {
      this.score({isQuiet: true, isStep});
    }
  };

  /** Changes fields at once, as a step that the browser's Back undoes. */
  use(values) {
    this.entry.load(values);
    this.changed(Object.keys(values)[0], true);
  }

  /** Scores the record as somebody asks for it, who then sees the answer, also where it is below the form. */
  async submit() {
    await this.score();
    this.reveal();
  }

  /** Shows the answer; faults are beside their fields. */
  reveal() {
    if (this.answer !== null) {
      this.app.reveal("answer");
    }
  }

  /** Scores the record; of changes that come while one is scored, the last one is. */
  async score({isQuiet = false, isStep = !isQuiet} = {}) {
    if (this.mode === "json" && this.jsonProblem) {
      this.app.focus("json-problem");
      return;
    }

    this.next = {isQuiet: isQuiet && (this.next?.isQuiet ?? true), isStep: isStep || (this.next?.isStep ?? false)};
    if (this.isScoring) {
      return;
    }

    const {entry} = this;
    this.isScoring = true;
    try {
      while (entry === this.entry && this.next !== null) {
        const {isQuiet, isStep} = this.next;
        this.next = null;
        await this.scoreOnce(isQuiet, isStep);
        this.app.update();
      }
    } finally {
      if (entry === this.entry) {
        this.isScoring = false;
        this.next = null;
      }

      this.app.update();
    }
  }

  /** Makes the address a link to all that is shown. */
  link(kind = "moving") {
    this.app.link(`try/${escape(this.address)}`, {
      record: this.entry.json(), output: this.output || undefined, over: this.view?.field.name, pin: this.pinned?.record,
      from: this.from === null ? undefined : JSON.stringify(this.from), by: this.version(),
    }, kind);
  }

  async scoreOnce(isQuiet, isStep) {
    const {entry, answer: before} = this;
    const record = entry.json();
    this.link(isStep ? "step" : isQuiet ? "moving" : "now");
    try {
      const answer = await this.ask(record);
      if (entry !== this.entry) {
        return; // another model is shown meanwhile
      }

      this.answer = answer;
      this.problem = null;
      this.shownRecord = record;
      this.state.faults = new Map();
      if (before && before.model_version !== this.answer.model_version) {
        this.app.say(`The model has changed: ${before.model_version} answered before, ${this.answer.model_version} does now`);
        const contract = await contractOf(this.path);
        if (entry !== this.entry) {
          return;
        }

        this.contract = contract;
        answer.contract = contract;
        complete(contract, this.path).then(() => this.app.update(), () => {});
        entry.contract = contract;
        entry.fields = new Map(contract.fields.map(field => [field.name, field]));
        this.linked ??= `${before.model_version} ${before.digest}`;
        this.link("now");
        contract.fields.filter(field => !entry.entries.has(field.name)).forEach(field => entry.miss(field.name, true));
      }

      this.drawCurve();
      if (!isQuiet) {
        this.app.say(`Score ${number(this.answer.score ?? "")} ${this.answer.label ?? ""}`);
      }
    } catch (e) {
      if (entry !== this.entry) {
        return;
      }

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
    const {entry} = this;
    const ask = () => post(`${this.path}/score-batch?${this.query()}`, `[${record}]`);
    const load = loadPictures();
    load.catch(() => {}); // is told below, unless there is no answer either
    const {results: [result], ...answer} = await ask().catch(e => {
      if (e.code !== "bad_parameter" || !this.hasReasons || entry !== this.entry) {
        throw e;
      }

      this.hasReasons = false; // as for a linear model, or one of several outputs without a label
      this.noReasons = e.problem.detail;
      return ask();
    });
    if (result.errors !== undefined) {
      throw new Failure({status: 400, title: "The record cannot be scored", errors: result.errors});
    }

    await load;
    return {...answer, ...result, record, digest: (this.contract.digest ?? "").slice(0, 12), contract: this.contract};
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
    this.link("step");
    this.app.say("Pinned: the next changes are compared with this result");
    this.app.update();
  }

  pick = name => {
    if (this.follow(name)) {
      this.link("now");
      this.app.focus("curve");
    }
  };

  /** Shows the curve over a field, or over the first of a group. */
  follow(name) {
    const field = this.contract.fields.find(field => field.name === name || field.group === name);
    if (field && field.name !== this.view?.field.name) {
      this.view = {field, sweep: null, isTable: false, isAll: false, problem: null, use: value => this.use({[field.name]: value})};
      this.drawCurve(0);
      this.app.update();
    }

    return field !== undefined;
  }

  /** The scores of the record over the values of one field. */
  sweepOf(field, record) {
    const {missing, text} = this.entry.get(field.name);
    return sweep(this.path, record, field.name, valuesOf(field, missing ? null : text, this.contract.example[field.name]));
  }

  outputOf() {
    return this.answer?.reasons?.output ?? (this.answer?.scores ? this.answer.label ?? Object.keys(this.answer.scores)[0] : "");
  }

  /** Asks for the curve again, when the record has not changed for a moment. */
  drawCurve(delay = CURVE_DELAY) {
    if (this.view === null) {
      return;
    }

    clearTimeout(this.curveTimer);
    this.curveTimer = setTimeout(async () => {
      const view = this.view;
      const record = this.entry.json();
      if (view === null || this.answer?.record !== record) { // a record that has no score may have faults
        return;
      }

      this.drawn = record;
      try {
        const sweep = await this.sweepOf(view.field, record);
        if (this.drawn === record) { // else a later one was asked for
          Object.assign(view, {sweep, record, output: this.outputOf(), problem: null});
        }
      } catch (e) {
        view.problem = e;
      }

      this.app.update();
    }, delay);
  }

  /** Tries the values of each field, of the most important ones if there are many. */
  async tryFields() {
    const all = this.contract.fields.filter(hasValues).sort((a, b) => (b.importance ?? 0) - (a.importance ?? 0));
    const fields = all.slice(0, MOST_FIELDS);
    const record = this.entry.json();
    const untried = this.contract.fields.filter(field => !hasValues(field)).map(field => field.name);
    const run = {rows: [], record, left: all.length - fields.length, untried, isRunning: true};
    this.singles = run;
    this.app.update();
    for (const field of fields) {
      if (this.singles !== run || this.entry.json() !== record) {
        break;
      }

      try {
        const found = await this.sweepOf(field, record);
        run.rows.push({field, sweep: found, output: this.outputOf(), use: value => this.use({[field.name]: value})});
      } catch (e) {
        run.problem = e;
        break;
      }

      this.app.update();
    }

    run.isRunning = false;
    this.app.update();
  }

  async loadRow() {
    const {entry, load, load: {table, key, output}} = this;
    load.problem = null;
    load.note = "";
    try {
      const row = await find(output, key);
      if (entry !== this.entry) {
        return; // another model is shown meanwhile
      }

      const known = this.entry.load({...row.columns, ...row.key});
      this.jsonProblem = "";
      this.from = {table, key: {...key}};
      load.note = known === 0
        ? "The stored row has no column of this model's fields; the run can pass them on with --pass."
        : known === this.contract.fields.length ? `All ${known} fields were in the stored row.`
        : `${known} of ${this.contract.fields.length} fields were in the stored row; the others stay as they are.`;
      await this.score();
    } catch (e) {
      load.problem = e;
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
        <section id="answer" aria-label="Result" class="card result" aria-busy=${String(this.isScoring)} data-record=${this.shownRecord ?? nothing}>${this.resultView()}</section>
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
      <form @submit=${e => { e.preventDefault(); this.submit(); }} @keydown=${e => {
        if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.submit(); } }}>
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
    const load = {table: name, key: {}, output: undefined, note: "", problem: null};
    this.load = load; // another one, if another is chosen meanwhile
    this.app.update();
    try {
      load.output = await get(`v1/scores/${escape(name)}`);
    } catch (e) {
      load.problem = e;
    }

    this.app.update();
  }

  fill(json) {
    this.entry.read(json);
    this.from = null;
    this.linked = null;
    this.state.faults = new Map();
    this.jsonProblem = "";
    this.linkProblem = "";
    this.json = this.entry.json("  ");
    this.app.update();
    this.score({isQuiet: true, isStep: true});
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
    const {table, key, output, note, problem} = this.load;
    const use = texts => {
      this.load.key = texts;
      this.loadRow();
    };
    return html`<div class="inset">
      <label>Stored scores <select @change=${e => this.chooseTable(e.target.value)}>${this.outputs.map(output =>
        html`<option value=${output.name} .selected=${output.name === table}>${output.name}</option>`)}</select></label>
      ${(output?.keys ?? []).map(column => html`<label><bdi>${column.name}</bdi>
        <input type="text" .value=${key[column.name] ?? ""} @input=${e => { key[column.name] = e.target.value; }}
          @keydown=${e => { if (e.key === "Enter" && !e.ctrlKey) { e.preventDefault(); this.loadRow(); } }}></label>`)}
      <button type="button" @click=${() => this.loadRow()}>Load</button>
      ${problem ? nothing : example(output, use)}
      ${note ? html`<p role="status">${note}</p>` : nothing}${problem ? keyProblem(problem, output, key, use) : nothing}</div>`;
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
    const isUnread = this.mode === "json" && this.jsonProblem !== "";
    const isOld = isUnread || this.answer.record !== this.entry.json();
    return html`
      <h2>Result</h2>
      ${isUnread ? html`<p class="notice warn" role="status">This is the result of the last record that could be read.</p>` : nothing}
      ${this.linked ? html`<p class="notice warn" role="status">This was scored by <bdi>${this.linked}</bdi> before, and <bdi>${this.version()}</bdi> answers now: the score may be another one.</p>` : nothing}
      ${this.from ? html`<p class="small">The record comes from <a href=${`#/lookup/${escape(this.from.table)}?${new URLSearchParams(this.from.key)}`}><bdi>${
        this.from.table}</bdi>, <bdi>${partition(this.from.key)}</bdi></a>; changes that are made here are not stored.</p>` : nothing}
      <div class=${isOld ? "old" : ""}>
      <div class=${this.pinned ? "pair" : ""}>
        ${this.pinned ? this.pinnedView() : nothing}
        <div>${this.pinned ? html`<p class="small strong">Now</p>` : nothing}${scoreView(this.answer, this.contract)}
          ${this.pinned && typeof this.answer.score === "number" ? html`<p class="small">change of the score ${signed(difference(this.answer.score, this.pinned.score))}</p>` : nothing}</div>
      </div>
      <p class="tools">
        <button type="button" @click=${() => this.pin()}>Pin this result</button>
        ${this.pinned ? html`<button type="button" class="quiet" @click=${() => { this.pinned = null; this.link("step"); this.app.update(); }}>Unpin</button>` : nothing}
        <button type="button" class="quiet" @click=${() => copy(this.curl(), this.app, "The command")}>Copy as curl</button>
        <button type="button" class="quiet" @click=${() => copy(location.href, this.app, "The link")}>Copy link</button>
      </p>
      ${this.outputView()}
      ${reasons ? pictures.waterfall({...reasons}, own, {
            pinned: this.pinnedReasons(reasons), pick: this.pick, notes: this.notes(), threshold: thresholdMargin(this.contract),
            rest: othersOf(this.contract, reasons),
            score: typeof this.answer.score === "number" ? {number: this.answer.score, note: `${this.contract.objective} makes it of the margin`} : null})
        : html`<p class="small">margin ${number(own)}</p>${this.noReasons ? html`<p class="small">There are no reasons: <bdi>${this.noReasons}</bdi></p>` : nothing}`}
      ${this.curveView()}
      <p class="small">Answered by <bdi>${this.answer.model_version}</bdi>, digest <code>${this.contract.digest}</code>.</p></div>`;
  }

  /** What is said of values that the model does not know. */
  notes() {
    return unseenNotes(this.contract, name => {
      const {missing, text} = this.entry.get(name);
      return missing ? null : text;
    });
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
      ${scoreView(this.pinned, this.pinned.contract)}
      ${names.length ? html`<p class="small">changed since: ${names.slice(0, 8).map((name, index) => html`${index ? "; " : ""}<bdi>${name}</bdi> ${value(before[name])} → ${value(now[name])}`)}${names.length > 8 ? ` and ${names.length - 8} more` : ""}</p>` : nothing}</div>`;
  }

  curveView() {
    const fields = this.contract.fields;
    const isShown = this.view !== null && this.view.problem === null && this.view.sweep !== null;
    return html`<section id="curve" tabindex="-1" aria-label="Score over one field">
      <h3>What if</h3>
      <p class="tools"><label>Score over <select @change=${e => e.target.value ? this.pick(e.target.value) : this.unpick()}>
        <option value="" .selected=${this.view === null}>choose a field</option>
        ${fields.map(field => html`<option value=${field.name} .selected=${this.view?.field.name === field.name}>${field.name}</option>`)}</select></label>
        ${this.answer.label === undefined ? nothing : html`<button type="button" @click=${() => this.tryFields()}>Try every field</button>`}</p>
      ${this.singlesView()}
      ${this.view === null ? html`<p class="small">Choose a field, or one in the table above, to see how the score moves with it and where the label changes.</p>`
        : this.view.problem ? failure(this.view.problem)
        : !isShown ? loading("the curve") : html`<div class=${this.view.record === this.entry.json() ? "" : "old"}>${pictures.curve(this.view, this.contract, () => this.app.update())}</div>`}
    </section>`;
  }

  unpick() {
    this.view = null;
    this.link("now");
    this.app.update();
  }

  singlesView() {
    const run = this.singles;
    if (run === null) {
      return nothing;
    }

    const isPart = ({field, sweep: own}) => own.points.length < (field.categories_count ?? 0);
    return html`<div class=${run.record === this.entry.json() ? "" : "old"}>
      ${run.rows.length ? pictures.singles(run.rows, this.contract) : nothing}
      ${run.isRunning ? loading("the next field") : html`<p class="small">Each row changes one field of this record and leaves the others. To change two, use a value and try every field again.${
        run.left ? ` ${run.left} less important fields were not tried.` : ""}${
        run.rows.some(({field}) => field.type === "timestamp") ? " Of a time, each half hour of its day was tried." : ""} Of a number or a time, the value is the nearest that changes the label; of a list, the strongest.${
        run.rows.filter(isPart).map(({field, sweep: own}) => html` Of <bdi>${field.name}</bdi>, ${count(own.points.length)} of ${count(field.categories_count)} values were tried.`)}${run.untried.length ? html` The model names no values of <bdi>${run.untried.join(", ")}</bdi>.` : nothing}</p>`}
      ${run.problem ? failure(run.problem) : nothing}</div>`;
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

/** The names of the fields and groups that reasons leave out. */
export function othersOf(contract, reasons) {
  const shown = new Set(reasons.fields.map(field => field.field));
  return [...new Set((contract?.fields ?? []).filter(field => field.role !== "offset").map(field => field.group ?? field.name))].filter(name => !shown.has(name));
}

/** The stored row that a link names: its table and key; null if it names none. */
function fromText(text) {
  try {
    const {table, key} = JSON.parse(text ?? "{}");
    return typeof table === "string" && key !== null && typeof key === "object" ? {table, key} : null;
  } catch {
    return null;
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
