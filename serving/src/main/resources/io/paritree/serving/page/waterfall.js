// How a margin comes about: the base, what each field adds to it, and the sum; a table with a bar in each row.
import {html, nothing, svg} from "./lit-html.js";
import {brief, column, difference, number, signed, value} from "./parts.js";

/**
 * @param reasons as answers have them: base, rest, fields
 * @param margin the sum, as the answer has it
 * @param pinned reasons of an earlier answer, or null
 * @param pick called with the name of a field that is chosen
 * @param score what the objective makes of the margin: its number, and how; or null
 * @param notes what is said of values, by field
 * @param threshold the margin at which the label changes, or null
 * @param rest the names of the fields that the reasons leave out
 * @param end what the last row is, if that is not the margin: its name, and why
 */
export function waterfall(reasons, margin, {
  pinned = null, pick = null, score = null, notes = new Map(), threshold = null, rest = [], end = {name: "margin"},
} = {}) {
  const rows = steps(reasons, margin, rest, end);
  rows.filter(row => row.hasValue).forEach(row => { row.note = notes.get(row.name); });
  const before = pinned === null ? null : new Map(pinned.fields.map(field => [field.field, field]));
  if (before !== null) {
    for (const field of pinned.fields) { // no longer among the fields that moved the score most
      if (!rows.some(row => row.name === field.field)) {
        rows.splice(rows.length - 1, 0, {name: field.field, isGone: true, value: undefined});
      }
    }
  }

  const ends = rows.filter(row => row.to !== undefined).flatMap(row => [row.from, row.to]);
  let low = Math.min(...ends);
  let span = Math.max(...ends) - low || 1;
  // A threshold that is far away would make all bars small.
  const isNear = threshold !== null && threshold > low - 1.5 * span && threshold < low + 2.5 * span;
  if (isNear) {
    const high = Math.max(low + span, threshold);
    low = Math.min(low, threshold);
    span = high - low;
  }

  const x = at => 4 + 992 * (at - low) / span;
  const texts = list => column(list.filter(own => own !== undefined && own !== null).map(own => number(own)));
  const adds = texts([...rows.map(row => row.adds), score?.number]);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="What each field adds to the margin">
    <table class=${before === null ? "waterfall" : "waterfall compared"}>
      <caption>What each field adds to the margin
        <span class="legend"><span class="up-mark">▲ raises the margin</span> <span class="down-mark">▼ lowers it</span></span>
        <span class="small plain">The margin is what the model's trees add up to; the score is made of it.${threshold === null ? nothing
          : html` The label changes at a margin of ${rounded(threshold)}${isNear ? html`, <span class="key threshold"></span> in the picture` : nothing}.`}</span></caption>
      <thead><tr>
        <th scope="col">Field and value</th>
        <th scope="col" class="number">Adds</th>
        ${before === null ? nothing : html`<th scope="col" class="number">Pinned</th><th scope="col" class="number">Change</th>`}
        <th scope="col" class="wide">From the base to the margin</th>
      </tr></thead>
      <tbody>${rows.map((row, index) => line(row, rows[index + 1], {x, before, pinned, pick, adds, threshold: isNear ? x(threshold) : null}))}
        ${score === null ? nothing : html`<tr class="total"><th scope="row"><span class="own">score</span> <span class="small">${score.note}</span></th>
          <td class="number">${adds(number(score.number))}</td>${before === null ? nothing : html`<td class="number">${number(pinned.score)}</td><td class="number">${signed(difference(score.number, pinned.score))}</td>`}<td></td></tr>`}</tbody>
    </table></div>`;
}

/** A threshold as a margin: 0, or three digits of a number that nobody has chosen, or all. */
function rounded(margin) {
  return Math.abs(margin) < 1e-9 ? "0" : html`about ${brief(total(Number(margin.toPrecision(3))), String(margin), total(margin))}`;
}

function steps(reasons, margin, rest, end) {
  const rows = [{name: "base", isTotal: true, adds: reasons.base, from: 0, to: reasons.base, note: "where each record begins"}];
  let at = reasons.base;
  for (const field of reasons.fields) {
    rows.push({name: field.field, value: field.value, hasValue: true, adds: field.contribution,
      code: field.code, text: field.text, from: at, to: at + field.contribution});
    at += field.contribution;
  }

  if (reasons.rest !== undefined && reasons.rest !== 0) {
    rows.push({name: rest.length === 1 ? "the other field" : "all other fields", isRest: true, names: rest, adds: reasons.rest, from: at, to: at + reasons.rest});
  }

  const sum = margin ?? at + (reasons.rest ?? 0);
  rows.push({...end, isTotal: true, adds: sum, from: 0, to: sum, isEnd: true});
  // A bar from zero would make all others small where the base is large; totals are marks.
  rows.filter(row => row.isTotal).forEach(row => { row.from = row.to; });
  return rows;
}

function line(row, next, {x, before, pinned, pick, adds, threshold}) {
  const was = before === null ? undefined : pinnedOf(row, before, pinned);
  const change = was === undefined || row.adds === undefined ? undefined : difference(row.adds, was);
  const kind = row.isTotal ? "total" : row.adds < 0 ? "down" : "up";
  return html`<tr class=${row.isTotal ? "total" : ""}>
    <th scope="row">${row.isTotal || row.isRest ? html`<span class="own">${row.name}</span>`
      : pick ? html`<button type="button" class="link" title="Show the score over this field" @click=${() => pick(row.name)}><bdi>${row.name}</bdi></button>`
      : html`<bdi>${row.name}</bdi>`}${row.hasValue ? html` = ${value(row.value)}` : nothing}
      ${row.note ? html`<span class=${row.hasValue ? "small warned" : "small"}>${row.note}</span>` : nothing}
      ${row.isRest && row.names.length > 0 && row.names.length < 5 ? html`<span class="small">${row.names.map((name, index) => html`${index ? ", " : ""}<bdi>${name}</bdi>`)}</span>` : nothing}
      ${row.isGone ? html`<span class="small">no longer among the largest</span>` : nothing}
      ${row.code ? html`<span class="reason"><code>${row.code}</code>${row.text ? html` <bdi>${row.text}</bdi>` : nothing}</span>` : nothing}</th>
    <td class="number" data-adds=${row.adds ?? nothing}>${row.adds === undefined ? "" : row.isTotal ? adds(total(row.adds))
      : html`<span class=${`${kind}-mark`} aria-hidden="true">${kind === "up" ? "▲" : "▼"}</span> ${adds(signed(row.adds))}`}</td>
    ${before === null ? nothing : html`
      <td class="number">${was === undefined ? "" : row.isTotal ? total(was) : signed(was)}</td>
      <td class="number">${change === undefined ? "" : signed(change)}</td>`}
    <td class="wide">${row.to === undefined ? nothing : html`<svg class="step" viewBox="0 0 1000 30" preserveAspectRatio="none" aria-hidden="true">
      ${threshold === null ? nothing : svg`<line class="threshold" x1=${threshold} x2=${threshold} y1="0" y2="30"></line>`}
      ${row.isTotal ? svg`<line class="total" x1=${x(row.to)} x2=${x(row.to)} y1="3" y2="27"></line>`
        : svg`<rect class=${kind} x=${x(Math.min(row.from, row.to))} y="6" width=${Math.max(2, Math.abs(x(row.to) - x(row.from)))} height="18"></rect>`}
      ${next?.to === undefined ? nothing : svg`<line class="joint" x1=${x(row.to)} x2=${x(row.to)} y1="15" y2="30"></line>`}
      ${row.isTotal && !row.isEnd ? nothing : svg`<line class="joint" x1=${x(row.isTotal ? row.to : row.from)} x2=${x(row.isTotal ? row.to : row.from)} y1="0" y2="15"></line>`}
    </svg>`}</td>
  </tr>`;
}

/** A sum, which has no direction, with the minus of the other numbers. */
function total(value) {
  return signed(value).replace("+", "");
}

function pinnedOf(row, before, pinned) {
  if (row.isTotal) {
    return row.isEnd ? pinned.margin : pinned.base;
  }

  return row.isRest ? pinned.rest : before.get(row.name)?.contribution;
}
