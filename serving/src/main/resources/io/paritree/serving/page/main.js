// The page: its frame, its screens, and which one a link leads to. What a link has after # is never sent to the server.
import {html, nothing, render} from "./lit-html.js";
import {later, useToken} from "./api.js";
import {failure, loading, showAllDigits} from "./parts.js";
import {TryScreen} from "./try.js";

const LINK_PAUSE = 150; // ms; a link follows its last change, since browsers refuse hundreds within seconds
const FIRST_LINES = 160; // px that a result needs to show its label and score
const THEMES = ["auto", "light", "dark"];
const place = document.getElementById("page");

class Page {
  constructor() {
    this.isDrawn = true;
    // The first screen is here; the scripts of another come when it is first opened.
    this.screens = {
      try: {text: "Try", screen: new TryScreen(this)},
      lookup: {text: "Look up", load: async () => new (await import("./lookup.js")).LookupScreen(this)},
      runs: {text: "Runs", load: async () => new (await import("./runs.js")).RunsScreen(this)},
      drift: {text: "Drift", load: async () => new (await import("./drift.js")).DriftScreen(this)},
      outcomes: {text: "Outcomes", load: async () => new (await import("./outcomes.js")).OutcomesScreen(this)},
      models: {text: "Models", load: async () => new (await import("./models.js")).ModelsScreen(this)},
      service: {text: "Service", load: async () => new (await import("./service.js")).ServiceScreen(this)},
    };
    this.colour(THEMES.includes(kept("theme")) ? kept("theme") : "auto");
    this.choose(kept("digits") === "all");
    this.token = "";
    this.said = "";
    this.linkedAt = -LINK_PAUSE;
    place.replaceChildren();
    addEventListener("hashchange", () => this.follow());
    addEventListener("resize", () => this.update());
    document.addEventListener("visibilitychange", () => this.isShown(this.screen) && this.screen?.refresh?.());
    addEventListener("unhandledrejection", e => this.fail(e.reason));
    this.follow();
  }

  /** Opens the screen that the link leads to. */
  async follow() {
    this.followed = location.hash;
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    const [name, ...parts] = path.split("/").map(part => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
    const before = this.name;
    this.lost = name === "" || Object.hasOwn(this.screens, name) ? null : name;
    this.name = Object.hasOwn(this.screens, name) ? name : "try";
    if (before !== undefined && before !== this.name) {
      this.screens[before].screen?.close?.();
    }

    this.broken = null;
    this.update();
    if (before !== undefined && before !== this.name) {
      this.focus("content");
    }

    const own = this.screens[this.name];
    await this.load(own);
    if (this.lost === null && own.screen !== undefined && own === this.screens[this.name]) {
      await this.open(own.screen, parts.filter(part => part !== ""), new URLSearchParams(query));
    }
  }

  /** Loads a screen, unless it is here. */
  async load(own) {
    if (own.screen === undefined) {
      try {
        own.screen = await (own.loading ??= later(own.load));
      } catch (e) {
        own.loading = undefined;
        this.fail(e);
      }
    }
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
    return this.screens[this.name].screen;
  }

  isShown(screen) {
    return this.screen === screen && document.visibilityState === "visible";
  }

  /**
   * Makes the address a link to what is shown.
   *
   * @param kind "now"; "moving" for one of many changes, which it follows once they rest; or "step" for a
   *     change that the browser's Back undoes
   */
  link(path, query, kind = "now") {
    if (path.split("/")[0] !== this.name) {
      return; // another screen is shown meanwhile
    }

    const known = new URLSearchParams(Object.entries(query).filter(([, text]) => text !== undefined));
    const to = `#/${path}${known.size ? `?${known}` : ""}`;
    const show = method => {
      if (location.hash === this.followed) { // else somebody has just gone to another address
        history[method]({isWhole: true}, "", to);
        this.followed = location.hash;
      }
    };
    const now = performance.now();
    clearTimeout(this.linking);
    if (kind === "step" && location.hash.includes("?") && location.hash !== to) {
      show("pushState");
    } else if (kind !== "moving" || now - this.linkedAt > LINK_PAUSE) {
      show("replaceState");
    } else {
      this.linking = setTimeout(() => show("replaceState"), LINK_PAUSE);
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

  /** Scrolls to what has just come, if its first lines are below the window. */
  reveal(id) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const element = document.getElementById(id);
      if (element?.getBoundingClientRect().top > innerHeight - FIRST_LINES) {
        element.scrollIntoView({block: "start"});
      }
    }));
  }

  fail(e) {
    this.broken = e;
    this.update();
  }

  lastRecord() {
    const {screen} = this.screens.try;
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
      content = this.lost === null ? this.screen?.draw() ?? this.unloaded()
          : html`<h1>There is no such screen</h1><p>The address names the screen <bdi>${this.lost}</bdi>. The links above lead to those that there are.</p>`;
    } catch (e) {
      content = failure(e);
    }

    document.title = `${this.lost === null ? this.screen?.title ?? this.screens[this.name].text : "No such screen"} · Paritree`;
    render(this.frame(content), place);
    place.classList.add("drawn");
  }

  unloaded() {
    return html`<h1>${this.screens[this.name].text}</h1>${this.broken ? nothing : loading("the screen")}`;
  }

  frame(content) {
    const needsToken = [401, 403].includes(this.screen?.problem?.status);
    return html`
      <a class="skip" href="#content" @click=${e => { e.preventDefault(); this.focus("content"); }}>To the content</a>
      <header>
        <a class="brand" href="#/try"><img src="icon.svg" alt="" width="24" height="24"> Paritree</a>
        <nav aria-label="Screens">${Object.entries(this.screens).map(([name, {text}]) => html`
          <a href=${`#/${name}`} aria-current=${name === this.name && this.lost === null ? "page" : nothing}>${text}</a>`)}</nav>
        <div class="theme"><label title="Numbers that are rounded, and times, in full"><input type="checkbox" .checked=${this.isWhole} @change=${e => this.choose(e.target.checked)}> All digits</label>
          <label>Theme <select @change=${e => this.colour(e.target.value)}>${THEMES.map(own =>
            html`<option value=${own} .selected=${this.theme === own}>${own === "auto" ? "system" : own}</option>`)}</select></label></div>
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

  /** Shows all digits of numbers and times, or some. */
  choose(isWhole) {
    this.isWhole = isWhole;
    showAllDigits(isWhole);
    keep("digits", isWhole ? "all" : null);
    this.update();
  }

  colour(theme) {
    this.theme = theme;
    keep("theme", theme === "auto" ? null : theme);
    if (theme === "auto") {
      document.documentElement.removeAttribute("data-theme");
    } else {
      document.documentElement.setAttribute("data-theme", theme);
    }

    this.update();
  }
}

// The chosen theme and digits are all that this page leaves with the browser, until its tab is closed.
function keep(name, choice) {
  try {
    if (choice === null) {
      sessionStorage.removeItem(name);
    } else {
      sessionStorage.setItem(name, choice);
    }
  } catch {
    // A browser that keeps nothing: the choice holds until the page is loaded again.
  }
}

function kept(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

new Page();
