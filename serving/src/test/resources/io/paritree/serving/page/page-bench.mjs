// Measures the page in a browser, for scripts/bench page: reads requests, each a line of JSON, and answers each by a line.
// node page-bench.mjs CHROMIUM
import {createInterface} from "node:readline";
import {chromium} from "playwright-core";

const SCREENS = ["try", "lookup", "runs", "models", "service"];
const browser = await chromium.launch({executablePath: process.argv[2], args: ["--no-sandbox", "--disable-dev-shm-usage"]});
let opened = []; // contexts
let refreshes = 0;

/** A page of somebody who has not been there: nothing is cached, no connection is open. */
async function fresh() {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}});
  context.setDefaultTimeout(60_000);
  await context.addInitScript(() => {
    /** The time when what has changed is on the screen. */
    globalThis.painted = () => new Promise(resolve => requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    }));
    globalThis.usable = new Promise(resolve => {
      const watch = new MutationObserver(() => {
        if (document.querySelector("form button[type=submit]:enabled")?.textContent === "Score") {
          watch.disconnect();
          globalThis.painted().then(resolve);
        }
      });
      watch.observe(document, {childList: true, subtree: true});
    });
  });
  return {context, page: await context.newPage()};
}

const ways = {
  /** The milliseconds from the navigation until a record can be scored. */
  async usable({url}) {
    const {context, page} = await fresh();
    await page.goto(url, {waitUntil: "commit"});
    const ms = await page.evaluate(() => globalThis.usable);
    await context.close();
    return {ms};
  },

  /** The requests of the first screen, the bytes of their answers on the wire, and those without heads. */
  async weight({url}) {
    const {context, page} = await fresh();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    const found = {requests: 0, bytes: 0, bodies: 0};
    session.on("Network.dataReceived", e => { found.bodies += e.encodedDataLength; });
    session.on("Network.loadingFinished", e => {
      found.bytes += e.encodedDataLength;
      found.requests++;
    });
    await page.goto(url, {waitUntil: "networkidle"});
    await page.evaluate(() => globalThis.usable);
    await context.close();
    return found;
  },

  /** For each of some changes, the milliseconds from the slider's event until the new waterfall is on the screen. */
  async slide({url, changes}) {
    const {context, page} = await fresh();
    await page.goto(url);
    await page.getByRole("button", {name: "Score", exact: true}).click();
    await page.waitForSelector(".result[aria-busy=false] .waterfall");
    const ms = await page.locator("input.slider").first().evaluate(async (slider, changes) => {
      const result = document.querySelector(".result");
      const all = [];
      for (let change = 1; change <= changes; change++) {
        const drawn = new Promise(resolve => {
          const watch = new MutationObserver(() => {
            watch.disconnect();
            resolve(globalThis.painted());
          });
          watch.observe(result, {attributeFilter: ["data-record"]}); // the record of the shown waterfall
        });
        const [from, to] = [Number(slider.min), Number(slider.max)];
        slider.value = String(from + (to - from) * (change * 0.382 % 1));
        const begin = performance.now();
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        all.push(await drawn - begin);
      }

      return all;
    }, changes);
    await context.close();
    return {ms};
  },

  /** Opens pages of different people, spread over all screens. */
  async open({url, pages}) {
    for (let number = 0; number < pages; number++) {
      const {context, page} = await fresh();
      opened.push(context);
      page.on("request", request => { refreshes += request.url().endsWith("/v1/service") ? 1 : 0; });
      const screen = SCREENS[number % SCREENS.length];
      await page.goto(`${url}#/${screen}`);
      await page.waitForSelector("h1");
      if (screen === "try") {
        await page.getByRole("button", {name: "Score", exact: true}).click();
        await page.waitForSelector(".waterfall");
      }

      if (await page.evaluate(() => document.visibilityState) !== "visible") {
        throw new Error(`the screen ${screen} is hidden, so that it does not refresh`);
      }
    }

    refreshes = 0;
    return {};
  },

  /** Closes them; returns how often screens have asked for the state of the server since all were open. */
  async close() {
    await Promise.all(opened.map(context => context.close()));
    opened = [];
    return {refreshes};
  },
};

for await (const line of createInterface({input: process.stdin})) {
  const {way, ...given} = JSON.parse(line);
  console.log(JSON.stringify(await ways[way](given)));
}

await browser.close();
