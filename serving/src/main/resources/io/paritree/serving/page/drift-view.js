// One comparison: the scores, the fields by impact, the values of a field, and importance against drift.
import {html, nothing, svg} from "./lit-html.js";
import {brief, count, facts, figure, pictureWidth, short, signed, table} from "./parts.js";
import {bins, binsPicture, binsTable, isOfCategories} from "./bins.js";
import {ticks} from "./curve.js";
import {share} from "./verdicts.js";

export const BASELINES = {reference: "the rows of sealing", previous: "the night before", weekday: "the same weekday before"};

const MOST = 50; // fields of an answer
const FIRST = 8; // categories that are shown before "all"
const FEW = 12; // fields that are shown first, and need no search
const SEARCH_PAUSE = 250; // ms
const LARGE = 0.25; // a PSI that is called large
const NAMED = 8; // fields that have their names in the picture
const ORDERS = {impact: "impact", psi: "PSI", missing: "change of missing", unseen: "change of unseen", faults: "change of faults"};

/** A number of an answer; one whose text JavaScript would change is a text there. */
export function real(any) {
  const own = any === undefined || any === null ? NaN : Number(any);
  return Number.isFinite(own) ? own : undefined;
}

const change = (now, before) => now === undefined || before === undefined ? undefined : now - before;

/** A change with its sign and four digits, or all of them. */
export function moved(value) {
  return value === undefined ? "" : brief(signed(Number(value.toPrecision(4))), String(value), signed(value));
}

const isAboveNoise = own => real(own.psi) > real(own.noise);

/** The order in which the server lists fields. */
function inOrder(order) {
  const shift = field => Math.abs(change(real(field.now?.[order]) ?? 0, real(field.baseline?.[order]) ?? 0));
  const psi = (a, b) => isAboveNoise(b) - isAboveNoise(a) || (real(b.psi) ?? -1) - (real(a.psi) ?? -1);
  return order === "impact" ? (a, b) => Math.abs(real(b.impact) ?? 0) - Math.abs(real(a.impact) ?? 0) || psi(a, b)
      : order === "psi" ? psi : (a, b) => shift(b) - shift(a);
}

/** The comparison of callers' rows, whose answer has both profiles, as one of a night. */
export function comparisonOf({drift, profile, baseline_profile: before}, {order, search, field: chosen}) {
  if (!profile) {
    return null;
  }

  const faults = name => Object.values(profile.faults?.[name] ?? {}).reduce((sum, own) => sum + own, 0);
  const fields = [...new Set(profile.features.map(feature => feature.field))].map(name => {
    const own = profile.features.filter(feature => feature.field === name);
    const most = member => Math.max(...own.map(feature => feature[member])) / profile.rows;
    return {field: name, ...drift?.fields.find(any => any.field === name),
      now: {missing: most("missing"), unseen: most("unseen"), faults: faults(name) / profile.rows}};
  });
  const counts = (own, then) => ({...own, baseline_counts: then?.counts?.length === own.counts?.length ? then?.counts : undefined});
  const found = fields.filter(field => field.field.toLowerCase().includes(search.toLowerCase())).sort(inOrder(order));
  const isOne = profile.outputs.length === 1;
  const field = fields.find(any => any.field === chosen);
  return {
    rows: profile.rows, scored: profile.scored, sampled: profile.sampled, explained: profile.explained,
    baseline: drift?.baseline, baseline_partitions: drift?.partitions ?? [], baseline_rows: drift?.rows, margins: drift?.margins, not_explained: drift?.not_explained,
    outputs: profile.outputs.slice(0, MOST).map(own => ({
      ...drift?.outputs.find(any => any.output === (isOne ? "score" : `score_${own.output}`)), output: isOne ? "score" : `score_${own.output}`, mean: own.mean,
      above: own.above === undefined || !profile.scored ? undefined : own.above / profile.scored, edges: own.edges,
      ...counts({counts: own.counts}, before?.outputs.find(any => any.output === own.output)),
    })),
    fields: found.slice(0, MOST), fields_left: Math.max(0, found.length - MOST),
    field: field === undefined ? undefined : {...field, counts: profile.features.filter(any => any.field === chosen).map(own =>
      counts(own, before?.features.find(any => any.feature === own.feature)))},
  };
}

export function scoresView(screen, comparison) {
  const {outputs, margins = []} = comparison;
  const view = screen.views.scores ??= {isTable: false, output: outputs[0]?.output};
  const own = outputs.find(any => any.output === view.output) ?? outputs[0];
  if (own === undefined) {
    return nothing;
  }

  const at = outputs.indexOf(own);
  const margin = margins[at] ?? (margins.length === 1 ? margins[0] : undefined);
  const mean = real(own.mean);
  const before = real(own.baseline_mean);
  const psi = real(own.psi);
  return html`<section class="card" aria-label="Scores"><h2>Scores</h2>
    ${outputs.length > 1 ? html`<p><label>Output <select @change=${e => { view.output = e.target.value; screen.app.update(); }}>${
      outputs.map(any => html`<option value=${any.output} .selected=${any === own}>${any.output}</option>`)}</select></label></p>` : nothing}
    ${facts([["mean", mean === undefined ? undefined : html`<span class="score-number" data-mean=${mean}>${short(mean)}</span>`], ["mean then", before === undefined ? undefined : short(before)],
      ["change of the mean", change(mean, before) === undefined ? undefined : moved(change(mean, before))],
      ["above the threshold", own.above === undefined ? undefined : html`${share(real(own.above))}${own.baseline_above === undefined ? nothing : html`, then ${share(real(own.baseline_above))}`}`],
      ["PSI", psi === undefined ? undefined : html`<span data-psi=${psi}>${short(psi)}</span> <span class="small">${size(own)}</span>`],
      ["change of the mean margin", margin === undefined ? undefined : html`${moved(real(margin.change))}${margin.deviations === undefined ? nothing : html` <span class="small">${moved(real(margin.deviations))} standard deviations</span>`}`],
      ["of it, the base", margin === undefined || !real(margin.base) ? undefined : moved(real(margin.base))],
      ["of it, all fields", margin === undefined ? undefined : html`${moved(real(margin.impacts))}${margin.explained ? nothing : html` <span class="chip warn">not explained in full</span>`}`]])}
    ${own.not_compared ? html`<p class="small">Not compared: <bdi>${own.not_compared}</bdi>.</p>` : nothing}
    ${own.counts ? figure(html`Scores now${own.baseline_counts ? html`, and of ${then(comparison)}` : nothing}`, binsPicture(own, "scores"), binsTable(own, "Scores", "scores"),
      view.isTable, () => { view.isTable = !view.isTable; screen.app.update(); }) : nothing}
    ${absentCounts(comparison)}</section>`;
}

/** What a PSI means, in words. */
function size(own) {
  const psi = real(own.psi);
  return psi <= real(own.noise) ? html`no more than chance can give (${short(real(own.noise))})` : psi > LARGE ? "a large shift" : psi > 0.1 ? "a shift" : "a small shift";
}

function then(comparison) {
  const {baseline, baseline_partitions: parts = []} = comparison;
  return baseline === "reference" ? "the rows of sealing" : parts.length ? html`<bdi>${parts.slice(0, 4).join(", ")}</bdi>` : baseline ?? "nothing else";
}

function absentCounts(comparison) {
  return comparison.no_baseline_counts ? html`<p class="small">The picture has no rows of ${comparison.baseline}: ${comparison.no_baseline_counts}.</p>` : nothing;
}

export function fieldsView(screen, comparison) {
  const {fields: all, fields_left: left = 0} = comparison;
  const view = screen.views.fields ??= {isAll: false};
  const fields = view.isAll || all.length <= FEW + 4 ? all : all.filter((field, at) => at < FEW || field.field === comparison.field?.field);
  const most = Math.max(1e-12, ...fields.map(field => Math.abs(real(field.impact) ?? 0)));
  const hasImpact = fields.some(field => field.impact !== undefined);
  const isLong = left > 0 || all.length > FEW || screen.search !== "";
  const chosen = comparison.field?.field;
  const part = name => html`<button type="button" class="link" aria-pressed=${name === chosen ? "true" : "false"} @click=${() => screen.pick(name)}><bdi>${name}</bdi></button>`;
  const shares = (member, name) => [
    {name, text: field => field.now?.[member] ?? "", cell: field => nowAndThen(field, member), isNumber: true},
    {name: `${name}, then`, text: field => field.baseline?.[member] ?? "", isOfFile: true}];
  const isShown = member => fields.some(field => field.now?.[member] || field.baseline?.[member]);
  return html`<section class="card" aria-label="Fields"><h2>${hasImpact || screen.order !== "impact" ? `Fields by ${ORDERS[screen.order]}` : "Fields"}</h2>
    <p class="small">${hasImpact ? `Impact is by how much a field has moved the mean margin. All impacts, and the change of the base, add up to its change.${sampleOf(comparison)}` : comparison.not_explained ? html`There are no impacts: ${comparison.not_explained}.` : "There are no impacts."}</p>
    <div class="tools"><label>Order by <select @change=${e => screen.relist({order: e.target.value})}>${Object.entries(ORDERS).map(([own, text]) =>
      html`<option value=${own} .selected=${own === screen.order}>${text}</option>`)}</select></label>
      ${isLong ? html`<label class="grow">Search <input type="search" .value=${screen.search} @input=${e => screen.relist({search: e.target.value}, SEARCH_PAUSE)}></label>` : nothing}</div>
    ${fields.length === 0 ? html`<p class="empty">${screen.search ? "No field has this in its name." : "No field was compared."}</p>` : table("Fields and their drift", [
      {name: "field", text: field => field.field, cell: field => html`<span class="field-name">${part(field.field)}</span>`},
      ...hasImpact ? [{name: "impact", text: field => field.impact ?? "", cell: field => impactCell(real(field.impact), most), isNumber: true}] : [],
      {name: "PSI", text: field => field.psi ?? "", cell: field => psiCell(field), isNumber: true},
      ...shares("missing", "missing"), ...isShown("unseen") ? shares("unseen", "unseen") : [], ...isShown("faults") ? shares("faults", "faulty") : [],
    ], fields, {name: "drift-fields"})}
    ${all.length > FEW + 4 ? html`<button type="button" class="quiet" @click=${() => { view.isAll = !view.isAll; screen.app.update(); }}>${view.isAll ? `Show ${FEW} fields only` : `Show all ${all.length} fields`}</button>` : nothing}
    ${left ? html`<p class="small">${count(left)} more fields are not listed; search, or order otherwise, to see others.</p>` : nothing}</section>`;
}

/** Of how many rows impacts and bins are. */
function sampleOf({explained, sampled}) {
  return explained ? ` Impacts are of ${count(explained)} rows, bins of ${count(sampled)}.` : "";
}

function impactCell(impact, most) {
  if (impact === undefined) {
    return "";
  }

  const kind = impact < 0 ? "down" : "up";
  const width = 50 * Math.abs(impact) / most;
  return html`<span data-impact=${impact}><span class=${`${kind}-mark`} aria-hidden="true">${impact === 0 ? "" : impact > 0 ? "▲" : "▼"}</span> ${moved(impact)}</span>
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class=${kind} x=${impact < 0 ? 50 - width : 50} width=${Math.max(0.5, width)} height="10"></rect><line class="threshold-mark" x1="50" x2="50" y1="-3" y2="13"></line></svg>`;
}

function psiCell(field) {
  const psi = real(field.psi);
  return psi === undefined ? html`<span class="small">${field.not_compared ?? ""}</span>` : html`${psi > LARGE && isAboveNoise(field) ? html`<strong>${short(psi)}</strong>` : short(psi)}${
    isAboveNoise(field) ? nothing : html` <span class="small">chance</span>`}`;
}

export function fieldView(screen, comparison) {
  const {field} = comparison;
  if (field === undefined) {
    return nothing;
  }

  const features = field.counts ?? [];
  return html`<section class="card" id="field" tabindex="-1" aria-label="Field"><h2 class="field-name" title=${field.field}>Field <bdi>${field.field}</bdi></h2>
    ${facts([["impact", real(field.impact) === undefined ? undefined : html`${moved(real(field.impact))} <span class="small">margin units</span>`],
      ["impact on each margin", field.impacts?.length > 1 ? field.impacts.slice(0, 10).map((own, at) => html`${at ? ", " : ""}${moved(real(own))}`) : undefined],
      ["PSI", real(field.psi) === undefined ? undefined : html`${short(real(field.psi))} <span class="small">${size(field)}</span>`],
      ["Jensen-Shannon distance", real(field.js) === undefined ? undefined : short(real(field.js))], ["largest change of a bin", real(field.linf) === undefined ? undefined : share(real(field.linf))],
      ...[["missing", "missing"], ["unseen", "in no vocabulary"], ["faults", "faulty"]].map(([member, name]) => [name, nowAndThen(field, member)])])}
    ${field.not_compared ? html`<p class="small">Its values are not compared: <bdi>${field.not_compared}</bdi>.</p>` : nothing}
    ${features.map((feature, index) => featureView(screen, comparison, feature, index, features.length))}
    ${absentCounts(comparison)}</section>`;
}

function nowAndThen(field, member) {
  const now = real(field.now?.[member]);
  const before = real(field.baseline?.[member]);
  return now === undefined && before === undefined ? undefined
      : html`${now === undefined ? nothing : share(now)}${before === undefined ? nothing : html` <span class="small">then ${share(before)}</span>`}`;
}

function featureView(screen, comparison, feature, index, all) {
  const own = comparison.field.features?.find(any => any.feature === feature.feature);
  const view = screen.views[`feature-${index}`] ??= {isTable: false};
  const name = all > 1 || feature.feature !== comparison.field.field ? html`<h3><bdi>${feature.feature}</bdi>${
    own === undefined ? nothing : html` <span class="small">${own.impact === undefined ? nothing : html`impact ${moved(real(own.impact))}, `}${own.psi === undefined ? own.not_compared : html`PSI ${short(real(own.psi))}`}</span>`}</h3>` : nothing;
  if (!feature.counts) {
    return html`${name}<p class="small">There are no bins of its values: ${comparison.no_baseline_counts ? comparison.no_baseline_counts : "the model's package has none for it"}.</p>`;
  }

  const isLong = isOfCategories(feature) && bins(feature).length > FIRST + 4;
  const rows = binsTable(feature, `Values of ${feature.feature}`, "values", isLong && !view.isAll ? FIRST : Infinity);
  return html`${name}${isOfCategories(feature) ? html`<p class="small">The largest changes first. Bars are shares now${feature.baseline_counts ? html`; marks are shares of ${then(comparison)}` : nothing}.</p>${rows}
      ${isLong ? html`<button type="button" class="quiet" @click=${() => { view.isAll = !view.isAll; screen.app.update(); }}>${view.isAll ? `Show ${FIRST} values only` : `Show all ${bins(feature).length} values`}</button>` : nothing}`
      : figure(html`Values now${feature.baseline_counts ? html`, and of ${then(comparison)}` : nothing}`, binsPicture(feature, feature.feature), rows, view.isTable, () => { view.isTable = !view.isTable; screen.app.update(); })}`;
}

/** Fields by their importance to the model, and by how much their values have shifted. */
export function importanceView(screen, comparison) {
  const importance = new Map((screen.contract?.fields ?? []).map(field => [field.name, real(field.importance)]));
  const points = comparison.fields.filter(field => real(field.psi) !== undefined && importance.get(field.field) !== undefined)
      .map(field => ({name: field.field, x: importance.get(field.field), y: real(field.psi), noise: real(field.noise), isChance: !isAboveNoise(field)}));
  const shifted = comparison.fields.filter(field => real(field.psi) !== undefined).length;
  if (points.length < 2) {
    return shifted < 2 ? nothing : html`<section class="card" aria-label="Importance and drift"><h2>Importance and drift</h2>
      <p class="small">${screen.contract ? html`The model's package has no importance of these fields; sealing with rows (<code>--rows</code>) gives it.` : "This server does not serve the model of the run, so the importance of its fields is not known here."}</p></section>`;
  }

  const view = screen.views.importance ??= {isTable: false};
  const rows = table("Importance and drift", [
    {name: "field", text: point => point.name, cell: point => html`<button type="button" class="link" @click=${() => screen.pick(point.name)}><bdi>${point.name}</bdi></button>`},
    {name: "importance", text: point => point.x, cell: point => short(point.x), isNumber: true},
    {name: "PSI", text: point => point.y, cell: point => short(point.y), isNumber: true},
    {name: "by chance", text: point => point.noise, cell: point => short(point.noise), isNumber: true},
  ], points, {name: "importance"});
  return html`<section class="card" aria-label="Importance and drift"><h2>Importance and drift</h2>
    <p class="small">What is high has shifted; what is to the right matters to the model. Look first at what is both.${comparison.fields_left ? " Only the listed fields are shown." : ""}</p>
    ${figure(html`PSI over importance`, scatter(points, comparison.field?.field), rows, view.isTable, () => { view.isTable = !view.isTable; screen.app.update(); })}</section>`;
}

function scatter(points, chosen) {
  const WIDTH = pictureWidth(2);
  const HEIGHT = 260;
  const LEFT = 54;
  const BOTTOM = 40;
  const least = 0.0005; // on a scale of powers of ten
  const top = Math.max(1, ...points.map(point => point.y));
  const right = Math.max(...points.map(point => point.x)) || 1;
  const log = at => Math.log10(Math.max(least, at));
  const x = at => LEFT + 8 + (WIDTH - LEFT - 26) * at / right;
  const y = at => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 14) * (log(at) - log(least)) / (log(top * 1.3) - log(least));
  const powers = [0.001, 0.01, 0.1, 1, 10, 100].filter(at => at <= top);
  const labelled = [...points].sort((a, b) => (b.name === chosen) - (a.name === chosen) || (b.isChance ? -1 : b.y) - (a.isChance ? -1 : a.y) || b.x - a.x);
  return html`<svg class="curve scatter" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="PSI of each field over its importance; the table has all values">
    ${powers.map(at => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - 10} y1=${y(at)} y2=${y(at)}></line><text class="axis" x=${LEFT - 6} y=${y(at) + 4} text-anchor="end">${at}</text>`)}
    <line class="threshold" x1=${LEFT} x2=${WIDTH - 10} y1=${y(LARGE)} y2=${y(LARGE)}></line>
    <text class="axis" x=${WIDTH - 10} y=${y(LARGE) - 5} text-anchor="end">large: ${LARGE}</text>
    <line class="axis-line" x1=${LEFT} x2=${WIDTH - 10} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM}></line>
    ${ticks(0, right, WIDTH / 100).map(at => svg`<text class="axis" x=${x(at)} y=${HEIGHT - 22} text-anchor="middle">${at}</text>`)}
    <text class="axis" x=${WIDTH - 10} y=${HEIGHT - 5} text-anchor="end">importance</text>
    ${points.map(point => svg`<circle class=${point.name === chosen ? "own" : point.isChance ? "chance" : "shifted"} cx=${x(point.x)} cy=${y(point.y)} r=${point.name === chosen ? 7 : 5}><title>${point.name}</title></circle>`)}
    ${names(labelled, x, y, WIDTH).map(({point, at, isLeft}) => svg`<text class="mark" x=${at} y=${y(point.y) + 4} text-anchor=${isLeft ? "end" : "start"}>${cut(point.name)}</text>`)}
  </svg>
  <p class="legend small"><span><span class="key dot shifted"></span> shifted</span> <span><span class="key dot chance"></span> within chance</span> <span><span class="key own"></span> the chosen field</span></p>`;
}

/** The names that have room beside their points, the most interesting first. */
function names(points, x, y, width) {
  const placed = [];
  for (const point of points) {
    const size = 6.6 * cut(point.name).length;
    const isLeft = x(point.x) + 12 + size > width - 4;
    const from = isLeft ? x(point.x) - 11 - size : x(point.x) + 11;
    const isFree = from > 0 && placed.every(own => from + size < own.from || own.from + own.size < from || Math.abs(own.y - y(point.y)) > 14)
        && points.every(own => own === point || x(own.x) < from - 5 || x(own.x) > from + size + 5 || Math.abs(y(own.y) - y(point.y)) > 10);
    if (isFree && placed.length < NAMED) {
      placed.push({point, from, size, y: y(point.y), isLeft, at: isLeft ? x(point.x) - 11 : x(point.x) + 11});
    }
  }

  return placed;
}

const cut = name => name.length > 24 ? `${name.slice(0, 23)}…` : name;
