// The runs of an output: how last night went, and what it did.
import {html, nothing, svg} from "./lit-html.js";
import {escape, get} from "./api.js";
import {bar, brief, count, empty, facts, failure, figure, loading, moment, number, partition, pictureWidth, short, table, value} from "./parts.js";
import {outputsOf} from "./lookup.js";
import {ticks} from "./curve.js";
import {comparisonView} from "./comparison-view.js";
import {firedView, isFired, share} from "./verdicts.js";
import {addressOf} from "./try.js";

const MOST_PARTITIONS = 1000;
const MOST_HELD = 3; // partitions whose rules are in words
const QUARANTINED = "quarantined"; // the gate that is no rule

export class RunsScreen {
  constructor(app) {
    this.app = app;
    this.views = {};
  }

  get title() {
    return this.run ? `Run ${this.id}` : this.table ? `Runs of ${this.table}` : "Runs";
  }

  async open([wanted, id]) {
    this.problem = null;
    this.run = null;
    this.previous = null;
    this.comparison = null;
    this.id = id;
    try {
      this.outputs = outputsOf(await get("v1/scores"));
      this.table = wanted ?? this.outputs[0]?.name;
      this.app.update();
      if (this.table === undefined) {
        return;
      }

      if (id !== undefined) {
        this.run = await get(`v1/scores/${escape(this.table)}/runs/${escape(id)}`);
        const {models} = await get("v1/models");
        const served = models.find(own => own.model_version === this.run.model?.model_version);
        this.model = served === undefined ? null : addressOf(served);
        const challenger = this.run.challengers?.find(own => own.comparison);
        if (challenger) {
          await this.compare(challenger.name);
        }

        if (this.run.previous) {
          this.previous = await get(`v1/scores/${escape(this.table)}/runs/${escape(this.run.previous)}`).catch(() => null);
        }
      } else {
        this.list = await get(`v1/scores/${escape(this.table)}/runs?limit=50`);
      }
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  async compare(name) {
    const {run} = this;
    this.compared = name;
    const path = `v1/scores/${escape(this.table)}/runs/${escape(this.id)}/comparison?challenger=${escape(name)}`;
    const answer = await get(path).catch(problem => ({problem}));
    if (this.compared === name && this.run === run) {
      this.comparison = answer;
      this.app.update();
    }
  }

  draw() {
    if (this.outputs?.length === 0) {
      return html`<h1>Runs</h1>${empty("This server has no stored scores, so it knows no runs. Start it with --scores NAME=OUTPUT.")}`;
    }

    if (this.problem) {
      return html`<h1>${this.title}</h1>${failure(this.problem, () => this.app.reopen())}`;
    }

    return this.id === undefined ? this.listView() : this.run ? this.runView() : html`<h1>Run <bdi>${this.id}</bdi></h1>${loading("the run")}`;
  }

  listView() {
    const runs = this.list?.runs;
    const most = Math.max(1, ...(runs ?? []).map(run => run.read ?? 0));
    return html`
      <div class="head"><h1>Runs of <bdi>${this.table}</bdi></h1>
        <a href=${`#/drift/${escape(this.table ?? "")}`}>Drift by night</a> <a href=${`#/outcomes/${escape(this.table ?? "")}`}>Outcomes</a>
        ${this.outputs?.length > 1 ? html`<label>Output <select @change=${e => { location.hash = `#/runs/${escape(e.target.value)}`; }}>${
          this.outputs.map(output => html`<option value=${output.name} .selected=${output.name === this.table}>${output.name}</option>`)}</select></label>` : nothing}</div>
      ${runs === undefined ? loading("the runs") : runs.length === 0 ? empty("No run has left a report beside this output.") : html`
      <div class="card">${table(`Runs of ${this.table}`, [
        {name: "began", text: run => run.started_at ?? "", cell: run => html`<a href=${`#/runs/${escape(this.table)}/${escape(run.run)}`}>${run.started_at ? moment(run.started_at) : html`<bdi>${run.run}</bdi>`}</a>`},
        {name: "outcome", text: run => run.outcome ?? run.problem ?? "", cell: run => html`${outcome(run)}${run.held?.length ? html` <div class="small held">${heldSentence(run)}</div>` : nothing}`},
        {name: "held back by", text: run => (run.held_by ?? []).map(own => own.gate).join("; "), isOfFile: true},
        {name: "rows", text: run => run.read ?? "", cell: run => html`${count(run.read)} ${bar((run.read ?? 0) / most)}`, isNumber: true},
        {name: "quarantined", text: run => run.quarantined ?? "", cell: run => html`<span class=${run.quarantined ? "strong" : ""}>${count(run.quarantined)}</span>${run.read && run.quarantined ? html` <span class="small">${share(run.quarantined / run.read)}</span>` : nothing}`, isNumber: true},
        {name: "seconds", text: run => total(run.seconds) ?? "", cell: run => tenths(total(run.seconds)), isNumber: true},
        {name: "model", text: run => run.model_version ?? ""},
        {name: "published", text: run => (run.published ?? []).join(" "), cell: run => parts(run.published)},
        {name: "run", text: run => run.run, cell: run => html`<bdi>${run.run}</bdi>`},
      ], runs, {name: `runs-${this.table}`})}
      ${this.list.left ? html`<p class="small">${count(this.list.left)} older runs are not shown.</p>` : nothing}</div>`}`;
  }

  runView() {
    const run = this.run;
    const model = run.model ?? {};
    const version = model.model_version;
    const seconds = total(run.seconds);
    return html`
      <div class="head"><h1>Run <bdi>${run.run}</bdi></h1><a href=${`#/runs/${escape(this.table)}`}>All runs of <bdi>${this.table}</bdi></a></div>
      <section class="card" aria-label="What it did">
        <p class="lead">${outcome(run)} ${verdict(run)}</p>
        ${this.heldView()}
        ${run.message ? html`<p class="message small"><bdi>${run.message}</bdi></p>` : nothing}
        ${facts([["began", moment(run.started_at)], ["ended about", seconds && run.started_at ? moment(new Date(Date.parse(run.started_at) + 1000 * seconds).toISOString()) : undefined],
          ["seconds, all stages", seconds && tenths(seconds)], ["exit code", run.exit_code], ["rows read", count(run.read)], ["scored", count(run.scored)],
          ["quarantined", run.read && run.quarantined ? html`${count(run.quarantined)} (${share(run.quarantined / run.read)})` : count(run.quarantined)],
          ["model", this.model ? html`<a href=${`#/models/${escape(this.model)}`}><bdi>${version}</bdi></a>` : html`<bdi>${version}</bdi>`], ["engine", model.engine], ["input", run.input && html`<bdi>${run.input}</bdi>`],
          ["input's version", run.input_version && html`<bdi>${run.input_version}</bdi>`], ["output", run.output && html`<bdi>${run.output}</bdi>`],
          ["rows a second while they were scored", run.rows_per_second && count(run.rows_per_second)], ["rows with a repeated key", run.duplicate_keys === undefined ? undefined : count(run.duplicate_keys)],
          ["quarantined rows are in", run.quarantine && html`<bdi>${run.quarantine}</bdi>`],
          ["lineage", run.lineage ? "was written" : undefined]])}
      </section>
      ${this.scoresView()}
      ${this.quarantineView()}
      ${this.partitionsView()}
      ${this.valuesView()}
      ${this.challengersView()}
      ${this.secondsView()}`;
  }

  /** The partitions that are held back because rules about drift have fired, and what these found. */
  heldView() {
    const held = (this.run.partitions ?? []).filter(own => own.held && own.drift?.verdicts?.some(isFired));
    return html`${held.slice(0, MOST_HELD).map(own => html`<p class="strong"><a href=${driftOf(this.table, own)}><bdi>${partition(own.partition)}</bdi></a> is held back</p>${firedView(own.drift.verdicts)}`)}
      ${held.length > MOST_HELD ? html`<p class="small">${count(held.length - MOST_HELD)} more are held back; the table has them all.</p>` : nothing}`;
  }

  scoresView() {
    const own = this.run.scores;
    if (!own || !own.count) {
      return nothing;
    }

    const view = this.views.scores ??= {isTable: false};
    const before = this.previous?.scores?.count && isFinite(this.previous.scores) ? this.previous.scores : null;
    const rows = quantilesOf(own).map(([name, at], index) => ({name, own: at, before: before ? quantilesOf(before)[index]?.[1] : undefined}));
    return html`<section class="card" aria-label="Scores"><h2>Scores</h2>
      ${facts([["scores", count(own.count)], ["mean", number(Number(own.mean))], ["mean of the run before", before ? number(Number(before.mean)) : undefined]])}
      ${figure(html`Distribution of the scores${before ? html` against the run before, <bdi>${this.run.previous}</bdi>` : nothing}`, isFinite(own) ? histogram(own, before) : html`<p class="empty">Some scores are not finite, so that there is no picture of them.</p>`,
        table("Distribution of the scores", [{name: "quantile", text: row => row.name}, {name: "this run", text: row => number(row.own), isNumber: true},
          ...before ? [{name: "run before", text: row => number(row.before), isNumber: true}] : []], rows, {name: "scores"}),
        view.isTable, () => { view.isTable = !view.isTable; this.app.update(); })}</section>`;
  }

  quarantineView() {
    const run = this.run;
    if (!run.quarantined) {
      return nothing;
    }

    const faults = run.faults ?? [];
    const hasExamples = faults.some(fault => fault.example !== undefined);
    return html`<section class="card" aria-label="Quarantine"><h2>Quarantine</h2>
      ${faults.length ? table("Quarantined rows by field and code", [
        {name: "field", text: fault => fault.field, cell: fault => html`<bdi>${fault.field || "the whole row"}</bdi>`},
        {name: "code", text: fault => fault.code, cell: fault => html`<code>${fault.code}</code>`},
        {name: "rows", text: fault => fault.rows, cell: fault => html`${count(fault.rows)} ${bar(fault.rows / run.quarantined)}`, isNumber: true},
        ...hasExamples ? [{name: "example", text: fault => fault.example ?? "", cell: fault => value(fault.example)}] : [],
      ], faults, {name: "quarantine"}) : table("Quarantined rows by code", [
        {name: "code", text: ([code]) => code}, {name: "rows", text: ([, rows]) => rows, isNumber: true}], Object.entries(run.codes ?? {}), {name: "quarantine"})}
      ${hasExamples ? nothing : html`<p class="small">Examples of values are data, so they are shown only with <code>page.quarantine-examples = on</code>.</p>`}</section>`;
  }

  partitionsView() {
    const all = this.run.partitions ?? [];
    const partitions = all.slice(0, MOST_PARTITIONS);
    return partitions.length === 0 ? nothing : html`<section class="card" aria-label="Partitions"><h2>Partitions</h2>${table("What was done with each partition", [
      {name: "partition", text: own => partition(own.partition), cell: own => own.drift ? html`<a href=${driftOf(this.table, own)}><bdi>${partition(own.partition)}</bdi></a>` : html`<bdi>${partition(own.partition)}</bdi>`},
      ...!partitions.some(own => own.drift) ? [] : [{name: "drift", text: own => (own.drift?.verdicts ?? []).filter(isFired).map(verdict => verdict.rule).join("; "), cell: own => own.drift ? html`<a href=${driftOf(this.table, own)}>${fired(own.drift)}</a>` : "not compared"}],
      {name: "read", text: own => own.read, cell: own => count(own.read), isNumber: true},
      {name: "scored", text: own => own.scored, cell: own => count(own.scored), isNumber: true},
      {name: "quarantined", text: own => own.quarantined, cell: own => count(own.quarantined), isNumber: true},
      {name: "files", text: own => own.files?.length ?? "", isNumber: true},
      {name: "bytes", text: own => own.bytes ?? "", cell: own => count(own.bytes), isNumber: true},
      ...!partitions.some(own => own.held) ? [] : [{name: "held back because", text: own => own.held?.reason ?? "", cell: own => own.held ? html`<div class="long"><code>${own.held.outcome}</code> <bdi>${own.held.reason}</bdi></div>` : ""}],
    ], partitions, {name: "partitions"})}
      ${all.length > MOST_PARTITIONS ? html`<p class="small">${count(all.length - MOST_PARTITIONS)} more are not shown.</p>` : nothing}</section>`;
  }

  valuesView() {
    const {missing = {}, unseen = {}, changed = [], read} = this.run;
    const names = [...new Set([...Object.keys(missing), ...Object.keys(unseen)])].filter(name => missing[name] || unseen[name]);
    return names.length === 0 && changed.length === 0 ? nothing : html`<section class="card" aria-label="Values"><h2>Missing and unseen values</h2>
      ${names.length ? table("Missing and unseen values by feature", [
        {name: "feature", text: name => name, cell: name => html`<bdi>${name}</bdi>`},
        {name: "missing", text: name => missing[name] ?? 0, cell: name => html`${count(missing[name] ?? 0)} ${bar((missing[name] ?? 0) / (read || 1))}`, isNumber: true},
        {name: "in no vocabulary", text: name => unseen[name] ?? 0, cell: name => html`${count(unseen[name] ?? 0)} ${bar((unseen[name] ?? 0) / (read || 1))}`, isNumber: true},
      ], names, {name: "values"}) : nothing}
      ${changed.length ? html`<h3>Other shares than in the rows of sealing</h3>${table("Features whose shares have changed", [
        {name: "feature", text: own => own.feature, cell: own => html`<bdi>${own.feature}</bdi>`},
        ...[["missing", "missing"], ["missing_sealed", "missing at sealing"], ["unseen", "in no vocabulary"], ["unseen_sealed", "in none at sealing"]].map(([member, name]) =>
          ({name, text: own => own[member], cell: own => share(own[member]), isNumber: true}))], changed, {name: "changed"})}` : nothing}</section>`;
  }

  challengersView() {
    const {challengers = []} = this.run;
    return challengers.length === 0 ? nothing : html`<section class="card" aria-label="Challengers"><h2>Other models on the same rows</h2>
      ${table("Each challenger of the run", [
        {name: "challenger", text: own => own.name, cell: own => own.comparison && challengers.length > 1
          ? html`<button type="button" class="quiet" aria-pressed=${own.name === this.compared} @click=${() => this.compare(own.name)}><bdi>${own.name}</bdi></button>` : html`<bdi>${own.name}</bdi>`},
        {name: "version", text: own => own.version ?? "", cell: own => html`<bdi>${own.version ?? ""}</bdi>`},
        ...!challengers.some(own => own.left_out) ? [] : [{name: "left out because", text: own => own.left_out ?? "", cell: own => html`<div class="long"><bdi>${own.left_out ?? ""}</bdi></div>`}],
      ], challengers, {name: "challengers"})}
      ${this.comparison === null ? nothing : html`<h3><bdi>${this.compared}</bdi></h3>${
        this.comparison.problem ? failure(this.comparison.problem, () => this.compare(this.compared)) : comparisonView(this.comparison)}`}</section>`;
  }

  secondsView() {
    const seconds = Object.entries(typeof this.run.seconds === "object" ? this.run.seconds : {}).filter(([, own]) => typeof own === "number");
    const all = total(this.run.seconds);
    return seconds.length === 0 ? nothing : html`<section class="card" aria-label="Time"><h2>Time</h2>${table("Seconds of each stage", [
      {name: "stage", text: ([name]) => name},
      {name: "seconds", text: ([, own]) => own, cell: ([, own]) => html`${tenths(own)} ${bar(own / (all || 1))}`, isNumber: true}], seconds, {name: "seconds"})}</section>`;
  }
}

function driftOf(name, own) {
  return `#/drift/${escape(name)}/${escape(own.partition === "" ? "-" : own.partition)}`;
}

/** How many rules of a partition have fired, and what moved its scores most. */
function fired({verdicts = [], impacts = []}) {
  const own = verdicts.filter(isFired).length;
  return html`${own ? html`<span class="chip bad">${own} ${own === 1 ? "rule" : "rules"} fired</span>` : html`<span class="chip good">✓ no rule fired</span>`}${
    impacts.length ? html` <span class="small">largest impact: <bdi>${impacts[0].field}</bdi></span>` : nothing}`;
}

function outcome(run) {
  if (run.problem) {
    return html`<span class="chip bad">unreadable</span> <bdi class="small">${run.problem}</bdi>`;
  }

  const kind = run.exit_code === 0 ? "good" : "bad";
  return html`<span class=${`chip ${kind}`}>${run.exit_code === 0 ? "✓" : "✗"} ${run.outcome}</span>`;
}

/** Some partitions: one, or the first and the last of several. */
function parts(names = []) {
  return names.length < 2 ? html`<bdi>${names[0] || (names.length ? "whole output" : "")}</bdi>` : html`${count(names.length)}: <bdi>${names[0]}</bdi> to <bdi>${names.at(-1)}</bdi>`;
}

/** Which partitions are held back, and by which gates. */
function heldSentence({held, held_by: gates = []}) {
  const rules = gates.filter(own => own.gate !== QUARANTINED);
  const some = ({partitions}) => partitions < held.length ? ` (in ${count(partitions)} of them)` : nothing;
  const between = index => index === 0 ? "" : index === rules.length - 1 ? " and " : ", ";
  const reasons = [
    ...gates.filter(own => own.gate === QUARANTINED).map(own => html`too many rows could not be scored${some(own)}`),
    ...rules.length ? [html`${rules.map((own, index) => html`${between(index)}<code>${own.gate}</code>${some(own)}`)} fired`] : []];
  return html`${parts(held)} ${held.length === 1 ? "is" : "are"} held back${reasons.map((own, index) => html`${index ? ", and " : ", because "}${own}`)}.`;
}

/** How a run went, in one sentence. */
function verdict(run) {
  const {published = 0, held = 0} = run;
  if (run.exit_code !== 0 || run.read === undefined) {
    return published ? `It has published ${counted(published)} all the same.` : "It has published nothing.";
  }

  const rows = run.quarantined ? `${count(run.scored)} of ${count(run.read)} rows were scored, and ${count(run.quarantined)} are in quarantine` : `All ${count(run.read)} rows were scored`;
  return `${rows}${!published ? "; nothing was published" : run.quarantined ? "; the scored ones were published" : " and published"}${held ? `, and ${counted(held)} ${held === 1 ? "was" : "were"} held back` : ""}.`;
}

const counted = partitions => `${count(partitions)} ${partitions === 1 ? "partition" : "partitions"}`;

function total(seconds) {
  if (typeof seconds === "number" || seconds === undefined || seconds === null) {
    return seconds ?? undefined;
  }

  return seconds.total ?? Object.values(seconds).filter(own => typeof own === "number").reduce((sum, own) => sum + own, 0);
}

/** Seconds with one digit, or all of them. */
function tenths(seconds) {
  return seconds === undefined ? number(seconds) : brief(seconds.toFixed(1), String(seconds));
}

/** The quantiles of a distribution, with its least and greatest score: [name, score]. */
function quantilesOf(scores) {
  const inner = scores.quantiles ?? scores.deciles ?? [];
  return [["least", scores.min], ...inner.map((at, index) => [`${Number((100 * (index + 1) / (inner.length + 1)).toFixed(1))} %`, at]), ["greatest", scores.max]];
}

function isFinite(scores) {
  return quantilesOf(scores).every(([, at]) => Number.isFinite(at));
}

/** Bars of equal shares of the rows: each is as wide as its scores are apart, so a narrow one is high. */
function histogram(own, before) {
  const WIDTH = pictureWidth();
  const HEIGHT = 180;
  const all = [own, ...before ? [before] : []];
  const low = Math.min(...all.map(scores => scores.min));
  const high = Math.max(...all.map(scores => scores.max));
  const bands = all.map(bandsOf);
  const top = Math.max(...bands.flat().map(band => band.density));
  const x = at => 8 + (WIDTH - 16) * (at - low) / (high - low || 1);
  const y = at => HEIGHT - 24 - (HEIGHT - 36) * at / (top || 1);
  const outline = all_ => `M${x(all_[0].from)} ${y(0)}${all_.map(band => `V${y(band.density)}H${x(band.to)}`).join("")}V${y(0)}`;
  return html`<svg class="curve" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="Distribution of the scores; the table has its quantiles">
    ${bands[0].map(band => svg`<rect class="plain" x=${x(band.from)} y=${y(band.density)} width=${Math.max(0.5, x(band.to) - x(band.from))} height=${y(0) - y(band.density)}></rect>`)}
    ${before ? svg`<path class="before" d=${outline(bands[1])}></path>` : nothing}
    <line class="axis-line" x1="8" x2=${WIDTH - 8} y1=${y(0)} y2=${y(0)}></line>
    ${ticks(low, high, WIDTH / 80).map(at => svg`<text class="axis" x=${x(at)} y=${HEIGHT - 6} text-anchor="middle">${at}</text>`)}
  </svg>
  <p class="legend small"><span><span class="key plain"></span> this run</span> ${before ? html`<span><span class="key before"></span> the run before</span>` : nothing}
    <span>Each bar stands for the same number of rows: where it is high, their scores are close together.</span></p>`;
}

function bandsOf(scores) {
  const edges = quantilesOf(scores).map(([, at]) => at);
  const least = (scores.max - scores.min || 1) / 400; // a band of equal scores is drawn as a narrow bar
  return edges.slice(1).map((to, index) => ({from: edges[index], to: Math.max(to, edges[index]), density: 1 / Math.max(least, to - edges[index])}));
}
