// A secretary plans a meeting: agenda in order, checklist, invitation; then it moves, and then it is cancelled. The member sees each at once.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, secretary, member, id;
const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
const [year, month, date] = day.split("-");

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, viewport: { width: 1180, height: 820 } });
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("planning", () => [secretary, member]);

const titles = () => secretary.page.locator(".agenda-item h3").allInnerTexts();
const inOrder = async (wanted) => {
  for (let n = 0; n < 100 && (await titles()).join() !== wanted.join(); n++) await secretary.page.waitForTimeout(50);
  assert.deepEqual(await titles(), wanted);
};

step("a meeting is made, its agenda written down and put in order with the finger and with the keys", async () => {
  await secretary.go("/meetings/new");
  await secretary.at("meeting-title").fill("Họp chuyên đề chuyển đổi số");
  await secretary.at("meeting-room").fill("Phòng họp số 7");
  await secretary.at("meeting-starts").fill(`${day}T08:00`);
  await secretary.at("meeting-ends").fill(`${day}T10:00`);
  await secretary.at("meeting-chair").selectOption({ index: 1 });
  await secretary.at("meeting-member", '[data-user="daibieu"]').check();
  await secretary.at("meeting-create").tap();
  await secretary.page.waitForURL(/\/meetings\/[0-9a-f-]{36}$/);
  id = secretary.page.url().split("/").pop();
  for (const [title, presenter] of [["Khai mạc", "Chủ trì"], ["Báo cáo", ""], ["Kết luận", "Chủ trì"]]) {
    await secretary.at("item-add").tap();
    await secretary.page.locator("#title:visible").fill(title);
    await secretary.page.locator("#presenter:visible").fill(presenter);
    await secretary.at("item-save").tap();
    await secretary.page.locator(".agenda-item h3", { hasText: title }).waitFor();
  }
  await secretary.at("arrange").tap();
  const grip = (n) => secretary.at("agenda-item").nth(n).locator('[data-test="grip"]');
  await grip(2).scrollIntoViewIfNeeded();
  const from = await grip(2).boundingBox();
  const to = await secretary.at("agenda-item").nth(0).boundingBox();
  const pointer = secretary.page.mouse;
  await pointer.move(from.x + from.width / 2, from.y + from.height / 2);
  await pointer.down();
  await pointer.move(to.x + 40, to.y + to.height / 2, { steps: 6 });
  await pointer.move(to.x + 40, to.y + 20, { steps: 3 });
  await secretary.page.locator(".agenda-item.agenda-drop-above").waitFor();
  // No picture here: with a pointer held down Chromium may stop drawing when it takes one.
  await pointer.up();
  await inOrder(["Kết luận", "Khai mạc", "Báo cáo"]);
  await grip(0).focus();
  await secretary.page.keyboard.press("ArrowDown");
  await inOrder(["Khai mạc", "Kết luận", "Báo cáo"]);
  await secretary.at("agenda-item").nth(1).locator('[data-test="grip"]').press("ArrowDown");
  await inOrder(["Khai mạc", "Báo cáo", "Kết luận"]);
});

step("an item's words are changed where they stand", async () => {
  await secretary.at("agenda-item").nth(1).locator('[data-test="item-change"]').tap();
  const title = secretary.page.locator("#title:visible");
  assert.equal(await title.inputValue(), "Báo cáo");
  await title.fill("Báo cáo kết quả năm");
  await secretary.at("item-save").tap();
  await inOrder(["Khai mạc", "Báo cáo kết quả năm", "Kết luận"]);
  await secretary.at("arrange").tap();
});

step("what is not fine is looked at before the invitation goes out, and the member finds it at once", async () => {
  const line = (check, fine) => secretary.at("check", `[data-check="${check}"][data-fine="${fine}"]`);
  await line("presenters", false).getByText("Báo cáo kết quả năm").waitFor();
  for (const check of ["time", "room", "members", "people", "agenda", "length"]) await line(check, true).waitFor();
  await secretary.picture("planning-checklist");
  assert.ok(await secretary.at("meeting-publish").isDisabled(), "two points are open");
  await line("documents", false).locator('[data-test="check-accept"]').check();
  // The other one is mended.
  await secretary.at("arrange").tap();
  await secretary.at("agenda-item").nth(1).locator('[data-test="item-change"]').tap();
  await secretary.page.locator("#presenter:visible").fill("Sở Nội vụ");
  await secretary.at("item-save").tap();
  await line("presenters", true).waitFor();
  await secretary.at("arrange").tap();
  await member.go("/meetings");
  assert.equal(await member.page.getByText("Họp chuyên đề chuyển đổi số").count(), 0);
  await secretary.page.locator('[data-test="meeting-publish"]:enabled').tap();
  await secretary.at("meeting-state", '[data-state="published"]').waitFor();
  await member.page.getByText("Họp chuyên đề chuyển đổi số").first().tap();
  await member.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
});

step("it moves to another day and room, and the member reads it without doing anything", async () => {
  await secretary.at("meeting-change").tap();
  assert.equal(await secretary.at("meeting-starts").inputValue(), `${day}T08:00`);
  await secretary.at("meeting-ends").fill(`${day}T07:00`);
  await secretary.at("change-save").tap();
  // The browser's own word, or ours: nothing is saved, and what was typed stays.
  assert.equal(await secretary.at("meeting-ends").inputValue(), `${day}T07:00`);
  await secretary.at("meeting-starts").fill(`${day}T14:00`);
  await secretary.at("meeting-ends").fill(`${day}T16:00`);
  await secretary.at("meeting-room").fill("Phòng họp số 9");
  await secretary.picture("planning-change");
  await secretary.at("change-save").tap();
  await member.at("meeting-time").getByText(`${date}/${month}/${year}, 14:00–16:00`).waitFor();
  await member.page.getByText("Phòng họp số 9").waitFor();
});

step("it is cancelled with a reason that everybody reads, and nothing can be done with it any more", async () => {
  await secretary.at("meeting-cancel").tap();
  await secretary.at("cancel-reason").fill("Chủ trì đi công tác đột xuất");
  await secretary.picture("planning-cancel");
  await secretary.at("cancel-confirm").tap();
  await member.at("meeting-cancelled").getByText("Chủ trì đi công tác đột xuất").waitFor();
  await member.picture("planning-cancelled-phone");
  await secretary.at("meeting-cancelled").waitFor();
  await secretary.picture("planning-cancelled");
  for (const gone of ["meeting-change", "meeting-cancel", "meeting-publish", "meeting-open", "arrange", "item-add", "quorum"]) {
    assert.equal(await secretary.at(gone).count(), 0, gone);
  }
  await member.go("/meetings");
  await member.at("meeting-state", '[data-state="cancelled"]').waitFor();
});
