// Outcomes: how good the scores of an output were, once labels have come.
import {html, nothing} from "./lit-html.js";
import {escape, get} from "./api.js";
import {count, empty, failure, loading} from "./parts.js";
import {outputsOf} from "./lookup.js";
import {challengerView} from "./outcomes-challenger.js";
import {aboutView, classesView, confusionView, coverageView, gainView, partitionsView, reliabilityView, resultView, slicesView} from "./outcomes-view.js";

const UNDATED = "undated";

export class OutcomesScreen {
  constructor(app) {
    this.app = app;
    this.views = {};
  }

  get title() {
    return this.table ? `Outcomes of ${this.table}` : "Outcomes";
  }

  async open([wanted, asOf], query) {
    this.problem = null;
    try {
      this.outputs = outputsOf(await get("v1/scores"));
      const name = wanted ?? this.outputs[0]?.name;
      if (name !== this.table) {
        this.answer = null;
        this.asOfs = [];
        this.views = {};
      }

      if (asOf !== this.asked) {
        this.answer = null;
      }

      Object.assign(this, {table: name, asked: asOf});
      this.app.update();
      if (name !== undefined && !this.answer) {
        await this.fetch();
      }

      const {slices = []} = this.answer?.report ?? {};
      this.slice = slices.find(own => own.slice === query.get("slice") && own.name === query.get("name")) ?? slices[0];
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  async fetch() {
    const path = `v1/scores/${escape(this.table)}`;
    const answer = await get(`${path}/outcomes${this.asked === undefined ? "" : `?as_of=${escape(this.asked)}`}`);
    this.output = answer.as_ofs.length === 0 ? await get(path) : undefined;
    Object.assign(this, {answer, asOfs: answer.as_ofs, left: answer.left});
  }

  /** What is newest may be another report when the screen is opened again. */
  close() {
    this.answer = null;
  }

  /** The address of a day's report, or of a slice of it. */
  link(asOf, slice) {
    const path = `#/outcomes/${escape(this.table)}${asOf === undefined ? "" : `/${escape(asOf)}`}`;
    return slice === undefined || slice.slice === "total" ? path : `${path}?${new URLSearchParams({slice: slice.slice, name: slice.name})}`;
  }

  pick(slice) {
    location.hash = this.link(this.asked, slice);
    this.app.focus("result");
  }

  draw() {
    if (this.outputs?.length === 0) {
      return html`<h1>Outcomes</h1>${empty("This server has no stored scores, so it knows no outcomes. Start it with --scores NAME=OUTPUT.")}`;
    }

    return html`
      <div class="head"><h1>Outcomes of <bdi>${this.table}</bdi></h1>
        ${this.outputs?.length > 1 ? html`<label>Output <select @change=${e => { location.hash = `#/outcomes/${escape(e.target.value)}`; }}>${
          this.outputs.map(output => html`<option value=${output.name} .selected=${output.name === this.table}>${output.name}</option>`)}</select></label>` : nothing}
        ${this.table ? html`<a href=${`#/runs/${escape(this.table)}`}>Runs</a> <a href=${`#/drift/${escape(this.table)}`}>Drift</a>` : nothing}</div>
      ${this.asOfs?.length ? this.asOfView() : nothing}
      ${this.problem ? html`${failure(this.problem, () => this.app.reopen())}${this.asked !== undefined ? html`<p><a href=${this.link()}>The newest report</a></p>` : nothing}`
        : !this.answer ? loading("the outcomes") : this.asOfs.length === 0 ? this.noneView() : this.answer.report ? this.reportView(this.answer.report)
        : html`<div class="notice bad" role="alert"><strong>The newest report cannot be read</strong><p><bdi>${this.answer.problem}</bdi></p><p>Run <code>scripts/outcomes</code> again, or choose another day.</p></div>`}`;
  }

  asOfView() {
    const shown = this.asked ?? this.answer?.as_of;
    return html`<div class="card inline">
      <label>Labels as of <select @change=${e => { location.hash = this.link(e.target.value, this.slice); }}>
        ${shown === undefined || this.asOfs.includes(shown) ? nothing : html`<option selected>${shown}</option>`}
        ${this.asOfs.map((own, at) => html`<option value=${own} .selected=${own === shown}>${own === UNDATED ? "no day: labels have no time" : own}${at === 0 ? " · newest" : ""}</option>`)}</select></label>
      ${this.left ? html`<span class="small">${count(this.left)} older ones are not listed.</span>` : nothing}</div>`;
  }

  noneView() {
    const keys = (this.output?.keys ?? []).map(own => own.name);
    return html`<div class="card">${empty("It is not known yet how good these scores were.")}
      <p>Once it is known what came, this command joins it to the scores by their keys, and leaves its report beside them:</p>
      <p><code>scripts/outcomes --output <em>OUTPUT</em> --keys <bdi>${keys.join(",") || "COLUMNS"}</bdi> --labels <em>PATH</em> --label <em>COLUMN</em> --label-time <em>COLUMN</em> --horizon 30d</code></p>
      <p class="small">The horizon is after how many days no more labels come.</p></div>`;
  }

  reportView(report) {
    const {slice} = this;
    return slice === undefined ? empty("The report has no total.") : html`
      ${report.warnings.length ? html`<div class="notice warn" role="note"><strong>Before you use these numbers</strong><ul>${report.warnings.map(text => html`<li><bdi>${text}</bdi></li>`)}</ul></div>` : nothing}
      ${resultView(this, report, slice)}
      ${slice.slice === "total" ? challengerView(this, report) : nothing}
      ${partitionsView(this, report)}
      ${slice.measures ? html`<div class="halves"><div>${reliabilityView(this, report, slice)}</div><div>${gainView(report, slice)}${confusionView(report, slice)}</div></div>${classesView(slice)}` : nothing}
      <div class="halves"><div>${coverageView(report, slice)}</div><div>${aboutView(report)}</div></div>
      ${slicesView(this, report)}`;
  }
}
