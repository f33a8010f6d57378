// The key of a stored row: its columns to be entered, an example that the server gives, and the row that it has.
import {html, nothing} from "./lit-html.js";
import {escape, Failure, post} from "./api.js";
import {count, failure, partition, partitionValue, value} from "./parts.js";

const TITLES = {
  unknown_key: "There is no such key",
  quarantined: "The row of this key could not be scored",
  ambiguous_key: "Several rows have this key",
  no_key: "The key is not complete",
};

/**
 * Looks a key up.
 *
 * @param output as /v1/scores/{table} has it
 * @param key texts by the names of the key's columns, and of the partition if only one is wanted
 */
export async function find(output, key) {
  const columns = output.keys;
  const empty = columns.filter(({name, type}) => key[name] === undefined || key[name] === "" && type !== "text");
  if (empty.length) {
    throw new Failure({type: "no_key", title: TITLES.no_key, detail: `Enter ${empty.map(column => column.name).join(" and ")}.`});
  }

  const names = columns.map(column => column.name);
  const only = new URLSearchParams(Object.entries(key).filter(([name]) => !names.includes(name)));
  // Of many keys one that is absent is no failed request, so no browser logs an error.
  const keys = [Object.fromEntries(names.map(name => [name, key[name]]))];
  const {results: [row]} = await post(`v1/scores/${escape(output.name)}/lookup?${only}`, JSON.stringify({keys}));
  if (row.error !== undefined) {
    const {code, ...problem} = row.error;
    throw new Failure({type: code, title: TITLES[code] ?? "The key has no row", ...problem});
  }

  return row;
}

/** A key that the newest partition has, to be chosen; the server names one where it serves this page. */
export function example(output, use) {
  const key = output?.example_key;
  if (!key) {
    return nothing;
  }

  const texts = Object.fromEntries(Object.entries(key).map(([name, own]) => [name, String(own)]));
  return html`<p class="small example">For example <button type="button" class="link" @click=${() => use(texts)}>${
    Object.keys(key).length === 1 ? value(Object.values(key)[0]) : value(key)}</button></p>`;
}

/** Why a key has no row, in words of those who look for it. */
export function keyProblem(e, output, key, use) {
  if (!["unknown_key", "no_key"].includes(e?.code)) {
    return failure(e);
  }

  const searched = (output?.partitions ?? []).filter(own =>
    Object.entries(own.partition ?? {}).every(([name, text]) => !key[name] || key[name] === partitionValue(text)));
  const [newest, oldest] = [searched[0], searched.at(-1)].map(own => partition(own?.partition));
  const isPadded = Object.values(key).some(text => text !== text.trim());
  return html`<div class="notice bad" role="alert"><strong>${e.problem.title}</strong>
    ${e.code === "no_key" ? html`<p><bdi>${e.problem.detail}</bdi></p>` : searched.length === 1 ? html`<p><bdi>${newest}</bdi> was searched.</p>`
      : html`<p>${count(searched.length)} partitions were searched, from <bdi>${oldest}</bdi> to <bdi>${newest}</bdi>.</p>`}
    ${isPadded ? html`<p>The key begins or ends with a space.</p>` : nothing}
    ${example(output, use)}</div>`;
}
