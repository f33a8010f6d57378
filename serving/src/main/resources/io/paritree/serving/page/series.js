// Values over time as a line, by uPlot, with the same as a table. uPlot draws on a canvas, which nobody can read aloud.
import {html} from "./lit-html.js";
import {figure, table} from "./parts.js";

// The only script that is added after the page's start: one address, which is not made of data.
const scripts = globalThis.trustedTypes?.createPolicy("paritree-series", {
  createScriptURL: () => new URL("uplot.js", document.baseURI).href,
});
let library;

const MINUTE = 60;
const DAY = 86_400;
// Between two labels; none is nearer than two points are.
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720].map(own => own * MINUTE);
const DAYS = [1, 2, 7, 14, 30, 60, 90, 180, 365, 730].map(own => own * DAY);

function load() {
  library ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = "uplot.css";
    const script = document.createElement("script");
    script.src = scripts ? scripts.createScriptURL("") : "uplot.js";
    script.onload = () => resolve(globalThis.uPlot);
    script.onerror = () => reject(new Error("Cannot load uplot.js"));
    document.head.append(style, script);
  });
  return library;
}

/**
 * @param view kept by the screen: isTable
 * @param times seconds since 1970, rising
 * @param lines each with a name, values (null where there is none), a colour of the stylesheet, isRings for
 *     rings in place of a line, and isBound for a line without points
 * @param columns and rows of the table
 * @param names of the places, in place of times
 */
export function series(view, label, times, lines, columns, rows, update, names = null) {
  const id = `series-${view.id}`;
  view.data = [times, ...lines.map(line => line.values)];
  if (!view.isTable) {
    queueMicrotask(() => requestAnimationFrame(() => draw(view, id, lines, names)));
  }

  return figure(label, html`<div class="series" id=${id} role="img" aria-label=${`${label}; the table has the values`}></div>`,
      table(label, columns, rows, {name: view.id}), view.isTable, () => {
        view.isTable = !view.isTable;
        view.plot = null;
        update();
      });
}

/** The end of a name that has little room: nights differ there. */
function short(name) {
  return name.length > 16 ? `…${name.slice(-15)}` : name;
}

async function draw(view, id, lines, names) {
  const uPlot = await load();
  const place = document.getElementById(id);
  if (place === null) {
    return;
  }

  const colour = name => {
    place.style.color = `var(${name})`; // resolves it for the theme in force
    return getComputedStyle(place).color;
  };
  const colours = colour("--ink-2");
  const width = Math.max(200, place.clientWidth);
  if (view.plot && view.plot.root.parentNode === place && view.colours === colours && view.width === width) {
    view.plot.setData(view.data);
    return;
  }

  place.replaceChildren();
  view.colours = colours;
  view.width = width;
  const grid = {stroke: colour("--line"), width: 1};
  const axis = {stroke: colours, grid, ticks: grid};
  const [times] = view.data;
  const isDays = times.at(-1) - times[0] > 2 * DAY || times.every(at => at % DAY === 0);
  const text = at => new Date(1000 * at).toISOString().slice(...isDays ? [0, 10] : [11, 16]);
  const nameOf = (plot, all) => all.map(at => Number.isInteger(at) && names[at] !== undefined ? short(names[at]) : "");
  const time = names ? {...axis, space: 110, incrs: [1, 2, 5, 10, 20, 50], values: nameOf} : {...axis, incrs: isDays ? DAYS : MINUTES, space: isDays ? 90 : 60, values: (plot, all) => all.map(text)};
  view.plot = new uPlot({
    width, height: 200, legend: {live: false}, cursor: {show: false},
    scales: {x: {time: names === null, range: (plot, from, to) => from === to ? [from - 1800, to + 1800] : names ? [from - 0.4, to + 0.4] : [from, to]}},
    padding: [null, 36, null, null], axes: [time, {...axis, size: 58}], tzDate: at => uPlot.tzDate(new Date(1000 * at), "Etc/UTC"),
    series: [{}, ...lines.map(line => ({
      label: line.name, stroke: colour(line.colour), width: 2, dash: line.dash, ...line.isRings ? {paths: () => null} : {},
      points: line.isRings ? {show: true, size: 14, width: 3, fill: "transparent"} : {show: !line.isBound && view.data[0].length < 80, size: 6},
    }))],
  }, view.data, place);
}
