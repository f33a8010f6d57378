// Small parts that every screen uses.
import {html, nothing, svg} from "./lit-html.js";

/** A number as the shortest text that reads back to it; what has none as "none". */
export function number(value) {
  return value === null || value === undefined ? "none" : String(value);
}

/** The difference of two floats as the shortest text that reads back to the nearest float. */
export function difference(to, from) {
  const float = Math.fround(to - from);
  for (let digits = 6; digits < 9; digits++) {
    if (Math.fround(Number(float.toPrecision(digits))) === float) {
      return Number(float.toPrecision(digits));
    }
  }

  return Number(float.toPrecision(9));
}

/** A signed number: the sign says the direction where colours do not. */
export function signed(value) {
  return typeof value === "number" && value > 0 ? `+${value}` : number(value).replace("-", "−");
}

let isWhole = false; // whether all numbers and times have all their digits

export function showAllDigits(isWanted) {
  isWhole = isWanted;
}

/**
 * What has room for some of its digits.
 *
 * @param whole all of them, for those who choose them or point at it; a table's CSV has them too
 * @param shown how a number with all its digits is shown, if that is another text
 */
export function brief(text, whole, shown = whole) {
  return html`<span title=${whole}>${isWhole ? shown : text}</span>`;
}

/** A number with four digits, or all of them. */
export function short(value) {
  return typeof value === "number" ? brief(Number(value.toPrecision(4)), String(value)) : number(value);
}

/** Numbers of a column: with the minus of all numbers, and room in place of the digits that others have more. */
function aligned(text, places) {
  const own = String(text);
  const missing = places - placesOf(own);
  return html`${own.replace(/^-/, "−")}${missing > 0 ? html`<span class="room" aria-hidden="true">${"\u2007".repeat(missing)}</span>` : nothing}`;
}

/** How many characters a number has from its point. */
function placesOf(text) {
  const at = String(text).indexOf(".");
  return at < 0 ? 0 : String(text).length - at;
}

/** Returns how the numbers of a column are shown, so that their points are below each other. */
export function column(texts) {
  const places = Math.max(0, ...texts.map(placesOf));
  return text => aligned(text, places);
}

/** Whole numbers with groups of three digits. */
export function count(value) {
  return typeof value === "number" ? value.toLocaleString("en") : number(value);
}

export function moment(text) {
  if (!text) {
    return nothing;
  }

  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? html`${text}`
      : html`<time datetime=${text} title=${text}>${
        isWhole ? text : `${at.toISOString().replace("T", " ").slice(0, 16)} UTC`}</time>`;
}

/** How long ago something was, in words. */
export function age(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const units = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, name] = units.find(([size]) => s >= size) ?? [1, "second"];
  const units_ = Math.floor(s / size);
  return `${units_} ${name}${units_ === 1 ? "" : "s"}`;
}

/** A value of a record or a row: what is missing is said, and is no text. */
export function value(any) {
  if (any === null || any === undefined) {
    return html`<span class="missing-value">missing</span>`;
  }

  if (typeof any === "object") {
    return html`<span class="pairs">${Object.entries(any).map(([name, own], index) =>
      html`${index ? ", " : ""}<bdi>${name}</bdi> = ${value(own)}`)}</span>`;
  }

  return any === "" ? html`<span class="missing-value">empty text</span>` : html`<bdi>${String(any)}</bdi>`;
}

/** A partition such as {day: "2026-11-24"}, or "day=2026-11-24". */
export function partition(any) {
  if (!any || typeof any === "string") {
    return any || "whole output";
  }

  const pairs = Object.entries(any);
  return pairs.length ? pairs.map(([name, own]) => `${name}=${partitionValue(own)}`).join("/") : "whole output";
}

/** A value of a partition as its directory and requests have it: null has a name there. */
export function partitionValue(own) {
  return String(own ?? "__HIVE_DEFAULT_PARTITION__");
}

/** Why there is nothing to show: a request that failed. */
export function failure(e, again) {
  if (!e) {
    return nothing;
  }

  const problem = e.problem ?? {title: "The page has failed", detail: String(e.stack ?? e)};
  return html`
    <div class="notice bad" role="alert">
      <strong>${problem.title}</strong>
      <p><bdi>${problem.detail}</bdi></p>
      <p class="small">${problem.status ? `status ${problem.status}` : ""} ${e.code ? html`<code>${e.code}</code>` : ""}</p>
      ${again ? html`<button type="button" @click=${again}>Try again</button>` : nothing}
    </div>`;
}

export function loading(what) {
  return html`<p class="loading" role="status">Loading ${what} …</p>`;
}

export function empty(text) {
  return html`<p class="empty">${text}</p>`;
}

/** A name and a value for each of some facts; facts without a value are left out. */
export function facts(pairs) {
  return html`<dl class="facts">${pairs
    .filter(([, own]) => own !== undefined && own !== null && own !== nothing && own !== "")
    .map(([name, own]) => html`<div><dt>${name}</dt><dd>${own}</dd></div>`)}</dl>`;
}

/**
 * A table of rows, which is also what its CSV has.
 *
 * @param all columns, each with a name, text(row), and perhaps cell(row), isNumber and isOfFile (only in the CSV)
 */
export function table(caption, all, rows, {isHidden = true, name = "table"} = {}) {
  const columns = all.filter(own => !own.isOfFile);
  const numbers = new Map(columns.filter(own => own.isNumber && !own.cell).map(own => [own, column(rows.map(own.text))]));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <caption class=${isHidden ? "unseen" : ""}>${caption}</caption>
        <thead><tr>${columns.map(column =>
          html`<th scope="col" class=${column.isNumber ? "number" : ""}>${column.name}</th>`)}</tr></thead>
        <tbody>${rows.map(row => html`<tr>${columns.map(column =>
          html`<td class=${column.isNumber ? "number" : ""}>${
            column.cell ? column.cell(row) : numbers.has(column) ? numbers.get(column)(column.text(row)) : column.text(row)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${rows.length ? html`<p class="under"><button type="button" class="quiet" @click=${() =>
      save(`${name}.csv`, csv(all, rows))}>Save as CSV</button></p>` : nothing}`;
}

export function csv(columns, rows) {
  const cell = any => {
    const text = any === null || any === undefined ? "" : String(any);
    // A text that a spreadsheet would take for a formula begins with a quote there; -2+3 is one, and -2 is none. Some
    // spreadsheets separate cells by semicolons, and then take no quote inside a cell for one: each part is such a text.
    const safe = text.replace(/(^|[;\t\r\n])(?=["'\s]*[-=+@]|[\t\r])(?!-[\d.]+(e[-+]?\d+)?($|[;\t\r\n]))/gi, "$1'");
    return /[",;\n\r\t]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe;
  };
  return [columns.map(column => cell(column.name)), ...rows.map(row =>
    columns.map(column => cell(column.text(row))))].map(line => line.join(",")).join("\r\n") + "\r\n";
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: "text/csv"}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A picture with a real table behind a button. */
export function figure(label, picture, rows, isOpen, toggle) {
  return html`
    <figure>
      <figcaption>${label}</figcaption>
      ${isOpen ? rows : picture}
      <button type="button" class="quiet" aria-pressed=${isOpen} @click=${toggle}>Show as table</button>
    </figure>`;
}

/**
 * The width of a picture in its own units, so that its texts stay readable where there is little room.
 *
 * @param columns 2 for one that has half of a wide window
 */
export function pictureWidth(columns = 1) {
  const {clientWidth: window} = document.documentElement;
  return Math.max(280, Math.min(640, columns === 2 && window > 900 ? Math.min(1280, window) / 2 - 74 : window - 60));
}

/**
 * A share from 0 to 1 as a bar.
 *
 * @param mark another share, which is marked in it
 */
export function bar(share, kind = "plain", mark) {
  const width = Math.max(0, Math.min(1, share)) * 100;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${
    svg`<rect class="bar-back" width="100" height="10"></rect><rect class=${kind} width=${width} height="10"></rect>${
      mark === undefined ? nothing : svg`<line class="threshold-mark" x1=${100 * mark} x2=${100 * mark} y1="-3" y2="13"></line>`}`}</svg>`;
}

export async function copy(text, app, what) {
  try {
    await navigator.clipboard.writeText(text);
    app.say(`${what} copied`);
  } catch {
    app.say(`${what} could not be copied; this browser does not allow it here`);
  }
}
