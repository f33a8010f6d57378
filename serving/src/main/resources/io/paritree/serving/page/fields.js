// The form of a record: one control for each field, made from the contract.
import {html, nothing} from "./lit-html.js";
import {sliderOf} from "./record.js";
import {unseenAs} from "./contract.js";
import {count, number} from "./parts.js";

const FIRST = 24; // fields that are shown before "all"
const FEW = 12; // categories that a select shows
const MOST_SUGGESTED = 500;
const LOCAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/;

/**
 * @param state of the screen: entry, faults by field, search, isAll, isRanked
 * @param change is called after each change with the name of the field
 */
export function form(contract, state, change, update) {
  const ranked = contract.fields.some(field => field.importance !== undefined);
  const order = state.isRanked && ranked
      ? [...contract.fields].sort((a, b) => (b.importance ?? -1) - (a.importance ?? -1))
      : contract.fields;
  const wanted = state.search.trim().toLowerCase();
  const found = order.filter(field => !wanted || field.name.toLowerCase().includes(wanted)
      || (field.group ?? "").toLowerCase().includes(wanted));
  // Fields with faults are always shown: the summary links to them.
  const shown = state.isAll || wanted ? found
      : found.filter((field, index) => index < FIRST || state.faults.has(field.name));
  return html`
    ${contract.fields.length > FEW ? html`
      <div class="tools">
        <label class="grow">Search ${contract.fields.length} fields
          <input type="search" .value=${state.search} @input=${e => { state.search = e.target.value; update(); }}></label>
        ${ranked ? html`<label class="check"><input type="checkbox" .checked=${state.isRanked}
          @change=${e => { state.isRanked = e.target.checked; update(); }}> most important first</label>` : nothing}
      </div>` : nothing}
    ${groups(shown).map(([group, fields]) => group === null
      ? fields.map(field => row(field, contract.fields.indexOf(field), state, change))
      : html`<details class="group" open><summary><bdi>${group}</bdi> <span class="small">group of ${fields.length}</span></summary>
          ${fields.map(field => row(field, contract.fields.indexOf(field), state, change))}</details>`)}
    ${shown.length === 0 ? html`<p class="empty">No field has this in its name.</p>` : nothing}
    ${found.length > shown.length || state.isAll && found.length > FIRST && !wanted ? html`
      <button type="button" class="quiet" @click=${() => { state.isAll = !state.isAll; update(); }}>${
        state.isAll ? `Show the first ${FIRST} only` : `Show all ${found.length} fields`}</button>` : nothing}
    ${[...state.entry.others].map(([name, raw], index) => html`
      <div class="field faulty" id=${`other-${index}`} tabindex="-1">
        <span class="name"><bdi>${name}</bdi></span> <code>${raw.slice(0, 80)}</code>
        <p class="fault">The model has no such field.
          <button type="button" class="quiet" @click=${() => { state.entry.others.delete(name); change(name); }}>Remove it</button></p>
      </div>`)}`;
}

/** Fields in their order, those of a group together where the first of them is. */
function groups(fields) {
  const parts = [];
  const known = new Map();
  for (const field of fields) {
    if (field.group === undefined) {
      parts.push([null, [field]]);
    } else if (known.has(field.group)) {
      known.get(field.group).push(field);
    } else {
      known.set(field.group, [field]);
      parts.push([field.group, known.get(field.group)]);
    }
  }

  return parts;
}

export function idOf(contract, name) {
  return `field-${contract.fields.findIndex(field => field.name === name)}`;
}

function row(field, index, state, change) {
  const id = `field-${index}`;
  const own = state.entry.get(field.name);
  const faults = state.faults.get(field.name) ?? [];
  const unseen = own.missing ? null : unseenAs(field, own.text);
  const described = `${id}-hint${faults.length ? ` ${id}-fault` : ""}`;
  const type = text => {
    state.entry.type(field.name, text);
    change(field.name);
  };
  const miss = missing => {
    state.entry.miss(field.name, missing);
    change(field.name);
  };
  const name = html`<bdi>${field.name}</bdi>${field.role === "offset" ? html` <span class="chip" title="The margin begins with this value, in place of the model's base">offset</span>` : nothing}`;
  const isBoolean = field.type === "boolean";
  return html`
    <div class=${faults.length ? "field faulty" : "field"}>
      ${isBoolean ? html`<span class="name" id=${`${id}-name`}>${name}</span>` : html`<label class="name" for=${id}>${name}</label>`}
      <div class="control">
        ${isBoolean ? choice(field, id, own, described, faults, type, miss) : html`
          ${control(field, id, own, described, faults, type)}
          ${field.nullable ? html`<label class="check"><input type="checkbox" .checked=${own.missing}
            aria-label=${`${field.name} is missing`} @change=${e => miss(e.target.checked)}> missing</label>`
            : html`<span class="check small">required</span>`}
          ${unseen === null ? nothing : html`<span class="chip warn" role="status">not known to the model: counted as ${unseen}</span>`}`}
      </div>
      ${slider(field, id, own, type)}
      <p class="hint" id=${`${id}-hint`}>${hint(field)}${own.raw !== undefined ? html` <span class="chip">sent as <code>${own.raw.slice(0, 40)}</code></span>` : nothing}</p>
      ${faults.length ? html`<p class="fault" id=${`${id}-fault`}>${faults.map(fault => faultText(fault))}</p>` : nothing}
    </div>`;
}

export function faultText(fault) {
  return html`<span class="fault-line"><code>${fault.code}</code> ${fault.expected
    ? html`expected <bdi>${fault.expected}</bdi>` : nothing}${fault.got !== undefined && fault.got !== null
    ? html`, but it is <bdi>${fault.got}</bdi>` : nothing}${fault.hint ? html`; <bdi>${fault.hint}</bdi>` : nothing}</span>`;
}

/** The categories that a field suggests while somebody types. */
function suggested(field) {
  return field.known && field.known.length <= MOST_SUGGESTED ? field.known : field.categories ?? [];
}

function control(field, id, own, described, faults, type) {
  const invalid = faults.length ? "true" : "false";
  const text = own.missing ? "" : own.text;
  const placeholder = own.missing && field.nullable ? "missing" : "";
  const categories = suggested(field);
  const isClosed = field.unseen === "reject" && categories.length === field.categories_count;
  if (categories.length && categories.length <= FEW && isClosed && (own.missing || categories.some(any => String(any) === own.text))) {
    return html`<select id=${id} aria-describedby=${described} aria-invalid=${invalid} @change=${e => type(e.target.value)}>
      ${own.missing ? html`<option value="" disabled .selected=${true}>${field.nullable ? "missing" : "choose"}</option>` : nothing}
      ${categories.map(any => html`<option value=${String(any)} .selected=${!own.missing && String(any) === own.text}>${
        String(any) === "" ? "(empty text)" : String(any)}</option>`)}
    </select>`;
  }

  if (field.type === "timestamp" && (own.missing || LOCAL.test(own.text))) {
    return html`<input id=${id} type="datetime-local" step="1" aria-describedby=${described} aria-invalid=${invalid}
      .value=${text.replace(" ", "T")} @input=${e => e.target.value && type(e.target.value)}>`;
  }

  const isNumber = field.type === "number" || field.type === "category_code" || field.type === "integer_category";
  return html`<input id=${id} type="text" inputmode=${isNumber ? "decimal" : "text"} autocomplete="off" spellcheck="false"
      list=${categories.length ? `${id}-list` : nothing} placeholder=${placeholder}
      aria-describedby=${described} aria-invalid=${invalid} aria-required=${field.nullable ? "false" : "true"}
      .value=${text} @input=${e => type(e.target.value)}>
    ${categories.length ? html`<datalist id=${`${id}-list`}>${categories.map(any =>
      html`<option value=${String(any)}></option>`)}</datalist>` : nothing}`;
}

function choice(field, id, own, described, faults, type, miss) {
  const options = [["true", "true"], ["false", "false"], ...field.nullable ? [["", "missing"]] : []];
  const chosen = own.missing ? "" : own.text;
  return html`<span class="choice" role="radiogroup" aria-labelledby=${`${id}-name`} aria-describedby=${described}
      aria-invalid=${faults.length ? "true" : "false"}>${options.map(([own, text], at) => html`
    <label><input type="radio" id=${at ? `${id}-${at}` : id} name=${id} .checked=${chosen === own}
      @change=${() => own === "" ? miss(true) : type(own)}> ${text}</label>`)}</span>`;
}

function slider(field, id, own, type) {
  const range = sliderOf(field);
  if (range === null) {
    return nothing;
  }

  const at = own.missing || !Number.isFinite(Number(own.text)) ? (range.from + range.to) / 2 : Number(own.text);
  return html`<input type="range" class="slider" aria-label=${`${field.name}, slider`} min=${range.from} max=${range.to}
    step=${range.step} .value=${String(at)} @input=${e => type(range.clamp(e.target.value))}>`;
}

function hint(field) {
  const parts = [field.expected];
  if (field.type === "timestamp" && field.zone) {
    parts.push(`local time of ${field.zone}; a time with another offset is converted`);
  }

  const known = suggested(field).length;
  if (field.categories && field.categories_count > known) {
    parts.push(`the first ${known} of ${field.categories_count} are suggested`);
  }

  if (field.categories && field.unseen === "missing") {
    parts.push(`any but the ${count(field.categories_count)} values that the model knows counts as missing`);
  } else if (field.unseen?.as !== undefined) {
    parts.push(`any but the values that the model knows counts as ${field.unseen.as}`);
  }

  if (field.missing?.length) {
    parts.push(`missing is also written ${field.missing.map(any => typeof any === "string" ? `“${any}”` : number(any)).join(", ")}`);
  }

  return html`<bdi>${parts.filter(Boolean).join("; ")}</bdi>`;
}
