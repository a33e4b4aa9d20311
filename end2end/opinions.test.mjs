// A sheet of opinions from its draft to the summing-up: the secretary at a tablet, two members on phones, one over a link that breaks.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { problems } from "./lib/axe.mjs";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

const TITLE = "Chủ trương đầu tư cải tạo, nâng cấp đường liên xã An Bình – Sơn Lâm";
const QUESTION = "Thống nhất chủ trương đầu tư với tổng mức 48 tỷ đồng từ ngân sách tỉnh, thực hiện trong hai năm 2027 và 2028";
const WORDS = "Đề nghị chia hai giai đoạn, ưu tiên đoạn qua xã Sơn Lâm trước mùa mưa.";
const WIDE = { ...TABLET, viewport: { width: 1180, height: 820 } };

let demo, browser, secretary, member, second, sheet;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", WIDE);
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  second = await Person.enter(browser, demo.url(0), "lanhdao2", PHONE);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("opinions", () => [secretary, member, second]);

// So many days from now as the field of a form wants it, Vietnam time.
function inDays(days) {
  return new Date(Date.now() + days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 16);
}

async function connected(person) {
  await person.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
}

step("the secretary writes a sheet at a tablet and sends it; it comes to the members' first page by itself", async () => {
  await secretary.go("/opinions");
  await secretary.page.locator(".empty").waitFor();
  await secretary.picture("opinions-empty");
  await secretary.page.locator('a[href="/opinions/new"]').tap();
  await secretary.at("sheet-title").fill(TITLE);
  await secretary.at("sheet-question").fill(QUESTION);
  await secretary.at("sheet-add-document").tap();
  await secretary.at("attach-choose").first().tap();
  await secretary.at("sheet-template").selectOption({ index: 1 });
  await secretary.page.waitForFunction(() => document.querySelectorAll('[data-test="meeting-member"]:checked').length > 10);
  await secretary.page.getByRole("button", { name: "Bỏ chọn" }).tap();
  for (const user of ["daibieu", "lanhdao2"]) await secretary.at("meeting-member", `[data-user="${user}"]`).check();
  await secretary.at("sheet-deadline").fill(inDays(3));
  await secretary.picture("opinions-form");
  await secretary.at("sheet-save").tap();
  await secretary.at("sheet-state", '[data-state="draft"]').waitFor();
  await secretary.picture("opinions-draft");
  sheet = new URL(secretary.page.url()).pathname.split("/").pop();
  const early = await member.context.request.get(`${demo.url(0)}/api/v1/opinions/${sheet}`);
  assert.equal(early.status(), 404, "a draft is its secretary's alone");
  await member.go("/");
  await second.go("/opinions");
  await secretary.at("sheet-send").tap();
  await secretary.at("sheet-send-sure").tap();
  await secretary.at("sheet-state", '[data-state="sent"]').waitFor();
  await member.at("home-opinions").waitFor();
  await second.at("sheet-row").waitFor();
  await member.picture("opinions-home-phone");
  assert.match(await second.at("sheet-left").first().innerText(), /Còn [23] ngày/);
  await second.picture("opinions-list-phone");
});

step("the link breaks while a member writes: what was typed stays, through a reload too, and is sent when the link is back", async () => {
  await member.at("home-opinions").locator("a").first().tap();
  await member.at("opinion-form").waitFor();
  await connected(member);
  await member.page.locator("ky-pdf canvas").first().waitFor();
  await member.picture("opinions-answer-phone");
  assert.ok(await member.at("opinion-send").isDisabled(), "nothing is chosen yet");
  for (const choice of ["agree", "disagree", "other"]) {
    const box = await member.at(`opinion-${choice}`).boundingBox();
    assert.ok(box.height >= 44 && box.width >= 44, `${choice}: ${box.width}×${box.height}`);
  }
  member.linkMayBreak = true;
  await member.context.setOffline(true);
  await member.at("opinion-other").tap();
  await member.at("opinion-words").fill(WORDS);
  await member.at("opinion-send").tap();
  await member.page.locator(".note-bad").waitFor();
  assert.equal(await member.at("opinion-words").inputValue(), WORDS);
  await member.at("opinion-unsent").waitFor();
  await member.picture("opinions-offline-phone");
  await member.context.setOffline(false);
  await member.go(`/opinions/${sheet}`);
  await member.page.waitForFunction((words) => document.querySelector('[data-test="opinion-words"]').value === words, WORDS);
  await member.at("opinion-other", '[aria-pressed="true"]').waitFor();
  member.linkMayBreak = false;
  await connected(member);
  await member.at("opinion-send").tap();
  await member.at("opinion-sent").waitFor();
  assert.match(await member.at("opinion-sent").innerText(), /\d\d\/\d\d\/\d{4} \d\d:\d\d/);
  await member.picture("opinions-sent-phone");
  await secretary.page.getByText("1 trên 2 người đã trả lời").first().waitFor();
  await secretary.at("progress-name", '[data-answered="true"]').waitFor();
});

step("the other is reminded and answers; the first changes the answer; the secretary sees both without a reload", async () => {
  await secretary.at("sheet-remind").tap();
  await second.at("row-reminded").waitFor();
  await second.page.locator(".toast").first().waitFor();
  await second.picture("opinions-reminded-phone");
  await second.at("sheet-row").first().tap();
  await second.at("opinion-form").waitFor();
  assert.equal(await second.page.getByText("Sơn Lâm trước mùa mưa").count(), 0, "nobody knows the others before the end");
  // By keyboard alone.
  await second.at("opinion-agree").focus();
  await second.page.keyboard.press("Enter");
  await second.at("opinion-send").focus();
  await second.page.keyboard.press("Enter");
  await second.at("opinion-sent").waitFor();
  await secretary.page.getByText("2 trên 2 người đã trả lời").first().waitFor();
  assert.equal(await secretary.at("opinion-count-other").innerText(), "1");
  await member.at("opinion-agree").tap();
  await member.at("opinion-words").fill("Nhất trí sau khi xem kế hoạch vốn.");
  await member.at("opinion-unsent").waitFor();
  await member.at("opinion-send").tap();
  await member.at("opinion-unsent").waitFor({ state: "detached" });
  await secretary.page.waitForFunction(() => document.querySelector('[data-test="opinion-count-agree"]')?.textContent.trim() === "2");
  await secretary.picture("opinions-progress");
});

step("the secretary ends it: everybody has the result, CSV and PDF are taken home", async () => {
  await secretary.at("sheet-close").tap();
  await secretary.at("sheet-close-sure").tap();
  for (const person of [secretary, member, second]) {
    await person.at("verdict", '[data-passed="true"]').waitFor();
    assert.equal(await person.at("opinion-count-silent").innerText(), "0");
  }
  await secretary.page.getByText("Ý kiến của từng người").first().tap();
  await secretary.picture("opinions-result");
  await member.picture("opinions-result-phone");
  const taken = async (hook) => {
    const [download] = await Promise.all([secretary.page.waitForEvent("download"), secretary.at(hook).tap()]);
    return readFile(await download.path());
  };
  const csv = (await taken("opinion-csv")).toString("utf8");
  assert.match(csv, /Nhất trí sau khi xem kế hoạch vốn/);
  assert.ok(!csv.includes("chia hai giai đoạn"), "the last answer counts");
  const pdf = await taken("opinion-pdf");
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
});

test("nothing bars anybody: the pages of a sheet under way and of one that ended, light and dark", { timeout: 240_000 }, async () => {
  const people = await secretary.ask("identity/people", { text: "" });
  const draft = {
    title: TITLE,
    questions: [QUESTION, "Giao Sở Tài chính bố trí vốn"],
    documents: [],
    members: people.filter((p) => ["daibieu", "lanhdao2"].includes(p.username)).map((p) => p.id),
    deadline: inDays(1),
    rule: "two_thirds_all",
    open: true,
  };
  const running = await secretary.ask("opinions/create", { draft });
  await secretary.ask("opinions/send", { id: running });
  const all = [];
  for (const [username, device, pages] of [
    ["thuky", WIDE, ["/opinions", `/opinions/${running}`, `/opinions/${sheet}`, `/opinions/new?from=${sheet}`]],
    ["daibieu", PHONE, ["/", "/opinions", `/opinions/${running}`, `/opinions/${sheet}`]],
  ]) {
    const person = await Person.enter(browser, demo.url(0), username, { ...device, bypassCSP: true });
    for (const path of pages) {
      for (const colorScheme of ["light", "dark"]) {
        await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await person.go(path);
        await person.settled();
        for (const problem of await problems(person)) all.push(`${path} ${colorScheme}: ${problem}`);
        await person.picture(`opinions-${username}-${colorScheme}${path.replaceAll(/\W+/g, "-").replace(running, "running").replace(sheet, "ended")}`);
      }
    }
    person.assertQuiet();
    await person.context.close();
  }
  assert.deepEqual(all, []);
});
