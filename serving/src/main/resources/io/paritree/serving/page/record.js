// A record that is being entered: for each field whether it is missing, and the text that was typed.
// Texts become JSON as they are, so that the server sees each digit that somebody has typed.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
const NUMBERS = new Set(["number", "integer_category", "category_code"]);

/** What was entered for one field; `raw` is JSON that only pasting or loading can have given. */
function entry(text, raw) {
  return {missing: text === null, text: text ?? "", raw};
}

export class RecordEntry {
  constructor(contract) {
    this.contract = contract;
    this.fields = new Map(contract.fields.map(field => [field.name, field]));
    this.entries = new Map();
    this.others = new Map(); // members that are no fields
    this.clear();
  }

  /** Makes every field missing that may be, and the others empty. */
  clear() {
    this.others.clear();
    this.contract.fields.forEach(field => this.entries.set(field.name, entry(null)));
  }

  get(name) {
    return this.entries.get(name);
  }

  /** Takes what somebody typed. */
  type(name, text) {
    this.entries.set(name, {missing: false, text, raw: undefined});
  }

  /** Makes a field missing or not; the text that it had is kept. */
  miss(name, missing) {
    const before = this.get(name);
    this.entries.set(name, {...before, missing});
  }

  /**
   * Takes the members of a JSON object; fields without one are missing.
   *
   * @throws SyntaxError if it is no JSON object
   */
  read(json) {
    const record = JSON.parse(json, (name, value, context) =>
        typeof value === "number" ? new Numeral(context?.source ?? String(value)) : value);
    if (record === null || typeof record !== "object" || Array.isArray(record) || record instanceof Numeral) {
      throw new SyntaxError("a record is a JSON object of fields and their values");
    }

    this.clear();
    for (const [name, value] of Object.entries(record)) {
      if (this.fields.has(name)) {
        this.entries.set(name, entered(this.fields.get(name), value));
      } else {
        this.others.set(name, jsonOf(value));
      }
    }
  }

  /** Takes the values of fields, such as a stored row has; returns how many there were. */
  load(values) {
    const known = Object.entries(values).filter(([name]) => this.fields.has(name));
    known.forEach(([name, value]) => this.entries.set(name, entry(value === null ? null : String(value))));
    return known.length;
  }

  /** The record as JSON, with the fields in their order. */
  json(space = "") {
    const members = [];
    for (const field of this.contract.fields) {
      const {missing, text, raw} = this.get(field.name);
      if (!missing) {
        members.push(`${JSON.stringify(field.name)}: ${raw ?? literal(field, text)}`);
      }
    }

    this.others.forEach((raw, name) => members.push(`${JSON.stringify(name)}: ${raw}`));
    return space ? `{\n${members.map(line => space + line).join(",\n")}\n}` : `{${members.join(", ")}}`;
  }
}

/** A number of JSON with all its digits. */
class Numeral {
  constructor(source) {
    this.source = source;
  }

  toJSON() {
    return Number(this.source);
  }
}

function jsonOf(value) {
  return value instanceof Numeral ? value.source : JSON.stringify(value);
}

function entered(field, value) {
  if (value === null) {
    return entry(null);
  }

  const json = jsonOf(value);
  const text = typeof value === "string" ? value : json;
  return entry(text, literal(field, text) === json ? undefined : json);
}

/** What was typed, as JSON of the field's type; as a text if it is none, for which the server says why. */
function literal(field, text) {
  if (NUMBERS.has(field.type) && NUMBER.test(text.trim())) {
    return text.trim();
  }

  if (field.type === "boolean" && /^(true|false|0|1)$/.test(text)) {
    return text;
  }

  return JSON.stringify(text);
}

/**
 * The columns of a stored row that are fields of a model: of each its name, and its value as JSON of the field's
 * type. Rows of CSV have texts only.
 *
 * @param contract null if no model is known: then all columns as they are stored
 */
export function storedFields(columns, contract) {
  const fields = new Map(contract?.fields.map(field => [field.name, field]));
  return Object.entries({...columns}).filter(([name]) => contract === null || fields.has(name)).map(([name, own]) =>
    [name, own === null || contract === null ? JSON.stringify(own) : literal(fields.get(name), String(own))]);
}

/** Where a field's slider goes, and its steps; null if the field has no such range. */
export function sliderOf(field) {
  if (field.type !== "number") {
    return null;
  }

  let [from, to] = field.threshold_range ?? [field.min, field.max];
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    return null;
  }

  const width = to - from || Math.abs(to) || 1;
  if (field.threshold_range) { // a little beyond the last thresholds, where nothing changes
    from = Math.max(field.min ?? -Infinity, from - width / 20);
    to = Math.min(field.max ?? Infinity, to + width / 20);
  }

  const step = 10 ** Math.floor(Math.log10((to - from || width) / 200));
  const places = Math.max(0, Math.ceil(-Math.log10(step)));
  return {
    from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step, step,
    text: at => String(Number(Number(at).toFixed(Math.min(places, 20)))),
    clamp: at => {
      let own = Number(Number(at).toFixed(Math.min(places, 20)));
      own = Math.max(own, field.min ?? -Infinity);
      return String(Math.min(own, field.max ?? Infinity));
    },
  };
}
