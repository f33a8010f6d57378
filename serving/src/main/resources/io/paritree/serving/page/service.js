// The server itself: whether it is well, how old what it serves is, and its last hour.
import {html, nothing} from "./lit-html.js";
import {escape, get} from "./api.js";
import {age, brief, count, empty, facts, failure, loading, moment, number, partition, table} from "./parts.js";
import {since} from "./models.js";
import {series} from "./series.js";

const REFRESH = 15_000; // ms

export class ServiceScreen {
  constructor(app) {
    this.app = app;
    this.requests = {id: "requests", isTable: false};
    this.times = {id: "times", isTable: false};
  }

  get title() {
    return "Service";
  }

  open() {
    return this.refresh();
  }

  /** Reads the state of now, and again after a while; a tab that nobody sees rests until somebody does. */
  async refresh() {
    this.close();
    try {
      this.service = await get("v1/service");
      this.problem = null;
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
    this.timer = setTimeout(() => this.app.isShown(this) && this.refresh(), REFRESH);
  }

  close() {
    clearTimeout(this.timer);
  }

  draw() {
    const own = this.service;
    return html`<h1>Service</h1>
      ${this.problem ? failure(this.problem, () => this.refresh()) : nothing}
      ${own === undefined ? this.problem ? nothing : loading("the state of the server") : html`
      <section class="card" aria-label="Health"><h2>Health</h2>
        <p class="lead">${own.ready ? html`<span class="chip good">✓ ready</span>` : html`<span class="chip bad">✗ not ready</span>`}</p>
        ${facts([["version", own.version], ["started", moment(own.started_at)],
          ["new versions taken", count(own.reloads?.taken)], ["new versions refused", own.reloads?.refused ? html`<strong>${count(own.reloads.refused)}</strong>` : count(own.reloads?.refused)]])}
      </section>
      <section class="card" aria-label="Models"><h2>Models</h2>${table("Models in service", [
        {name: "model", text: model => model.model_version, cell: model => html`<a href="#/models"><bdi>${model.model_version}</bdi></a>`},
        {name: "alias", text: model => model.alias ?? ""},
        {name: "state", text: model => model.state},
        {name: "loaded by this server", text: model => since(model), cell: model => moment(since(model))},
        {name: "newer version refused", text: model => model.refused?.model_version ?? "", cell: model => model.refused ? html`<span class="chip warn">${model.refused.model_version}</span> <bdi class="small">${model.refused.reason}</bdi>` : "none"},
      ], own.models ?? [], {name: "models"})}</section>
      <section class="card" aria-label="Stored scores"><h2>Stored scores</h2>${(own.scores ?? []).length === 0 ? empty("None are served.") : table("Stored scores in service", [
        {name: "name", text: scores => scores.name, cell: scores => html`<a href=${`#/runs/${escape(scores.name)}`}><bdi>${scores.name}</bdi></a>`},
        {name: "newest partition", text: scores => partition(scores.newest)},
        {name: "age", text: scores => scores.age_seconds ?? "", cell: scores => scores.age_seconds === undefined ? "" : brief(age(scores.age_seconds), `${scores.age_seconds} s`)},
        {name: "partitions", text: scores => scores.partitions, isNumber: true},
        {name: "not served", text: scores => scores.not_served ?? 0, cell: scores => scores.not_served ? html`<span class="chip warn">${scores.not_served}</span>` : "0", isNumber: true},
        {name: "rows", text: scores => scores.rows ?? "", cell: scores => count(scores.rows), isNumber: true},
      ], own.scores, {name: "scores"})}</section>
      ${this.hourView(own.minutes ?? [])}`}`;
  }

  hourView(minutes) {
    if (minutes.length === 0) {
      return html`<section class="card" aria-label="The last hour"><h2>The last hour</h2>${empty("The first whole minute has not passed yet.")}</section>`;
    }

    const at = minutes.map(minute => Date.parse(minute.at) / 1000);
    const none = own => own ?? null;
    const columns = [{name: "minute", text: minute => minute.at, cell: minute => moment(minute.at)},
      ...[["requests", "requests"], ["refused", "refused"], ["failed", "failed"], ["p50_ms", "median, ms"], ["p99_ms", "99 %, ms"]].map(([member, name]) =>
        ({name, text: minute => number(minute[member] ?? ""), isNumber: true}))];
    return html`<section class="card" aria-label="The last hour"><h2>The last hour</h2>
      <p class="small">Counted by this server since it started; the page's own files and probes are not counted. A time is the upper end of the range that it was counted in.</p>
      ${series(this.requests, "Requests a minute, times in UTC", at, [
        {name: "requests", values: minutes.map(own => none(own.requests)), colour: "--accent"},
        {name: "refused (4xx)", values: minutes.map(own => none(own.refused)), colour: "--up", dash: [6, 4]},
        {name: "failed (5xx)", values: minutes.map(own => none(own.failed)), colour: "--bad", dash: [2, 3]}], columns, minutes, () => this.app.update())}
      ${series(this.times, "Milliseconds of a request, times in UTC", at, [
        {name: "median", values: minutes.map(own => none(own.p50_ms)), colour: "--accent"},
        {name: "99 % are below", values: minutes.map(own => none(own.p99_ms)), colour: "--up", dash: [6, 4]}], columns, minutes, () => this.app.update())}
    </section>`;
  }
}
