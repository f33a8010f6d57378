// Drift: by how much the rows of a night, or of callers, differ from others, and because of which fields.
import {html, nothing} from "./lit-html.js";
import {escape, get} from "./api.js";
import {count, empty, failure, loading, moment, partition} from "./parts.js";
import {outputsOf} from "./lookup.js";
import {addressOf, pathOf} from "./try.js";
import {BASELINES, comparisonOf, fieldView, fieldsView, importanceView, scoresView} from "./drift-view.js";
import {nightsView} from "./drift-nights.js";
import {stateOf, verdictsView} from "./verdicts.js";

const ALL = Object.keys(BASELINES).join("|");
const NIGHTS = 60;
const WINDOWS = {"1h": "the last hour", "24h": "the last day"};
const STORED = "stored:";

export class DriftScreen {
  constructor(app) {
    this.app = app;
    this.views = {};
    this.clear();
  }

  clear() {
    this.answer = null;
    this.series = null;
    this.problem = null;
    this.contract = null;
    this.order = "impact";
    this.search = "";
  }

  get title() {
    return this.model ? `Callers of ${this.model}` : this.table ? `Drift of ${this.table}` : "Drift";
  }

  async open([wanted, night], query) {
    const before = `${this.model} ${this.table} ${this.night}`;
    this.model = query.get("model");
    this.problem = null;
    this.asked = {against: query.get("against") ?? "", field: query.get("field"), window: query.get("window") === "24h" ? "24h" : "1h"};
    try {
      [this.outputs, {models: this.models}] = await Promise.all([get("v1/scores").then(outputsOf), get("v1/models")]);
      const name = this.model ? null : wanted ?? this.outputs[0]?.name ?? null;
      if (name !== this.table) {
        this.list = undefined;
        this.clear();
        this.table = name;
      }

      if (this.table !== null) {
        this.list = await get(`v1/scores/${escape(this.table)}/drift`);
        this.night = night === undefined ? this.list.partitions[0]?.partition : nameOf(night);
        this.entry = this.list.partitions.find(own => own.partition === this.night);
      }

      if (before !== `${this.model} ${this.table} ${this.night}`) {
        this.clear();
      }

      if (this.model || this.night !== undefined) {
        await Promise.all([this.compare(), this.fetchImportance()]);
        await this.fetchSeries();
      }
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  /** Asks for the comparison that the address names; of its fields, for the counts of the chosen or the first one. */
  async compare() {
    const turn = this.comparing = {};
    let own = this.model ? await this.callers() : await this.stored();
    if (own.comparison && this.asked.field === null && this.suspect(own) !== undefined) {
      this.asked.field = this.suspect(own);
      own = this.model ? this.narrowed(own) : await this.stored();
    }

    if (turn === this.comparing) { // else a later one has been asked for
      this.answer = own;
      this.app.update();
    }
  }

  /** The field to look at first: one for which a rule has fired, or the first of the list. */
  suspect({verdicts = [], comparison}) {
    const names = comparison.fields.map(field => field.field);
    const fired = verdicts.filter(verdict => verdict.result === "fired").flatMap(verdict => verdict.findings.map(finding => finding.subject));
    return fired.find(name => names.includes(name)) ?? names[0];
  }

  async stored() {
    const {against, field} = this.asked;
    const query = new URLSearchParams({partition: this.night, against: firstOf(against), order: this.order});
    for (const [name, text] of [["field", field], ["search", this.search || null]]) {
      if (text !== null) {
        query.set(name, text);
      }
    }

    try {
      return await get(`v1/scores/${escape(this.table)}/drift?${query}`);
    } catch (e) {
      if (e.status !== 400 || field === null) {
        throw e;
      }

      this.asked.field = null; // another night may have others
      return this.stored();
    }
  }

  async callers() {
    const query = new URLSearchParams({window: this.asked.window, against: this.asked.against || "reference", profiles: "true"});
    return this.narrowed(await get(`v1/models/${pathOf(this.model)}/drift?${query}`));
  }

  narrowed(answer) {
    return {...answer, comparison: comparisonOf(answer, {order: this.order, search: this.search, field: this.asked.field})};
  }

  async fetchSeries() {
    const {comparison} = this.answer ?? {};
    if (this.model || !comparison) {
      return;
    }

    const query = new URLSearchParams({nights: NIGHTS, against: comparison.baseline ?? ALL});
    if (this.asked.field !== null) {
      query.set("field", this.asked.field);
    }

    this.series = await get(`v1/scores/${escape(this.table)}/drift?${query}`).catch(problem => ({problem}));
  }

  /** Importance is the model's, if it is served here. */
  async fetchImportance() {
    const served = this.model ? this.models.find(own => addressOf(own) === this.model || own.name === this.model)
        : this.models.find(own => own.model_version === this.entry?.model_version);
    const address = served === undefined ? null : addressOf(served);
    if (address !== this.contract?.address) {
      this.contract = address === null ? null : {address, ...await get(`v1/models/${pathOf(address)}/contract`).catch(() => ({fields: []}))};
    }
  }

  /** Goes to another comparison; the address has it. */
  go(changes) {
    location.hash = this.link(this.night, {...this.asked, ...changes});
  }

  /** The address of a night, with what is asked of it; or of callers. */
  link(night, {against, field, window} = this.asked) {
    const query = new URLSearchParams();
    for (const [name, text] of Object.entries({model: this.model, window: this.model && window !== "1h" ? window : null, against: against || null, field})) {
      if (text !== null) {
        query.set(name, text);
      }
    }

    const path = this.model ? "#/drift" : `#/drift/${escape(this.table)}/${escape(partOf(night))}`;
    return query.size ? `${path}?${query}` : path;
  }

  pick(field) {
    this.go({field});
    this.app.focus("field");
  }

  /** Orders or searches the fields, once somebody rests. */
  relist(changes, pause = 0) {
    Object.assign(this, changes);
    clearTimeout(this.listing);
    this.listing = setTimeout(() => this.compare().catch(e => { this.problem = e; this.app.update(); }), pause);
    this.app.update();
  }

  close() {
    clearTimeout(this.listing);
  }

  draw() {
    if (this.problem && !this.list && !this.model) {
      return html`<h1>${this.title}</h1>${failure(this.problem, () => this.app.reopen())}`;
    }

    if (this.model) {
      return this.callersView();
    }

    if (this.outputs?.length === 0) {
      return html`<h1>Drift</h1>${empty("This server has no stored scores, so it knows no nights. Start it with --scores NAME=OUTPUT.")}<p>${this.modelLinks((this.models ?? []).map(addressOf))}</p>`;
    }

    const nights = this.list?.partitions;
    return html`
      <div class="head"><h1>Drift of <bdi>${this.table}</bdi></h1>
        ${this.outputs?.length > 1 ? html`<label>Output <select @change=${e => { location.hash = `#/drift/${escape(e.target.value)}`; }}>${
          this.outputs.map(output => html`<option value=${output.name} .selected=${output.name === this.table}>${output.name}</option>`)}</select></label>` : nothing}
        ${this.table ? html`<a href=${`#/runs/${escape(this.table)}`}>Runs of <bdi>${this.table}</bdi></a> <a href=${`#/outcomes/${escape(this.table)}`}>Outcomes</a>` : nothing}${this.contract ? this.modelLinks([this.contract.address]) : nothing}</div>
      ${nights === undefined ? loading("the nights") : nights.length === 0 && this.night === undefined
          ? empty("No run of this output has compared its rows with others. Runs with --drift report do, which is the default for a package with a reference (seal --rows).") : this.nightView(nights)}`;
  }

  modelLinks(addresses) {
    return addresses.length ? html`<span>Callers of ${addresses.map((address, index) => html`${index ? ", " : ""}<a href=${`#/drift?model=${escape(address)}`}><bdi>${address}</bdi></a>`)}</span>` : nothing;
  }

  nightView(nights) {
    const {entry, answer} = this;
    const baselines = answer?.baselines ?? [];
    const comparison = answer?.comparison;
    return html`
      <div class="card inline">
        <label>Night <select @change=${e => { location.hash = this.link(e.target.value); }}>
          ${entry === undefined ? html`<option selected>${this.night}</option>` : nothing}
          ${nights.map(own => html`<option value=${own.partition} .selected=${own.partition === this.night}>${partition(own.partition)}${
            own.held ? " · held" : own.fired.length ? " · rules fired" : ""}</option>`)}</select></label>
        ${baselines.length ? html`<label>Compared with <select @change=${e => this.go({against: e.target.value})}>${baselines.map(own =>
          html`<option value=${own} .selected=${own === comparison?.baseline}>${own}: ${BASELINES[own] ?? ""}</option>`)}</select></label>` : nothing}
      </div>
      ${this.problem ? failure(this.problem, () => this.app.reopen()) : nothing}
      ${entry ? html`<section class="card" aria-label="Rules"><h2>${partition(this.night)}</h2>
        <p class="lead">${stateOf(entry)} ${count(entry.rows)} rows. <span class="small">Compared by <a href=${`#/runs/${escape(this.table)}/${escape(entry.run)}`}>the run of ${moment(entry.started_at)}</a></span></p>
        ${verdictsView(entry, name => this.pick(name), comparison?.fields.map(field => field.field) ?? [])}</section>` : nothing}
      ${this.comparisonView()}
      ${this.series?.problem ? failure(this.series.problem, () => this.app.reopen()) : this.series ? nightsView(this) : nothing}`;
  }

  comparisonView() {
    const comparison = this.answer?.comparison;
    if (!comparison) {
      return this.problem ? nothing : loading("the comparison");
    }

    const against = comparison.baseline;
    const isSecret = comparison.rows === undefined && !this.model;
    return html`
      ${against === undefined ? html`<p class="notice warn">${this.model ? html`Not compared: ${this.answer.not_compared}.`
          : "There is nothing to compare these rows with: the package has no reference, and no night before is known."} What they are like is below.</p>` : nothing}
      ${isSecret ? html`<p class="notice warn">The output is encrypted, so no counts of its rows are kept: there are measures, and no pictures of values.</p>` : nothing}
      <div class="halves"><div>${scoresView(this, comparison)}</div><div>${fieldsView(this, comparison)}</div></div>
      <div class="halves"><div>${fieldView(this, comparison)}</div><div>${importanceView(this, comparison)}</div></div>`;
  }

  callersView() {
    const {answer, asked} = this;
    const tables = (this.outputs ?? []).map(own => `${STORED}${own.name}`);
    return html`
      <div class="head"><h1>Callers of <bdi>${this.model}</bdi></h1><a href="#/drift">Nights</a><a href=${`#/models/${escape(this.model)}`}>The model</a></div>
      <p>The records that programs have sent to this server, counted in slices of five minutes, against other rows of the same model.</p>
      <div class="card inline">
        <label>Sent in <select @change=${e => this.go({window: e.target.value})}>${Object.entries(WINDOWS).map(([own, text]) =>
          html`<option value=${own} .selected=${own === asked?.window}>${text}</option>`)}</select></label>
        <label>Compared with <select @change=${e => this.go({against: e.target.value})}>${["reference", ...tables].map(own =>
          html`<option value=${own} .selected=${own === (asked?.against || "reference")}>${own === "reference" ? `reference: ${BASELINES.reference}` : `the newest night of ${own.slice(STORED.length)}`}</option>`)}</select></label>
        ${answer ? html`<span>${count(answer.rows)} rows${answer.from ? html` since ${moment(answer.from)}` : nothing}; <button type="button" class="quiet" @click=${() => this.app.reopen()}>Look again</button></span>` : nothing}
      </div>
      ${this.problem ? html`${failure(this.problem, () => this.app.reopen())}${this.problem.code === "no_profile" ? html`<p>The server counts them if the model's package has a reference (<code>seal --rows</code>), or with <code>profile.mode = on</code>.</p>` : nothing}`
        : answer === null ? loading("the comparison") : answer.rows === 0 ? empty("No program has sent a record in this time. What this page sends is counted too.") : this.comparisonView()}`;
  }
}

/** A baseline, or another one where that is not known. */
function firstOf(wanted) {
  return [...new Set([...Object.keys(BASELINES).filter(own => own === wanted), ...Object.keys(BASELINES)])].join("|");
}

/** A partition as one part of an address: an output without partitions has an empty name. */
const partOf = name => name === "" ? "-" : name;
const nameOf = part => part === "-" ? "" : part;
