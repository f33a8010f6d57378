// A score: its number, its place on the scale, its label, and the scores of all classes.
import {html, nothing, svg} from "./lit-html.js";
import {bar, column, number, value} from "./parts.js";

/** @param answer of /score, or a stored row; outputs of the contract, or null */
export function scoreView(answer, contract) {
  const scores = answer.scores;
  return html`
    <div class="score">
      ${answer.label === undefined ? nothing : html`<p class="label"><bdi>${answer.label}</bdi></p>`}
      ${answer.score === undefined ? nothing : html`<p class="figure"><span class="small">score</span> <output class="score-number">${number(answer.score)}</output>
        ${isShare(contract) && contract.outputs.classes[1] ? html`<span class="small">the model's estimate, from 0 to 1, for <bdi>${contract.outputs.classes[1]}</bdi></span>` : nothing}</p>`}
      ${scores ? classes(scores, answer.label) : scale(answer.score, contract)}
    </div>`;
}

/** Whether scores are estimates from 0 to 1. */
export function isShare(contract) {
  const {calibration, kind} = contract?.outputs ?? {};
  return calibration === undefined
    ? /^(binary:logistic|reg:logistic)$/.test(contract?.objective ?? "")
    : calibration.method === "sigmoid" || kind === "binary";
}

function scale(score, contract) {
  if (!isShare(contract) || typeof score !== "number") {
    return nothing;
  }

  const {threshold, classes: labels} = contract.outputs;
  const x = at => 2 + 96 * at;
  return html`
    <div class="scale" role="img" aria-label=${`On the scale from 0 to 1${threshold === undefined ? "" : `, with the threshold at ${threshold}`}`}>
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-back" x="2" y="3" width="96" height="6"></rect>
        <rect class="own" x="2" y="3" width=${96 * Math.max(0, Math.min(1, score))} height="6"></rect>
        ${threshold === undefined ? nothing : svg`<rect class="threshold-mark" x=${x(threshold) - 0.3} y="0" width="0.6" height="12"></rect>`}
      </svg>
      <div class="ends small"><span>0</span>${threshold === undefined ? nothing
        : html`<span class="at">${before(threshold)}<span>threshold ${number(threshold)}: <bdi>${labels[1] ?? "the label changes"}</bdi> above it</span>${before(1 - threshold)}</span>`}<span>1</span></div>
    </div>`;
}

/** Room beside a text, which shrinks with the one on its other side: so the text is below its mark, and within the scale. */
function before(share) {
  return html`<svg width=${`${100 * share}%`} height="1" aria-hidden="true"></svg>`;
}

function classes(scores, label) {
  const all = Object.entries(scores);
  const text = column(all.map(([, score]) => number(score)));
  const isShare = all.every(([, score]) => score >= 0 && score <= 1);
  return html`<table class="bars"><caption class="unseen">Scores of all outputs</caption><tbody>${all.map(([name, score]) => html`
    <tr class=${name === label ? "total" : ""}><th scope="row"><bdi>${name}</bdi></th>
      ${isShare ? html`<td class="wide">${bar(score, name === label ? "own" : "plain")}</td>` : nothing}
      <td class="number">${text(number(score))}</td></tr>`)}</tbody></table>`;
}

/** The faults of a record, each with a link to its field. */
export function faultSummary(errors, toField) {
  return html`<div class="notice bad" id="faults" role="alert" tabindex="-1">
    <strong>${errors.length === 1 ? "One thing is wrong with the record" : `${errors.length} things are wrong with the record`}</strong>
    <ul>${errors.slice(0, 50).map(fault => html`<li>${fault.field === undefined || toField === undefined ? html`<bdi>${fault.field ?? ""}</bdi>`
      : html`<button type="button" class="link" @click=${() => toField(fault.field)}><bdi>${fault.field}</bdi></button>`}
      ${fault.expected ? html`expected <bdi>${fault.expected}</bdi>` : fault.code}${fault.got !== undefined && fault.got !== null
        ? html`, but it is ${value(fault.got)}` : nothing}</li>`)}</ul>
  </div>`;
}
