// Another model on the same rows: the measures of both, and how sure their difference is.
import {html, nothing, svg} from "./lit-html.js";
import {count, table} from "./parts.js";
import {moved, real} from "./drift-view.js";
import {shown} from "./outcomes-view.js";

// What is better the higher it is, or the lower.
const HIGHER = /^(auc|ks|average_precision|accuracy|resolution|r2|precision|recall|ndcg@\d+|gain_\d+|lift_\d+)$/;
const LOWER = /^(brier|reliability|log_loss|calibration_error|mae|rmse|poisson_deviance|gamma_deviance)$/;

const interval = (difference, name) => (difference[`${name}_interval`] ?? []).map(real);

export function challengerView(screen, {comparison}) {
  if (comparison === undefined) {
    return nothing;
  }

  const {published, challenger, difference} = comparison;
  const isSure = name => `${name}_interval` in difference;
  const names = Object.keys(difference).filter(name => !name.endsWith("_interval") && (isSure(name) || HIGHER.test(name) || LOWER.test(name)));
  const first = names.filter(isSure);
  const view = screen.views.challenger ??= {isAll: false};
  const known = view.isAll || first.length === 0 ? [...first, ...names.filter(name => !isSure(name))] : first;
  const number = (title, measures) => ({name: title, text: name => measures[name] ?? "", cell: name => shown(measures[name]), isNumber: true});
  return html`<section class="card" aria-label="Challenger"><h2>Another model on the same rows: <bdi>${comparison.models.map(model => model.version).join(", ") || comparison.source}</bdi></h2>
    <p>Both models have scored ${count(comparison.n)} rows with a label${comparison.unscored ? html`; ${count(comparison.unscored)} more have no score of the challenger and are left out` : nothing}.</p>
    <p class="small">A difference is the challenger's measure less the published one. Its 95 % interval is of ${count(comparison.resamples)} resamples of keys, or of lists: where it has zero, either model may be the better one.</p>
    ${table("Measures of both models", [
      {name: "measure", text: name => name},
      {name: "challenger is", text: name => verdict(difference, name), cell: name => verdictView(verdict(difference, name))},
      number("published", published), number("challenger", challenger),
      {name: "difference", text: name => difference[name], cell: name => real(difference[name]) === undefined ? shown(difference[name]) : moved(real(difference[name])), isNumber: true},
      ...[0, 1].map(at => ({name: `95 % ${at === 0 ? "from" : "to"}`, text: name => interval(difference, name)[at] ?? "", isOfFile: true})),
      {name: "95 % interval", text: () => "", cell: name => rangeView(interval(difference, name))},
    ], known, {name: "challenger"})}
    ${first.length && first.length < names.length ? html`<button type="button" class="quiet" @click=${() => { view.isAll = !view.isAll; screen.app.update(); }}>${
      view.isAll ? "Show those with an interval only" : `Show all ${names.length}`}</button>` : nothing}</section>`;
}

/** The ends of an interval, and a picture of where it is from zero. */
function rangeView([from, to]) {
  if (from === undefined || to === undefined) {
    return nothing;
  }

  const most = Math.max(Math.abs(from), Math.abs(to)) || 1;
  const x = at => 60 + 55 * at / most;
  return html`<span class="range"><svg class="range" viewBox="0 0 120 14" aria-hidden="true">${svg`<line class="axis-line" x1="60" x2="60" y1="0" y2="14"></line>
    <line class="interval" x1=${x(from)} x2=${x(to)} y1="7" y2="7"></line>`}</svg> ${moved(from)} to ${moved(to)}</span>`;
}

/** Whether the challenger is better, as far as an interval says it. */
function verdict(difference, name) {
  const [from, to] = interval(difference, name);
  const isHigher = HIGHER.test(name);
  if (from === undefined || to === undefined || !isHigher && !LOWER.test(name)) {
    return "";
  }

  if (from <= 0 && to >= 0) {
    return "not sure";
  }

  return (from > 0) === isHigher ? "better" : "worse";
}

function verdictView(word) {
  const chips = {"better": ["chip good", "✓ better"], "worse": ["chip bad", "✗ worse"], "not sure": ["chip", "– not sure"]};
  return word ? html`<span class=${chips[word][0]}>${chips[word][1]}</span>` : nothing;
}
