// Takes the pictures of docs/page.md and docs/proof.md from a running demo: see scripts/pictures.
import {chromium} from "playwright-core";

const [, , server, place, clone] = process.argv;
const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox"]});

/** @param part the part of the page that is taken; the window without it */
async function picture(name, hash, height, prepare, part) {
  const context = await browser.newContext({viewport: {width: 1180, height}, colorScheme: "light", reducedMotion: "reduce"});
  const page = await context.newPage();
  await page.goto(`${server}/ui/${hash}`);
  await prepare(page);
  await page.waitForTimeout(500); // the focus has moved to what was opened
  await page.evaluate(clone => {
    scrollTo(0, 0);
    document.activeElement.blur();
    document.querySelectorAll("dd bdi").forEach(text => { text.textContent = text.textContent.replace(clone, ""); });
  }, clone);
  await (part ? page.locator(part) : page).screenshot({path: `${place}/${name}.png`});
  await context.close();
}

const record = JSON.stringify({distance: 733, origin: "ORD", destination: "LGA", date: "2001-06-29T17:55:00"});
await picture("try", `#/try/flight-delay@champion?${new URLSearchParams({record})}`, 1270, async page => {
  await page.waitForSelector(".waterfall");
  await page.locator("#curve select").selectOption("distance");
  await page.waitForSelector("#curve svg.curve");
});
await picture("run", "#/runs/flights", 990, async page => {
  await page.locator("tbody a").first().click();
  await page.waitForSelector("section[aria-label='Scores']");
});
await picture("drift", "#/drift/flights", 1240, page => page.waitForSelector("section[aria-label='By night'] canvas"));
await picture("prove", "#/lookup/flights?flight_id=20010629-17470", 1240, async page => {
  await page.getByRole("button", {name: "Score the row again"}).click();
  await page.waitForSelector("section[aria-label='Prove this score'] .chip.good");
}, "section[aria-label='Prove this score']");
await browser.close();
