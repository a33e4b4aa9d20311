// The day of a meeting: found in the calendar, checked in to with the room's code, words to the secretary; and other bodies invited.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { DESK, launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, secretary, member, leader, id, code;
// The body's own day, wherever the test runs.
const day = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, viewport: { width: 1180, height: 820 } });
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  leader = await Person.enter(browser, demo.url(0), "soanthao", TABLET);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("presence", () => [secretary, member, leader]);

async function create(title, room, from, to) {
  await secretary.at("meeting-title").fill(title);
  await secretary.at("meeting-room").fill(room);
  await secretary.at("meeting-starts").fill(`${day}T${from}`);
  await secretary.at("meeting-ends").fill(`${day}T${to}`);
  await secretary.at("meeting-chair").selectOption({ index: 1 });
  for (const name of ["daibieu", "soanthao"]) await secretary.at("meeting-member", `[data-user="${name}"]`).check();
  await secretary.at("meeting-create").tap();
  await secretary.page.waitForURL(/\/meetings\/[0-9a-f-]{36}$/);
  return secretary.page.url().split("/").pop();
}

step("a day is chosen in the calendar, and what is planned stands there, with the room that is taken twice", async () => {
  await secretary.go("/meetings");
  await secretary.at("view-month").tap();
  const today = secretary.at("calendar-day", `[data-date="${day}"]`);
  await today.locator('[data-test="calendar-plan"]').tap();
  await secretary.page.waitForURL(/\/meetings\/new\?day=/);
  assert.equal(await secretary.at("meeting-starts").inputValue(), `${day}T08:00`);
  id = await create("Họp triển khai đề án 06", "Phòng họp B", "08:00", "10:00");
  await secretary.go("/meetings/new");
  await create("Họp phòng chống bão", "Phòng họp B", "09:30", "11:00");
  await secretary.go("/meetings/calendar");
  assert.equal(await today.locator('[data-test="calendar-clash"]').count(), 2);
  await secretary.picture("calendar-month");
  await secretary.at("view-week").tap();
  await secretary.at("calendar-room-line").filter({ hasText: "Phòng họp B" }).waitFor();
  await secretary.picture("calendar-week");
  await secretary.at("calendar-room").selectOption("Phòng họp B");
  await secretary.page.waitForURL(/room=/);
  await secretary.at("calendar-after").tap();
  await secretary.at("calendar-nothing").waitFor();
  await secretary.at("calendar-today").tap();
  await secretary.at("calendar-meeting").first().waitFor();
  await secretary.at("calendar-meeting").filter({ hasText: "đề án 06" }).first().tap();
  await secretary.page.waitForURL(new RegExp(`/meetings/${id}$`));
});

step("other bodies are invited by a document that goes on to be signed", async () => {
  await secretary.at("invite-outside").tap();
  await secretary.page.locator('input[name="receivers"]').first().check();
  await secretary.picture("invite-outside");
  await secretary.at("outside-draft").tap();
  await secretary.page.waitForURL(/\/documents\/[0-9a-f-]{36}$/);
  await secretary.page.getByText("Mời họp: Họp triển khai đề án 06").first().waitFor();
  await secretary.picture("invitation-document");
  await secretary.go(`/meetings/${id}`);
  await secretary.at("invite-outside").tap();
  await secretary.at("outside-known").waitFor();
  await secretary.page.keyboard.press("Escape");
});

step("the room's code is switched on and shown on its screen", async () => {
  for (const box of await secretary.at("check-accept").all()) await box.check();
  await secretary.page.locator('[data-test="meeting-publish"]:enabled').tap();
  await secretary.at("meeting-state", '[data-state="published"]').waitFor();
  await secretary.page.locator("summary", { hasText: "Thành phần" }).first().tap();
  await secretary.at("by-code").check();
  code = (await secretary.at("room-code-digits").innerText()).replace(/\D/g, "");
  assert.match(code, /^\d{6}$/);
  await secretary.picture("presence-rule");
  const screen = await Person.enter(browser, demo.url(0), "thuky", DESK);
  await screen.go(`/meetings/${id}/screen`);
  await screen.at("room-code-digits").waitFor();
  assert.ok(await screen.page.locator(".room-code img").evaluate((img) => img.complete && img.naturalWidth > 0), "the picture is there");
  await screen.picture("presence-screen");
  screen.assertQuiet();
  await screen.context.close();
});

step("a member types it, another scans it, a third is put down by the secretary", async () => {
  await member.go(`/meetings/${id}`);
  // The browser itself notes each answer that is a refusal.
  member.linkMayBreak = true;
  await member.at("check-in-code").tap();
  await member.at("code").fill(String((Number(code) + 1) % 1_000_000).padStart(6, "0"));
  await member.at("code-send").tap();
  // It goes the way of all that is done in a meeting: what the server says no to stays until it was read.
  await member.at("unsent", '[data-state="refused"]').waitFor();
  await member.picture("presence-refused");
  await member.at("unsent-drop").tap();
  await member.at("check-in-code").tap();
  await member.at("code").fill(code);
  await member.picture("presence-code");
  await member.at("code-send").tap();
  await member.at("checked-in").waitFor();
  await leader.page.goto(`${demo.url(0)}/meetings/${id}?code=${code}`);
  await leader.at("checked-in").waitFor();
  await leader.page.waitForURL(new RegExp(`/meetings/${id}$`));
  const marks = secretary.at("mark-present");
  await marks.first().waitFor();
  const before = await marks.count();
  await marks.first().tap();
  for (let n = 0; n < 100 && (await marks.count()) === before; n++) await secretary.page.waitForTimeout(50);
  assert.equal(await marks.count(), before - 1);
});

step("everybody is given a seat, and sees at once where it is and who is there", async () => {
  await secretary.at("seats-open").tap();
  await secretary.at("seats-arrange").check();
  await secretary.at("hall-rows").fill("2");
  await secretary.at("hall-columns").fill("3");
  await secretary.at("hall-save").tap();
  await secretary.at("seat").nth(5).waitFor();
  await secretary.at("seat-all").tap();
  await member.at("seats-mine").getByText(/hàng \d, ghế \d/).waitFor();
  await member.at("seats-open").tap();
  const own = member.page.locator('[data-test="seat"].seat-mine.seat-here');
  await own.waitFor();
  const at = (place) => secretary.at("seat", `[data-row="${place[0]}"][data-column="${place[1]}"]`);
  const before = [await own.getAttribute("data-row"), await own.getAttribute("data-column")];
  // To the last seat, which is free: who sits, then where to.
  await at(before).tap();
  await at(["2", "3"]).tap();
  await member.page.locator('[data-test="seat"].seat-mine[data-row="2"][data-column="3"]').waitFor();
  await secretary.picture("seats-arrange");
  await member.picture("seats-phone");
});

step("a member writes to the secretary and is answered, also what was written without a link", async () => {
  await member.at("chat-open").tap();
  await member.at("chat-text").fill("Micro bàn số 4 không hoạt động");
  await member.at("chat-send").tap();
  await member.at("chat-line").getByText("Micro bàn số 4").waitFor();
  await secretary.at("chat-new").waitFor();
  await secretary.at("chat-open").tap();
  await secretary.at("chat-line").getByText("Micro bàn số 4").waitFor();
  await secretary.at("chat-text").fill("Kỹ thuật đang tới.");
  await secretary.at("chat-send").tap();
  await member.at("chat-line").getByText("Kỹ thuật đang tới.").waitFor();
  await member.picture("chat-phone");
  await secretary.picture("chat-secretary");
  await member.context.setOffline(true);
  await member.at("chat-text").fill("Xin thêm bản in");
  await member.at("chat-send").tap();
  await member.at("unsent").getByText("Xin thêm bản in").waitFor();
  await member.context.setOffline(false);
  await secretary.at("chat-line").getByText("Xin thêm bản in").waitFor();
  await member.at("chat-line").getByText("Xin thêm bản in").waitFor();
  assert.equal(await secretary.at("chat-line").count(), 3, "each once");
});

step("the calendar on a phone is a list of days", async () => {
  await member.go("/meetings/calendar");
  await member.at("calendar-meeting").filter({ hasText: "đề án 06" }).first().waitFor();
  await member.picture("calendar-phone");
});
