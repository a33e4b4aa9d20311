// Every page, for each kind of person who sees it, on tablet and phone, light and dark: axe finds nothing serious, nothing
// scrolls sideways, and what is touched is large enough for a finger.
import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { problems } from "./lib/axe.mjs";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";

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
  ["vanthu", ["/", "/documents", "/incoming", "/incoming/new", anyDocument("incoming"), "/axis"]],
  ["thuky", ["/opinions", "/opinions/new", "/meetings", "/meetings/new", "/meetings/calendar", "/meetings/calendar?span=week", meeting, async (person) => `${await meeting(person)}/minutes`, async (person) => `${await meeting(person)}/cards`]],
  ["daibieu", ["/", "/meetings", meeting, "/verify", "/nowhere"]],
  ["kiemtra", ["/documents", "/audit"]],
  ["quantri", ["/", "/people", "/tablets", "/audit", "/axis"]],
];

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
          await person.settled();
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
  await person.settled();
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
