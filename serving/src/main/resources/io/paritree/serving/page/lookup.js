// Look a stored score up by its key: the row, its history, and what it would be now.
import {html, nothing} from "./lit-html.js";
import {escape, get, post} from "./api.js";
import {contractOf, thresholdMargin} from "./contract.js";
import {faultText} from "./fields.js";
import {example, find, keyProblem} from "./keys.js";
import {difference, empty, facts, failure, loading, moment, number, partition, partitionValue, signed, table, value} from "./parts.js";
import {againView, auditView} from "./proof.js";
import {storedFields} from "./record.js";
import {scoreView} from "./score-view.js";
import {series} from "./series.js";
import {addressOf, othersOf, pathOf} from "./try.js";
import {waterfall} from "./waterfall.js";

const CAUSES = {
  none: "Nothing has changed: the stored score and the score of now have the same bits.",
  model: "The model is another one; the record has the score that it had, if the old model scores it.",
  inputs: "The inputs have changed; the model is the same.",
  both: "The model and the inputs have changed.",
};

// Causes are of scores; another version can give the same ones.
const CAUSES_OF_ANOTHER = {
  ...CAUSES,
  none: "The score has not changed: the version of now gives the same bits.",
  inputs: "The inputs have changed; both versions give today's record the same score.",
};

function causeOf({cause, stored, now}) {
  const isOther = now.model_version !== stored.model_version;
  const isRelabelled = cause === "none" && now.label !== undefined && now.label !== stored.label;
  const text = (isOther ? CAUSES_OF_ANOTHER : CAUSES)[cause] ?? "The store has the old version no more, so the cause cannot be told.";
  return isRelabelled ? `${text} Its label is another one.` : text;
}

export class LookupScreen {
  constructor(app) {
    this.app = app;
    this.key = {};
    this.clear();
  }

  clear() {
    this.row = null;
    this.model = null;
    this.contract = null;
    this.own = null; // the contract, if it is the one of the version that scored the row
    this.history = null;
    this.problem = null;
    this.isSearching = false;
    this.compared = null;
    this.compareProblem = null;
    this.audit = null;
    this.auditProblem = null;
    this.record = "";
    this.chart = {id: "history", isTable: false};
  }

  get title() {
    return this.table ? `Look up in ${this.table}` : "Look up a stored score";
  }

  async open([wanted], query) {
    const asked = Object.fromEntries(query);
    if (query.size && JSON.stringify(asked) !== JSON.stringify(this.asked)) {
      this.clear(); // the address is another key's
    }

    try {
      this.outputs = outputsOf(await get("v1/scores"));
      const name = wanted ?? this.outputs[0]?.name;
      if (name !== this.table) {
        Object.assign(this, {table: name, output: undefined, asked: undefined, key: {}});
      }

      if (this.output === undefined) {
        this.clear();
      }

      if (name !== undefined) {
        this.output = await get(`v1/scores/${escape(name)}`); // which may have another night by now
      }

      if (query.size && (this.problem !== null || JSON.stringify(asked) !== JSON.stringify(this.asked))) {
        this.key = asked;
        this.app.update();
        await this.search();
      }
    } catch (e) {
      Object.assign(this, {output: undefined, asked: undefined, problem: e});
    }

    this.app.update();
  }

  /** Looks up what is entered; of several searches, the last one is shown. */
  async search() {
    this.clear();
    const asked = {...this.key};
    this.asked = asked;
    this.isSearching = true;
    this.app.link(`lookup/${escape(this.table)}`, asked);
    this.app.update();
    const found = await this.find(asked);
    if (asked !== this.asked) {
      return;
    }

    Object.assign(this, found, {isSearching: false});
    if (this.row) {
      this.record = recordOf(this.suggested(), "\n", "  ");
      this.app.say(`Found: score ${number(this.row.score ?? "")} ${this.row.label ?? ""}`);
    }

    this.app.update();
    if (this.row) {
      await this.findAudit(this.row);
    }
  }

  /** Finds the row of a key, its history and its model. */
  async find(key) {
    const {table, output} = this;
    const found = {row: null, history: null, problem: null};
    try {
      found.row = await find(output, key);
      Object.assign(found, await modelOf(found.row));
    } catch (e) {
      found.problem = e;
    }

    try {
      if (found.row || ["quarantined", "ambiguous_key"].includes(found.problem.code)) {
        const columns = Object.fromEntries(output.keys.map(({name}) => [name, key[name]]));
        found.history = (await get(`v1/scores/${escape(table)}/row/history?${new URLSearchParams(columns)}`)).history;
      }
    } catch (e) {
      found.problem = e;
    }

    return found;
  }

  /** Finds what the last audit of the row's partition says. */
  async findAudit(row) {
    let audit = null;
    let problem = null;
    try {
      audit = await get(`v1/scores/${escape(this.table)}/row/audit?${new URLSearchParams(this.asked)}`);
    } catch (e) {
      problem = e;
    }

    if (row === this.row) { // or another one is shown by now
      this.audit = audit;
      this.auditProblem = problem;
      this.app.update();
    }
  }

  /** Looks a key up that somebody chose. */
  use = key => {
    this.key = key;
    this.search();
  };

  /** What a comparison begins with: the columns of the row that are fields of its model. */
  suggested() {
    return storedFields(this.row.columns, this.contract);
  }

  /** Takes another record, whose score is not known yet. */
  give(record) {
    Object.assign(this, {record, compared: null, compareProblem: null});
    this.app.update();
  }

  /** Compares the row that is shown, whatever is entered as the key of the next one. */
  async compare() {
    const {row, record} = this;
    this.give(record);
    let compared = null;
    let problem = null;
    try {
      const path = `v1/scores/${escape(this.table)}/row/compare`;
      compared = await post(`${path}?${new URLSearchParams(this.asked)}`, record);
    } catch (e) {
      problem = e;
    }

    if (row === this.row && record === this.record) { // or another row or record is shown by now
      Object.assign(this, {compared, compareProblem: problem});
      if (compared) {
        this.app.say(causeOf(compared));
      }

      this.app.update();
    }
  }

  draw() {
    const keys = this.output?.keys ?? [];
    return html`
      <div class="head"><h1>Look up${this.table ? html` in <bdi>${this.table}</bdi>` : ""}</h1>
        ${(this.outputs ?? []).length > 1 ? html`<label>Stored scores <select @change=${e => { location.hash = `#/lookup/${escape(e.target.value)}`; }}>${
          this.outputs.map(output => html`<option value=${output.name} .selected=${output.name === this.table}>${output.name}</option>`)}</select></label>` : nothing}</div>
      ${this.outputs?.length === 0 ? empty("This server has no stored scores. Start it with --scores NAME=OUTPUT to look up what the nightly job has published.")
        : this.output === undefined ? this.problem ? failure(this.problem, () => this.app.reopen()) : loading("the stored scores") : html`
        <form class="card inline" @submit=${e => { e.preventDefault(); this.search(); }}>
          ${keys.map((column, index) => html`<label for=${`key-${index}`}><bdi>${column.name}</bdi> <span class="small">${column.type}</span>
            <input id=${`key-${index}`} type="text" autocomplete="off" spellcheck="false" .value=${this.key[column.name] ?? ""}
              @input=${e => { this.key[column.name] = e.target.value; }}></label>`)}
          ${this.partitions().map(([name, values], index) => html`<label for=${`part-${index}`}><bdi>${name}</bdi>
            <select id=${`part-${index}`} @change=${e => { if (e.target.value) { this.key[name] = e.target.value; } else { delete this.key[name]; } }}>
              <option value="" .selected=${!this.key[name]}>any: the newest that has the key</option>
              ${values.map(own => html`<option value=${own} .selected=${this.key[name] === own}>${own}</option>`)}</select></label>`)}
          <button type="submit" class="main">Look up</button>
          ${this.row || this.isSearching || this.problem ? nothing : example(this.output, this.use)}
        </form>
        ${this.isSearching ? loading("the row") : nothing}
        ${this.problem ? this.problemView() : nothing}
        ${this.row ? this.rowView() : nothing}
        ${this.row || this.problem ? this.historyView() : nothing}
        ${this.row ? this.proofView() : nothing}
        ${this.row ? this.compareView() : nothing}`}`;
  }

  partitions() {
    const columns = new Map();
    for (const own of this.output.partitions ?? []) {
      for (const [name, text] of Object.entries(own.partition ?? {})) {
        columns.set(name, (columns.get(name) ?? new Set()).add(partitionValue(text)));
      }
    }

    return [...columns].map(([name, values]) => [name, [...values]]);
  }

  problemView() {
    const faults = this.problem.problem?.errors ?? [];
    if (this.problem.code !== "quarantined") {
      return keyProblem(this.problem, this.output, this.key, this.use);
    }

    return html`<div class="notice bad" role="alert"><strong>${this.problem.problem.title}</strong>
      <p>The run <bdi>${this.problem.problem.run}</bdi> has put it into quarantine, so it has no score.</p>
      <ul>${faults.map(fault => html`<li><bdi>${fault.field ?? "the whole row"}</bdi>: ${faultText(fault)}</li>`)}</ul></div>`;
  }

  rowView() {
    const row = this.row;
    const margin = row.reasons ? sum(row.reasons) : undefined;
    return html`<section class="card" aria-label="Stored row">
      <h2>Stored row</h2>
      ${row.stale ? html`<div class="notice warn" role="status"><strong>A newer partition did not answer</strong>
        <p>${partition(row.stale.partition)} is not in service: <code>${row.stale.reason}</code>. This is the newest one that is.</p></div>` : nothing}
      ${scoreView(row, this.own)}
      ${this.contract && !this.own ? html`<p class="small"><bdi>${this.contract.model_version}</bdi> is served now; the threshold of <bdi>${row.model_version}</bdi> is not known here.</p>` : nothing}
      ${this.contract && this.suggested().length ? html`<p class="tools"><a class="button" href=${`#/try/${escape(this.model)}?${new URLSearchParams({record: recordOf(this.suggested()), from: JSON.stringify({table: this.table, key: this.asked}), by: row.model_version})}`}>Try this record: what would change it?</a></p>` : nothing}
      ${facts([["partition", partition(row.partition)], ["model", html`<bdi>${row.model_version}</bdi>`],
        ["run", html`<a href=${`#/runs/${escape(this.table)}/${escape(row.run ?? "")}`}><bdi>${row.run}</bdi></a>`], ["scored at", moment(row.scored_at)],
        ...Object.entries(row.key ?? {}).map(([name, own]) => [html`<bdi>${name}</bdi>`, value(own)]),
        ...Object.entries(row.columns ?? {}).map(([name, own]) => [html`<bdi>${name}</bdi>`, value(own)])])}
      ${row.reasons ? waterfall(row.reasons, margin, {
        end: {name: "sum", note: "of these numbers; the run has stored no margin, whose last digit may be another"},
        rest: othersOf(this.contract, row.reasons), threshold: thresholdMargin(this.own)}) : html`<p class="small">The run has stored no reasons (<code>--reasons 4</code> stores them).</p>`}
    </section>`;
  }

  historyView() {
    const rows = this.history;
    if (!rows || rows.length === 0) {
      return nothing;
    }

    const scored = rows.filter(row => typeof row.score === "number" && row.scored_at).reverse();
    const columns = [
      {name: "partition", text: row => partition(row.partition)},
      {name: "score", text: row => row.score ?? "", cell: row => row.error ? html`<code>${row.error.code}</code>` : number(row.score ?? JSON.stringify(row.scores ?? "")), isNumber: true},
      {name: "label", text: row => row.label ?? ""},
      {name: "model", text: row => row.model_version ?? ""},
      {name: "run", text: row => row.run ?? row.error?.run ?? "", cell: row => {
        const run = row.run ?? row.error?.run;
        return run ? html`<a href=${`#/runs/${escape(this.table)}/${escape(run)}`}><bdi>${run}</bdi></a>` : "";
      }},
      {name: "scored at", text: row => row.scored_at ?? "", cell: row => moment(row.scored_at)},
    ];
    return html`<section class="card" aria-label="History"><h2>History</h2>
      ${scored.length < 2 ? table("Rows of this key", columns, rows, {name: "history"}) : series(this.chart, "Score by partition", scored.map(timeOf),
        [{name: "score", values: scored.map(row => row.score), colour: "--accent"}], columns, rows, () => this.app.update())}</section>`;
  }

  proofView() {
    const absent = (this.contract?.fields.length ?? 0) - (this.contract ? this.suggested().length : 0);
    return html`<section class="card" aria-label="Prove this score"><h2>Prove this score</h2>
      ${auditView(this.audit, this.auditProblem)}
      ${this.compared ? againView(this.compared) : nothing}
      ${this.compareProblem ? html`<p role="status"><span class="chip warn">! not scored again</span> ${this.compareProblem.problem?.errors?.length ? "The record below was refused." : "The request has failed; see below."}</p>` : nothing}
      <p>The row is scored again by the plain loops over trees that define its score, from the record below.
        ${absent ? html`Of the model's fields, ${absent} are not stored with the row: give them there.` : nothing}</p>
      <p class="tools"><button type="button" class="main" @click=${() => this.compare()}>Score the row again</button></p></section>`;
  }

  compareView() {
    const result = this.compared;
    const errors = this.compareProblem?.problem?.errors ?? [];
    return html`<section class="card" aria-label="Compare with now"><h2>Compare with now</h2>
      <p>Give the record as it is today. It is scored by the model of now, and by the version that scored the stored row.</p>
      <form @submit=${e => { e.preventDefault(); this.compare(); }}>
        <label class="block">Record as JSON <textarea rows="6" spellcheck="false" .value=${this.record} @input=${e => this.give(e.target.value)}></textarea></label>
        <p class="tools"><button type="submit">Compare with now</button>
        ${this.app.lastRecord() ? html`<button type="button" class="quiet" @click=${() => this.give(this.app.lastRecord())}>Use the record of “Try”</button>` : nothing}</p></form>
      ${errors.length ? html`<div class="notice bad" role="alert"><strong>${this.compareProblem.problem.title}</strong><ul>${errors.map(fault =>
        html`<li><bdi>${fault.field || "the record"}</bdi>: ${faultText(fault)}</li>`)}</ul></div>` : failure(this.compareProblem)}
      ${result ? html`<p class="strong" role="status">${causeOf(result)}</p>
        <table><caption class="unseen">Stored, then and now</caption><thead><tr><th scope="col"></th><th scope="col" class="number">score</th><th scope="col">label</th><th scope="col">model</th></tr></thead><tbody>
        ${[["stored, the record of that night", result.stored], ["then: today's record by the old version", result.then], ["now: today's record by the model of now", result.now]].map(([text, own]) => own
          ? html`<tr><th scope="row">${text}</th><td class="number">${number(own.score ?? JSON.stringify(own.scores))}</td><td>${own.label ?? ""}</td><td><bdi>${own.model_version}</bdi></td></tr>` : nothing)}
        </tbody></table>
        ${typeof result.now?.score === "number" && typeof result.stored?.score === "number"
          ? html`<p>Change since then: ${signed(difference(result.now.score, result.stored.score))}</p>` : nothing}` : nothing}
    </section>`;
  }
}

/** The model that scored a row, if it is served, or another version of it: its threshold, and its fields. */
async function modelOf(row) {
  const version = String(row.model_version ?? "");
  const {models} = await get("v1/models");
  const served = models.find(own => own.model_version === version) ?? models.find(own => own.name === version.split("/")[0]);
  const model = served === undefined ? null : addressOf(served);
  const contract = model === null ? null : await contractOf(`v1/models/${pathOf(model)}`);
  // Another version may have another threshold, or other labels.
  return {model, contract, own: contract?.model_version === version ? contract : null};
}

/** A record of fields, each with its name and its value as JSON. */
function recordOf(fields, line = "", indent = "") {
  const members = fields.map(([name, json]) => `${indent}${JSON.stringify(name)}: ${json}`);
  return members.length ? `{${line}${members.join(`,${line || " "}`)}${line}}` : "{}";
}

/** The outputs of an answer of /v1/scores. */
export function outputsOf(answer) {
  return answer.scores;
}

function sum(reasons) {
  return difference(reasons.fields.reduce((at, field) => at + field.contribution, reasons.base) + (reasons.rest ?? 0), 0);
}

/** Where a row is on the axis: at its day if its partition has one, else when it was scored. */
function timeOf(row) {
  const day = Object.values(row.partition ?? {}).map(String).find(text => /^\d{4}-\d\d-\d\d$/.test(text));
  return Date.parse(day ? `${day}T00:00:00Z` : row.scored_at) / 1000;
}
