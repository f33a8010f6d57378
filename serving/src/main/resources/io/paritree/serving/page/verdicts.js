// What became of the rules of a night, in sentences.
import {html, nothing} from "./lit-html.js";
import {brief, count, short} from "./parts.js";

const FIRST = 5; // findings of a rule that are shown
const SHARES = {missing: "missing", unseen: "in no vocabulary", faults: "faulty"};

export const isFired = verdict => verdict.result === "fired";

/** How the night ended. */
export function stateOf(night) {
  if (night.held) {
    return html`<span class="chip bad">✗ held back</span>`;
  }

  if (!night.published) {
    return html`<span class="chip bad">✗ not published</span>`;
  }

  return night.fired.length ? html`<span class="chip good">✓ published</span> <span class="chip warn">${night.accepted ? "all the same" : "rules fired"}</span>`
      : html`<span class="chip good">✓ published</span>`;
}

/**
 * @param pick called with the name of a field that is chosen
 * @param fields the names that can be chosen
 */
export function verdictsView(night, pick, fields) {
  const rank = verdict => isFired(verdict) ? verdict.warning ? 1 : 0 : verdict.result === "passed" ? 3 : 2;
  const all = [...night.verdicts ?? []].sort((a, b) => rank(a) - rank(b));
  return html`
    ${night.held && night.held.outcome !== "held" ? html`<p><code>${night.held.outcome}</code> <bdi>${night.held.reason}</bdi></p>` : nothing}
    ${night.accepted ? html`<p>It was published although rules fired, because: <bdi>${night.accepted}</bdi></p>` : nothing}
    ${all.length === 0 ? html`<p class="empty">The run had no rules.</p>` : html`<ul class="verdicts">${all.map(verdict => html`<li>${sentence(verdict, pick, fields)}</li>`)}</ul>`}`;
}

/** The rules that have fired, in sentences without choices. */
export function firedView(verdicts) {
  return html`<ul class="verdicts">${verdicts.filter(isFired).map(verdict => html`<li>${sentence(verdict, null, [])}</li>`)}</ul>`;
}

function sentence(verdict, pick, fields) {
  const rule = html`<code>${verdict.rule}</code>`;
  const findings = (verdict.findings ?? []).slice(0, FIRST).map((finding, index) => html`${index ? "; " : ""}${found(finding, pick, fields)}`);
  const more = (verdict.findings?.length ?? 0) - FIRST;
  const absent = verdict.not_compared?.length ? html` <span class="small">Not compared: <bdi>${verdict.not_compared.join("; ")}</bdi>.</span>` : nothing;
  if (isFired(verdict)) {
    return html`<span class=${verdict.warning ? "chip warn" : "chip bad"}>${verdict.warning ? "! warned" : "✗ fired"}</span> ${findings}${more > 0 ? `; and ${more} more` : nothing}. ${rule}${absent}`;
  }

  return verdict.result === "passed"
    ? html`<span class="chip good">✓ passed</span> ${findings.length ? html`Nearest to its limit: ${findings}.` : nothing} ${rule}${absent}`
    : html`<span class="chip">– not compared</span> <bdi>${verdict.not_compared?.join("; ") || "there was nothing to compare"}</bdi>. ${rule}`;
}

/** What was measured of a subject, and the limit. */
function found({subject, measure, value, limit, baseline}, pick, fields) {
  const name = fields.includes(subject) ? html`<button type="button" class="link" @click=${() => pick(subject)}><bdi>${subject}</bdi></button>` : html`<bdi>${subject}</bdi>`;
  const by = baseline ? html` by ${baseline}` : nothing;
  if (subject === "rows" && !measure) {
    return html`${count(value)} rows, limit ${count(limit)}${by}`;
  }

  return SHARES[measure] ? html`${share(value)} of ${name} is ${SHARES[measure]}, limit ${share(limit)}${by}`
      : html`${measure === "psi" ? "PSI" : measure} of ${name} is ${short(value)}, limit ${short(limit)}${by}`;
}

export function share(value) {
  return typeof value === "number" ? brief(percent(value), String(value), `${hundredfold(String(value))} %`) : nothing;
}

/** A number's text with its point moved, so that it keeps its digits. */
function hundredfold(text) {
  const [digits, power] = text.split("e");
  if (power !== undefined) {
    return `${digits}e${Number(power) + 2}`;
  }

  const [whole, part = ""] = digits.split(".");
  const all = `${whole}${part.padEnd(2, "0").slice(0, 2)}`.replace(/^(-?)0+(?=\d)/, "$1");
  return (part.length > 2 ? `${all}.${part.slice(2)}` : all).replace("-", "−");
}

/** A share in per cent; one that is not 0 does not look like it. */
export function percent(value) {
  const rounded = Number((100 * value).toPrecision(3));
  return value === 0 ? "0 %" : rounded === 0 ? "< 0.001 %" : `${Math.abs(rounded) < 0.001 ? "< 0.001" : String(rounded).replace("-", "−")} %`;
}
