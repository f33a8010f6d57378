// One report: the measures of a slice, series by partition, reliability, gain, and all slices.
import {html, nothing, svg} from "./lit-html.js";
import {bar, count, facts, figure, pictureWidth, short, table} from "./parts.js";
import {series} from "./series.js";
import {ticks} from "./curve.js";
import {moved, real} from "./drift-view.js";
import {hasTimes, others, timesOf} from "./drift-nights.js";
import {share} from "./verdicts.js";

const FIRST = 30; // rows of a table that are shown before "all"
const TOPS = [1, 5, 10, 20];
const FAR = 3; // standard deviations from which a rate is not off by chance
const REQUIREMENTS = {"met": ["chip good", "✓ met"], "not met": ["chip bad", "✗ not met"]};

const SIGNED = new Set(["rate_z", "spiegelhalter_z", "mean_error", "auc_difference", "rate_difference"]);

const isBinary = report => report.kind === "binary";
const isState = (slice, isMature) => slice.mature === isMature;
const measure = (slice, name) => real(slice.measures?.[name]);
const interval = (slice, name) => (slice.measures?.[`${name}_interval`] ?? []).map(real);
const MAIN = {binary: {name: "auc", text: "AUC"}, values: {name: "rmse", text: "RMSE"}, classes: {name: "accuracy", text: "accuracy"}, ranking: {name: "ndcg@10", text: "NDCG@10"}};
// What a second series shows: what came, or where that says nothing of the scores, another measure.
const SECOND = {binary: {name: "rate", text: "rate"}, values: {name: "mean_outcome", text: "mean outcome"}, classes: {name: "log_loss", text: "log loss"}, ranking: {name: "ndcg@5", text: "NDCG@5"}};
const COLUMNS = {
  binary: [["Brier", "brier"], ["log loss", "log_loss"], ["rate", "rate"], ["expected", "mean_score"], ["z", "rate_z"]],
  values: [["MAE", "mae"], ["R²", "r2"], ["mean outcome", "mean_outcome"], ["expected", "mean_score"]],
  classes: [["log loss", "log_loss"], ["AUC", "auc"]],
  ranking: [["NDCG@5", "ndcg@5"], ["lists", "lists"]],
};
const main = report => MAIN[report.kind];
const second = report => SECOND[report.kind];
const isExpected = report => isBinary(report) || report.kind === "values";

/** A measure with four digits, which has its sign if it can have both; one that is not finite as its text. */
export function shown(any, name) {
  return any === undefined ? nothing : real(any) === undefined ? String(any) : SIGNED.has(name) ? moved(real(any)) : short(real(any));
}

function of(slice, name) {
  const text = slice.measures?.[name];
  return text === undefined ? undefined : html`<span data-measure=${name} data-value=${String(text)}>${shown(text, name)}</span>${range(slice, name)}`;
}

/** Where a measure lies in 95 of 100 cases, if that is known. */
function range(slice, name) {
  const [from, to] = interval(slice, name);
  return from === undefined || to === undefined ? nothing : html` <span class="small">${short(from)} to ${short(to)}</span>`;
}

const FACTS = {
  binary: [["AUC, and its 95 % interval", "auc"], ["AUC if scores were exact probabilities", "expected_auc"], ["average precision", "average_precision"], ["Kolmogorov-Smirnov", "ks"],
    ["rate that came, and its 95 % interval", "rate"], ["rate that was expected, the mean score", "mean_score"], ["difference in standard deviations", "rate_z"],
    ["Brier score", "brier"], ["Brier score if scores were exact probabilities", "expected_brier"], ["log loss", "log_loss"], ["calibration error", "calibration_error"], ["Spiegelhalter's z", "spiegelhalter_z"]],
  values: [["RMSE", "rmse"], ["mean absolute error", "mae"], ["R²", "r2"], ["mean outcome, what came", "mean_outcome"], ["mean score, what was expected", "mean_score"], ["mean error, score less outcome", "mean_error"],
    ["observed over expected", "observed_over_expected"], ["outcomes below their scores, share", "share_below"], ["pinball loss of the quantile", "pinball_loss"], ["Poisson deviance", "poisson_deviance"], ["gamma deviance", "gamma_deviance"]],
  classes: [["accuracy of the labels, and its 95 % interval", "accuracy"], ["log loss", "log_loss"], ["AUC, mean of each class against the others", "auc"]],
  ranking: [["NDCG of the first 10 places, and its 95 % interval", "ndcg@10"], ["NDCG of the first 5 places, and its 95 % interval", "ndcg@5"], ["lists", "lists"], ["of them without a relevant row, which count 1", "lists_without_relevant"]],
};

/** What came, in a sentence. */
function cameView(report, slice) {
  const {measures} = slice;
  return {
    binary: () => html`${share(measure(slice, "rate"))} came positive${measures.mean_score === undefined ? "" : html`, and ${share(measure(slice, "mean_score"))} was expected`}.`,
    values: () => html`on average ${shown(measures.mean_outcome)} came${measures.mean_score === undefined ? "" : html`, and ${shown(measures.mean_score)} was expected`}.`,
    classes: () => html`so often the label was the class that came.`,
    ranking: () => html`so near to the best order are the first ten places, in ${count(real(measures.lists))} lists.`,
  }[report.kind]();
}

export function resultView(screen, report, slice) {
  const {text, name} = main(report);
  const partitions = report.slices.filter(own => own.slice === "partition");
  const mature = partitions.filter(own => own.mature).length;
  const isTotal = slice.slice === "total";
  return html`<section class="card" id="result" tabindex="-1" aria-label="Result"><h2>${isTotal ? "All mature partitions" : html`<bdi>${slice.name}</bdi>`}</h2>
    <p class="lead">${slice.measures === undefined ? "No row has a label that counts." : html`${text} <strong>${shown(slice.measures[name])}</strong>${interval(slice, name).length ? html`<span class="small"> 95 %:</span>${range(slice, name)}` : nothing}; ${
      cameView(report, slice)}`}</p>
    <p>${stateOf(slice)} ${count(slice.matched)} of ${count(slice.scored)} rows have a label${slice.leaks ? `; ${count(slice.leaks)} more labels are older than their scores and left out` : ""}.
      ${isTotal && partitions.length ? html`${count(mature)} of ${count(partitions.length)} partitions ${mature === 1 ? "is" : "are"} mature${report.horizon_days === undefined ? "" : `: ${count(report.horizon_days)} ${report.horizon_days === 1 ? "day" : "days"} or more before the last day`}.` : nothing}
      ${isTotal ? nothing : html`<button type="button" class="link" @click=${() => screen.pick(report.slices[0])}>All mature partitions</button>`}</p>
    ${isTotal ? furthestView(screen, partitions) : nothing}
    ${slice.measures ? facts(FACTS[report.kind].map(([title, member]) => [title, of(slice, member)])) : nothing}
    ${isTotal && report.requirements.length ? html`<h3>What must hold</h3><ul class="verdicts">${report.requirements.map(own => {
      const [kind, words] = REQUIREMENTS[own.result] ?? ["chip", `– ${own.result}`];
      return html`<li><span class=${kind}>${words}</span> <code><bdi>${own.rule}</bdi></code>${own.value === undefined ? nothing : html`: ${shown(own.value)}`}${own.reason ? html` <bdi>${own.reason}</bdi>` : nothing}</li>`;
    })}</ul>` : nothing}</section>`;
}

/** The partition whose rate is the furthest off: differences of partitions can cancel out in the total. */
function furthestView(screen, partitions) {
  const off = own => Math.abs(measure(own, "rate_z") ?? 0);
  const [furthest] = partitions.filter(own => own.mature).sort((one, other) => off(other) - off(one));
  return furthest === undefined || partitions.length < 2 || off(furthest) < FAR ? nothing : html`<p>Furthest off is <button type="button" class="link" @click=${() => screen.pick(furthest)}><bdi>${furthest.name}</bdi></button>: ${
    share(measure(furthest, "rate"))} came positive${furthest.measures.mean_score === undefined ? "" : html`, and ${share(measure(furthest, "mean_score"))} was expected`}; that is ${short(off(furthest))} standard deviations.</p>`;
}

function stateOf(slice) {
  return slice.mature ? html`<span class="chip good">✓ mature</span>` : html`<span class="chip warn">immature: not final</span>`;
}

/** The partitions as series: what is immature is a ring of its own, and no part of the line. */
export function partitionsView(screen, report) {
  const all = report.slices.filter(own => own.slice === "partition").map(own => ({...own, partition: own.name}));
  if (all.length === 0) {
    return nothing;
  }

  const groups = [...new Set(all.map(own => others(own.partition)))];
  const group = groups.includes(screen.views.group) ? screen.views.group : groups[0];
  const known = all.filter(own => others(own.partition) === group);
  return html`<section class="card" aria-label="By partition"><h2>By partition</h2>
    <p class="small">Rings are immature partitions: labels are still to come, so that their measures will change. They are in no total.</p>
    ${groups.length > 1 ? html`<div class="tools"><label>Partitions of <select @change=${e => { screen.views.group = e.target.value; screen.app.update(); }}>${groups.map(own =>
      html`<option value=${own} .selected=${own === group}>${own || "no other column"}</option>`)}</select></label></div>` : nothing}
    ${known.length < 2 ? html`<p class="empty">There is one partition only; a series begins with the second.</p>` : html`<div class="halves">
      ${line(screen, report, known, "outcome-main", main(report), [])}
      ${line(screen, report, known, "outcome-rate", second(report), isExpected(report) ? [{name: "mean_score", text: "expected", colour: "--ink-2", dash: [6, 4]}] : [])}</div>`}
    <h3>Each partition</h3>
    ${sliceTable(screen, report, all, "Partitions", "partitions")}</section>`;
}

/**
 * A measure by partition, with its interval.
 *
 * @param more other measures that are lines beside it
 */
function line(screen, report, known, id, {name, text}, more) {
  const view = screen.views[id] ??= {id, isTable: false};
  const values = (read, isMature) => known.map(own => isState(own, isMature) ? read(own) ?? null : null);
  const hasInterval = known.some(own => interval(own, name).length > 0);
  const bounds = [["95 % from", 0], ["95 % to", 1]].filter(() => hasInterval);
  const beside = more.map(own => own.text);
  const label = `${text[0].toUpperCase()}${text.slice(1)}${beside.length ? `, and what was ${beside.join(", ")}` : ""}${hasInterval ? ", with 95 % intervals" : ""}`;
  return series(view, label, timesOf(known), [
    {name: text, values: values(own => measure(own, name), true), colour: "--accent"},
    ...more.map(own => ({name: own.text, values: values(slice => measure(slice, own.name), true), colour: own.colour, dash: own.dash})),
    ...bounds.map(([title, at]) => ({name: title, values: values(own => interval(own, name)[at], true), colour: "--bar", dash: [2, 3], isBound: true})),
    {name: "immature", values: values(own => measure(own, name), false), colour: "--up", isRings: true},
  ], [
    {name: "partition", text: own => own.name, cell: own => html`<bdi>${own.name}</bdi>`},
    {name: "state", text: own => own.mature ? "mature" : "immature"},
    {name: text, text: own => own.measures?.[name] ?? "", cell: own => shown(own.measures?.[name]), isNumber: true},
    ...more.map(other => ({name: other.text, text: own => own.measures?.[other.name] ?? "", cell: own => shown(own.measures?.[other.name]), isNumber: true})),
    ...bounds.map(([title, at]) => ({name: title, text: own => interval(own, name)[at] ?? "", cell: own => shown(interval(own, name)[at]), isNumber: true})),
  ], known, () => screen.app.update(), hasTimes(known) ? null : known.map(own => own.name));
}

/** What came of tenths of the rows, over their mean score. */
export function reliabilityView(screen, report, slice) {
  const groups = (Array.isArray(slice.measures.groups) ? slice.measures.groups : []).map(own => {
    const [from, to] = (own.outcome_interval ?? []).map(real);
    return {...own, from, to};
  }).filter(own => real(own.mean_score) !== undefined && real(own.outcome) !== undefined);
  if (groups.length === 0) {
    return nothing;
  }

  const view = screen.views.reliability ??= {isTable: false};
  const what = isBinary(report) ? "rate" : "mean outcome";
  const hasInterval = groups.some(own => own.from !== undefined);
  const number = (name, member) => ({name, text: own => own[member] ?? "", cell: own => shown(own[member]), isNumber: true});
  return html`<section class="card" aria-label="Reliability"><h2>Reliability</h2>
    <p class="small">Ten groups of about as many rows by score. On the dashed line came what was expected; above it more, below it less.</p>
    ${figure(html`What came over what was expected`, reliabilityPicture(groups, isBinary(report)), table("Groups by score", [
      {name: "group", text: own => groups.indexOf(own) + 1, isNumber: true},
      {name: "rows", text: own => own.n, cell: own => count(own.n), isNumber: true},
      number("mean score", "mean_score"), number(what, "outcome"), ...hasInterval ? [number("95 % from", "from"), number("95 % to", "to")] : [],
    ], groups, {name: "reliability"}), view.isTable, () => { view.isTable = !view.isTable; screen.app.update(); })}</section>`;
}

function reliabilityPicture(groups, isShare) {
  const WIDTH = pictureWidth(2);
  const HEIGHT = 300;
  const LEFT = 60;
  const BOTTOM = 40;
  const numbers = groups.flatMap(own => [real(own.mean_score), real(own.outcome), own.from, own.to]).filter(own => own !== undefined);
  const low = isShare ? 0 : Math.min(...numbers);
  const high = Math.max(...numbers, low + (Math.abs(low) || 1) * 1e-6);
  const x = at => LEFT + 8 + (WIDTH - LEFT - 26) * (at - low) / (high - low);
  const y = at => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 14) * (at - low) / (high - low);
  return html`<svg class="curve" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="What came of each tenth of the rows over its mean score; the table has all values">
    ${ticks(low, high, 5).map(at => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - 10} y1=${y(at)} y2=${y(at)}></line><text class="axis" x=${LEFT - 6} y=${y(at) + 4} text-anchor="end">${at}</text>`)}
    <line class="axis-line" x1=${LEFT} x2=${WIDTH - 10} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM}></line>
    ${ticks(low, high, WIDTH / 100).map(at => svg`<text class="axis" x=${x(at)} y=${HEIGHT - 22} text-anchor="middle">${at}</text>`)}
    <text class="axis" x=${WIDTH - 10} y=${HEIGHT - 5} text-anchor="end">mean score</text>
    <line class="threshold" x1=${x(low)} y1=${y(low)} x2=${x(high)} y2=${y(high)}></line>
    ${groups.map(own => svg`${own.from === undefined ? nothing : svg`<line class="whisker" x1=${x(real(own.mean_score))} x2=${x(real(own.mean_score))} y1=${y(own.from)} y2=${y(own.to)}></line>`}
      <circle class="own" cx=${x(real(own.mean_score))} cy=${y(real(own.outcome))} r="4.5"><title>${own.outcome}</title></circle>`)}
  </svg>
  <p class="legend small"><span><span class="key own"></span> what came</span> ${groups.some(own => own.from !== undefined) ? html`<span><span class="key tick"></span> 95 % interval</span>` : nothing}
    <span><span class="key threshold"></span> what was expected</span></p>`;
}

export function gainView(report, slice) {
  const rows = TOPS.map(percent => ({percent, gain: measure(slice, `gain_${percent}`), lift: measure(slice, `lift_${percent}`)})).filter(own => own.gain !== undefined);
  return rows.length === 0 ? nothing : html`<section class="card" aria-label="Gain"><h2>Gain</h2>
    <p class="small">How many of all positive outcomes are among the highest scores. The mark is what a choice by chance would have.</p>
    ${table("Positive outcomes among the highest scores", [
      {name: "highest scores", text: own => `${own.percent} %`},
      {name: "share of the positives", text: own => own.gain, cell: own => html`${share(own.gain)} ${bar(own.gain, "own", own.percent / 100)}`, isNumber: true},
      {name: "lift", text: own => own.lift ?? "", cell: own => shown(own.lift), isNumber: true},
    ], rows, {name: "gain"})}</section>`;
}

export function confusionView(report, slice) {
  const own = slice.measures.confusion;
  if (own === undefined) {
    return nothing;
  }

  const rows = [["said positive", own.true_positives, own.false_positives], ["said negative", own.false_negatives, own.true_negatives]];
  const all = rows.flatMap(([, ...numbers]) => numbers.map(real)).reduce((sum, any) => sum + (any ?? 0), 0) || 1;
  const column = (name, at) => ({name, text: row => row[at] ?? "", cell: row => html`${count(real(row[at]))} <span class="small">${share((real(row[at]) ?? 0) / all)}</span>`, isNumber: true});
  return html`<section class="card" aria-label="Confusion"><h2>Labels that were published</h2>
    <p class="small">What the stored label said at the model's threshold, and what came${report.labels.positive ? html`; positive is <bdi>${report.labels.positive}</bdi>` : nothing}. Rows count by their weight.</p>
    ${table("What was said, and what came", [{name: "label", text: row => row[0]}, column("came positive", 1), column("came negative", 2)], rows, {name: "confusion"})}
    ${facts([["precision", of(slice, "precision")], ["recall", of(slice, "recall")]])}</section>`;
}

/** The most frequent classes, and the labels that were wrong most often. */
export function classesView(slice) {
  const {classes, mistakes = {}} = slice.measures;
  if (classes === undefined) {
    return nothing;
  }

  const number = (name, member) => ({name, text: own => own[member] ?? "", cell: own => shown(own[member]), isNumber: true});
  const wrong = Object.entries(mistakes).flatMap(([label, outcomes]) => Object.entries(outcomes).map(([outcome, weight]) => ({label, outcome, weight})))
    .sort((one, other) => real(other.weight) - real(one.weight));
  const most = real(wrong[0]?.weight) || 1;
  return html`<section class="card" aria-label="Classes"><h2>Classes</h2>
    <p class="small">The most frequent ones. Precision is how many rows with a label were right, recall how many rows of a class have its label.</p>
    ${table("The most frequent classes", [{name: "class", text: own => own.name, cell: own => html`<bdi>${own.name}</bdi>`},
      {name: "came", text: own => own.n, cell: own => count(own.n), isNumber: true}, number("precision", "precision"), number("recall", "recall"), number("AUC", "auc")],
    Object.entries(classes).map(([name, own]) => ({name, ...own})), {name: "classes"})}
    ${wrong.length === 0 ? nothing : html`<h3>Wrong labels</h3>${table("The most frequent wrong labels", [
      {name: "label", text: own => own.label, cell: own => html`<bdi>${own.label}</bdi>`}, {name: "came", text: own => own.outcome, cell: own => html`<bdi>${own.outcome}</bdi>`},
      {name: "rows, by weight", text: own => own.weight, cell: own => html`${shown(own.weight)} ${bar(real(own.weight) / most)}`, isNumber: true},
    ], wrong, {name: "mistakes"})}`}</section>`;
}

/** Of which tenths of the scores labels are. */
export function coverageView(report, slice) {
  const groups = slice.coverage.map((own, at) => ({at: at + 1, share: real(own)}));
  return groups.length === 0 ? nothing : html`<section class="card" aria-label="Coverage"><h2>Rows with a label</h2>
    <p class="small">Of each tenth of the rows by score. Where the shares differ, labels are of chosen rows, and measures hold for rows with labels only.</p>
    ${table("Rows with a label by score", [
      {name: "tenth", text: own => own.at, cell: own => own.at === 1 ? "1, lowest scores" : own.at === groups.length ? `${own.at}, highest scores` : own.at},
      {name: "with a label", text: own => own.share, cell: own => html`${share(own.share)} ${bar(own.share ?? 0)}`, isNumber: true},
    ], groups, {name: "coverage"})}</section>`;
}

/** What was joined to what, and what a careless join would have said. */
export function aboutView(report) {
  const {labels, scores, naive_join: naive} = report;
  const counted = any => real(any) ? count(real(any)) : undefined;
  const text = any => any === undefined ? undefined : html`<bdi>${String(any)}</bdi>`;
  return html`<section class="card" aria-label="Labels"><h2>Labels</h2>
    ${facts([["what came is in", text(labels.source)], ["its version", text(labels.version)], ["column", text(labels.column)], ["labels that were read", counted(labels.read)],
      ["of them without a value", counted(labels.unknown)], ["repeated keys, of which the latest counts", counted(labels.repeated)], ["later than the last day", counted(labels.after_as_of)],
      ["of quarantined rows", counted(labels.quarantined)], ["rows without a score", counted(scores.without_score)], ["scores are in", text(scores.source)], ["version of the scores", text(scores.version)], ["joined by", text((scores.keys ?? []).join(", "))],
      ["a row without a label", report.unmatched === "negative" ? "counts as negative, where its partition is mature" : "is not known, and counts nowhere"]])}
    ${naive?.auc === undefined ? nothing : html`<p>A join that takes missing labels for negative in all partitions would have said: AUC ${shown(naive.auc)}, rate ${share(real(naive.rate))}${
      naive.auc_difference === undefined ? nothing : html`. That is off by ${shown(naive.auc_difference, "auc_difference")} and ${shown(naive.rate_difference, "rate_difference")}`}.</p>`}</section>`;
}

export function slicesView(screen, report) {
  const rows = report.slices.filter(own => own.slice === "version" || own.slice === "segment");
  return rows.length === 0 ? nothing : html`<section class="card" aria-label="Versions and segments"><h2>Versions and segments</h2>
    <p class="small">Of mature partitions. Choose one to see its measures above.</p>${sliceTable(screen, report, rows, "Measures of versions and segments", "slices")}</section>`;
}

function sliceTable(screen, report, rows, caption, name) {
  const view = screen.views[name] ??= {isAll: false};
  const known = view.isAll || rows.length <= FIRST + 4 ? rows : name === "partitions" ? rows.slice(-FIRST) : rows.slice(0, FIRST);
  const number = (title, member) => ({name: title, text: own => own.measures?.[member] ?? "", cell: own => shown(own.measures?.[member], member), isNumber: true});
  const {name: first, text} = main(report);
  const bounds = rows.some(own => interval(own, first).length) ? [0, 1].map(at => ({name: `${text} 95 % ${at === 0 ? "from" : "to"}`, text: own => interval(own, first)[at] ?? "", isOfFile: true})) : [];
  return html`${table(caption, [
    {name: name === "partitions" ? "partition" : "slice", text: own => own.name, cell: own => html`<span class="field-name"><button type="button" class="link" aria-pressed=${
      own.slice === screen.slice.slice && own.name === screen.slice.name ? "true" : "false"} @click=${() => screen.pick(own)}><bdi>${own.name}</bdi></button></span>`},
    ...name === "partitions" ? [{name: "state", text: own => own.mature ? "mature" : "immature", cell: own => stateOf(own)}] : [{name: "is a", text: own => own.slice}],
    {name: "rows", text: own => own.scored, cell: own => count(own.scored), isNumber: true},
    {name: "with a label", text: own => own.matched, cell: own => html`${count(own.matched)} <span class="small">${own.scored ? share(own.matched / own.scored) : nothing}</span>`, isNumber: true},
    {name: text, text: own => own.measures?.[first] ?? "", cell: own => html`${shown(own.measures?.[first])}${range(own, first)}`, isNumber: true}, ...bounds,
    ...COLUMNS[report.kind].map(([title, member]) => number(title, member)),
  ], known, {name: `outcomes-${name}`})}
  ${rows.length > known.length || view.isAll ? html`<button type="button" class="quiet" @click=${() => { view.isAll = !view.isAll; screen.app.update(); }}>${
    view.isAll ? `Show ${FIRST} only` : `Show all ${count(rows.length)}`}</button>` : nothing}`;
}
