// How soon a meeting is there on a link of 1.6 Mbit/s and 150 ms: the agenda, and page 1 of a report of 50 MB and 300 pages.
// Each time another browser that has nothing yet; and once more by way of the sign-in page, as people come.
import { launch, Person, TABLET } from "./lib/browser.mjs";
import { Demo, PASSWORD } from "./lib/demo.mjs";
import { figure } from "./lib/figures.mjs";
import { attached, issued, report } from "./lib/material.mjs";

const RUNS = Number(process.env.RUNS ?? 3);
const SLOW = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 1_600_000 / 8 };
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Notes when what is looked for is first painted, in milliseconds from the navigation.
function watch() {
  const seen = (window.seen = {});
  const look = () => {
    if (!seen.agenda && document.fonts && document.querySelector("[data-test=agenda-item]")?.checkVisibility()) seen.agenda = performance.now();
    if (!seen.page && document.querySelector("ky-pdf")?.shadowRoot?.querySelector('.page[data-page="1"][data-drawn]')) seen.page = performance.now();
    if (!seen.awake && document.documentElement.dataset.ready === "true") seen.awake = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function slow(person) {
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", SLOW);
}

async function seen(person) {
  await person.page.waitForFunction(() => window.seen?.agenda && window.seen.page && window.seen.awake, null, { timeout: 60_000 });
  return person.page.evaluate(() => window.seen);
}

const demo = await Demo.start();
const browser = await launch();
try {
  const url = demo.url(0);
  const pdf = await report(300, 167_000);
  const megabytes = (pdf.length / 1e6).toFixed(1);
  const meeting = await attached(browser, url, await issued(browser, url, pdf, "Báo cáo có hình ảnh"));
  const [cold, signedIn] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    const person = await Person.enter(browser, url, null, TABLET);
    // Signed in without a page, so that nothing of ours is in the browser.
    await person.context.request.post(`${url}/login`, { form: { username: "daibieu", password: PASSWORD }, headers: { origin: url } });
    await person.page.addInitScript(watch);
    await slow(person);
    await person.page.goto(`${url}/meetings/${meeting}`, { waitUntil: "commit", timeout: 60_000 });
    cold.push(await seen(person));
    if (process.env.DETAILS) {
      const resources = await person.page.evaluate(() => performance.getEntriesByType("resource").map((r) => [r.name.split("/").pop().slice(0, 40), Math.round(r.startTime), Math.round(r.responseEnd), r.transferSize]));
      for (const r of resources.slice(0, 40)) console.log(...r);
    }
    await person.context.close();

    const other = await Person.enter(browser, url, null, TABLET);
    await slow(other);
    await other.page.goto(`${url}/login?next=/meetings/${meeting}`, { waitUntil: "commit", timeout: 60_000 });
    await other.page.waitForLoadState("networkidle", { timeout: 60_000 });
    await other.page.addInitScript(watch);
    await other.page.fill("#username", "daibieu");
    await other.page.fill("#password", PASSWORD);
    await other.page.click("form[action='/login'] button[type=submit]");
    await other.page.waitForURL(/meetings/, { timeout: 60_000, waitUntil: "commit" });
    signedIn.push(await seen(other));
    await other.context.close();
  }
  const of = (runs, what) => Math.round(median(runs.map((run) => run[what])));
  console.log(JSON.stringify({ cold, signedIn }));
  const link = `1.6 Mbit/s and 150 ms (Chromium's throttling), a report of 300 pages and ${megabytes} MB, median of ${RUNS}`;
  figure("reader_agenda", of(cold, "agenda"), "ms", `from the address to the agenda, a browser that has nothing yet; ${link}`);
  figure("reader_page", of(cold, "page"), "ms", `from the address to page 1 (text, fonts embedded; all others have a photograph), the same`);
  figure("reader_awake", of(cold, "awake"), "ms", `from the address until every button works, the same`);
  figure("reader_page_signed_in", of(signedIn, "page"), "ms", `from the tap on "sign in" to page 1, where the sign-in page was open until it had loaded everything; the same link and report`);
} finally {
  await browser.close();
  await demo.stop();
}
