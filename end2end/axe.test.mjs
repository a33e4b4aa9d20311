// Every page, for each kind of person who sees it, on tablet and phone, light and dark: axe finds nothing serious, nothing
// scrolls sideways, and what is touched is large enough for a finger.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TOUCH = 44;

const latest = (list) => list.rows?.[0]?.id ?? list[0]?.id;
const anyDocument = (direction) => async (person) => {
  const query = { direction, state: null, text: "", page: 1, mine: false };
  return `/documents/${latest(await person.ask("documents/list", { query }))}`;
};
const meeting = async (person) => `/meetings/${latest(await person.ask("meetings/list", {}))}`;

// Who looks at which pages.
const VISITS = [
  [null, ["/login", "/login?error=wrong_password&next=/", "/verify"]],
  ["soanthao", ["/", "/documents", "/documents/new", anyDocument("outgoing"), "/account"]],
  ["lanhdao", ["/", anyDocument("outgoing"), "/incoming"]],
  ["vanthu", ["/", "/documents", "/incoming", anyDocument("incoming"), "/axis"]],
  ["thuky", ["/meetings", "/meetings/new", meeting, async (person) => `${await meeting(person)}/minutes`]],
  ["daibieu", ["/", "/meetings", meeting, "/verify", "/nowhere"]],
  ["kiemtra", ["/documents", "/audit"]],
  ["quantri", ["/", "/people", "/audit", "/axis"]],
];

async function problems(person) {
  await person.page.evaluate(AXE);
  const found = await person.page.evaluate(async (touch) => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    const grave = result.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    const all = grave.map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target} ${n.failureSummary?.split("\n")[1] ?? ""}`).slice(0, 4).join(" · ")}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) all.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
    const acts = "button, summary, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), [role=button], a.button, nav a, a.nav-link";
    for (const element of document.querySelectorAll(acts)) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      // Not drawn, or only for those who hear the page.
      if (box.width < 2 || box.height < 2 || style.visibility === "hidden" || element.closest("[inert]") || element.matches(".visually-hidden, .skip")) continue;
      // A label around it may be what the finger meets.
      const target = element.closest("label")?.getBoundingClientRect() ?? box;
      if (Math.min(target.height, target.width) < touch - 0.5) {
        all.push(`too small to touch: ${element.outerHTML.slice(0, 90)} ${target.width.toFixed(0)}×${target.height.toFixed(0)}`);
      }
    }
    return all;
  }, TOUCH);
  return found;
}

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

for (const [username, pages] of VISITS) {
  for (const [size, device] of [["tablet", TABLET], ["phone", PHONE]]) {
    test(`${username ?? "nobody"} on a ${size}`, async () => {
      const all = [];
      // Axe is put into the page from outside, past its Content-Security-Policy.
      const person = await Person.enter(browser, demo.url(0), username, { ...device, bypassCSP: true });
      for (const page of pages) {
        const path = typeof page === "string" ? page : await page(person);
        for (const colorScheme of ["light", "dark"]) {
          await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await person.go(path);
          await person.page.waitForLoadState("networkidle");
          // Colours on their way from one to the other are nobody's.
          await person.page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
          for (const problem of await problems(person)) all.push(`${path} ${colorScheme}: ${problem}`);
        }
      }
      await person.context.close();
      assert.deepEqual(all, []);
      // The page that does not exist is answered 404, which browsers note on the console.
      if (!pages.includes("/nowhere")) person.assertQuiet();
    });
  }
}

test("the result of a check, and the report that is saved, on a phone", async () => {
  const clerk = await Person.enter(browser, demo.url(0), "vanthu");
  const document = (await anyDocument("incoming")(clerk)).split("/").pop();
  const pdf = await (await clerk.context.request.get(`${demo.url(0)}/api/v1/documents/${document}/file`)).body();
  await clerk.context.close();
  const person = await Person.enter(browser, demo.url(0), null, { ...PHONE, bypassCSP: true });
  await person.go("/verify");
  await person.page.waitForLoadState("networkidle");
  await person.page.setInputFiles('[data-test="verify-file"]', { name: "văn bản đến.pdf", mimeType: "application/pdf", buffer: pdf });
  await person.at("verdict").waitFor();
  for (const details of await person.page.locator("details.expert summary").all()) await details.click();
  assert.deepEqual(await problems(person), []);
  const [report] = await Promise.all([person.page.waitForEvent("download"), person.page.locator('[data-test="save"][download$=".html"]').click()]);
  const saved = join(demo.dir, "report.html");
  await report.saveAs(saved);
  await person.page.goto(pathToFileURL(saved).href);
  for (const language of ["Tiếng Việt", "English"]) {
    await person.page.getByLabel(language).check();
    assert.deepEqual(await problems(person), [], language);
  }
  person.assertQuiet();
  await person.context.close();
});
