// A comparison of two models on the same rows: what changes for readers and callers, how scores differ, and which rows move.
import {html, nothing} from "./lit-html.js";
import {count, empty, facts, moment, short, table} from "./parts.js";
import {moved, real} from "./drift-view.js";
import {share} from "./verdicts.js";

const QUANTILES = [["p50", "50 %"], ["p90", "90 %"], ["p99", "99 %"], ["p999", "99.9 %"], ["max", "largest"], ["mean", "mean, with its sign"]];
const words = text => text.replaceAll("_", " ");
const part = (rows, of) => of > 0 ? rows / of : undefined;

/** Shows a document of `model diff`, of a run's challenger or of a shadow. */
export function comparisonView(comparison) {
  const {champion, challenger, contract, data, movers = []} = comparison;
  return html`
    <p class="small"><bdi>${champion.version}</bdi> against <bdi>${challenger.version}</bdi> (<code title=${challenger.digest}>${challenger.digest.slice(0, 12)}</code>), from ${moment(comparison.started_at)} to ${moment(comparison.ended_at)}.</p>
    ${contractView(contract)}
    ${data === undefined ? empty("No row was compared.") : html`${rowsView(data)}${data.rows > 0 ? html`${differencesView(data)}${flipsView(data)}` : nothing}${refusedView(data)}`}
    ${movers.length ? moversView(movers) : nothing}`;
}

function contractView({tables, http, changes}) {
  const effect = word => html`<span class=${word.startsWith("breaking") ? "chip bad" : word === "compatible" || word === "note" ? "chip good" : "chip warn"}>${words(word)}</span>`;
  return html`
    ${facts([["for tables", effect(tables)], ["for callers", effect(http)]])}
    ${changes.length === 0 ? empty("Nothing changes of what is read and answered.") : table("What changes of what is read and answered", [
      {name: "change", text: change => words(change.change)},
      {name: "of", text: change => change.of ?? "", cell: change => html`<bdi>${change.of ?? ""}</bdi>`},
      {name: "for tables", text: change => words(change.tables)},
      {name: "for callers", text: change => words(change.http)},
      {name: "detail", text: change => change.detail, cell: change => html`<bdi>${change.detail}</bdi>`},
      {name: "rows", text: change => change.rows ?? "", isNumber: true},
    ], changes, {name: "changes"})}`;
}

function rowsView(data) {
  const all = data.rows + data.only_champion + data.only_challenger;
  return facts([["rows of both", count(data.rows)], ["only scored by the champion", count(data.only_champion)],
    ["only scored by the challenger", data.only_challenger ? count(data.only_challenger) : undefined],
    ["equal in every bit", html`${count(data.equal_bits)} ${data.rows ? html`(${share(part(data.equal_bits, data.rows))})` : nothing}`],
    ["dropped, since there was no time", data.dropped ? html`<span class="chip warn">${count(data.dropped)} besides ${count(all)}</span>` : "none"],
    ["failed, since the challenger did", data.failed ? html`<span class="chip bad">${count(data.failed)} besides ${count(all)}</span>` : "none"]]);
}

function differencesView(data) {
  const rows = QUANTILES.map(([member, name]) => ({member, name, score: data.difference?.[member], margin: data.margin_difference?.[member]}));
  const of = (name, member, cell) => ({name, text: row => row[member] ?? "", cell: row => cell(row[member]), isNumber: true});
  const isSigned = row => row.member === "mean";
  const shown = member => row => isSigned(row) ? moved(real(row[member])) : short(row[member] ?? "");
  return html`
    ${facts([["mean score", data.champion_mean === undefined ? undefined : html`${short(data.champion_mean)} → ${short(data.challenger_mean)}`],
      ["KS", data.error ? html`${short(data.ks)} to ${short(data.ks + data.error)}` : short(data.ks)],
      ["PSI", html`${short(data.psi)}, ${short(data.noise)} by chance`]])}
    ${table(`How far ${data.of === "margins" ? "margins" : "scores"} differ`, [
      {name: "of the rows", text: row => row.name},
      {...of("score", "score"), cell: shown("score")},
      ...data.margin_difference ? [{...of("margin", "margin"), cell: shown("margin")}] : [],
    ], rows, {isHidden: false, name: "differences"})}`;
}

function flipsView({flips}) {
  if (flips === undefined) {
    return nothing;
  }

  return html`<p>${count(flips.rows)} rows get another label (${share(flips.share)})${flips.up === undefined ? nothing : html`: ${count(flips.up)} up, ${count(flips.down)} down`}.</p>
    ${flips.classes?.length ? table("Labels that flip", [
      {name: "from", text: flip => flip.from, cell: flip => html`<bdi>${flip.from}</bdi>`},
      {name: "to", text: flip => flip.to, cell: flip => html`<bdi>${flip.to}</bdi>`},
      {name: "rows", text: flip => flip.rows, isNumber: true},
    ], flips.classes, {name: "flips"}) : nothing}`;
}

function refusedView({refused = []}) {
  return refused.length === 0 ? nothing : table("Rows that one model alone refuses", [
    {name: "refused by", text: rows => rows.by},
    {name: "field", text: rows => rows.field, cell: rows => html`<bdi>${rows.field}</bdi>`},
    {name: "code", text: rows => rows.code},
    {name: "rows", text: rows => rows.rows, isNumber: true},
  ], refused, {isHidden: false, name: "refused"});
}

function moversView(movers) {
  const key = mover => Object.values(mover.key).join(", ");
  const value = side => mover => mover[side].score ?? mover[side].margin;
  const label = mover => mover.champion.label === mover.challenger.label ? "" : `${mover.champion.label} → ${mover.challenger.label}`;
  const fields = mover => mover.fields?.map(field => `${field.field} ${field.change}`).join(", ") ?? mover.not_explained ?? "";
  return table("Rows that move most", [
    {name: Object.keys(movers[0].key).map(words).join(", "), text: key, cell: mover => html`<bdi>${key(mover)}</bdi>`},
    ...movers.some(mover => mover.output) ? [{name: "output", text: mover => mover.output, cell: mover => html`<bdi>${mover.output}</bdi>`}] : [],
    {name: "champion", text: value("champion"), cell: mover => short(value("champion")(mover)), isNumber: true},
    {name: "challenger", text: value("challenger"), cell: mover => short(value("challenger")(mover)), isNumber: true},
    ...movers.some(label) ? [{name: "label", text: label, cell: mover => html`<bdi>${label(mover)}</bdi>`}] : [],
    {name: "margin by field", text: fields, cell: mover => mover.fields ? html`<ul class="plain">${mover.fields.map(field => html`<li><bdi>${field.field}</bdi> ${moved(field.change)}</li>`)}</ul>`
      : html`<bdi>${mover.not_explained ?? ""}</bdi>`},
  ], movers, {isHidden: false, name: "movers"});
}
