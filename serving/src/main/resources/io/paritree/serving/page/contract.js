// What a model's fields accept, and the scores of a record over the values of one of them.
import {get, post} from "./api.js";

const AT_ONCE = 200; // values of one request
const MOST = 2_000; // values that are tried, and categories of a field that are fetched
const HALF_HOURS = 48;

export async function contractOf(path) {
  const contract = await get(`${path}/contract`);
  contract.fields.filter(field => field.categories?.length === field.categories_count).forEach(field => know(field, field.categories));
  return contract;
}

function know(field, categories) {
  field.known = categories;
  field.knownTexts = new Set(categories?.map(String));
}

/** Fetches the categories that the contract leaves out of long lists, unless there are very many. */
export async function complete(contract, path) {
  const cut = contract.fields.filter(field => field.categories && field.known === undefined);
  const total = contract.fields.reduce((sum, field) => sum + (field.categories_count ?? 0), 0);
  if (cut.length && total <= 10 * MOST) {
    const {features = []} = await get(path);
    for (const field of cut) {
      const own = features.find(any => any.categories && (any.column ?? any.name) === field.name);
      if (own?.categories.length === field.categories_count) {
        know(field, own.categories);
      }
    }
  }
}

/** What a category that the model does not know counts as; null if it knows it, refuses it, or not all are known here. */
export function unseenAs(field, text) {
  const isKnown = !field?.known || field.unseen === "reject" || field.unseen === "other" || field.knownTexts.has(text)
      || field.missing?.some(any => String(any) === text);
  return isKnown ? null : field.unseen?.as === undefined ? "missing" : String(field.unseen.as);
}

/** What is said of the values of a record that the model does not know, by field or group. */
export function unseenNotes(contract, textOf) {
  const notes = new Map();
  for (const field of contract?.fields ?? []) {
    const text = textOf(field.name);
    const as = text === null || text === undefined ? null : unseenAs(field, text);
    if (as !== null) {
      const note = `${field.group === undefined ? "" : `${field.name} is `}not known to the model: counted as ${as}`;
      const name = field.group ?? field.name;
      notes.set(name, notes.has(name) ? `${notes.get(name)}; ${note}` : note);
    }
  }

  return notes;
}

/** The margin at which a label changes, from the score at which it does; null where that is not known. */
export function thresholdMargin(contract) {
  const {threshold, calibration} = contract?.outputs ?? {};
  return calibration === undefined && threshold > 0 && threshold < 1 && /^(binary:logistic|reg:logistic)$/.test(contract.objective)
    ? Math.log(threshold / (1 - threshold)) : null;
}

/** Whether there are values of a field to try: its thresholds or categories, truths, or times of a day. */
export function hasValues(field) {
  return field.type === "number" ? field.thresholds > 0 : field.type === "category_code" ? field.categories_count > 0 : true;
}

/** @param own text that the record has of the field; null if it is missing */
export function valuesOf(field, own, example) {
  const day = String(own ?? example).slice(0, 10);
  if (field.type === "timestamp" && /^\d{4}-\d\d-\d\d$/.test(day)) { // the model itself names none
    const two = part => String(part).padStart(2, "0");
    return Array.from({length: HALF_HOURS}, (_, half) => `${day}T${two(Math.floor(half / 2))}:${two(30 * (half % 2))}:00`);
  }

  return field.known?.length > AT_ONCE ? field.known.slice(0, MOST) : null;
}

/**
 * The scores of a record with other values of one field.
 *
 * @param values null if the server chooses them: the model's thresholds, or the categories that it knows
 */
export async function sweep(path, record, name, values) {
  let all = null;
  for (let from = 0; from === 0 || from < values?.length; from += AT_ONCE) {
    const some = values === null ? "" : `, "values": ${JSON.stringify(values.slice(from, from + AT_ONCE))}`;
    const answer = await post(`${path}/sweep`, `{"record": ${record}, "field": ${JSON.stringify(name)}${some}}`);
    all = all === null ? answer : {...all, points: [...all.points, ...answer.points]};
  }

  return all;
}
