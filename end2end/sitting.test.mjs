// Tablets of the meeting room, shared by many: made one, sat down at with a code, left with nothing staying behind.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { DESK, launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { problems } from "./lib/axe.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, secretary, member, tablet, meeting, code;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", DESK);
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  tablet = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, viewport: { width: 1180, height: 820 }, bypassCSP: true });
  meeting = (await secretary.ask("meetings/list", {})).find((m) => m.today).id;
  await secretary.ask("meetings/set-hall", { id: meeting, rows: 3, columns: 4 });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("sitting", () => [secretary, member, tablet]);

// Eight digits on the page's own keys.
async function press(digits) {
  for (const digit of digits) await tablet.page.getByRole("button", { name: digit, exact: true }).tap();
}

// What the browser still has of anybody, wherever it may be.
const left = () =>
  tablet.page.evaluate(async () => {
    const all = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await caches.keys())];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((done) => (indexedDB.open(name).onsuccess = (ev) => done(ev.target.result)));
      for (const store of db.objectStoreNames) {
        const keys = await new Promise((done) => (db.transaction(store).objectStore(store).getAllKeys().onsuccess = (ev) => done(ev.target.result)));
        all.push(...keys.map((key) => `${store}/${key}`));
      }
      db.close();
    }
    return all;
  });

const rests = () => tablet.page.waitForFunction(() => location.pathname === "/room" && document.documentElement.dataset.ready === "true");

step("the secretary makes a device a tablet of the room, with its seat, and is signed out of it", async () => {
  await tablet.go("/meetings");
  await tablet.at("to-tablets").tap();
  await tablet.at("tablet-room").fill("Phòng họp A, tầng 2");
  await tablet.at("tablet-tablet_name").fill("Máy 7");
  await tablet.at("tablet-row").fill("2");
  await tablet.at("tablet-column").fill("3");
  await tablet.picture("tablets");
  await tablet.at("tablet-add-this").tap();
  await rests();
  assert.equal(await tablet.page.locator("h1").innerText(), "Phòng họp A, tầng 2");
  assert.equal(await tablet.at("room-tablet").innerText(), "Máy 7");
  await tablet.settled();
  assert.deepEqual(await problems(tablet), []);
  await tablet.picture("room-rest");
  await tablet.page.setViewportSize(PHONE.viewport);
  assert.deepEqual(await problems(tablet), []);
  await tablet.picture("room-rest-phone");
  await tablet.page.setViewportSize({ width: 1180, height: 820 });
});

step("a member reads the code on a phone, types it at the tablet with a slip, and sits in the meeting", async () => {
  await member.go(`/meetings/${meeting}`);
  await member.at("tablet-code-open").tap();
  const shown = await member.at("tablet-code-digits").innerText();
  assert.match(shown, /^\d{4} \d{4}$/);
  code = shown.replace(" ", "");
  await member.at("tablet-code").locator("img").scrollIntoViewIfNeeded();
  await member.page.waitForFunction(() => document.querySelector('[data-test="tablet-code"] img').naturalWidth > 0);
  await member.picture("tablet-code");

  const wrong = String((Number(code) + 1) % 100_000_000).padStart(8, "0");
  await press(wrong);
  assert.equal(await tablet.at("room-code-entry").inputValue(), `${wrong.slice(0, 4)} ${wrong.slice(4)}`);
  await tablet.at("room-sit").tap();
  await tablet.at("room-error").waitFor();
  assert.match(await tablet.at("room-error").innerText(), /meetings\.wrong_seat_code/);
  await rests();
  await press(code.slice(0, 3));
  await tablet.page.getByRole("button", { name: "Xóa số cuối" }).tap();
  await press(code.slice(2));
  await tablet.at("room-sit").tap();
  await tablet.page.waitForURL(`**/meetings/${meeting}`);
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  await tablet.at("sitting").waitFor();
  assert.match(await tablet.at("sitting").innerText(), /Máy 7/);
  await tablet.settled();
  await tablet.picture("room-sitting");
  assert.deepEqual(await problems(tablet), []);
  // There is no way to anything else of this person.
  assert.equal(await tablet.page.locator(".rail a[href='/documents'], .rail a[href='/notices'], .rail a[href='/account']").count(), 0);
});

step("the secretary sees who sits where, and at which tablet", async () => {
  await secretary.go(`/meetings/${meeting}`);
  await secretary.at("seats-open").click();
  await secretary.page.locator('[data-test="seat"][data-row="2"][data-column="3"]').filter({ hasText: /\p{L}/u }).waitFor();
  await secretary.go("/tablets");
  assert.match(await secretary.at("tablet-used").innerText(), /đang ngồi$/);
  await secretary.go(`/meetings/${meeting}/cards`);
  const cards = await secretary.at("code-card-digits").allInnerTexts();
  assert.ok(cards.includes(`${code.slice(0, 4)} ${code.slice(4)}`), cards.join());
  await secretary.settled();
  await secretary.picture("code-cards");
});

step("standing up leaves nothing: no key, no choice, no page to go back to", async () => {
  await tablet.page.evaluate(() => localStorage.setItem("ky-night", "on"));
  await tablet.at("stand-up").tap();
  await rests();
  await tablet.page.waitForFunction(() => localStorage.length === 0);
  assert.deepEqual(await left(), []);
  await tablet.page.goBack();
  await rests();
  await tablet.page.goto(`${demo.url(0)}/meetings/${meeting}`);
  await rests();
});

step("who forgot to leave is let go by the secretary, and the tablet waits for the next one by itself", async () => {
  await press(code);
  await tablet.at("room-sit").tap();
  await tablet.page.waitForURL(`**/meetings/${meeting}`);
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  await secretary.go("/tablets");
  await secretary.at("tablet-free").click();
  await rests();
  assert.deepEqual(await left(), []);
  await secretary.page.waitForFunction(() => document.querySelector('[data-test="tablet-used"]').textContent === "Chưa có người ngồi");
});
