// The score over one field: steps between the model's thresholds, or a bar for each category; and which field changes the label.
import {html, nothing, svg} from "./lit-html.js";
import {bar, column, count, figure, number, pictureWidth, table, value} from "./parts.js";
import {isShare} from "./score-view.js";

const HEIGHT = 220;
const LEFT = 60;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 36;
const FLIPS = {number: 2, timestamp: 2}; // in words, of other fields one: their list marks all
const FIRST_BARS = 12;

/** @param view of the curve: sweep (the answer), field of the contract, isTable, isAll, use(value) */
export function curve(view, contract, update) {
  const {sweep, field} = view;
  const isListed = field.type !== "number";
  const points = pointsOf(sweep, field);
  const show = point => point.score ?? point.scores?.[view.output];
  const isNumber = !isListed && points.length > 0 && points.every(point => typeof point.value === "number");
  const label = html`Score${view.output ? html` of <bdi>${view.output}</bdi>` : nothing} over <bdi>${sweep.field}</bdi>, all other fields as they are`;
  const rows = table(`Score over ${sweep.field}`, [
    {name: sweep.field, text: point => number(point.value), cell: point => html`${value(point.value)}${isOwn(point, sweep, field) ? html` <span class="small">this record</span>` : nothing}`, isNumber},
    {name: "score", text: point => number(show(point)), isNumber: true},
    {name: "margin", text: point => number(point.margin ?? ""), isNumber: true},
    {name: "label", text: point => point.label ?? ""},
  ], points, {name: "sweep"});
  const ordered = field.type === "timestamp" ? points : ranked(points, sweep.own, contract, show);
  const picture = points.length === 0 ? html`<p class="empty">No value of this field can be scored.</p>`
      : isNumber ? steps(sweep, points, show, contract.outputs.threshold, field)
      : bars(ordered, show, view, contract, update);
  return html`
    ${flips(view, ordered)}
    ${figure(label, picture, rows, view.isTable, () => { view.isTable = !view.isTable; update(); })}
    ${sweep.thresholds_left_out ? html`<p class="small">${sweep.thresholds_left_out} of the model's thresholds are left out; there may be nearer flips.</p>` : nothing}`;
}

/** The points that have scores, with the record's own among them. */
function pointsOf(sweep, field) {
  const points = sweep.points.filter(point => point.errors === undefined);
  const isListed = field.type !== "number";
  if (isListed && sweep.own && !points.some(point => isOwn(point, sweep, field))) {
    points.push(sweep.own);
  }

  return field.type === "timestamp" ? points.sort((a, b) => timeOf(a) - timeOf(b)) : points;
}

const timeOf = point => Date.parse(point.value) || 0;

function isOwn(point, {own}, field) {
  return own !== undefined && own !== null
      && (point.value === own.value || field.type === "timestamp" && timeOf(point) === timeOf(own));
}

/** Values with another label than the record's first, those furthest from its score before; then the others. */
function ranked(points, own, contract, show) {
  const changes = point => own?.label !== undefined && point.label !== own.label;
  const isUp = own?.label === undefined || contract.outputs.threshold !== undefined && own.label === contract.outputs.classes[0];
  return [...points].sort((a, b) => changes(b) - changes(a) || (isUp ? show(b) - show(a) : show(a) - show(b)));
}

/** From which side a flip's value holds. */
function place(view, flip) {
  if (view.field.type !== "number") {
    return "with";
  }

  return flip.value < view.sweep.own.value ? "at or below" : "at or above";
}

/** Which values were tried, of how many; a picture of a part would otherwise pass for the whole. */
function tried({sweep, field}) {
  const known = field.categories_count ?? 0;
  const all = sweep.points.length;
  if (field.type === "timestamp") {
    return html`<p class="small">Every half hour of ${String(sweep.points[0]?.value).slice(0, 10)} was tried, and no other day.</p>`;
  }

  return known === 0 ? nothing : all < known
    ? html`<p class="notice warn">The first ${count(all)} of the ${count(known)} values that the model knows were tried, in its order. The others are left out, and a missing one.</p>`
    : html`<p class="small">All ${count(known)} values that the model knows were tried; a missing or another one was not.</p>`;
}

function flips(view, ordered) {
  const {sweep, field} = view;
  if (!sweep.own?.label) {
    return tried(view);
  }

  const isNumber = field.type === "number";
  const others = ordered.filter(point => point.label !== undefined && point.label !== sweep.own.label);
  if (field.type === "timestamp") { // the nearest times first
    others.sort((a, b) => Math.abs(timeOf(a) - timeOf(sweep.own)) - Math.abs(timeOf(b) - timeOf(sweep.own)));
  }

  const found = isNumber || others.length === 0 ? sweep.flips ?? [] : others;
  const most = FLIPS[field.type] ?? 1;
  return html`<div class="flips" role="status">
    ${tried(view)}
    ${found.length === 0 ? html`<p>${isNumber ? "No value" : field.categories_count === undefined ? "No value that was tried" : "No value that the model knows"} of <bdi>${sweep.field}</bdi> alone changes <strong><bdi>${sweep.own.label}</bdi></strong>.</p>` : nothing}
    ${others.length > 0 && !isNumber ? html`<p>${others.length} of them change <strong><bdi>${sweep.own.label}</bdi></strong>${others.length > 1 ? field.type === "timestamp" ? ", the nearest first" : ", the strongest first" : nothing}:</p>` : nothing}
    ${found.slice(0, most).map(flip => html`<p><strong><bdi>${flip.label}</bdi></strong> ${place(view, flip)} <bdi>${sweep.field}</bdi> = ${value(flip.value)},
        score ${number(flip.score ?? flip.scores?.[flip.label])}
        <button type="button" class="quiet" @click=${() => view.use(flip.value)}>Use this value</button></p>`)}
    ${found.length > most ? html`<p class="small">The others are marked in the list.</p>` : nothing}</div>`;
}

function steps(sweep, points, show, threshold, field) {
  const WIDTH = pictureWidth();
  const sorted = [...points].sort((a, b) => a.value - b.value);
  const own = typeof sweep.own?.value === "number" ? sweep.own : null;
  const xs = [...sorted.map(point => point.value), ...own ? [own.value] : []];
  let left = Math.min(...xs);
  let right = Math.max(...xs);
  const margin = (right - left || Math.abs(right) || 1) * 0.04;
  left = Math.max(left - margin, field.min ?? -Infinity);
  right += margin;
  const ys = sorted.map(show);
  let low = Math.min(...ys);
  let high = Math.max(...ys);
  const hasThreshold = threshold !== undefined && sweep.own?.label !== undefined;
  if (hasThreshold) {
    low = Math.min(low, threshold);
    high = Math.max(high, threshold);
  }

  const room = (high - low || Math.abs(high) || 1) * 0.08;
  low -= room;
  high += room;
  const x = at => LEFT + (WIDTH - LEFT - RIGHT) * (at - left) / (right - left);
  const y = at => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (at - low) / (high - low);
  let path = `M${x(left)} ${y(show(sorted[0]))}`;
  sorted.forEach(point => { path += `H${x(point.value)}V${y(show(point))}`; });
  path += `H${x(right)}`;
  return html`<svg class="curve" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img"
      aria-label=${`The score goes from ${number(Math.min(...ys))} to ${number(Math.max(...ys))}`}>
    ${ticks(low, high, 4).map(at => svg`
      <line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(at)} y2=${y(at)}></line>
      <text class="axis" x=${LEFT - 6} y=${y(at) + 4} text-anchor="end">${String(at).replace("-", "−")}</text>`)}
    ${ticks(left, right, WIDTH / 80).map(at => svg`<text class="axis" x=${x(at)} y=${HEIGHT - 8} text-anchor="middle">${String(at).replace("-", "−")}</text>`)}
    ${(sweep.thresholds ?? []).map(at => svg`<line class="tick" x1=${x(at)} x2=${x(at)} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM + 7}></line>`)}
    <line class="axis-line" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM}></line>
    ${hasThreshold ? svg`<line class="threshold" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(threshold)} y2=${y(threshold)}></line>
      <text class="axis" x=${WIDTH - RIGHT} y=${y(threshold) + (y(threshold) < TOP + 16 ? 14 : -5)} text-anchor="end">threshold ${threshold}</text>` : nothing}
    <path class="line" d=${path}></path>
    ${own === null ? nothing : svg`<line class="own-line" x1=${x(own.value)} x2=${x(own.value)} y1=${TOP} y2=${HEIGHT - BOTTOM}></line>
      <circle class="own" cx=${x(own.value)} cy=${y(show(own))} r="5"></circle>`}
  </svg>
  <p class="legend small"><span><span class="key line"></span> score</span> <span><span class="key own"></span> this record</span>
    ${sweep.thresholds?.length ? html`<span><span class="key tick"></span> where the model's trees divide</span>` : nothing}
    ${hasThreshold ? html`<span><span class="key threshold"></span> where the label changes</span>` : nothing}</p>`;
}

/** Round numbers between two. */
export function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough);
  const all = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) {
    all.push(Number(at.toPrecision(10)));
  }

  return all;
}

function bars(points, show, view, contract, update) {
  const {sweep, field} = view;
  const scores = points.map(show);
  const isScale = scores.every(score => score >= 0 && score <= 1) && (points[0].scores !== undefined || isShare(contract));
  const low = isScale ? 0 : Math.min(0, ...scores);
  const span = isScale ? 1 : Math.max(1e-12, Math.max(...scores) - low);
  const mark = isScale && sweep.own?.score !== undefined ? contract.outputs.threshold : undefined;
  const isMine = point => isOwn(point, sweep, field);
  const changes = point => point.label !== undefined && sweep.own?.label !== undefined && point.label !== sweep.own.label;
  const isLong = field.type !== "timestamp" && points.length > FIRST_BARS + 4;
  const isCut = isLong && !view.isAll;
  const mine = isCut ? points.filter(isMine) : [];
  const shown = isCut ? [...mine, ...points.filter(point => !isMine(point)).slice(0, FIRST_BARS)] : points;
  const text = column(shown.map(point => number(show(point))));
  const name = point => field.type === "timestamp" ? html`<bdi title=${point.value}>${String(point.value).slice(11).replace(/:00$/, "")}</bdi>` : value(point.value);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${`Score by ${sweep.field}`}><table class="bars sweep"><caption class="unseen">Score by ${sweep.field}</caption><tbody>${shown.map(point => html`
    <tr class=${isMine(point) ? "total" : changes(point) ? "flip" : ""}>
      <th scope="row"><button type="button" class="link" @click=${() => view.use(point.value)}>${name(point)}</button>${isMine(point) ? html` <span class="small">this record</span>` : nothing}</th>
      <td class="wide">${bar((show(point) - low) / span, isMine(point) ? "own" : "plain", mark)}</td>
      <td class="number">${text(number(show(point)))}</td>
      <td class="label">${point.label ? html`<bdi>${point.label}</bdi>` : nothing}</td>
    </tr>`)}</tbody></table></div>
    <p class="small">${isScale ? `Bars go from 0 to 1${mark === undefined ? "" : `; the mark is the threshold ${number(mark)}`}. ` : nothing}${
      points.some(changes) ? html`<strong>Bold with a line</strong>: another label than this record's.` : nothing}</p>
    ${isLong ? html`<button type="button" class="quiet" @click=${() => { view.isAll = !view.isAll; update(); }}>${
      isCut ? `Show all ${points.length} values` : `Show ${FIRST_BARS} values only`}</button>` : nothing}`;
}

/**
 * What one field alone can do: for each of some fields the value that changes the label, the nearest of a
 * number or a time and the strongest of a list; where none does, the one that comes closest.
 *
 * @param rows each with field, sweep, output and use(value)
 */
export function singles(rows, contract) {
  const all = rows.map(({field, sweep, output, use}) => {
    const show = point => point.score ?? point.scores?.[output];
    const points = pointsOf(sweep, field);
    const best = ranked(points, sweep.own, contract, show)[0];
    const at = point => field.type === "timestamp" ? timeOf(point) : point.value;
    const nearest = flips => [...flips].sort((a, b) => Math.abs(at(a) - at(sweep.own)) - Math.abs(at(b) - at(sweep.own)))[0];
    const flip = field.type === "number" ? nearest(sweep.flips ?? [])
        : best?.label === sweep.own.label ? (sweep.flips ?? [])[0]
        : field.type === "timestamp" ? nearest(points.filter(point => point.label !== undefined && point.label !== sweep.own.label)) : best;
    return {field, best: flip ?? best, isFlip: flip !== undefined, score: show(flip ?? best ?? {}), own: sweep.own, use};
  });
  all.sort((a, b) => b.isFlip - a.isFlip); // stable: else in the order of importance
  return table("What one field alone does to the label", [
    {name: "field", text: row => row.field.name, cell: row => html`<bdi>${row.field.name}</bdi>`},
    {name: "value", text: row => number(row.best?.value), cell: row => html`${row.isFlip && row.field.type === "number" ? `at or ${row.best.value < row.own.value ? "below" : "above"} ` : nothing}${
      value(row.best?.value)} <button type="button" class="link" aria-label=${`Use this value of ${row.field.name}`} @click=${() => row.use(row.best.value)}>use</button>`},
    {name: "score", text: row => number(row.score), isNumber: true},
    {name: "label", text: row => row.best?.label ?? "", cell: row => row.isFlip ? html`<strong><bdi>${row.best.label}</bdi></strong>` : html`still <bdi>${row.best?.label}</bdi>`},
  ], all, {name: "fields", isHidden: false});
}
