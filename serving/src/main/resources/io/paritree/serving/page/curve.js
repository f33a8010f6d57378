// The score over one field: steps between the model's thresholds, or a bar for each category.
import {html, nothing, svg} from "./lit-html.js";
import {bar, figure, number, table, value} from "./parts.js";

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 60;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 36;
const MOST_FLIPS = 5;

/** @param view of the curve: sweep (the answer), isTable, use(value) */
export function curve(view, contract, update) {
  const {sweep} = view;
  const points = sweep.points.filter(point => point.errors === undefined);
  if (view.isListed && sweep.own && !points.some(point => point.value === sweep.own.value)) {
    points.push(sweep.own);
  }

  const show = point => point.score ?? point.scores?.[view.output];
  const isNumber = !view.isListed && points.length > 0 && points.every(point => typeof point.value === "number");
  const label = html`Score${view.output ? html` of <bdi>${view.output}</bdi>` : nothing} over <bdi>${sweep.field}</bdi>${
    isNumber ? ", all other fields as they are" : ""}`;
  const rows = table(`Score over ${sweep.field}`, [
    {name: sweep.field, text: point => number(point.value), cell: point => value(point.value), isNumber},
    {name: "score", text: point => number(show(point)), isNumber: true},
    {name: "margin", text: point => number(point.margin ?? ""), isNumber: true},
    {name: "label", text: point => point.label ?? ""},
  ], points, {name: "sweep"});
  const picture = points.length === 0 ? html`<p class="empty">No value of this field can be scored.</p>`
      : isNumber ? steps(sweep, points, show, contract.outputs.threshold, view)
      : bars(points, show, sweep, view);
  return html`
    ${figure(label, picture, rows, view.isTable, () => { view.isTable = !view.isTable; update(); })}
    ${flips(view, sweep)}
    ${sweep.flips_partial ? html`<p class="small">The model has more thresholds than are searched at once; there may be nearer flips.</p>` : nothing}
    ${sweep.thresholds_left_out ? html`<p class="small">${sweep.thresholds_left_out} of the model's thresholds are left out of the picture, none of them out of the search for a flip.</p>` : nothing}`;
}

/** From which side a flip's value holds. */
function place(view, sweep, flip) {
  if (view.isListed) {
    return "with";
  }

  return flip.value < sweep.own.value ? "at or below" : "at or above";
}

function noValue(view, sweep) {
  if (!view.isListed) {
    return "No value";
  }

  return view.isInOrder ? `None of the ${sweep.points.length} times that were tried` : "No value that the model knows";
}

function flips(view, sweep) {
  if (!sweep.own?.label) {
    return nothing;
  }

  const isNumber = !view.isListed;
  const others = sweep.points.filter(point => point.label !== undefined && point.label !== sweep.own.label);
  if (view.isInOrder) { // the nearest times first
    const from = at => Math.abs(Date.parse(at.value) - Date.parse(sweep.own.value)) || 0;
    others.sort((a, b) => from(a) - from(b));
  }

  // The server has searched all values that the model knows for flips, and more than there are points.
  const found = isNumber || others.length === 0 ? sweep.flips ?? [] : others;
  return html`<div class="flips" role="status">
    ${found.length === 0 ? html`<p>${noValue(view, sweep)} of <bdi>${sweep.field}</bdi> alone changes <strong><bdi>${sweep.own.label}</bdi></strong>.</p>` : nothing}
    ${others.length > 0 && !isNumber ? html`<p>${others.length} of the ${sweep.points.length} values that were tried change <strong><bdi>${sweep.own.label}</bdi></strong>:</p>` : nothing}
    ${found.slice(0, MOST_FLIPS).map(flip => html`<p><strong><bdi>${flip.label}</bdi></strong> ${place(view, sweep, flip)} <bdi>${sweep.field}</bdi> = ${value(flip.value)},
        score ${number(flip.score ?? flip.scores?.[flip.label])}
        <button type="button" class="quiet" @click=${() => view.use(flip.value)}>Use this value</button></p>`)}
    ${found.length > MOST_FLIPS ? html`<p class="small">The others are marked in the list.</p>` : nothing}
    ${view.known > sweep.points.length && !isNumber ? html`<p class="small">The model knows ${view.known} values; these ${sweep.points.length} were tried, and no missing or unknown one.</p>` : nothing}</div>`;
}

function steps(sweep, points, show, threshold, view) {
  const sorted = [...points].sort((a, b) => a.value - b.value);
  const own = typeof sweep.own?.value === "number" ? sweep.own : null;
  const xs = [...sorted.map(point => point.value), ...own ? [own.value] : []];
  let left = Math.min(...xs);
  let right = Math.max(...xs);
  const margin = (right - left || Math.abs(right) || 1) * 0.04;
  left = Math.max(left - margin, view.least ?? -Infinity);
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
      <text class="axis" x=${LEFT - 6} y=${y(at) + 4} text-anchor="end">${at}</text>`)}
    ${ticks(left, right, 6).map(at => svg`<text class="axis" x=${x(at)} y=${HEIGHT - 8} text-anchor="middle">${at}</text>`)}
    ${(sweep.thresholds ?? []).map(at => svg`<line class="tick" x1=${x(at)} x2=${x(at)} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM + 7}></line>`)}
    <line class="axis-line" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM}></line>
    ${hasThreshold ? svg`<line class="threshold" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(threshold)} y2=${y(threshold)}></line>
      <text class="axis" x=${WIDTH - RIGHT} y=${y(threshold) - 5} text-anchor="end">threshold ${threshold}</text>` : nothing}
    <path class="line" d=${path}></path>
    ${own === null ? nothing : svg`<line class="own-line" x1=${x(own.value)} x2=${x(own.value)} y1=${TOP} y2=${HEIGHT - BOTTOM}></line>
      <circle class="own" cx=${x(own.value)} cy=${y(show(own))} r="5"></circle>`}
  </svg>
  <p class="legend small"><span class="key line"></span> score <span class="key own"></span> this record
    ${sweep.thresholds?.length ? html`<span class="key tick"></span> where the model's trees divide` : nothing}
    ${hasThreshold ? html`<span class="key threshold"></span> where the label changes` : nothing}</p>`;
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

function bars(points, show, sweep, view) {
  const scores = points.map(show);
  const low = Math.min(0, ...scores);
  const span = Math.max(1e-12, Math.max(...scores) - low);
  const sorted = view.isInOrder ? points : [...points].sort((a, b) => show(b) - show(a));
  const isOwn = point => sweep.own && point.value === sweep.own.value;
  return html`<div class="scroll short" tabindex="0" role="region" aria-label=${`Score by ${sweep.field}`}><table class="bars"><tbody>${sorted.map(point => html`
    <tr class=${isOwn(point) ? "total" : ""}>
      <th scope="row"><button type="button" class="link" @click=${() => view.use(point.value)}>${value(point.value)}</button>${isOwn(point) ? html` <span class="small">this record</span>` : nothing}</th>
      <td class="wide">${bar((show(point) - low) / span, isOwn(point) ? "own" : "plain")}</td>
      <td class="number">${number(show(point))}</td>
      <td>${point.label ? html`<bdi>${point.label}</bdi>` : nothing}</td>
    </tr>`)}</tbody></table></div>`;
}
