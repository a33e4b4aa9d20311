// The program comes in parts, over links that break: what cannot be fetched is said, and what was fetched needs no link.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";

let demo;
let browser;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const warning = (person) => person.page.locator(".note-warn").filter({ visible: true });

test("a page fetches its own part and not the others' first", async () => {
  const person = await Person.enter(browser, demo.url(0), null, TABLET);
  const asked = [];
  person.page.on("request", (request) => asked.push(new URL(request.url()).pathname.split("/").pop()));
  await person.go("/verify");
  const parts = asked.filter((name) => name.startsWith("split_"));
  assert.equal(parts[0], "split_verify.wasm", `${parts}`);
  const other = parts.findIndex((name) => name !== "split_verify.wasm");
  assert.ok(other < 0 || asked.indexOf(parts[other]) > asked.indexOf("kyhop_bg.wasm"), `${asked}`);
  await person.context.close();
});

test("where the program cannot be fetched the page says so, can be read, and is woken by the button", async () => {
  const person = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, serviceWorkers: "block" });
  person.linkMayBreak = true;
  await person.page.route("**/kyhop_bg.wasm", (route) => route.abort());
  await person.page.goto(`${person.url}/meetings`);
  await warning(person).waitFor();
  assert.ok(await person.page.locator("main a[href^='/meetings/']").first().isVisible(), "the list cannot be read");
  await person.page.unroute("**/kyhop_bg.wasm");
  await warning(person).locator("a").tap();
  await person.page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  assert.equal(await warning(person).count(), 0);
  await person.context.close();
});

test("a part that cannot be fetched on the way to its page is said there; the button brings it", async () => {
  const person = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, serviceWorkers: "block" });
  person.linkMayBreak = true;
  // Nothing is fetched ahead, as if the link had broken before.
  await person.page.route(/split_(?!office)\w+\.wasm/, (route) => route.abort());
  await person.go("/");
  await person.page.locator("nav a[href='/meetings']").first().tap();
  await warning(person).waitFor();
  await person.page.unroute(/split_(?!office)\w+\.wasm/);
  await warning(person).locator("a").tap();
  await person.page.locator("main a[href^='/meetings/']").first().waitFor();
  await person.context.close();
});

test("once all parts are there, a page opens without any of them being asked for again", async () => {
  const person = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, serviceWorkers: "block" });
  const loaded = new Set();
  person.page.on("requestfinished", (request) => loaded.add(new URL(request.url()).pathname.split("/").pop()));
  await person.go("/");
  await person.page.waitForLoadState("networkidle");
  for (const part of ["meeting", "meetings", "document", "documents", "verify"]) assert.ok(loaded.has(`split_${part}.wasm`), `${part} was not fetched ahead`);
  await person.page.route("**/*.wasm", (route) => route.abort());
  await person.page.locator("nav a[href='/meetings']").first().tap();
  await person.page.locator("main a[href^='/meetings/']").first().waitFor();
  assert.deepEqual(person.complaints, []);
  await person.context.close();
});
