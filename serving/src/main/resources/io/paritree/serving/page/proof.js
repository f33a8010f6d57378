// Whether a stored score is proved: what the last audit found of its partition, and the row scored again.
import {html, nothing} from "./lit-html.js";
import {count, failure, loading, moment, number, partition} from "./parts.js";

const FIRST = 5; // findings of an audit that are shown
const STATES = {
  proved: ["good", "✓ proved"],
  proved_by_sample: ["good", "✓ proved by sample"],
  consistent: ["", "– consistent"],
  differs: ["bad", "✗ differs"],
  unprovable: ["warn", "! unprovable"],
};

/** What the last audit of a partition says: `found` is an answer of .../audit, null while it is on its way. */
export function auditView(found, problem) {
  if (problem) {
    return failure(problem);
  } else if (!found) {
    return loading("the audit of its partition");
  }

  const where = html`<bdi>${partition(found.partition)}</bdi>`;
  if (!found.audit) {
    return html`<p><span class="chip">– no audit</span> No audit of ${where} was kept. <code>scripts/parity audit --keep</code> scores all its rows again, and keeps what it finds.</p>`;
  }

  const {audit, same_run: isOfRow} = found;
  const [own] = audit.partitions;
  const [kind, text] = STATES[own.verdict] ?? ["warn", own.verdict];
  return html`
    <p><span class=${`chip ${isOfRow ? kind : "warn"}`}>${isOfRow ? text : "! published again since"}</span>
      ${isOfRow ? nothing : html`The last audit of ${where} is of an earlier run, and said: <bdi>${own.verdict.replaceAll("_", " ")}</bdi>.`}
      ${sentence(own, audit, where)}</p>
    ${lines(own).length ? html`<ul>${lines(own).map(line => html`<li><bdi>${line}</bdi></li>`)}</ul>` : nothing}`;
}

function sentence(own, audit, where) {
  const when = html`at ${moment(audit.started_at ?? audit.startedAt)} with <code>${audit.engine}</code>`;
  if (own.compared > 0) {
    return html`${count(own.compared)} of ${count(own.scored)} rows of ${where} were scored again ${when}${
      own.differing > 0 ? html`; <strong>${count(own.differing)} differ</strong>.` : ", with the same bits."}`;
  }

  return html`No row of ${where} was scored again ${when}${own.missing ? html`; missing: <bdi>${own.missing}</bdi>` : nothing}.`;
}

/** What an audit names: files, rows that differ, columns, notes. */
function lines(own) {
  return [
    ...own.differences ?? [],
    ...(own.rows ?? []).map(row => `${row.key}: ${row.column ?? "score"} ${row.published} is published, ${row.again} scored again`),
    ...(own.not_compared ?? own.notCompared ?? []).map(column => `column ${column} was not compared`),
    ...own.notes ?? [],
  ].slice(0, 2 * FIRST);
}

/** What came of scoring a row again: `result` is an answer of .../compare. */
export function againView({stored, then}) {
  if (!then) {
    return html`<p role="status"><span class="chip warn">! not scored again</span> The store has <bdi>${stored.model_version}</bdi> no more, or it refuses this record.</p>`;
  }

  const by = html`the specification of <bdi>${then.model_version}</bdi> <span class="small" title=${then.model_digest}>(digest <code>${then.model_digest.slice(0, 12)}</code>)</span>`;
  return then.same_bits
    ? html`<p role="status"><span class="chip good">✓ the same bits</span> Scored again by ${by}: ${bitsOf(then)}.</p>`
    : html`<p role="status"><span class="chip bad">✗ other bits</span> Stored is ${bitsOf(stored)}; scored again by ${by}: ${bitsOf(then)}. Either this record is not the one that was scored, or the stored score is not its score.</p>`;
}

function bitsOf(row) {
  const named = row.scores ? Object.entries(row.scores) : [["", row.score]];
  return named.map(([name, score], index) => html`${index ? ", " : ""}${name ? html`<bdi>${name}</bdi> ` : nothing}${number(score)}${
    typeof score === "number" ? html` <code>${hex(score)}</code>` : nothing}`);
}

/** The bits of a float. */
function hex(score) {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, score);
  return `0x${view.getUint32(0).toString(16).padStart(8, "0")}`;
}
