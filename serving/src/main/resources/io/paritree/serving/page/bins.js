// Counts of values in bins, now and then: columns of numbers, and a table with bars of both.
import {html, nothing, svg} from "./lit-html.js";
import {bar, count, pictureWidth, table} from "./parts.js";
import {ticks} from "./curve.js";
import {percent, share} from "./verdicts.js";

export function isOfCategories(own) {
  return own.values !== undefined;
}

/** The bins, each with its name and its shares; a last one without any row of both is left out. */
export function bins({edges = [], values, counts, baseline_counts: before}) {
  const names = values ? [...values, "all others", "missing"]
      : edges.length === 0 ? ["all values", "missing"]
      : [`below ${text(edges[0])}`, ...edges.slice(1).map((to, at) => `${text(edges[at])} to below ${text(to)}`), `${text(edges.at(-1))} and above`, "missing"];
  const total = counts.reduce((sum, own) => sum + own, 0);
  const totalBefore = before?.reduce((sum, own) => sum + own, 0);
  return counts.map((own, at) => ({
    name: names[at], isNamed: values !== undefined && at < values.length, isMissing: at === counts.length - 1,
    now: own, before: before?.[at], share: total ? own / total : 0, shareBefore: before && totalBefore ? before[at] / totalBefore : undefined,
  })).filter((bin, at, all) => at < all.length - 1 - (values ? 1 : 0) || bin.now || bin.before);
}

const text = edge => String(edge).replace("-", "−");

/** @param first how many of the categories with the largest changes are shown */
export function binsTable(own, caption, name, first = Infinity) {
  const shift = bin => Math.abs(bin.share - (bin.shareBefore ?? 0));
  const all = isOfCategories(own) ? bins(own).sort((a, b) => shift(b) - shift(a)).slice(0, first) : bins(own);
  const most = Math.max(1e-12, ...all.map(bin => Math.max(bin.share, bin.shareBefore ?? 0)));
  const hasBefore = own.baseline_counts !== undefined;
  return table(caption, [
    {name: "values", text: bin => bin.name, cell: bin => bin.isNamed ? bin.name === "" ? html`<span class="missing-value">empty text</span>` : html`<bdi>${bin.name}</bdi>` : html`<span class=${bin.isMissing ? "missing-value" : ""}>${bin.name}</span>`},
    {name: "now", text: bin => bin.share, cell: bin => html`${share(bin.share)} ${bar(bin.share / most, "own", hasBefore ? bin.shareBefore / most : undefined)}`, isNumber: true},
    ...hasBefore ? [{name: "then", text: bin => bin.shareBefore, cell: bin => share(bin.shareBefore), isNumber: true}] : [],
    {name: "rows now", text: bin => bin.now, cell: bin => count(bin.now), isNumber: true},
    ...hasBefore ? [{name: "rows then", text: bin => bin.before, cell: bin => count(bin.before), isNumber: true}] : [],
  ], all, {name});
}

/** Columns of equal width, since bins have about equal shares of the reference; the edges are below. */
export function binsPicture(own, what) {
  const all = bins(own);
  const WIDTH = pictureWidth(2);
  const HEIGHT = 210;
  const LEFT = 52;
  const BOTTOM = 30;
  const most = Math.max(1e-12, ...all.map(bin => Math.max(bin.share, bin.shareBefore ?? 0)));
  const step = (WIDTH - LEFT - 6) / (all.length + (all.at(-1).isMissing ? 0.4 : 0));
  const x = at => LEFT + step * (at + (all[at]?.isMissing ? 0.4 : 0));
  const y = at => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 12) * at / most;
  const hasBefore = own.baseline_counts !== undefined;
  return html`<svg class="curve bins" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`Shares of ${what} in ${all.length} bins; the table has them`}>
    ${ticks(0, most, 4).map(at => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - 6} y1=${y(at)} y2=${y(at)}></line>
      <text class="axis" x=${LEFT - 6} y=${y(at) + 4} text-anchor="end">${percent(at)}</text>`)}
    ${all.map((bin, at) => svg`<rect class="own" x=${x(at) + 2} y=${y(bin.share)} width=${Math.max(1, step - 4)} height=${y(0) - y(bin.share)}><title>${`${bin.name}: now ${percent(bin.share)}${hasBefore ? `, then ${percent(bin.shareBefore)}` : ""}`}</title></rect>`)}
    ${hasBefore ? all.map((bin, at) => svg`<path class="before" d=${`M${x(at)} ${y(0)}V${y(bin.shareBefore)}H${x(at) + step}V${y(0)}`}></path>`) : nothing}
    <line class="axis-line" x1=${LEFT} x2=${WIDTH - 6} y1=${y(0)} y2=${y(0)}></line>
    ${labels(own, all, x, step, WIDTH).map(({at, name}) => svg`<text class="axis" x=${at} y=${HEIGHT - 10} text-anchor="middle">${name}</text>`)}
  </svg>
  <p class="legend small"><span><span class="key bar-now"></span> now</span> ${hasBefore ? html`<span><span class="key before"></span> then</span>` : nothing}
    <span>A bin ends below the number between it and the next.</span></p>`;
}

function brief(edge) {
  const isFar = edge !== 0 && (Math.abs(edge) >= 1e6 || Math.abs(edge) < 1e-4);
  return (isFar ? edge.toExponential(2).replace(/\.?0+e\+?/, "e") : String(Number(edge.toPrecision(4)))).replaceAll("-", "−");
}

/** The edges that have room, and what is missing. */
function labels({edges = []}, all, x, step, width) {
  const wanted = edges.map((edge, index) => ({at: x(index) + step, name: brief(Number(edge))}));
  const missing = all.at(-1).isMissing ? {at: x(all.length - 1) + step / 2, name: "missing"} : null;
  const placed = missing ? [{...missing, at: Math.min(missing.at, width - 26)}] : [];
  for (const label of wanted) {
    const half = 3.6 * label.name.length;
    if (label.at + half < width && placed.every(own => Math.abs(own.at - label.at) > half + 3.6 * own.name.length + 6)) {
      placed.push(label);
    }
  }

  return placed;
}
