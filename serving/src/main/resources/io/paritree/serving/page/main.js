// The page: its frame, its screens, and which one a link leads to. What a link has after # is never sent to the server.
import {html, nothing, render} from "./lit-html.js";
import {useToken} from "./api.js";
import {failure} from "./parts.js";
import {LookupScreen} from "./lookup.js";
import {ModelsScreen} from "./models.js";
import {RunsScreen} from "./runs.js";
import {ServiceScreen} from "./service.js";
import {TryScreen} from "./try.js";

const LINK_PAUSE = 150; // ms; a link follows its last change, since browsers refuse hundreds within seconds
const place = document.getElementById("page");

class Page {
  constructor() {
    this.screens = {
      try: ["Try", new TryScreen(this)],
      lookup: ["Look up", new LookupScreen(this)],
      runs: ["Runs", new RunsScreen(this)],
      models: ["Models", new ModelsScreen(this)],
      service: ["Service", new ServiceScreen(this)],
    };
    this.theme = "auto";
    this.token = "";
    this.said = "";
    this.isDrawn = true;
    this.linkedAt = -LINK_PAUSE;
    place.replaceChildren();
    addEventListener("hashchange", () => this.follow());
    addEventListener("unhandledrejection", e => this.fail(e.reason));
    this.follow();
  }

  /** Opens the screen that the link leads to. */
  async follow() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    const [name, ...parts] = path.split("/").map(part => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
    const before = this.name;
    this.name = Object.hasOwn(this.screens, name) ? name : "try";
    if (before !== undefined && before !== this.name) {
      this.screens[before][1].close?.();
    }

    this.broken = null;
    this.update();
    if (before !== undefined && before !== this.name) {
      this.focus("content");
    }

    await this.open(this.screen, parts.filter(part => part !== ""), new URLSearchParams(query));
  }

  /** Opens a screen's last link only, after an earlier one, whose answers would otherwise come later. */
  async open(screen, parts, query) {
    const turn = {};
    screen.turn = turn;
    await screen.opening;
    if (screen.turn === turn) {
      screen.opening = screen.open(parts, query).catch(e => this.fail(e));
      await screen.opening;
    }
  }

  reopen() {
    this.follow();
  }

  get screen() {
    return this.screens[this.name][1];
  }

  isShown(screen) {
    return this.screen === screen && document.visibilityState === "visible";
  }

  /** Makes the address a link to what is shown; while that moves, once it rests. */
  link(path, query, isMoving = false) {
    if (path.split("/")[0] !== this.name) {
      return; // another screen is shown meanwhile
    }

    const known = new URLSearchParams(Object.entries(query).filter(([, text]) => text !== undefined));
    const show = () => history.replaceState(null, "", `#/${path}${known.size ? `?${known}` : ""}`);
    const now = performance.now();
    clearTimeout(this.linking);
    if (!isMoving || now - this.linkedAt > LINK_PAUSE) {
      show();
    } else {
      const from = location.hash;
      this.linking = setTimeout(() => location.hash === from && show(), LINK_PAUSE);
    }

    this.linkedAt = now;
  }

  /** Says something to those who do not see the screen change. */
  say(text) {
    this.said = text;
    this.update();
  }

  focus(id) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const element = document.getElementById(id);
      element?.focus();
      element?.scrollIntoView({block: "nearest"});
    }));
  }

  fail(e) {
    this.broken = e;
    this.update();
  }

  lastRecord() {
    const screen = this.screens.try[1];
    return screen.answer ? screen.entry.json("  ") : "";
  }

  /** Draws what has changed, once before the next picture of the screen. */
  update() {
    if (this.isDrawn) {
      this.isDrawn = false;
      queueMicrotask(() => {
        this.isDrawn = true;
        this.draw();
      });
    }
  }

  draw() {
    let content;
    try {
      content = this.screen.draw();
    } catch (e) {
      content = failure(e);
    }

    document.title = `${this.screen.title} · Paritree`;
    render(this.frame(content), place);
    place.classList.add("drawn");
  }

  frame(content) {
    const needsToken = this.screen.problem?.status === 401 || this.screen.problem?.status === 403;
    return html`
      <a class="skip" href="#content" @click=${e => { e.preventDefault(); this.focus("content"); }}>To the content</a>
      <header>
        <a class="brand" href="#/try"><img src="icon.svg" alt="" width="24" height="24"> Paritree</a>
        <nav aria-label="Screens">${Object.entries(this.screens).map(([name, [text]]) => html`
          <a href=${`#/${name}`} aria-current=${name === this.name ? "page" : nothing}>${text}</a>`)}</nav>
        <label class="theme">Theme <select @change=${e => this.colour(e.target.value)}>
          ${[["auto", "system"], ["light", "light"], ["dark", "dark"]].map(([own, text]) =>
            html`<option value=${own} .selected=${this.theme === own}>${text}</option>`)}</select></label>
      </header>
      <main id="content" tabindex="-1">
        ${this.broken ? failure(this.broken) : nothing}
        ${needsToken ? this.tokenView() : nothing}
        ${content}
      </main>
      <p class="said" role="status" aria-live="polite">${this.said}</p>`;
  }

  tokenView() {
    return html`<form class="card inline" @submit=${e => { e.preventDefault(); useToken(this.token); this.reopen(); }}>
      <label>Token of this server <input type="password" autocomplete="off" .value=${this.token} @input=${e => { this.token = e.target.value; }}></label>
      <button type="submit" class="main">Use it</button>
      <span class="small">It is kept in this page's memory until it is closed or loaded again, and sent to this server only.</span></form>`;
  }

  colour(theme) {
    this.theme = theme;
    if (theme === "auto") {
      document.documentElement.removeAttribute("data-theme");
    } else {
      document.documentElement.setAttribute("data-theme", theme);
    }

    this.update();
  }
}

new Page();
