// Uses the page in a browser as people do, and compares what it shows with what the server answers.
// node page-test.mjs PLAN: a JSON file with the servers' addresses, the models, and how many random records, and whether to try all.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const names = (await (await fetch(`${plan.server}/v1/models`)).json()).models.map(model =>
    model.alias ? `${model.name}@${model.alias}` : model.name);
plan.models = names;
plan.wide = names.find(name => name.startsWith("wide@"));
plan.hostile = names.find(name => name.startsWith("hostile@"));
plan.randomModels = names.filter(name => /^(parcel|priors)/.test(name) && name.includes("@"));
plan.numberField = "distance";
plan.key = "7";
plan.quarantinedKey = "9";
plan.unknownKey = "12345";
const browser = await chromium.launch({executablePath: plan.chromium, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]});
const found = []; // everything that is wrong
let steps = 0;
let checks = 0;

function wrong(text) {
  found.push(text);
  console.log(`WRONG: ${text}`);
}

async function open(server, {theme = "light", width = 1280, height = 900, expectsErrors = false} = {}) {
  const context = await browser.newContext({viewport: {width, height}, colorScheme: theme, reducedMotion: "reduce"});
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.name = `${theme} ${width}`;
  page.expectsErrors = expectsErrors;
  page.on("console", message => message.type() === "error" && !page.expectsErrors && wrong(`console: ${message.text()} ${message.location().url}`));
  page.on("pageerror", e => wrong(`script: ${e.stack}`));
  page.on("request", request => {
    if (!request.url().startsWith(server) && !request.url().startsWith("data:") && !request.url().startsWith("blob:")) {
      wrong(`request to another origin: ${request.url()}`);
    }
  });
  await page.exposeFunction("violated", text => wrong(`policy: ${text}`));
  await page.addInitScript(() => document.addEventListener("securitypolicyviolation", e =>
      globalThis.violated(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));
  await page.goto(`${server}/ui/`);
  await page.waitForSelector("h1");
  return page;
}

async function step(page, name, action) {
  steps++;
  try {
    await action();
  } catch (e) {
    wrong(`${page.name}: ${name}: ${String(e.message).slice(0, 400)}`);
  }
}

async function accessible(page, name) {
  checks++;
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    await page.evaluate(axe);
  }

  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ["violations"]}));
  violations.filter(any => ["serious", "critical"].includes(any.impact)).forEach(any =>
      wrong(`${page.name}: ${name}: axe ${any.id}: ${any.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`));
}

const go = (page, hash) => page.evaluate(hash => { location.hash = hash; }, hash);
const settled = page => page.waitForFunction(() => document.querySelector(".result")?.getAttribute("aria-busy") === "false"
    && (document.querySelector(".score") !== null || document.querySelector("#faults") !== null));

async function answer(server, path, body) {
  const response = await fetch(`${server}/${path}`, {method: body === undefined ? "GET" : "POST", body,
    headers: {"Content-Type": "application/json"}});
  const text = await response.text();
  return {status: response.status, ...JSON.parse(text)};
}

/** What the result of the page says, as numbers. */
const shown = page => page.evaluate(() => {
  const number = text => Number(text.replace("−", "-").replace(/[▲▼\s]/g, ""));
  const result = document.querySelector(".result");
  const rows = [...result.querySelectorAll(".waterfall tbody tr")];
  return {
    score: result.querySelector(".score-number")?.textContent,
    scores: Object.fromEntries([...result.querySelectorAll(".score .bars tr")].map(row =>
      [row.querySelector("th").textContent, row.querySelector("td.number").textContent])),
    label: result.querySelector(".label")?.textContent,
    rows: rows.map(row => [(row.querySelector("th .own") ?? row.querySelector("th bdi")).textContent.trim(), number(row.querySelector("td.number").textContent)]),
  };
});

/** Compares the shown result with the answer of /v1/.../score. */
function compare(page, name, own, shows) {
  const same = (what, a, b) => {
    if (!Object.is(Number(a), Number(b))) {
      wrong(`${page.name}: ${name}: ${what} is shown as ${a}, and the server answers ${b}`);
    }
  };
  if (own.score !== undefined) {
    same("the score", shows.score, own.score);
  }

  for (const [output, score] of Object.entries(own.scores ?? {})) {
    same(`the score of ${output}`, shows.scores[output], score);
  }

  if (own.label !== undefined && shows.label !== own.label) {
    wrong(`${page.name}: ${name}: the label is shown as ${shows.label}, and the server answers ${own.label}`);
  }

  if (own.reasons) {
    const margin = own.margin ?? own.margins[own.reasons.output];
    const rows = shows.rows.filter(([title]) => title !== "score");
    same("the base", rows[0][1], own.reasons.base);
    own.reasons.fields.forEach((field, index) => {
      if (rows[index + 1][0] !== field.field) {
        wrong(`${page.name}: ${name}: row ${index + 1} is ${rows[index + 1][0]}, and the server answers ${field.field}`);
      }

      same(`what ${field.field.slice(0, 40)} adds`, rows[index + 1][1], field.contribution);
    });
    same("the margin", rows.at(-1)[1], margin);
    const sum = rows.slice(0, -1).reduce((at, [, adds]) => at + adds, 0);
    const size = rows.slice(0, -1).reduce((at, [, adds]) => at + Math.abs(adds), 1);
    if (Math.abs(sum - margin) > 1e-5 * size) {
      wrong(`${page.name}: ${name}: the bars add up to ${sum}, and the margin is ${margin}`);
    }
  }
}

/** A record of the contract's fields, some missing. */
function randomRecord(contract, random) {
  const record = {};
  for (const field of contract.fields) {
    if (field.nullable && random() < 0.15) {
      continue;
    }

    const low = field.min ?? -100;
    const high = field.max ?? 100;
    record[field.name] = field.type === "number" ? Math.fround(Math.min(high, Math.max(low, low + random() * (high - low))))
        : field.type === "boolean" ? random() < 0.5
        : field.categories?.length ? field.categories[Math.floor(random() * field.categories.length)]
        : contract.example[field.name];
  }

  return record;
}

function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const reasonsOf = contract => {
  const query = new URLSearchParams({margin: "true"});
  const groups = new Set(contract.fields.filter(field => field.role !== "offset").map(field => field.group ?? field.name));
  query.set("reasons", Math.min(12, groups.size));

  return query;
};

/** Each model: its form scores its example, shows its faults, and what /v1 answers. */
async function everyModel(page, server) {
  for (const name of plan.models) {
    await go(page, `#/try/${encodeURIComponent(name)}`);
    await step(page, `open ${name}`, () => page.waitForFunction(name => document.querySelector("h1")?.textContent.includes(name), name.split(/[@/]/)[0]));
    await page.waitForSelector("form");
    await step(page, `score the example of ${name}`, async () => {
      await page.getByRole("button", {name: "Example"}).click();
      await page.getByRole("button", {name: "Score", exact: true}).click();
      await settled(page);
      const path = `v1/models/${name.includes("/") ? name.replace("/", "/versions/") : encodeURIComponent(name)}`;
      const contract = await answer(server, `${path}/contract`);
      const own = await answer(server, `${path}/score?${reasonsOf(contract)}`, JSON.stringify(contract.example));
      if (own.status !== 200) {
        wrong(`the example of ${name} is answered with ${own.status}`);
      }

      compare(page, name, own, await shown(page));
    });
    await step(page, `all values of ${name} missing`, async () => {
      await page.getByRole("button", {name: "All missing"}).click();
      await settled(page);
    });
    await accessible(page, `try ${name}`);
  }
}

/** What a model has not answered yet is dropped when another model is chosen. */
async function lateAnswers(page) {
  const [first, second] = plan.models.map(name => `#/try/${encodeURIComponent(name)}`);
  const slow = async route => {
    await new Promise(later => setTimeout(later, 300));
    await route.continue();
  };
  await step(page, "a late answer is not shown for another model", async () => {
    await go(page, first);
    await page.waitForFunction(name => document.querySelector("h1")?.textContent.includes(name), plan.models[0].split(/[@/]/)[0]);
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await settled(page);
    await page.locator(".waterfall button").first().click(); // a curve
    await page.route("**/score-batch?*", slow);
    const answered = page.waitForResponse(response => response.url().includes("score-batch"));
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await go(page, second);
    await page.waitForFunction(name => document.querySelector("h1")?.textContent.includes(name), plan.models[1].split(/[@/]/)[0]);
    await answered;
    await page.waitForTimeout(300); // a curve would be asked for
    await page.unroute("**/score-batch?*", slow);
    if (await page.locator(".score").count() > 0 || await page.locator("[aria-busy=true]").count() > 0) {
      throw new Error(`${plan.models[1]} shows what ${plan.models[0]} answered`);
    }
  });
}

async function manyFields(page) {
  await go(page, `#/try/${encodeURIComponent(plan.wide)}`);
  await page.waitForFunction(() => document.querySelectorAll(".field").length > 10);
  await step(page, "search one of 300 fields", async () => {
    await page.getByRole("searchbox").fill("f299");
    await page.waitForFunction(() => document.querySelectorAll(".field").length === 1);
    await page.getByRole("searchbox").fill("");
  });
  await step(page, "show all 300 fields", async () => {
    await page.getByRole("button", {name: "Show all 300 fields"}).click();
    await page.waitForFunction(() => document.querySelectorAll(".field").length === 300);
  });
}

/** try, fault, correct, score, pin, change, look up, compare: by keyboard alone. */
async function keyboard(page) {
  const press = async (...keys) => { for (const key of keys) { await page.keyboard.press(key); } };
  const tabTo = async test => {
    for (let presses = 0; presses < 150; presses++) {
      if (await page.evaluate(`(${test})(document.activeElement)`)) {
        return;
      }

      await page.keyboard.press("Tab");
    }

    throw new Error(`no element is reached by Tab: ${test}`);
  };
  const number = plan.numberField;
  const field = `element => element.tagName === "INPUT" && element.type === "text" && element.closest(".field")?.querySelector(".name")?.textContent === ${JSON.stringify(number)}`;
  const button = text => `element => element.tagName === "BUTTON" && element.textContent.trim() === ${JSON.stringify(text)}`;
  await go(page, `#/try/${encodeURIComponent(plan.models[0])}`);
  await page.waitForSelector("form .field");
  await page.evaluate(() => document.activeElement.blur());
  await step(page, "skip to the content", async () => {
    await tabTo("element => element.className === 'skip'");
    await press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "content");
  });
  await step(page, "enter a wrong value", async () => {
    await tabTo(field);
    await press("Control+a");
    await page.keyboard.type("12,5");
    await press("Control+Enter");
    await page.waitForSelector("#faults");
  });
  await step(page, "the focus is on the summary of the faults", () => page.waitForFunction(() => document.activeElement?.id === "faults"));
  await step(page, "go from a fault to its field", async () => {
    await tabTo(`element => element.closest("#faults") !== null && element.tagName === "BUTTON"`);
    await press("Enter");
    await page.waitForFunction(name => document.activeElement?.closest(".field")?.querySelector(".name")?.textContent === name, number);
  });
  await step(page, "correct it and score", async () => {
    await press("Control+a");
    await page.keyboard.type("12.5");
    await press("Control+Enter");
    await page.waitForSelector(".score");
  });
  await step(page, "pin the result", async () => {
    await tabTo(button("Pin this result"));
    await press("Enter");
    await page.waitForSelector(".pinned");
  });
  await step(page, "change a field and see the difference", async () => {
    await tabTo("element => element.className === 'skip'");
    await tabTo(field);
    await press("Control+a");
    await page.keyboard.type("250");
    await page.waitForFunction(() => document.querySelector(".pinned")?.textContent.includes("changed since"));
    await page.waitForFunction(() => document.querySelectorAll(".waterfall thead th").length === 5);
  });
  await step(page, "choose a field for the curve", async () => {
    await tabTo(`element => element.tagName === "BUTTON" && element.closest(".waterfall") !== null && element.textContent === ${JSON.stringify(number)}`);
    await press("Enter");
    await page.waitForSelector("#curve svg.curve, #curve .bars");
  });
  await step(page, "the curve as a table", async () => {
    await tabTo(`element => element.textContent === "Show as table" && element.closest("#curve") !== null`);
    await press("Enter");
    await page.waitForSelector("#curve table");
  });
  await step(page, "look a key up", async () => {
    await tabTo("element => element.className === 'skip'");
    await tabTo("element => element.tagName === 'A' && element.textContent === 'Look up'");
    await press("Enter");
    await page.waitForSelector("main select");
    // On a busy machine, the browser takes letters that come late as another word: then they are typed again.
    for (let left = 3; left > 0; left--) {
      await tabTo("element => element.tagName === 'SELECT' && element.closest('main') !== null");
      await page.keyboard.type("parcels");
      try {
        await page.waitForFunction(() => document.querySelector("h1").textContent.includes("parcels") && document.querySelector("#key-0") !== null, null, {timeout: left === 1 ? 10000 : 4000});
        break;
      } catch (problem) {
        if (left === 1) throw problem;
      }
    }

    await tabTo("element => element.id === 'key-0'");
    await page.keyboard.type(plan.key);
    await press("Enter");
    await page.waitForSelector("section[aria-label='Stored row']");
  });
  await step(page, "the audit of its partition is shown", () =>
    page.waitForFunction(() => document.querySelector("section[aria-label='Prove this score'] .chip.bad")?.textContent === "✗ differs"));
  await step(page, "compare it with now", async () => {
    await tabTo(button("Use the record of “Try”"));
    await press("Enter");
    await tabTo("element => element.tagName === 'SUMMARY' || (element.tagName === 'A' && element.className === 'skip')");
    await tabTo(button("Compare with now"));
    await press("Enter");
    await page.waitForFunction(() => [...document.querySelectorAll("section[aria-label='Compare with now'] table tr")].length >= 3);
  });
}

/** What a look-up shows is of the key that was looked up last, whatever is entered or answered meanwhile. */
async function lookups(page) {
  const until = text => page.waitForFunction(text => document.querySelector("main").textContent.includes(text), text);
  const press = name => page.getByRole("button", {name, exact: true}).click();
  await step(page, "a key that is only entered is not compared", async () => {
    await go(page, `#/lookup/parcels?parcel_id=${plan.key}`);
    await page.waitForSelector("section[aria-label='Stored row']");
    await page.fill("#key-0", plan.unknownKey);
    const asked = page.waitForRequest(request => request.url().includes("/row/compare"));
    page.expectsErrors = true; // the browser logs the 400: the record lacks a field
    await press("Score the row again");
    const {searchParams} = new URL((await asked).url());
    await until("The record below was refused");
    page.expectsErrors = false;
    if (searchParams.get("parcel_id") !== plan.key) {
      wrong(`the row of ${plan.key} is compared with ${searchParams}`);
    }
  });
  await step(page, "the row of an earlier key that comes late is not shown", async () => {
    let isFirst = true;
    await page.route(/\/parcels\/lookup\?/, async route => {
      const isLate = isFirst;
      isFirst = false;
      await new Promise(later => setTimeout(later, isLate ? 300 : 0));
      await route.continue();
    });
    await page.fill("#key-0", plan.key);
    const answered = page.waitForResponse(response => response.url().includes("/parcels/lookup") && response.request().postData().includes(`"${plan.key}"`));
    await press("Look up");
    await page.fill("#key-0", plan.quarantinedKey);
    await press("Look up");
    await until("has put it into quarantine");
    await answered;
    await page.waitForTimeout(100);
    await page.unrouteAll();
    if (await page.locator("section[aria-label='Stored row']").count() > 0) {
      throw new Error(`the row of ${plan.key} is shown under ${plan.quarantinedKey}`);
    }
  });
  await step(page, "a row that needed another token is there once it is given", async () => {
    page.expectsErrors = true; // the browser logs the 401
    await page.route(/\/parcels\/lookup\?/, route => route.fulfill({status: 401, json: {title: "A token is needed", detail: ""}}));
    await go(page, `#/lookup/parcels?parcel_id=${plan.key}`);
    await page.waitForSelector("input[type=password]");
    await page.unrouteAll();
    page.expectsErrors = false;
    await page.fill("input[type=password]", "any");
    await press("Use it");
    await page.waitForSelector("section[aria-label='Stored row']");
    if (await page.locator("input[type=password]").count() > 0) {
      wrong("a token is still asked for");
    }
  });
  await step(page, "the same key of other stored scores is looked up, too", async () => {
    for (const [name, day] of [["parcels", "day=2026-11-22"], ["drifting", "day=2026-11-23"]]) {
      await go(page, `#/lookup/${name}?parcel_id=${plan.key}`);
      await page.waitForFunction(day => document.querySelector("section[aria-label='Stored row'] .facts")?.textContent.includes(day), day);
    }
  });
  await step(page, "a row of CSV, whose columns are texts, is scored again with values of its fields", async () => {
    const record = await page.locator("section[aria-label='Compare with now'] textarea").inputValue();
    if (record !== "{\n  \"distance\": 12.5,\n  \"weight\": 1\n}") {
      wrong(`the record of the row is ${record}`);
    }

    await press("Score the row again");
    await until("cored again by the specification of parcel-late/1");
  });
  await step(page, "no cell of a saved table is a formula, whatever separates cells in a spreadsheet", async () => {
    const saved = await page.evaluate(async () => {
      const {csv} = await import("/ui/parts.js");
      const texts = ["=a", "-2", "-2+3", "a;=b", "a;\"=b\"", "x\n@b", "a;-2", "plain"];
      return csv([{name: "text", text: row => row}], texts);
    });
    const expected = "text\r\n'=a\r\n-2\r\n'-2+3\r\n\"a;'=b\"\r\n\"a;'\"\"=b\"\"\"\r\n\"x\n'@b\"\r\n\"a;-2\"\r\nplain\r\n";
    if (saved !== expected) {
      wrong(`the table is ${JSON.stringify(saved)}`);
    }
  });
  await step(page, "stored scores that there are not have no form, and those that do not answer can be tried again", async () => {
    page.expectsErrors = true; // the browser logs both
    await go(page, "#/lookup/nothing");
    await until("There are no such stored scores");
    if (await page.locator("#key-0").count() > 0) {
      wrong("a key can be entered for stored scores that there are not");
    }

    await page.route("**/v1/scores/parcels", route => route.abort());
    await go(page, "#/lookup/parcels");
    await until("The server does not answer");
    await page.unrouteAll();
    page.expectsErrors = false;
    await press("Try again");
    await page.waitForSelector("#key-0");
  });
  await step(page, "a tab that is seen again shows the state of now", async () => {
    await go(page, "#/service");
    await page.waitForSelector("section[aria-label='Health']");
    const asked = page.waitForRequest(request => request.url().endsWith("/v1/service"));
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await asked;
  });
}

/** Every screen that shows what the server has, with its accessibility. */
async function everyScreen(page) {
  const screen = async (name, hash, selector) => {
    await step(page, name, async () => {
      await go(page, hash);
      await page.waitForSelector(selector);
    });
    await page.waitForTimeout(150);
    await accessible(page, name);
  };
  const model = encodeURIComponent(plan.models[0]);
  await screen("try", `#/try/${model}`, ".field");
  await step(page, "score with the button", async () => {
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector(".score");
    await page.waitForFunction(() => {
      const {top, bottom} = document.querySelector(".score-number").getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  });
  await step(page, "the text of the threshold is at its mark", async () => {
    const [mark, text, scale] = await page.evaluate(() => [".scale .threshold-mark", ".scale .at > span", ".scale"].map(own => {
      const {left, right} = document.querySelector(own).getBoundingClientRect();
      return {left, right};
    }));
    if (mark.left < text.left || mark.right > text.right || text.left < scale.left || text.right > scale.right) {
      wrong(`${page.name}: the threshold's text is at ${JSON.stringify(text)}, and its mark at ${JSON.stringify(mark)}`);
    }
  });
  await step(page, "after changes in quick succession the link has the last one", async () => {
    const field = page.locator(".field", {has: page.getByText(plan.numberField, {exact: true})}).locator("input[type=text]");
    for (const text of ["1", "12", "12.", "12.5"]) {
      await field.fill(text);
    }

    await page.waitForFunction(name => {
      const record = new URLSearchParams(location.hash.split("?")[1]).get("record");
      return JSON.parse(record)[name] === 12.5 && document.querySelector(".result").dataset.record === record;
    }, plan.numberField);
  });
  await step(page, "choose what the curve is over", async () => {
    await page.locator("#curve select").selectOption(plan.numberField);
    await page.waitForSelector("#curve svg.curve");
  });
  await accessible(page, "result with a curve");
  await step(page, "use a value of the curve's flip, if there is one", async () => {
    const use = page.getByRole("button", {name: "Use this value"});
    if (await use.count() > 0) {
      const before = await page.locator(".result .label").first().textContent();
      await use.first().click();
      await page.waitForFunction(before => document.querySelector(".result .label")?.textContent !== before, before);
    }
  });
  await step(page, "pin, and unpin", async () => {
    await page.getByRole("button", {name: "Pin this result"}).click();
    await page.waitForSelector(".pinned");
    await accessible(page, "pinned");
    await page.getByRole("button", {name: "Unpin"}).click();
  });
  await step(page, "a record as JSON with an unknown field", async () => {
    await page.getByRole("button", {name: "JSON"}).click();
    await page.locator("textarea").fill("{\"no such field\": 1}");
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector("#faults");
    await accessible(page, "faults");
    await page.locator("textarea").fill("not JSON");
    await page.waitForFunction(() => document.querySelector("#json-problem").textContent.includes("no record"));
    await page.getByRole("button", {name: "Form", exact: true}).click();
    await page.getByRole("button", {name: "Example"}).click();
    await page.waitForSelector(".score");
  });
  await step(page, "fill the form in by a key", async () => {
    await page.getByRole("button", {name: "By key"}).click();
    await page.locator(".inset select").selectOption("parcels");
    await page.waitForFunction(() => document.querySelector(".inset input") !== null);
    await page.locator(".inset input").first().fill(plan.key);
    await page.getByRole("button", {name: "Load"}).click();
    await page.waitForFunction(() => document.querySelector(".inset [role=status]") !== null);
    await page.getByRole("button", {name: "Form", exact: true}).click();
  });
  await step(page, "the link leads to the same result", async () => {
    const link = page.url();
    const before = await shown(page);
    await go(page, "#/models");
    await page.waitForSelector("section[aria-label='Models in service']");
    await page.goto(link);
    await page.reload();
    await page.waitForSelector(".score");
    const after = await shown(page);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      wrong(`the link ${link.slice(0, 200)} shows ${JSON.stringify(after).slice(0, 200)} in place of ${JSON.stringify(before).slice(0, 200)}`);
    }
  });
  await screen("look up", "#/lookup/parcels", "#key-0");
  await step(page, "find a key", async () => {
    await page.fill("#key-0", plan.key);
    await page.getByRole("button", {name: "Look up", exact: true}).click();
    await page.waitForSelector("section[aria-label='Stored row']");
    await page.waitForSelector("section[aria-label='History']");
  });
  await accessible(page, "stored row");
  await step(page, "the history as a table", async () => {
    const button = page.locator("section[aria-label='History'] button", {hasText: "Show as table"});
    if (await button.count() > 0) {
      await page.waitForSelector("section[aria-label='History'] canvas");
      await button.click();
    }

    await page.waitForSelector("section[aria-label='History'] table");
  });
  await step(page, "a quarantined key shows its faults", async () => {
    await page.fill("#key-0", plan.quarantinedKey);
    await page.getByRole("button", {name: "Look up", exact: true}).click();
    await page.waitForSelector(".notice.bad code");
  });
  await accessible(page, "quarantined key");
  await step(page, "an unknown key is said to be none", async () => {
    await page.fill("#key-0", plan.unknownKey);
    await page.getByRole("button", {name: "Look up", exact: true}).click();
    await page.waitForFunction(() => document.querySelector(".notice.bad")?.textContent.includes("no such key"));
  });
  await screen("runs", "#/runs/parcels", "table");
  await step(page, "open the first run", async () => {
    await page.locator("tbody a").first().click();
    await page.waitForSelector("section[aria-label='What it did']");
  });
  await page.waitForTimeout(150);
  await accessible(page, "a run");
  await screen("drift", "#/drift/drifting", "section[aria-label='By night'] canvas");
  await step(page, "the drift's pictures as tables", async () => {
    for (const name of ["Scores", "Importance and drift", "By night"]) {
      await page.locator(`section[aria-label='${name}'] button`, {hasText: "Show as table"}).first().click();
      await page.waitForSelector(`section[aria-label='${name}'] figure table`);
    }
  });
  await accessible(page, "the drift's tables");
  await step(page, "no part of the drift is wider than the window", async () => {
    const [width, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (width > window) {
      wrong(`${page.name}: the drift is ${width} wide in a window of ${window}`);
    }
  });
  await screen("outcomes", "#/outcomes/drifting", "section[aria-label='By partition'] canvas");
  await step(page, "the outcomes' pictures as tables", async () => {
    for (const name of ["By partition", "Reliability"]) {
      await page.locator(`section[aria-label='${name}'] button`, {hasText: "Show as table"}).first().click();
      await page.waitForSelector(`section[aria-label='${name}'] figure table`);
    }
  });
  await accessible(page, "the outcomes' tables");
  await step(page, "no part of the outcomes is wider than the window", async () => {
    const [width, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (width > window) {
      wrong(`${page.name}: the outcomes are ${width} wide in a window of ${window}`);
    }
  });
  await screen("models", "#/models", "section[aria-label='Models in service']");
  await step(page, "open a model", async () => {
    await page.locator("section[aria-label='Models in service'] a").first().click();
    await page.waitForSelector("section[aria-label='Fields']");
  });
  await step(page, "the versions and aliases of the store", async () => {
    const {store} = await answer(plan.server, `v1/models/${encodeURIComponent(plan.models[0])}`);
    const rows = await page.locator("section[aria-label='Versions'] tbody tr").evaluateAll(all => all.map(row => [...row.cells].map(own => own.textContent.trim())));
    const expected = store.versions.map(own => [own.model_version, own.aliases.join(", "), own.served ? "✓ served" : "not served"]);
    if (expected.length !== 2 || JSON.stringify(rows) !== JSON.stringify(expected)) {
      wrong(`${page.name}: the versions are shown as ${JSON.stringify(rows)}, and the server answers ${JSON.stringify(expected)}`);
    }
  });
  await step(page, "the promotions of the alias", async () => {
    const {store: {journal}} = await answer(plan.server, `v1/models/${encodeURIComponent(plan.models[0])}`);
    const section = page.locator("section[aria-label='Promotions']");
    const cells = table => section.locator("table", {has: page.locator("caption", {hasText: table})}).locator("tbody tr")
        .evaluateAll(all => all.map(row => [...row.cells].map(own => own.textContent.trim())));
    const results = (await cells("Moves of the alias")).slice(0, 3).map(row => row[2]); // before them it was sealed
    if (JSON.stringify(results) !== JSON.stringify(["✓ moved", "! moved all the same", "✗ refused"])) {
      wrong(`${page.name}: the moves are shown as ${JSON.stringify(results)}`);
    }

    const [, overridden, refused] = journal.moves;
    if (!(await section.textContent()).includes(overridden.override) || !(await section.textContent()).includes(journal.requires[0])) {
      wrong(`${page.name}: neither why a promotion was made all the same nor what guards the alias is shown`);
    }

    await section.getByRole("button", {name: refused.at}).last().click();
    const shown = [await cells("What was required"), (await cells("Evidence")).map(row => row.slice(0, 2))];
    const expected = [refused.requirements.map(own => [own.rule, own.found, own.met ? "✓ met" : "✗ not met"]), [["not readable", ""], ["later <b>kind</b>", "1,200"]]];
    if (JSON.stringify(shown) !== JSON.stringify(expected) || await section.locator("h3 .chip.bad").count() !== 1) {
      wrong(`${page.name}: a promotion is shown as ${JSON.stringify(shown)}, and the server answers ${JSON.stringify(expected)}`);
    }
  });
  await accessible(page, "a model");
  await step(page, "a challenger on callers' rows is what the server answers", async () => {
    const late = plan.models.find(name => name.startsWith("parcel-late"));
    await answer(plan.server, "v1/models/parcel-late/score-batch", JSON.stringify([{weight: 1.5, carrier: "AA"}, {weight: -2, distance: 7}]));
    let compared;
    do {
      await page.waitForTimeout(200); // rows are compared in blocks
      compared = await answer(plan.server, "v1/models/parcel-late/shadow");
    } while (compared.data.rows < 2);
    await go(page, "#/models");
    await page.waitForSelector("section[aria-label='Models in service']");
    await go(page, `#/models/${encodeURIComponent(late)}`);
    await page.waitForSelector("section[aria-label='Challenger'] table");
    const text = await page.locator("section[aria-label='Challenger']").textContent();
    for (const own of [compared.challenger.version, compared.contract.http, `${compared.data.flips.rows} rows get another label`]) {
      if (!text.includes(own)) {
        throw new Error(`${own} is not shown`);
      }
    }

    const shown = await page.locator("section[aria-label='Challenger'] td span[title]").evaluateAll(all => all.map(own => own.title));
    for (const own of [...Object.values(compared.data.difference), ...compared.movers.map(mover => mover.challenger.score)]) {
      if (!shown.includes(String(own))) {
        throw new Error(`${own} is not shown`);
      }
    }
  });
  await accessible(page, "a model with a challenger");
  await step(page, "a run's challenger is what the server answers", async () => {
    const compared = await answer(plan.server, "v1/scores/parcels/runs/first-0000000a/comparison");
    await go(page, "#/runs/parcels/first-0000000a");
    await page.waitForSelector("section[aria-label='Challengers'] table");
    const section = page.locator("section[aria-label='Challengers']");
    const text = await section.textContent();
    for (const own of ["there is no such <b>model</b>", compared.challenger.version, `${compared.data.flips.rows} rows get another label`]) {
      if (!text.includes(own)) {
        throw new Error(`${own} is not shown`);
      }
    }

    const shown = await section.locator("td span[title]").evaluateAll(all => all.map(own => own.title));
    for (const own of [...Object.values(compared.data.difference), ...compared.movers.flatMap(mover => mover.fields.map(field => field.change))]) {
      if (!shown.includes(String(own))) {
        throw new Error(`${own} is not shown`);
      }
    }
  });
  await accessible(page, "a run with a challenger");
  await screen("service", "#/service", "section[aria-label='Health']");
  await step(page, "choose the dark colours", async () => {
    await page.locator(".theme select").selectOption("dark");
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await page.locator(".theme select").selectOption("auto");
  });
}

/** The first screen as a browser counts it, with what /v1 answers. */
async function firstScreen(server) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  session.on("Network.loadingFinished", finished => { bytes += finished.encodedDataLength; });
  await session.send("Network.enable");
  await page.goto(`${server}/ui/`);
  await page.waitForSelector(".field");
  await page.waitForLoadState("networkidle");
  steps++;
  if (bytes < 30_000 || bytes > 60_000) {
    wrong(`the first screen takes ${bytes} bytes`);
  }

  await context.close();
}

/** Rounded numbers and times are in full for those who cannot point at them, by keyboard alone. */
async function allDigits(page, server) {
  const run = (await answer(server, "v1/scores/drifting/runs")).runs[0].run;
  const choice = page.getByRole("checkbox", {name: "All digits"});
  const press = async () => {
    await choice.focus();
    await page.keyboard.press("Space");
  };
  const figures = () => page.locator("main span[title], main time").evaluateAll(all => all.map(own => [own.textContent, own.title]));
  const full = text => text.endsWith(" %") ? String(Number(`${text.slice(0, -2)}e-2`)) : text;
  const rounded = all => all.filter(([text, title]) => full(text.replace("−", "-").replace("+", "")) !== title);
  for (const [hash, section] of [["#/drift/drifting", "By night"], ["#/outcomes/drifting", "Result"], [`#/runs/drifting/${run}`, "Partitions"], [`#/models/${encodeURIComponent(plan.models.at(-1))}`, "Fields"], ["#/service", "Stored scores"]]) {
    await step(page, `all digits of ${hash}`, async () => {
      await go(page, hash);
      await page.waitForSelector(`section[aria-label='${section}']`);
      const before = rounded(await figures());
      await press();
      await page.waitForFunction(() => document.querySelector(".theme input").checked);
      await page.waitForTimeout(50);
      const after = await figures();
      if (before.length === 0 || after.length < before.length || rounded(after).length > 0) {
        wrong(`${hash}: of ${before.length} that were rounded, ${JSON.stringify(rounded(after)).slice(0, 200)} still are`);
      }

      await accessible(page, `all digits of ${hash}`);
      await press();
      await page.waitForTimeout(50);
      if (rounded(await figures()).length !== before.length) {
        wrong(`${hash}: all digits are still shown`);
      }
    });
  }

  await step(page, "the choice of all digits outlives a reload", async () => {
    await press();
    await page.reload();
    await page.waitForFunction(() => document.querySelector(".theme input")?.checked);
    await press();
  });
}

/** Names that are markup, quotes, marks of direction or very long are shown as text. */
async function hostile(page, server) {
  const contract = await answer(server, `v1/models/${encodeURIComponent(plan.hostile)}/contract`);
  await go(page, `#/try/${encodeURIComponent(plan.hostile)}`);
  await page.waitForSelector(".field");
  await step(page, "hostile names of fields are text", async () => {
    await page.waitForFunction(count => document.querySelectorAll(".field").length === count, contract.fields.length);
    const names = await page.locator(".field .name bdi").allTextContents();
    contract.fields.forEach(field => names.includes(field.name) || wrong(`the field ${field.name.slice(0, 60)} is not shown as it is`));
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector(".waterfall");
  });
  for (const category of contract.fields.find(field => field.name === "kind").categories) {
    await step(page, `the category ${category.slice(0, 30)}`, async () => {
      await page.evaluate(text => {
        const record = new URLSearchParams(location.hash.split("?")[1]);
        record.set("record", JSON.stringify({kind: text}));
        location.hash = `${location.hash.split("?")[0]}?${record}`;
      }, category);
      await page.waitForFunction(text => [...document.querySelectorAll(".waterfall th bdi")].some(own => own.textContent === text), category);
    });
  }

  for (const key of plan.hostileKeys) {
    await step(page, `the key ${key.slice(0, 30)}`, async () => {
      await go(page, `#/lookup/names?${new URLSearchParams({name: key})}`);
      await page.waitForFunction(key => [...document.querySelectorAll(".facts dd bdi")].some(own => own.textContent === key), key);
    });
  }

  await step(page, "a hostile run in a link", async () => {
    page.expectsErrors = true; // the browser logs the 404
    await go(page, `#/runs/parcels/${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await page.waitForSelector(".notice.bad");
    page.expectsErrors = false;
  });
  if (await page.locator("img[src=x]").count() > 0) {
    wrong("a name became markup");
  }
}

/** What people with fresh eyes missed: a key to begin with, results that are of what is shown, links that tell a change. */
async function walk(page) {
  const model = encodeURIComponent(plan.models[0]);
  const until = text => page.waitForFunction(text => document.querySelector("main").textContent.includes(text), text);
  const current = () => page.waitForFunction(() => document.querySelector(".result").getAttribute("aria-busy") === "false"
      && document.querySelector(".score") !== null && document.querySelector(".result .old") === null);
  const without = async text => {
    if ((await page.locator("main").textContent()).includes(text)) {
      wrong(`${page.name}: "${text}" is still shown`);
    }
  };
  await step(page, "an example of a key leads to its row", async () => {
    await go(page, "#/lookup/parcels");
    await page.locator(".example button").click();
    await page.waitForSelector("section[aria-label='Stored row']");
  });
  await step(page, "the record of a key replaces one that cannot be read", async () => {
    await go(page, `#/try/${model}`);
    await page.getByRole("button", {name: "Example"}).click();
    await page.waitForSelector(".score");
    await page.getByRole("button", {name: "JSON"}).click();
    await page.locator("textarea").fill("{\"distance\": 732,, }");
    await until("last record that could be read");
    await page.getByRole("button", {name: "By key"}).click();
    await page.locator(".inset select").selectOption("parcels");
    await page.locator(".inset .example button").click();
    await until("The record comes from");
    await current();
    await without("last record that could be read");
  });
  await step(page, "an unknown category is said to be none, beside it and in the reasons", async () => {
    await page.locator(".field", {has: page.getByText("carrier", {exact: true})}).locator("input[type=text]").fill("no such");
    await page.waitForFunction(() => document.querySelector(".field .chip.warn")?.textContent.includes("not known to the model"));
    await page.waitForFunction(() => document.querySelector(".waterfall .warned")?.textContent.includes("not known to the model"));
  });
  await step(page, "every field is tried, and Back undoes the value that was used", async () => {
    await page.getByRole("button", {name: "Example"}).click();
    await current();
    await page.getByRole("button", {name: "Try every field"}).click();
    await until("To change two");
    const before = await page.evaluate(() => document.querySelector(".result").dataset.record);
    await page.getByRole("button", {name: /^Use this value of/}).first().click();
    await page.waitForFunction(before => document.querySelector(".result").dataset.record !== before, before);
    await page.goBack();
    await page.waitForFunction(before => document.querySelector(".result").dataset.record === before, before);
  });
  await accessible(page, "every field");
  await step(page, "a link says that another version answers now, and keeps field and pin", async () => {
    await page.locator("#curve select").selectOption(plan.numberField);
    await page.getByRole("button", {name: "Pin this result"}).click();
    await page.waitForSelector("#curve svg.curve");
    await page.goBack();
    await page.waitForFunction(() => document.querySelector(".pinned") === null);
    await page.goForward();
    await page.waitForSelector(".pinned");
    const link = page.url().replace(/by=[^&]*/, "by=parcel%2F0+0123456789ab");
    await page.goto("about:blank");
    await page.goto(link);
    await until("parcel/0 0123456789ab before");
    await page.waitForSelector(".pinned");
    await page.waitForSelector("#curve svg.curve");
  });
  await step(page, "another version answers: what is pinned keeps the threshold that it had", async () => {
    const change = async (pattern, text) => page.route(pattern, async route => {
      const response = await route.fetch();
      await route.fulfill({response, body: text(await response.text())});
    });
    const ends = selector => page.locator(`${selector} .ends`).first().textContent();
    await go(page, `#/try/${model}`);
    await page.getByRole("button", {name: "Example"}).click();
    await current();
    await page.getByRole("button", {name: "Pin this result"}).click();
    const before = await ends(".pinned");
    await change("**/score-batch?*", text => text.replaceAll("parcel-reasons/1", "parcel-reasons/2"));
    await change("**/contract", text => text.replace(/"threshold": ?[\d.]+/, "\"threshold\":0.875").replaceAll("parcel-reasons/1", "parcel-reasons/2"));
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForFunction(() => document.querySelector(".pair > :not(.pinned) .ends").textContent.includes("threshold 0.875"));
    if (!before.includes("threshold") || await ends(".pinned") !== before) {
      wrong(`what is pinned shows ${await ends(".pinned")} in place of ${before}`);
    }

    const stored = {score: 0.5, label: "late", model_version: "parcel-reasons/1"};
    const now = {...stored, label: "on_time", model_version: "parcel-reasons/2"};
    await page.route("**/row/compare?*", route => route.fulfill({json: {stored, then: {...stored, model_digest: "3".repeat(64), engine: "spec", same_bits: true}, now, same_bits: true, cause: "none"}}));
    await go(page, `#/lookup/parcels?parcel_id=${plan.key}`);
    await until("parcel-reasons/2 is served now");
    await without("threshold 0.");
    await page.getByRole("button", {name: "Compare with now"}).click();
    await until("The score has not changed: the version of now gives the same bits. Its label is another one.");
    await until("✓ the same bits Scored again by the specification of parcel-reasons/1 (digest 333333333333): 0.5 0x3f000000.");
    await page.unrouteAll();
    await page.reload();
    await page.waitForSelector("section[aria-label='Stored row'] .ends");
  });
  await step(page, "of a time, the nearest that changes the label is shown", async () => {
    const late = encodeURIComponent(plan.models.find(name => name.startsWith("parcel-late@")));
    const hours = {"00:00:00": 1, "07:30:00": 0.75, "10:00:00": 0.875};
    await page.route("**/sweep", async route => {
      const response = await route.fetch();
      const answer = await response.json();
      if (/T\d\d:/.test(answer.own?.value)) {
        const at = (value, score) => ({...answer.own, value, score, label: score > 0.5 ? "late" : "on_time"});
        const day = answer.own.value.slice(0, 10);
        answer.points = answer.points.map(point => at(point.value, hours[point.value.slice(11)] ?? 0.125));
        answer.own = at(`${day}T08:30:00`, 0.125);
      }

      await route.fulfill({response, json: answer});
    });
    await go(page, `#/try/${late}`);
    await page.getByRole("button", {name: "Example"}).click();
    await current();
    await page.getByRole("button", {name: "Try every field"}).click();
    await until("To change two");
    const cells = await page.locator("#curve tbody tr", {hasText: "departure"}).locator("td").allTextContents();
    if (!cells[1]?.includes("T07:30:00")) {
      wrong(`the nearest time is shown as ${cells}`);
    }

    await page.unrouteAll();
  });
  await step(page, "the theme outlives a reload, and nothing else is kept", async () => {
    await page.locator(".theme select").selectOption("dark");
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    const kept = await page.evaluate(() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}]));
    if (kept !== "[\"\",{},{\"theme\":\"dark\"}]") {
      wrong(`the browser keeps ${kept}`);
    }

    await page.waitForSelector(".theme select");
    await page.locator(".theme select").selectOption("auto");
  });
  await step(page, "an address that leads nowhere says so", async () => {
    await go(page, "#/zzz");
    await until("names the screen zzz");
  });
}

/** A held night: from Runs to the field, with the numbers that the server answers. */
async function drifting(page, server) {
  const text = selector => page.locator(selector).first().textContent();
  const has = (name, text) => page.waitForFunction(([name, text]) => document.querySelector(`section[aria-label='${name}']`)?.textContent.includes(text), [name, text]);
  const night = "day=2026-11-24";
  const ask = query => answer(server, `v1/scores/drifting/drift?${new URLSearchParams(query)}`);
  await step(page, "the list of runs says which rules hold a partition", async () => {
    const {runs} = await answer(server, "v1/scores/drifting/runs");
    const expected = runs.filter(own => own.held.length).map(({held, held_by: gates}) => `${held[0]} is held back, because ${
      gates.map(({gate}) => gate).join(", ").replace(/, ([^,]*)$/, " and $1")} fired.`);
    await go(page, "#/runs/drifting");
    await page.waitForSelector(".held");
    const shown = await page.locator(".held").allTextContents();
    checks++;
    if (expected.length === 0 || JSON.stringify(shown) !== JSON.stringify(expected)) { // of rules without a comma
      wrong(`held runs are shown as ${JSON.stringify(shown)} in place of ${JSON.stringify(expected)}`);
    }
  });
  await step(page, "from the run that holds a night to the field", async () => {
    await go(page, "#/runs/drifting");
    await page.waitForFunction(() => document.querySelector("tbody tr")?.textContent.includes("day=2026-11-24 is held back"));
    await page.locator("tbody a").first().click();
    await has("What it did", "day=2026-11-24 is held back");
    await has("What it did", "100 % of carrier is missing, limit 40 % by reference.");
    await page.locator("section[aria-label='Partitions'] a", {hasText: "1 rule fired"}).or(page.locator("section[aria-label='Partitions'] a", {hasText: "2 rules fired"})).first().click();
    await has("Rules", "held back");
    await has("Field", "Field carrier");
  });
  await step(page, "rules are sentences", async () => {
    const rules = await page.locator("section[aria-label='Rules'] li").allTextContents();
    const expected = ["✗ fired 100 % of carrier is missing, limit 40 % by reference. any.missing > reference + 0.20",
      "! warned PSI of carrier is 9.5, limit 0.25 by reference. warn: any.psi > 0.1",
      "– not compared there is no partition before. rows < 0.5 * weekday|previous",
      "✓ passed Nearest to its limit: PSI of score is 0.01, limit 0.25 by reference. score.psi > 0.25"];
    if (JSON.stringify(rules.map(own => own.replace(/\s+/g, " ").trim())) !== JSON.stringify(expected)) {
      wrong(`the rules are shown as ${JSON.stringify(rules)}`);
    }
  });
  for (const against of ["reference", "previous"]) {
    await step(page, `what is shown against ${against} is what the server answers`, async () => {
      await go(page, `#/drift/drifting/${encodeURIComponent(night)}?${new URLSearchParams({against, field: "carrier"})}`);
      await page.waitForFunction(against => document.querySelector(".inline label:nth-of-type(2) select")?.value === against, against);
      await page.waitForTimeout(300);
      const {comparison} = await ask({partition: night, against, field: "carrier"});
      const all = await ask({partition: night});
      const detail = all.detail.baselines.find(own => own.baseline === against);
      const impacts = await page.locator("section[aria-label='Fields'] [data-impact]").evaluateAll(all => all.map(own => Number(own.dataset.impact)));
      const expected = detail.fields.map(own => own.impact).sort((a, b) => Math.abs(b) - Math.abs(a));
      checks++;
      if (expected.length < 4 || JSON.stringify(impacts) !== JSON.stringify(expected)) {
        wrong(`impacts are shown as ${impacts}, and the server answers ${expected}`);
      }

      const mean = Number(await page.locator("[data-mean]").getAttribute("data-mean"));
      const psi = Number(await page.locator("[data-psi]").getAttribute("data-psi"));
      if (mean !== all.detail.profile.outputs[0].mean || psi !== detail.outputs[0].psi) {
        wrong(`the score is shown with ${mean} and ${psi}`);
      }

      const feature = all.detail.profile.features.find(own => own.feature === "carrier");
      const rows = await page.locator("section[aria-label='Field'] tbody tr").evaluateAll(all => all.map(row => [row.cells[0].textContent.trim(), ...[3, 4].map(at => Number(row.cells[at].textContent.replaceAll(",", "")))]));
      const counts = [...feature.values, "all others", "missing"].map((name, at) => [name, feature.counts[at], comparison.field.counts[0].baseline_counts[at]]).filter(([name, now, then]) => name !== "all others" || now || then);
      if (JSON.stringify([...rows].sort()) !== JSON.stringify([...counts].sort())) {
        wrong(`the bins are shown as ${JSON.stringify(rows)}, and the server answers ${JSON.stringify(counts)}`);
      }
    });
  }

  await step(page, "the series has the nights that the server answers", async () => {
    const {nights} = await ask({nights: 60, against: "previous", field: "carrier"});
    const figure = page.locator("section[aria-label='By night'] figure", {hasText: "Missing values of"});
    const button = figure.getByRole("button", {name: "Show as table"});
    if (await button.getAttribute("aria-pressed") === "false") {
      await button.click();
    }

    const cells = await figure.locator("tbody tr").evaluateAll(all => all.map(row => [row.cells[0].textContent, row.cells[1].querySelector("span").title, row.cells[2].textContent]));
    const expected = [...nights].reverse().map(own => [own.partition, String(own.field.now.missing), own.published ? "published" : "not published"]);
    if (cells.length !== 4 || JSON.stringify(cells) !== JSON.stringify(expected)) {
      wrong(`the series is shown as ${JSON.stringify(cells)}, and the server answers ${JSON.stringify(expected)}`);
    }
  });
  await step(page, "another field by keyboard alone", async () => {
    await page.locator("section[aria-label='Fields'] select").focus();
    for (let presses = 0; presses < 20 && await page.evaluate(() => document.activeElement.textContent) !== "weight"; presses++) {
      await page.keyboard.press("Tab");
    }

    await page.keyboard.press("Enter");
    await has("Field", "Field weight");
    await page.waitForFunction(() => document.activeElement?.id === "field");
  });
  await step(page, "fields in another order, and only some", async () => {
    await page.locator("section[aria-label='Fields'] select").selectOption("missing");
    await page.waitForFunction(() => document.querySelector("section[aria-label='Fields'] tbody button").textContent === "carrier");
  });
  await step(page, "callers against the reference and against stored rows", async () => {
    await answer(server, "v1/models/parcel-late/score-batch", JSON.stringify([{weight: 1.5, carrier: "AA"}, {weight: "x"}]));
    await go(page, "#/models");
    await page.locator("section[aria-label='Models in service'] a", {hasText: "parcel-late"}).first().click();
    await page.locator("a", {hasText: "Drift of its callers"}).click();
    await page.waitForFunction(() => document.querySelector("h1").textContent.includes("Callers of"));
    for (let tries = 0; tries < 20 && await page.locator("section[aria-label='Fields']").count() === 0; tries++) {
      await page.waitForTimeout(500); // rows are collected each second
      await page.getByRole("button", {name: "Look again"}).click();
    }

    await has("Fields", "Fields by impact");
    await accessible(page, "callers");
    page.expectsErrors = true; // the browser logs the 400
    await page.locator(".inline label", {hasText: "Compared with"}).locator("select").selectOption("stored:drifting");
    await page.waitForSelector(".notice.bad");
    page.expectsErrors = false;
  });
  if (!(await text("h1")).startsWith("Callers")) {
    wrong("the screen has gone");
  }
}

/** Nights with hostile names, of 3,000 fields and two outputs, that nobody may read, without rows, and alone. */
async function strange(page, server) {
  const {partitions} = await answer(server, "v1/scores/strange/drift");
  for (const {partition} of partitions) {
    await step(page, `the night ${partition.slice(0, 40)}`, async () => {
      await go(page, `#/drift/strange/${encodeURIComponent(partition)}`);
      await page.waitForFunction(name => document.querySelector("section[aria-label='Rules'] h2")?.textContent === name, partition);
      await page.waitForSelector("section[aria-label='By night']");
    });
    await accessible(page, `the night ${partition.slice(0, 40)}`);
  }

  const until = text => page.waitForFunction(text => document.querySelector("main").textContent.includes(text), text);
  await step(page, "hostile names of fields and categories, and one of 3,000 fields", async () => {
    await go(page, `#/drift/strange/${encodeURIComponent(`p=${plan.hostileKeys[0].replaceAll("/", "%2F")}`)}?${new URLSearchParams({field: plan.hostileKeys[1]})}`);
    await page.waitForFunction(name => document.querySelector("#field h2 bdi")?.textContent === name, plan.hostileKeys[1]);
    const shown = await page.locator("#field tbody td:first-child bdi").allTextContents();
    if (!plan.hostileKeys.slice(0, 3).every(name => shown.includes(name))) {
      wrong(`categories are shown as ${shown}`);
    }

    await until("2,950 more fields are not listed");
    await page.getByRole("searchbox").fill("FIELD 2999");
    await page.waitForFunction(() => document.querySelectorAll("section[aria-label='Fields'] tbody tr").length === 1);
    await page.locator("section[aria-label='Fields'] tbody button").click();
    await page.waitForFunction(() => document.querySelector("#field h2 bdi")?.textContent === "field 2999");
    await page.locator("section[aria-label='Scores'] select").selectOption(`score_${plan.hostileKeys[1]}`);
  });
  await step(page, "what nobody may read has measures only", async () => {
    await go(page, `#/drift/strange/${encodeURIComponent("p=secret")}`);
    await until("The output is encrypted");
  });
  await step(page, "what is compared with nothing says so", async () => {
    await go(page, `#/drift/strange/${encodeURIComponent("p=alone")}`);
    await until("There is nothing to compare these rows with");
  });
  await step(page, "an output without comparisons says so", async () => {
    await go(page, "#/drift/names");
    await until("No run of this output has compared its rows");
  });
  if (await page.locator("img[src=x]").count() > 0) {
    wrong("a name of the drift became markup");
  }
}

/** How good scores were: from Runs to a segment, with the numbers that the server answers. */
async function outcomes(page, server) {
  const until = text => page.waitForFunction(text => document.querySelector("main").textContent.includes(text), text);
  const {report, as_ofs: days} = await answer(server, "v1/scores/drifting/outcomes");
  const same = (what, shows, expected) => {
    checks++;
    if (JSON.stringify(shows) !== JSON.stringify(expected)) {
      wrong(`${what} is shown as ${JSON.stringify(shows).slice(0, 500)}, and the server answers ${JSON.stringify(expected).slice(0, 500)}`);
    }
  };
  const cells = selector => page.locator(`${selector} tbody tr`).evaluateAll(rows => rows.map(row => [...row.cells].map(own =>
      ({text: own.textContent.trim(), title: own.querySelector("span[title]")?.title ?? ""}))));
  const measuresOf = () => page.locator("[data-measure]").evaluateAll(all => all.map(own => [own.dataset.measure, Number(own.dataset.value)]));
  const expectedOf = (slice, shows) => shows.map(([name]) => [name, slice.measures[name]]);
  const total = report.slices.find(own => own.slice === "total");
  const partitions = report.slices.filter(own => own.slice === "partition");
  const bounds = (own, name) => (own.measures[`${name}_interval`] ?? []).map(String);
  await step(page, "from the runs to the outcomes", async () => {
    await go(page, "#/runs/drifting");
    await page.locator(".head a", {hasText: "Outcomes"}).click();
    await page.waitForSelector("section[aria-label='Result']");
    same("the days", await page.locator(".inline select option").evaluateAll(all => all.map(own => own.value)), days);
    same("the warnings", await page.locator(".notice.warn li").allTextContents(), report.warnings);
    await until("✗ not met");
    const [furthest] = partitions.filter(own => own.mature).sort((a, b) => Math.abs(b.measures.rate_z) - Math.abs(a.measures.rate_z));
    same("the partition that is furthest off", await page.locator("section[aria-label='Result'] p button").allTextContents(), Math.abs(furthest.measures.rate_z) < 3 ? [] : [furthest.name]);
    const measures = await measuresOf();
    same("the number of measures", measures.length, 14);
    same("the measures of the total", measures, expectedOf(total, measures));
  });
  await step(page, "series have the partitions that the server answers", async () => {
    for (const [title, names] of [["AUC, with", ["auc"]], ["Rate, and", ["rate", "mean_score"]]]) {
      const figure = page.locator("section[aria-label='By partition'] figure", {hasText: title});
      const button = figure.getByRole("button", {name: "Show as table"});
      if (await button.getAttribute("aria-pressed") === "false") {
        await button.click();
      }

      const rows = await figure.locator("tbody tr").evaluateAll(all => all.map(row => [...row.cells].map(own => own.querySelector("span[title]")?.title ?? own.textContent)));
      same(`the series ${title}`, rows, partitions.map(own => [own.name, own.mature ? "mature" : "immature", ...names.map(name => String(own.measures[name])), ...bounds(own, names[0])]));
      await button.click();
      await figure.locator("canvas").waitFor();
    }

    same("partitions that are immature", await page.locator("section[aria-label='By partition'] .chip.warn").count(), partitions.filter(own => !own.mature).length);
  });
  await step(page, "reliability, gain, confusion and coverage are what the server answers", async () => {
    const button = page.locator("section[aria-label='Reliability']").getByRole("button", {name: "Show as table"});
    if (await button.getAttribute("aria-pressed") === "false") {
      await button.click();
    }

    same("the groups", (await cells("section[aria-label='Reliability']")).map(row => [row[1].text, ...row.slice(2).map(own => own.title)]),
        total.measures.groups.map(own => [String(own.n), String(own.mean_score), String(own.outcome), ...own.outcome_interval.map(String)]));
    same("the gain", (await cells("section[aria-label='Gain']")).map(row => [row[1].title, row[2].title]), [1, 5, 10, 20].map(own => [`gain_${own}`, `lift_${own}`].map(name => String(total.measures[name]))));
    const {confusion} = total.measures;
    same("the confusion", (await cells("section[aria-label='Confusion']")).map(row => [row[1], row[2]].map(own => Number(own.text.split(" ")[0].replaceAll(",", "")))),
        [[confusion.true_positives, confusion.false_positives], [confusion.false_negatives, confusion.true_negatives]]);
    same("the coverage", (await cells("section[aria-label='Coverage']")).map(row => row[1].title), total.coverage.map(String));
    await button.click();
  });
  await step(page, "another model has the measures and intervals that the server answers", async () => {
    const {comparison: {models, published, challenger, difference}} = report;
    same("the other model", await page.locator("section[aria-label='Challenger'] h2 bdi").textContent(), models.map(model => model.version).join(", "));
    same("the measures with an interval", (await cells("section[aria-label='Challenger']")).map(row => row[0].text), ["auc", "brier", "log_loss"]);
    await page.locator("section[aria-label='Challenger'] button", {hasText: "Show all"}).click();
    const rows = await cells("section[aria-label='Challenger']");
    same("the number of measures", rows.length, 18);
    same("the measures of both models", rows.map(row => row.slice(2, 5).map(own => own.title)), rows.map(row => [published, challenger, difference].map(own => String(own[row[0].text]))));
    same("the intervals", await page.locator("section[aria-label='Challenger'] span.range").evaluateAll(all => all.map(own => [...own.querySelectorAll("span[title]")].map(end => end.title))),
        rows.slice(0, 3).map(row => difference[`${row[0].text}_interval`].map(String)));
    same("the verdicts", rows.slice(0, 3).map(row => row[1].text), ["✓ better", "✓ better", "✓ better"]);
  });
  await step(page, "a segment with a hostile name by keyboard alone", async () => {
    const name = `carrier=${plan.hostileKeys[1]}`;
    await page.locator("section[aria-label='Versions and segments'] tbody button", {hasText: name}).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(name => document.querySelector("#result h2").textContent === name && document.activeElement?.id === "result", name);
    const measures = await measuresOf();
    same("the measures of the segment", measures, expectedOf(report.slices.find(own => own.name === name), measures));
    await page.reload();
    await page.waitForFunction(name => document.querySelector("#result h2")?.textContent === name, name);
    await page.locator("#result button", {hasText: "All mature partitions"}).click();
    await page.waitForFunction(() => document.querySelector("#result h2").textContent === "All mature partitions");
  });
  await step(page, "another day, one without a label, and one that cannot be read", async () => {
    await page.locator(".inline select").selectOption("2026-12-20");
    await page.waitForFunction(() => document.querySelectorAll("section[aria-label='By partition'] > .scroll tbody tr").length === 3);
    await page.locator(".inline select").selectOption("2026-11-25");
    await until("No row has a label that counts");
    await accessible(page, "outcomes without a label");
    page.expectsErrors = true; // the browser logs the 503
    await page.locator(".inline select").selectOption("2026-12-10");
    await until("The outcomes cannot be read now");
    page.expectsErrors = false;
    await page.locator("a", {hasText: "The newest report"}).click();
    await page.waitForSelector("section[aria-label='Result']");
  });
  await step(page, "outcomes of classes, and of lists", async () => {
    await go(page, "#/outcomes/drifting/2026-12-18");
    await page.waitForSelector("section[aria-label='Classes']");
    const {measures} = (await answer(server, "v1/scores/drifting/outcomes?as_of=2026-12-18")).report.slices[0];
    const tables = page.locator("section[aria-label='Classes'] table");
    const texts = at => tables.nth(at).locator("tbody tr").evaluateAll(rows => rows.map(row => [...row.cells].map(own => own.querySelector("span[title]")?.title ?? own.textContent.trim())));
    same("the classes", await texts(0), Object.entries(measures.classes).map(([name, own]) => [name, own.n, own.precision ?? "", own.recall, own.auc].map(String)));
    same("the wrong labels", (await texts(1)).map(row => row.slice(0, 2)).sort(), Object.entries(measures.mistakes).flatMap(([label, came]) => Object.keys(came).map(outcome => [label, outcome])).sort());
    same("the measures of classes", (await measuresOf()).map(([name, own]) => own), ["accuracy", "log_loss", "auc"].map(name => measures[name]));
    await accessible(page, "outcomes of classes");
    await go(page, "#/outcomes/drifting/2026-12-17");
    await until("NDCG of the first 10 places");
    const lists = await measuresOf();
    same("the measures of lists", lists, expectedOf((await answer(server, "v1/scores/drifting/outcomes?as_of=2026-12-17")).report.slices[0], lists));
    await accessible(page, "outcomes of lists");
  });
  await step(page, "outcomes of values, without a day, of partitions with hostile names", async () => {
    await go(page, "#/outcomes/strange");
    await page.waitForFunction(() => document.querySelector("h1").textContent.includes("strange") && document.querySelector("#result") !== null);
    const values = (await answer(server, "v1/scores/strange/outcomes")).report.slices;
    const measures = await measuresOf();
    same("the measures of values", measures, expectedOf(values[0], measures));
    same("names of partitions", await page.locator("section[aria-label='By partition'] > .scroll tbody button").allTextContents(), values.filter(own => own.slice === "partition").map(own => own.name));
    await accessible(page, "outcomes of values");
  });
  await step(page, "an output without outcomes says which command makes them", async () => {
    await go(page, "#/outcomes/names");
    await until("scripts/outcomes --output OUTPUT --keys name --labels");
    await accessible(page, "no outcomes");
    await go(page, "#/outcomes/parcels");
    await until("The newest report cannot be read");
    await accessible(page, "an unreadable report");
  });
  if (await page.locator("img[src=x]").count() > 0) {
    wrong("a name of the outcomes became markup");
  }
}

async function randomRecords(page, server) {
  const random = seeded(plan.seed);
  const contracts = new Map();
  for (let index = 0; index < plan.records; index++) {
    const name = plan.randomModels[index % plan.randomModels.length];
    const path = `v1/models/${encodeURIComponent(name)}`;
    if (!contracts.has(name)) {
      contracts.set(name, await answer(server, `${path}/contract`));
    }

    const contract = contracts.get(name);
    const record = JSON.stringify(randomRecord(contract, random));
    const own = await answer(server, `${path}/score?${reasonsOf(contract)}`, record);
    await go(page, `#/try/${encodeURIComponent(name)}?${new URLSearchParams({record})}`);
    await page.waitForFunction(record => {
      const shown = document.querySelector(".result");
      return shown?.getAttribute("aria-busy") === "false" && shown.dataset.record !== undefined
          && JSON.stringify(JSON.parse(shown.dataset.record)) === JSON.stringify(JSON.parse(record));
    }, record);
    if (own.status === 200) {
      compare(page, `random record ${index} of ${name}, seed ${plan.seed}`, own, await shown(page));
    } else if (await page.locator("#faults").count() === 0) {
      wrong(`random record ${index} of ${name} is answered with ${own.status}, and the page shows no fault`);
    }
  }
}

async function withToken(server) {
  const page = await open(server, {expectsErrors: true}); // the browser logs each 401
  await step(page, "the page asks for a token", () => page.waitForSelector("input[type=password]"));
  await accessible(page, "token");
  await step(page, "a wrong token is refused", async () => {
    await page.fill("input[type=password]", "wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".notice.bad");
  });
  await step(page, "the right token opens the page", async () => {
    await page.fill("input[type=password]", plan.token);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".field");
  });
  const kept = await page.evaluate(() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}]));
  if (kept !== "[\"\",{},{}]") {
    wrong(`something is kept by the browser: ${kept}`);
  }
}

async function withoutScores(server) {
  const page = await open(server);
  await step(page, "without stored scores a record is scored", async () => {
    await page.waitForSelector(".field");
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector(".score");
  });
  for (const [hash, text] of [["#/lookup", "no stored scores"], ["#/runs", "no stored scores"], ["#/drift", "no stored scores"], ["#/outcomes", "no stored scores"]]) {
    await step(page, `${hash} says that there are none`, async () => {
      await go(page, hash);
      await page.waitForFunction(text => document.querySelector(".empty")?.textContent.includes(text), text);
    });
    await accessible(page, `${hash} without stored scores`);
  }

  await step(page, "offline: nothing is lost", async () => {
    await go(page, `#/try/${encodeURIComponent(plan.models[0])}`);
    await page.waitForSelector(".field");
    page.expectsErrors = true;
    await page.context().setOffline(true);
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForFunction(() => document.querySelector(".notice.bad")?.textContent.includes("does not answer"));
    await page.context().setOffline(false);
    page.expectsErrors = false;
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector(".score");
  });
}

const [chosen, other] = plan.seed % 2 === 0 ? ["light", "dark"] : ["dark", "light"];
for (const theme of plan.all ? [chosen, other] : [chosen]) {
  const page = await open(plan.server, {theme});
  await everyScreen(page);
  await everyModel(page, plan.server);
  await page.context().close();
}

await firstScreen(plan.serverWithoutScores);
const narrow = await open(plan.server, {theme: other, width: 420, height: 450}); // as a window of 840 and 900 at 200 % is
await everyScreen(narrow);
await step(narrow, "nothing is wider than a narrow window", async () => {
  const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
  if (width > 420) {
    wrong(`the page is ${width} wide in a window of 420`);
  }
});
await narrow.context().close();
const page = await open(plan.server);
await lateAnswers(page);
await lookups(page);
await manyFields(page);
await walk(page);
await keyboard(page);
await hostile(page, plan.server);
await allDigits(page, plan.server);
await drifting(page, plan.server);
await strange(page, plan.server);
await outcomes(page, plan.server);
await randomRecords(page, plan.server);
await withToken(plan.serverWithToken);
await withoutScores(plan.serverWithoutScores);
await browser.close();
console.log(`${steps} steps, ${checks} checks by axe, ${plan.records} random records (seed ${plan.seed}), ${found.length} wrong`);
process.exit(found.length === 0 ? 0 : 1);
