// The models in service: what each is, where it comes from, and since when it answers.
import {html, nothing} from "./lit-html.js";
import {escape, get} from "./api.js";
import {bar, count, empty, facts, failure, loading, moment, number, short, table, value} from "./parts.js";
import {comparisonView} from "./comparison-view.js";
import {journalView} from "./promotions.js";
import {addressOf, pathOf} from "./try.js";

const ORIGINS = {golden_rows: "golden rows come from"};

export class ModelsScreen {
  constructor(app) {
    this.app = app;
  }

  get title() {
    return this.card ? this.card.model_version : "Models";
  }

  async open([wanted]) {
    this.problem = null;
    this.card = null;
    this.shadow = null;
    this.chosen = null;
    this.wanted = wanted;
    try {
      this.models = (await get("v1/models")).models;
      if (wanted !== undefined || this.models.length === 1) {
        this.address = wanted ?? addressOf(this.models[0]);
        const path = `v1/models/${pathOf(this.address)}`;
        [this.card, this.contract] = await Promise.all([get(path), get(`${path}/contract`)]);
        this.shadow = this.card.shadow?.challenger ? await get(`${path}/shadow`) : null;
      }
    } catch (e) {
      this.problem = e;
    }

    this.app.update();
  }

  choose(move) {
    this.chosen = move;
    this.app.update();
  }

  draw() {
    if (this.problem) {
      return html`<h1>${this.title}</h1>${failure(this.problem, () => this.app.reopen())}`;
    }

    if (this.models === undefined || this.wanted !== undefined && this.card === null) {
      return html`<h1>Models</h1>${loading("the models")}`;
    }

    return html`
      ${this.wanted === undefined ? html`<h1>Models</h1>` : html`<div class="head"><h1><bdi>${this.card.model_version}</bdi></h1>${
        this.models.length > 1 ? html`<a href="#/models">All models</a>` : nothing}</div>`}
      ${this.wanted === undefined ? this.listView() : nothing}
      ${this.card ? this.cardView() : nothing}`;
  }

  listView() {
    return html`<section class="card" aria-label="Models in service">${this.models.length === 0 ? empty("No model is in service.") : table("Each model in service", [
      {name: "name", text: model => model.name, cell: model => html`<a href=${`#/models/${escape(addressOf(model))}`}><bdi>${model.name}</bdi></a>`},
      {name: "alias", text: model => model.alias ?? ""},
      {name: "version", text: model => model.model_version, cell: model => html`<bdi>${model.model_version}</bdi>`},
      {name: "state", text: model => model.state, cell: model => html`<bdi>${model.state}</bdi>${refused(model)}`},
      {name: "alias set", text: model => model.alias_since ?? "", cell: model => moment(model.alias_since)},
      {name: "loaded by this server", text: model => since(model), cell: model => moment(since(model))},
      {name: "sealed", text: model => model.sealed ? "sealed" : "unsealed", cell: model => seal(model)},
      {name: "digest", text: model => model.digest, cell: model => html`<code title=${model.digest}>${model.digest.slice(0, 12)}</code>`},
    ], this.models, {name: "models"})}</section>`;
  }

  cardView() {
    const card = this.card;
    const provenance = card.provenance ?? {};
    return html`
      ${card.refused ? html`<div class="notice warn" role="status"><strong>A newer version is not taken</strong>
        <p><bdi>${card.refused.model_version}</bdi>, seen ${moment(card.refused.at)}: <bdi>${card.refused.reason}</bdi></p></div>` : nothing}
      <section class="card" aria-label="What it is"><h2>What it is</h2>
        <p class="tools"><a class="button" href=${`#/try/${escape(this.address)}`}>Try it</a> <a class="button" href=${`#/drift?model=${escape(this.address)}`}>Drift of its callers</a></p>
        ${facts([["version", html`<bdi>${card.model_version}</bdi> ${seal(card)}`], ["alias", card.alias && html`<bdi>${card.alias}</bdi>`],
          [`is ${card.alias ?? "served"} since`, moment(card.alias_since)], ["loaded by this server", moment(card.served_since ?? card.loaded_at)],
          ["state", card.state],
          ["other versions that are served", card.versions?.length && !card.store ? html`<bdi>${card.versions.map(own => own.model_version ?? own).join(", ")}</bdi>` : undefined], ["digest", html`<code>${card.digest}</code>`],
          ["objective", card.objective], ["booster", card.booster], ["XGBoost", card.xgboost_version], ["trees", count(card.trees)],
          ["rounds", card.rounds && `${card.rounds.end} of ${card.rounds.of}: ${card.rounds.why}`],
          ["outputs", card.outputs?.names?.length && html`<bdi>${card.outputs.names.join(", ")}</bdi>`],
          ["classes", card.outputs?.classes?.length ? html`<bdi>${card.outputs.classes.join(", ")}</bdi>` : undefined],
          ["threshold", card.outputs?.threshold !== undefined ? number(card.outputs.threshold) : undefined],
          ["offsets", card.offsets && html`<bdi>${card.offsets.fields.join(", ")}</bdi>: ${card.offsets.meaning}`],
          ["remarks", card.remarks?.join("; ")], ["notes", card.notes && html`<bdi>${card.notes}</bdi>`]])}
      </section>
      ${this.versionsView()}
      ${card.store?.journal ? journalView(card.store.journal, this.chosen, move => this.choose(move)) : nothing}
      <section class="card" aria-label="Where it comes from"><h2>Where it comes from</h2>
        ${Object.keys(provenance).length === 0 ? empty("The model is not sealed, so nobody vouches for where it comes from.") : facts([
          ...Object.entries(provenance).map(([name, own]) => [ORIGINS[name] ?? name.replaceAll("_", " "), name.endsWith("_at") ? moment(own) : typeof own === "number" ? count(own) : value(own)]),
          ["compared with trainer", provenance.compared_with_trainer ? undefined : card.compared_with_trainer ? "yes" : "no"]])}
      </section>
      ${this.shadowView()}
      ${this.fieldsView()}`;
  }

  shadowView() {
    if (!this.card.shadow) {
      return nothing;
    }

    return html`<section class="card" aria-label="Challenger"><h2>Another model on callers' rows</h2>
      ${this.shadow ? html`${comparisonView(this.shadow)}
        <p class="small">The document is evidence for <code>scripts/model promote</code>, as <code>GET /v1/models/${pathOf(this.address)}/shadow</code> answers it.</p>`
        : empty("Its challenger is not open: it is being opened, or the server's log says why it cannot be.")}</section>`;
  }

  /** What the store has of the model, and what this server does with each version. */
  versionsView() {
    const {store} = this.card;
    if (store === undefined) {
      return nothing;
    }

    const servedAs = own => this.models.find(model => model.model_version === own.model_version);
    const name = own => servedAs(own) ? html`<a href=${`#/models/${escape(addressOf(servedAs(own)))}`}><bdi>${own.model_version}</bdi></a>` : html`<bdi>${own.model_version}</bdi>`;
    const state = own => own.refused ? "refused" : own.served ? "served" : "not served";
    return html`<section class="card" aria-label="Versions"><h2>Versions and aliases</h2>
      <p class="small">What the model's store had when this server last read it, ${moment(store.seen_at)}. It looks about once a minute.</p>
      ${table("Versions in the store", [
        {name: "version", text: own => own.model_version, cell: own => html`${name(own)}${own.stored ? nothing : html` <span class="chip warn">gone from the store</span>`}`},
        {name: "aliases", text: own => own.aliases.join(" "), cell: own => html`<bdi>${own.aliases.join(", ")}</bdi>`},
        {name: "this server", text: state, cell: own => html`${own.served ? html`<span class="chip good">✓ served</span> ` : own.refused ? nothing : "not served"}${
          own.refused ? html`<span class="chip warn">✗ refused</span> <bdi class="small anywhere">${own.refused.reason}</bdi>` : nothing}`},
        {name: "refused since", text: own => own.refused?.at ?? "", isOfFile: true},
        {name: "refused because", text: own => own.refused?.reason ?? "", isOfFile: true},
      ], store.versions, {name: "versions"})}
      ${store.versions_left ? html`<p class="small">${count(store.versions_left)} older versions are not listed.</p>` : nothing}</section>`;
  }

  fieldsView() {
    const fields = [...this.contract?.fields ?? []].sort((a, b) => (b.importance ?? -1) - (a.importance ?? -1));
    const most = Math.max(1e-12, ...fields.map(field => field.importance ?? 0));
    const hasImportance = fields.some(field => field.importance !== undefined);
    return html`<section class="card" aria-label="Fields"><h2>Fields</h2>
      ${hasImportance ? html`<p class="small">Importance is the mean of what a field adds to the margin, up or down, over the rows of sealing.</p>`
        : html`<p class="small">The package has no importance of fields; sealing with rows (<code>--rows</code>) gives it.</p>`}
      ${table("Fields of the model", [
        {name: "field", text: field => field.name, cell: field => html`<bdi>${field.name}</bdi>`},
        {name: "type", text: field => field.type.replaceAll("_", " ")},
        ...hasImportance ? [{name: "importance", text: field => field.importance ?? "", cell: field => html`${short(field.importance ?? "")} ${bar((field.importance ?? 0) / most)}`, isNumber: true}] : [],
        {name: "accepts", text: field => field.expected ?? "", cell: field => html`<bdi>${field.expected ?? ""}</bdi>${field.categories_count ? html` <span class="small">${count(field.categories_count)} categories</span>` : nothing}`},
        {name: "may be missing", text: field => field.nullable ? "yes" : "no"},
        ...!fields.some(field => field.group) ? [] : [{name: "group", text: field => field.group ?? "", cell: field => html`<bdi>${field.group ?? ""}</bdi>`}],
        ...!fields.some(codes) ? [] : [{name: "reason codes", text: field => codes(field), cell: field => html`<bdi>${codes(field)}</bdi>`}],
      ], fields, {name: "fields"})}</section>`;
  }
}

function codes(field) {
  if (!field.reason || typeof field.reason === "string") {
    return field.reason === "never" ? "never a reason" : field.reason ?? "";
  }

  return Object.entries(field.reason).map(([direction, own]) => `${direction}: ${own.code ?? own}${own.text ? ` ${own.text}` : ""}`).join("; ");
}

export function since(model) {
  return model.served_since ?? model.loaded_at ?? "";
}

function seal(model) {
  return model.sealed ? html`<span class="chip good">✓ sealed</span>` : html`<span class="chip warn">unsealed: nothing vouches for it</span>`;
}

/** Which version was refused; its card says why. */
function refused(model) {
  return model.refused ? html` <span class="chip warn">✗ <bdi>${model.refused.model_version}</bdi> refused</span>` : nothing;
}
