// A tablet without a link: it starts, opens, reads and keeps notes; it is up to date when the link is back, and what is on it ends with the session.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo, ROOT } from "./lib/demo.mjs";
import { Link } from "./lib/link.mjs";
import { attached, issued, report } from "./lib/material.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, link, tablet, chair, meeting, own, site;

before(async () => {
  // A site of its own, because a newer one takes its place.
  site = await mkdtemp(join(tmpdir(), "kyhop-site-"));
  await cp(process.env.KYHOP_SITE_DIR ?? join(ROOT, "target/site"), site, { recursive: true });
  process.env.KYHOP_SITE_DIR = site;
  [demo, browser, link] = await Promise.all([Demo.start(), launch(), Link.open()]);
  const url = demo.url(0);
  meeting = await attached(browser, url, await issued(browser, url, await report(6, 20_000), "Báo cáo kinh tế - xã hội"));
  chair = await Person.enter(browser, url, "lanhdao", TABLET);
  own = (await chair.ask("meetings/get", { id: meeting })).items[0].documents.at(-1);
  tablet = await Person.enter(browser, url, "daibieu", { ...TABLET, viewport: { width: 1180, height: 820 }, proxy: link.proxy });
});

after(async () => {
  await browser?.close();
  link?.close();
  await demo?.stop();
  if (site) await rm(site, { recursive: true, force: true });
});

const step = steps("offline", () => [tablet, chair], 150_000);

const prepared = () => tablet.page.locator('html[data-offline="ready"]').waitFor({ state: "attached" });
// When what is kept under a name that ends so was put there; 0 for never.
const keptAt = (store, end) =>
  tablet.page.evaluate(
    ([store, end]) =>
      new Promise((done) => {
        const asked = indexedDB.open("kyhop");
        asked.onsuccess = () => {
          const all = asked.result.transaction(store).objectStore(store).openCursor();
          all.onsuccess = () => {
            const at = all.result;
            if (at && !at.key.endsWith(end)) return at.continue();
            asked.result.close();
            done(at?.value.at ?? 0);
          };
        };
      }),
    [store, end],
  );
const kept = async (store, end, since) => {
  for (let tries = 0; (await keptAt(store, end)) <= since; tries += 1) {
    assert.ok(tries < 240, `${end} is not kept`);
    await new Promise((go) => setTimeout(go, 250));
  }
};
// Until all that a tablet may keep is on it.
const stocked = async () => {
  await prepared();
  await kept("files", own.file.sha256, 0);
};
const cut = () => {
  tablet.linkMayBreak = true;
  link.break();
};
const mend = () => link.mend();
const open = (path) => tablet.page.goto(tablet.url + path).catch((error) => assert.fail(`${path}: ${error.message}`));
const viewer = () => tablet.page.locator(".reader ky-pdf").first();
const readable = async () => {
  await viewer().locator('.page[data-page="1"][data-drawn="true"]').waitFor();
  await tablet.at("hash", '[data-checked="true"]').waitFor();
};

step("a meeting that was never opened on this tablet opens without a link, with its documents", async () => {
  await tablet.go("/");
  await stocked();
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.ready();
  await tablet.at("kept").waitFor();
  await tablet.page.getByText("Báo cáo kinh tế - xã hội").first().waitFor();
  await readable();
  await tablet.picture("offline-meeting-tablet");
  // From here to the list and back, by the same taps as ever.
  await tablet.page.locator('.nav a[href="/meetings"]').first().tap();
  await tablet.page.locator(`a[href="/meetings/${meeting}"]`).first().tap();
  await tablet.ready();
  await readable();
});

step("a page that is not on the tablet says so, and what is there", async () => {
  await open("/account");
  await tablet.page.locator('main[data-offline="not_kept"]').waitFor();
  await tablet.picture("offline-not-kept-tablet");
  await tablet.page.setViewportSize(PHONE.viewport);
  await tablet.picture("offline-not-kept-phone");
  await tablet.page.setViewportSize({ width: 1180, height: 820 });
  await tablet.page.locator(`main a[href="/meetings/${meeting}"]`).tap();
  await tablet.ready();
  await readable();
});

step("notes made without a link outlive the page, are there after the next start, and are sent once", async () => {
  await viewer().locator(".tools .note").tap();
  const room = await viewer().locator(".scroll").boundingBox();
  await tablet.page.touchscreen.tap(room.x + room.width / 2, room.y + 200);
  await viewer().locator(".remark textarea").fill("Hỏi lại số liệu quý III");
  await viewer().locator(".remark .save").tap();
  await viewer().locator(".badge.text").first().waitFor();
  await tablet.page.close();
  tablet.page = await tablet.context.newPage();
  await open(`/meetings/${meeting}`);
  await tablet.ready();
  await readable();
  await viewer().locator(".badge.text").first().waitFor();
  mend();
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  const notes = async () => JSON.parse(await tablet.fetch(`/api/v1/meetings/${meeting}/notes`)).notes;
  for (let tries = 0; (await notes()).length < 1; tries += 1) {
    assert.ok(tries < 150, "the note did not come");
    await new Promise((go) => setTimeout(go, 200));
  }
  await new Promise((go) => setTimeout(go, 6000));
  assert.deepEqual((await notes()).map((n) => n.body.text), ["Hỏi lại số liệu quý III"]);
  tablet.linkMayBreak = false;
});

step("what went on meanwhile is there when the link is back, without a reload", async () => {
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.at("kept").waitFor();
  await chair.ask("meetings/open", { id: meeting });
  await chair.go(`/meetings/${meeting}`);
  await chair.at("set-current").first().tap();
  await tablet.at("check-in").tap();
  await tablet.at("unsent", '[data-state="waiting"]').getByText("Điểm danh").waitFor();
  assert.equal(await tablet.at("check-in").count(), 0, "it is done, as far as this tablet is concerned");
  mend();
  await tablet.at("checked-in").waitFor();
  await tablet.at("kept").waitFor({ state: "detached" });
  await tablet.at("outbox").waitFor({ state: "detached" });
  // And what is kept follows.
  await kept("pages", `/meetings/${meeting}`, Date.now());
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.at("kept").waitFor();
  await tablet.at("checked-in").waitFor();
  mend();
  tablet.linkMayBreak = false;
});

step("a ballot and a request for the floor made without a link outlive the page, and count once", async () => {
  await tablet.go(`/meetings/${meeting}`);
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  await chair.page.locator("#question").fill("Thông qua báo cáo?");
  await chair.at("vote-open").tap();
  await tablet.page.locator(".ballot-sheet").getByText("Thông qua báo cáo?").waitFor();
  cut();
  await tablet.page.locator('.ballot-sheet [data-test="vote-disagree"]').tap();
  await tablet.page.locator(".ballot-sheet").waitFor({ state: "detached" });
  await tablet.at("vote").first().locator('[data-test="vote-agree"]').tap();
  await tablet.at("floor-ask").tap();
  await tablet.at("unsent").getByText("Xin phát biểu").waitFor();
  await tablet.at("unsent").getByText("Thông qua báo cáo? – Tán thành").waitFor();
  await tablet.picture("offline-unsent-tablet");
  // Taken back, and done again.
  await tablet.at("unsent").filter({ hasText: "Xin phát biểu" }).locator('[data-test="unsent-drop"]:enabled').tap();
  await tablet.at("floor-ask").tap();
  await tablet.at("unsent").filter({ hasText: "Xin phát biểu" }).waitFor();
  await tablet.page.close();
  tablet.page = await tablet.context.newPage();
  await open(`/meetings/${meeting}`);
  await tablet.ready();
  await tablet.at("unsent").nth(1).waitFor();
  await tablet.page.setViewportSize(PHONE.viewport);
  await tablet.picture("offline-unsent-phone");
  await tablet.page.setViewportSize({ width: 1180, height: 820 });
  assert.equal(await tablet.at("unsent").count(), 2);
  mend();
  await tablet.at("outbox").waitFor({ state: "detached" });
  await chair.at("queue-line").first().waitFor();
  assert.equal(await chair.at("queue-line").count(), 1);
  await chair.at("vote", '[data-open="true"]').locator('[data-test="count-agree"]', { hasText: "1" }).waitFor();
  const { votes } = JSON.parse(await chair.fetch(`/api/v1/meetings/${meeting}`));
  assert.deepEqual([votes.at(-1).ballots, votes.at(-1).disagree], [1, 0]);
  // The chair's own ballot is still to be given, and lies over the button.
  await chair.ask("meetings/close-vote", { vote: votes.at(-1).id });
});

step("what the server does not take any more is told, after the next start too, until it was read", async () => {
  const motion = { item: null, question: "Thông qua kết luận?", majority: "cast", form: "open" };
  const vote = await chair.ask("meetings/open-vote", { id: meeting, motion });
  await tablet.page.locator(".ballot-sheet").getByText("Thông qua kết luận?").waitFor();
  cut();
  await tablet.page.locator('.ballot-sheet [data-test="vote-agree"]').tap();
  await tablet.at("unsent").waitFor();
  await chair.ask("meetings/close-vote", { vote });
  mend();
  await tablet.at("unsent", '[data-state="refused"]').getByText("Thông qua kết luận?").waitFor();
  await tablet.picture("offline-refused-tablet");
  tablet.linkMayBreak = false;
  await tablet.go(`/meetings/${meeting}`);
  await tablet.at("unsent", '[data-state="refused"]').waitFor();
  await tablet.at("unsent-drop").tap();
  await tablet.at("outbox").waitFor({ state: "detached" });
  await tablet.go(`/meetings/${meeting}`);
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  assert.equal(await tablet.at("unsent").count(), 0);
  assert.equal((await tablet.ask("meetings/get", { id: meeting })).votes.at(-1).ballots, 0);
});

step("a newer program takes the older one's place, and starts without a link too", async () => {
  tablet.linkMayBreak = chair.linkMayBreak = true;
  await demo.halt();
  await writeFile(join(site, "version"), "0123456789abcdef\n");
  await demo.run();
  await tablet.go("/");
  await prepared();
  assert.deepEqual(await tablet.page.evaluate(() => caches.keys()), ["kyhop-0123456789abcdef"]);
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.at("kept").waitFor();
  assert.match(await tablet.page.locator("#program").getAttribute("href"), /0123456789abcdef/);
  await readable();
  mend();
});

step("signing out without a link ends all of it here at once, and on the server when the link is back", async () => {
  await tablet.go("/meetings");
  const cookies = await tablet.context.cookies();
  const session = cookies.map((c) => `${c.name}=${c.value}`).join("; ");
  const alive = async () => (await fetch(`${tablet.url}/api/v1/me/device-key`, { headers: { cookie: session } })).status;
  assert.equal(await alive(), 200);
  cut();
  await tablet.page.locator("form[action='/logout'] button:visible").first().tap();
  await tablet.page.locator('main[data-offline="left"]').waitFor();
  await tablet.picture("offline-left-tablet");
  for (const path of ["/meetings", `/meetings/${meeting}`]) {
    await open(path);
    await tablet.page.locator('main[data-offline="left"]').waitFor();
    assert.ok(!(await tablet.page.content()).includes("Báo cáo kinh tế"), "nothing of a meeting is told");
  }
  assert.equal(await alive(), 200, "the server cannot know yet");
  mend();
  await open("/meetings");
  await tablet.page.locator("form[action='/login']").waitFor();
  assert.equal(await alive(), 401);
});

step("the key ends with the session, and by itself when the tablet is not used", async () => {
  await tablet.signIn("daibieu");
  await prepared();
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.at("kept").waitFor();
  // Two hours and a minute later.
  await tablet.page.evaluate(
    () =>
      new Promise((done) => {
        const asked = indexedDB.open("kyhop");
        asked.onsuccess = () => {
          const keys = asked.result.transaction("keys", "readwrite").objectStore("keys");
          const now = keys.get("now");
          now.onsuccess = () => {
            keys.put({ ...now.result, used: Date.now() - 121 * 60_000 }, "now").onsuccess = () => (asked.result.close(), done());
          };
        };
      }),
  );
  await open(`/meetings/${meeting}`);
  await tablet.page.locator('main[data-offline="not_kept"]').waitFor();
  assert.equal(await tablet.page.locator("main ul a").count(), 0);
  mend();
  // Ended by the administrator while the tablet is on: what it keeps is closed at once.
  await open(`/meetings/${meeting}`);
  await tablet.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  await prepared();
  const admin = await Person.enter(browser, demo.url(0), "quantri");
  const { people } = JSON.parse(await admin.fetch("/api/v1/people"));
  const { id } = people.find((p) => p.username === "daibieu");
  await admin.change("delete", `/api/v1/people/${id}/sessions`);
  await tablet.at("link-state", '[data-state="ended"]').waitFor({ state: "attached" });
  cut();
  await open(`/meetings/${meeting}`);
  await tablet.page.locator('main[data-offline="not_kept"]').waitFor();
});
