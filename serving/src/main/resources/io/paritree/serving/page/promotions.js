// How an alias has moved: each try, and for promotions what was required and found.
import {html, nothing} from "./lit-html.js";
import {count, empty, facts, moment, table} from "./parts.js";

const ACTIONS = {back: "alias --back", remove: "alias --remove"};
const KINDS = {diff: "model diff", challenger: "a challenger of the job", shadow: "a challenger of the server", outcomes: "outcomes"};
const RESULTS = {moved: ["good", "✓ moved"], unchanged: ["", "– named it already"], refused: ["bad", "✗ refused"], not_confirmed: ["", "– not confirmed"]};
const UNUSED = "changed, or not about these two packages";
const action = move => ACTIONS[move.action] ?? move.action;
const version = side => side?.model_version ?? "no version";
const isPromotion = move => move.requirements !== undefined;
const met = move => move.requirements.filter(own => own.met).length;
const required = move => isPromotion(move) ? `${met(move)} of ${move.requirements.length} met` : "nothing";

/**
 * Shows the journal of the alias that a server follows.
 *
 * @param chosen the number of the promotion that is shown in full; the newest one without
 * @param choose called with such a number
 */
export function journalView(journal, chosen, choose) {
  const shown = journal.moves.find(move => move.number === chosen && isPromotion(move)) ?? journal.moves.find(isPromotion);
  return html`<section class="card" aria-label="Promotions"><h2>How <bdi>${journal.alias}</bdi> moves</h2>
    ${guardView(journal)}
    ${journal.moves.length === 0 ? empty("Its journal has no move.") : html`${movesView(journal, shown, choose)}
      ${shown ? promotionView(shown) : html`<p class="small">None of these was a promotion with evidence (<code>scripts/model promote</code>).</p>`}`}</section>`;
}

function guardView({guard, requires}) {
  if (guard === "unreadable") {
    return html`<div class="notice bad" role="status"><strong>promotion.json cannot be read</strong><p>Until it is mended, nothing moves the alias.</p></div>`;
  }

  return guard === "none" ? html`<p class="small">Nothing is required of a version: <code>promotion.json</code> does not guard the alias.</p>` : html`
    <p><span class="chip good">✓ guarded</span> It moves with evidence only. <code>promotion.json</code> requires:</p>
    <ul class="rules">${requires.map(rule => html`<li><code>${rule}</code></li>`)}</ul>`;
}

function movesView({moves, moves_left: left}, shown, choose) {
  return html`${table("Moves of the alias, the newest first", [
    {name: "when", text: move => move.at, cell: move => moment(move.at)},
    {name: "to", text: move => version(move.to), cell: move => html`<bdi>${version(move.to)}</bdi>`},
    {name: "result", text: move => isOverridden(move) ? "moved, overridden" : move.result.replaceAll("_", " "), cell: resultView},
    {name: "required", text: required, cell: move => isPromotion(move) ? html`<button type="button" class="link" aria-pressed=${move === shown}
      aria-label=${`${required(move)}, promotion to ${version(move.to)}, ${move.at}`} @click=${() => choose(move.number)}>${required(move)}</button>` : required(move)},
    {name: "from", text: move => version(move.from), cell: move => html`<bdi>${version(move.from)}</bdi>`},
    {name: "by", text: action, cell: move => html`<code>${action(move)}</code>`},
    {name: "override", text: move => move.override ?? "", isOfFile: true},
  ], moves, {name: "moves"})}
  ${left > 0 ? html`<p class="small">${count(left)} other moves are not listed.</p>` : nothing}`;
}

function isOverridden(move) {
  return move.override && move.result === "moved";
}

function resultView(move) {
  const [kind, text] = isOverridden(move) ? ["warn", "! moved all the same"] : RESULTS[move.result] ?? ["", move.result];
  return html`<span class=${`chip ${kind}`}>${text}</span>`;
}

/** What was required of a version, what evidence there was, and what it showed. */
function promotionView(move) {
  const digest = side => side?.digest ? html`<code title=${side.digest}>${side.digest.slice(0, 12)}</code>` : undefined;
  return html`<h3>Promotion to <bdi>${version(move.to)}</bdi>, ${moment(move.at)}: ${resultView(move)}</h3>
    ${move.override ? html`<p class="held">Although not all was met, because: <bdi>${move.override}</bdi></p>` : nothing}
    ${facts([["from", html`<bdi>${version(move.from)}</bdi> ${digest(move.from)}`], ["to", html`<bdi>${version(move.to)}</bdi> ${digest(move.to)}`]])}
    ${table("What was required", [
      {name: "requirement", text: own => own.rule, cell: own => html`<code>${own.rule}</code>`},
      {name: "value", text: own => own.found, cell: own => html`<bdi>${own.found}</bdi>`},
      {name: "verdict", text: own => own.met ? "met" : "not met", cell: own => own.met ? html`<span class="chip good">✓ met</span>` : html`<span class="chip bad">✗ not met</span>`},
    ], move.requirements, {isHidden: false, name: "requirements"})}
    ${move.evidence.length === 0 ? empty("There was no evidence.") : table("Evidence", [
      {name: "what", text: own => KINDS[own.kind] ?? own.kind ?? "not readable", cell: own => html`<bdi>${KINDS[own.kind] ?? own.kind ?? "not readable"}</bdi>`},
      {name: "rows", text: own => own.rows ?? "", cell: own => own.rows === undefined ? nothing : count(own.rows), isNumber: true},
      {name: "made", text: own => own.ended_at ?? "", cell: own => moment(own.ended_at)},
      {name: "SHA-256", text: own => own.sha256, cell: own => html`<code title=${own.sha256}>${own.sha256.slice(0, 12)}</code>`},
      {name: "counted", text: own => own.used ? "yes" : `no: ${own.why ?? UNUSED}`, cell: own => own.used ? "yes" : html`<span class="chip warn">no</span> <bdi class="small anywhere">${own.why ?? UNUSED}</bdi>`},
    ], move.evidence, {isHidden: false, name: "evidence"})}`;
}
