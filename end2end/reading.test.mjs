// Reading on the tablet: page 1 before the file, the place on every device, notes that survive a lost link, search, night, two side by side.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { attached, issued, report } from "./lib/material.mjs";
import { steps } from "./lib/step.mjs";

const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
const FREE = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

let demo, browser, tablet, phone, chair, meeting, own, devtools;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launch()]);
  const url = demo.url(0);
  meeting = await attached(browser, url, await issued(browser, url, await report(14, 167_000), "Báo cáo có hình ảnh"));
  // One that could keep nothing ahead: offline.test.mjs has the others.
  tablet = await Person.enter(browser, url, "daibieu", { ...TABLET, viewport: { width: 1180, height: 820 }, serviceWorkers: "block" });
  phone = await Person.enter(browser, url, "daibieu", PHONE);
  chair = await Person.enter(browser, url, "lanhdao", TABLET);
  own = (await tablet.ask("meetings/get", { id: meeting })).items[0].documents.at(-1);
  devtools = await tablet.context.newCDPSession(tablet.page);
  await devtools.send("Network.enable");
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const link = (how) => devtools.send("Network.emulateNetworkConditions", how);
const drawn = (person, page, how = "") => person.page.locator(`.reader ky-pdf .page[data-page="${page}"][data-drawn${how && `="${how}"`}]`).first().waitFor();
const notesOf = async (person) => JSON.parse(await person.fetch(`/api/v1/meetings/${meeting}/notes`)).notes;
const viewer = (person) => person.page.locator(".reader ky-pdf").first();
const read = async (person) => {
  await person.go(`/meetings/${meeting}`);
  await viewer(person).and(person.page.locator(`[sha256="${own.file.sha256}"]`)).waitFor();
};

const step = steps("reading", () => [tablet, phone, chair], 150_000);

step("on a slow link page 1 comes before the file, any other page as soon as it is turned to; then all is checked", async () => {
  const asked = [];
  tablet.page.on("request", (request) => request.url().includes(own.file.sha256) && asked.push([request.url().split(own.file.sha256)[1], request.headers().range]));
  const [ways, came] = [new Set(), { bytes: 0 }];
  devtools.on("Network.requestWillBeSent", ({ requestId, request }) => request.url.endsWith(`${own.file.sha256}.pdf`) && ways.add(requestId));
  devtools.on("Network.dataReceived", ({ requestId, dataLength }) => ways.has(requestId) && (came.bytes += dataLength));
  await link(SLOW);
  await tablet.page.goto(`${tablet.url}/meetings/${meeting}`, { waitUntil: "commit" });
  await drawn(tablet, 1, "early");
  assert.equal(await tablet.at("hash", '[data-checked="true"]').count(), 0, "the file is still on its way");
  await tablet.ready();
  // Some of the file is there: that is not asked for again.
  for (let tries = 0; !came.bytes; tries += 1) {
    assert.ok(tries < 300, "the file does not come");
    await new Promise((go) => setTimeout(go, 100));
  }
  await viewer(tablet).locator(".bar input").fill("9");
  await viewer(tablet).locator(".bar input").press("Enter");
  await drawn(tablet, 9, "early");
  await link(FREE);
  await tablet.at("hash", '[data-checked="true"]').waitFor();
  await drawn(tablet, 9, "true");
  assert.ok(asked.some(([path]) => path === "/pages/9"), JSON.stringify(asked));
  const files = asked.filter(([path]) => path === ".pdf");
  assert.ok(files.slice(1).every(([, range]) => /^bytes=\d+-$/.test(range)), `what had come was asked for again: ${JSON.stringify(files)}`);
});

step("the last place is found again on the person's other device", async () => {
  await viewer(tablet).locator(".bar input").fill("5");
  const kept = tablet.page.waitForResponse((r) => r.url().endsWith("/place"));
  await viewer(tablet).locator(".bar input").press("Enter");
  assert.equal((await kept).status(), 204);
  await read(phone);
  await drawn(phone, 5);
  assert.equal(await viewer(phone).locator(".bar input").inputValue(), "5");
});

step("ink and a remark made without a link are kept, survive a reload of the list, and are sent once", async () => {
  tablet.linkMayBreak = true;
  await tablet.context.setOffline(true);
  await viewer(tablet).locator(".tools .pen").tap();
  // A pen by way of the browser's own input: three points with pressure.
  const room = await viewer(tablet).locator(".scroll").boundingBox();
  const at = [room.x + room.width / 2 - 60, Math.min(room.y + room.height / 2, 600)];
  const pen = (type, dx) => devtools.send("Input.dispatchMouseEvent", { type, x: at[0] + dx, y: at[1] + dx / 2, button: "left", buttons: type === "mouseReleased" ? 0 : 1, pointerType: "pen", force: 0.6 });
  await pen("mousePressed", 0);
  for (const dx of [10, 20, 40]) await pen("mouseMoved", dx);
  await pen("mouseReleased", 40);
  await viewer(tablet).locator(".marks .ink").first().waitFor({ state: "attached" });
  // From now on a finger is a hand on the glass.
  await tablet.page.touchscreen.tap(at[0] + 60, at[1] + 60);
  assert.equal(await viewer(tablet).locator(".marks .ink").count(), 1);
  await viewer(tablet).locator(".tools .note").tap();
  await tablet.page.touchscreen.tap(at[0] + 100, at[1] + 40);
  await viewer(tablet).locator(".remark textarea").fill("Đề nghị làm rõ số liệu");
  await viewer(tablet).locator(".remark .save").tap();
  await viewer(tablet).locator(".tools .panel").tap();
  await viewer(tablet).locator('.tabs [data-tab="notes"]').tap();
  await viewer(tablet).locator(".unsent").waitFor();
  assert.equal(await viewer(tablet).locator(".card").count(), 2);
  assert.deepEqual(await notesOf(phone), [], "nothing was sent");
  await tablet.context.setOffline(false);
  await viewer(tablet).locator(".unsent").waitFor({ state: "detached" });
  tablet.linkMayBreak = false;
  assert.deepEqual((await notesOf(phone)).map((n) => n.body.kind).sort(), ["ink", "text"]);
  await read(tablet);
  await viewer(tablet).locator('.badge.text').waitFor();
  assert.equal((await notesOf(tablet)).length, 2, "sent once");
});

step("a note is one's own until it is shared; a marked passage is a highlight on the other device too", async () => {
  await drawn(tablet, 5, "true");
  await viewer(tablet).evaluate((host) => {
    const span = [...host.shadowRoot.querySelectorAll('.page[data-page="5"] .text span')].find((s) => s.textContent.trim().length > 15);
    getSelection().setBaseAndExtent(span.firstChild, 0, span.firstChild, span.textContent.length);
  });
  await viewer(tablet).locator(".tools .highlight").tap();
  await viewer(tablet).locator(".marks .highlight").first().waitFor({ state: "attached" });
  assert.deepEqual((await notesOf(chair)), [], "private");
  await viewer(tablet).locator(".badge.highlight").first().tap();
  const shared = tablet.page.waitForResponse((r) => r.request().method() === "PUT" && r.url().includes("/notes/") && r.request().postData().includes('"shared":true'));
  await viewer(tablet).locator('.card:has(blockquote) input[type=checkbox]').first().tap();
  assert.equal((await shared).status(), 200);
  const [note] = await notesOf(chair);
  assert.ok(note.body.at.quote && !note.mine && note.author, JSON.stringify(note));
  await read(phone);
  await viewer(phone).locator(".marks .highlight").first().waitFor({ state: "attached" });
});

step("words are found in all documents of the meeting without their accents, and opened where they stand", async () => {
  await viewer(tablet).locator('.tabs [data-tab="search"]').tap();
  await viewer(tablet).locator("form.search input").fill("uy ban nhan dan");
  await viewer(tablet).locator("form.search input").press("Enter");
  await viewer(tablet).locator(".results .hit").first().waitFor();
  await viewer(tablet).locator(".results .quiet").waitFor({ state: "detached" });
  const sections = viewer(tablet).locator(".results section");
  assert.ok((await sections.count()) > 1, "in more than one document");
  const other = sections.filter({ hasNot: tablet.page.locator(`[data-document="${own.id}"]`) }).last();
  const id = await other.getAttribute("data-document");
  await other.locator(".hit").first().tap();
  await tablet.page.locator(`.reader ky-pdf[attachment="${id}"]`).first().waitFor();
});

step("night, thumbnails, two documents side by side; everything is on the tablet, and is read without a link", async () => {
  await read(tablet);
  await drawn(tablet, 5, "true");
  await viewer(tablet).locator(".tools .night").tap();
  assert.match(await viewer(tablet).locator("canvas").first().evaluate((c) => getComputedStyle(c).filter), /invert/);
  await viewer(tablet).locator(".tools .night").tap();
  await viewer(tablet).locator(".tools .panel").first().tap();
  await viewer(tablet).locator('.thumb[data-page="6"] canvas').waitFor();
  await viewer(tablet).locator('.thumb[data-page="6"]').tap();
  await drawn(tablet, 6, "true");
  const all = (await tablet.ask("meetings/get", { id: meeting })).items.flatMap((i) => i.documents).length;
  await tablet.page.locator(`.reader ky-pdf[data-kept="${all}/${all}"]`).first().waitFor();
  tablet.linkMayBreak = true;
  await tablet.context.setOffline(true);
  await viewer(tablet).locator(".tools .beside").tap();
  const second = tablet.page.locator(".reader ky-pdf ky-pdf");
  await second.locator('.page[data-drawn="true"]').first().waitFor();
  await viewer(tablet).locator('.thumb[data-page="7"]').tap();
  await drawn(tablet, 7, "true");
  await tablet.context.setOffline(false);
  tablet.linkMayBreak = false;
  // What is stored says nothing to who has no key.
  const stored = await tablet.page.evaluate(() => new Promise((done) => {
    const asked = indexedDB.open("kyhop");
    asked.onsuccess = () => {
      const all = asked.result.transaction("files").objectStore("files").getAll();
      all.onsuccess = () => done(all.result.map(({ data }) => new TextDecoder("latin1").decode(data.slice(0, 5))));
    };
  }));
  assert.ok(stored.length >= all && stored.every((head) => head !== "%PDF-"), JSON.stringify(stored));
});
