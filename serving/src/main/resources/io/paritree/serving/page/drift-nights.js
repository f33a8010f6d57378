// The nights of an output: each with its state, and what moved by night.
import {html, nothing} from "./lit-html.js";
import {count, partition, short, table} from "./parts.js";
import {series} from "./series.js";
import {BASELINES, moved, real} from "./drift-view.js";
import {share, stateOf} from "./verdicts.js";

const DATE = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d))?/;

/** @param screen with series (nights of the output, newest first), night and asked */
export function nightsView(screen) {
  const {nights, left} = screen.series;
  const alike = nights.filter(own => others(own.partition) === others(screen.night));
  const known = [...alike].reverse();
  const field = screen.asked.field;
  const output = screen.views.scores?.output;
  const scoreOf = own => own.outputs?.find(any => any.output === output) ?? own.outputs?.[0] ?? {};
  const update = () => screen.app.update();
  const isHeld = own => own.held !== undefined || !own.published;
  const points = [
    {id: "night-rows", label: "Rows", of: own => own.rows, text: count},
    {id: "night-mean", label: "Mean of the score", of: own => real(scoreOf(own).mean)},
    {id: "night-psi", label: "PSI of the score", of: own => real(scoreOf(own).psi)},
    ...field === null ? [] : [
      {id: "night-impact", label: `Impact of ${isolated(field)}`, of: own => real(own.field?.impact)},
      {id: "night-missing", label: `Missing values of ${isolated(field)}, share of the rows`, of: own => real(own.field?.now?.missing), text: share},
      {id: "night-field-psi", label: `PSI of ${isolated(field)}`, of: own => real(own.field?.psi)}],
  ].filter(own => known.some(night => own.of(night) !== undefined));
  const against = known.find(own => own.baseline)?.baseline;
  return html`<section class="card" aria-label="By night"><h2>By night</h2>
    <p class="small">${against ? `PSI and impact are against ${BASELINES[against] ?? against}. ` : nothing}Rings are nights that were not published.${
      others(screen.night) ? html` Only nights of <bdi>${others(screen.night)}</bdi>.` : nothing}</p>
    ${known.length < 2 ? html`<p class="empty">There is one night only; a series begins with the second.</p>` : html`<div class="series-grid">${points.map(own => {
      const view = screen.views[own.id] ??= {id: own.id, isTable: false};
      const values = known.map(night => own.of(night) ?? null);
      const text = own.text ?? (any => any === undefined ? "" : short(any));
      return series(view, own.label, timesOf(known), [
        {name: "all nights", values, colour: "--accent"},
        {name: "not published", values: known.map((night, at) => isHeld(night) ? values[at] : null), colour: "--bad", isRings: true},
      ], [
        {name: "night", text: night => partition(night.partition), cell: night => html`<bdi>${partition(night.partition)}</bdi>`},
        {name: "value", text: night => own.of(night) ?? "", cell: night => text(own.of(night)), isNumber: true},
        {name: "state", text: night => isHeld(night) ? "not published" : "published"},
      ], known, update, hasTimes(known) ? null : known.map(night => partition(night.partition)));
    })}</div>`}
    <h3>Each night</h3>
    ${table("Nights", [
      {name: "night", text: own => partition(own.partition), cell: own => html`<a href=${screen.link(own.partition)} aria-current=${own.partition === screen.night ? "true" : nothing}><bdi>${partition(own.partition)}</bdi></a>`},
      {name: "state", text: own => own.held ? "held" : own.published ? "published" : "not published", cell: own => stateOf(own)},
      {name: "rows", text: own => own.rows ?? "", cell: own => own.rows === undefined ? "" : count(own.rows), isNumber: true},
      {name: "mean of the score", text: own => scoreOf(own).mean ?? "", cell: own => shortOrNone(scoreOf(own).mean), isNumber: true},
      {name: "PSI of the score", text: own => scoreOf(own).psi ?? "", cell: own => shortOrNone(scoreOf(own).psi), isNumber: true},
      ...field === null ? [] : [{name: "impact of the field", text: own => own.field?.impact ?? "", cell: own => moved(real(own.field?.impact)), isNumber: true}],
      {name: "rules that fired", text: own => own.fired.join("; "), cell: own => own.fired.map(rule => html`<div class="long"><code>${rule}</code></div>`)},
    ], nights, {name: "nights"})}
    ${left ? html`<p class="small">${count(left)} older nights are not shown.</p>` : nothing}</section>`;
}

function shortOrNone(any) {
  const own = real(any);
  return own === undefined ? "" : short(own);
}

/** A name whose direction does not reach beyond it. */
function isolated(name) {
  return `\u2068${name}\u2069`;
}

const valueOf = part => part.slice(part.indexOf("=") + 1);

/** The values of a partition's columns that say no time: nights of one region are one series. */
export function others(name) {
  const parts = name.split("/");
  const isTime = parts.some(part => DATE.test(valueOf(part))) ? part => DATE.test(valueOf(part)) : part => /^\d/.test(valueOf(part));
  return parts.filter(part => !isTime(part)).join("/");
}

function timeOf(name) {
  const found = name.split("/").map(part => DATE.exec(valueOf(part))).find(any => any !== null);
  return found ? Date.UTC(found[1], found[2] - 1, found[3], found[4] ?? 0, found[5] ?? 0) / 1000 : NaN;
}

/** Whether each night has a time of its own. */
export function hasTimes(nights) {
  const times = nights.map(own => timeOf(own.partition));
  return times.every((at, index) => Number.isFinite(at) && (index === 0 || at > times[index - 1]));
}

export function timesOf(nights) {
  return nights.map((own, index) => hasTimes(nights) ? timeOf(own.partition) : index);
}
