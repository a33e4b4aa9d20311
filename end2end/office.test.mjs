// The office around a document: numbers kept and put in between, a deputy who signs in the chair's place, the trash.
import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo, PIN, ROOT } from "./lib/demo.mjs";

const FILE = join(ROOT, "demo/documents/ke-hoach.pdf");
const ABSTRACT = "Kế hoạch do Phó Chủ tịch ký thay của bài kiểm thử";
const SECOND = "H99.5";

let demo;
let browser;
const people = {};

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launch()]);
  const home = demo.url(0);
  people.drafter = await Person.enter(browser, home, "soanthao", TABLET);
  people.deputy = await Person.enter(browser, home, "lanhdao2", TABLET);
  people.leader = await Person.enter(browser, home, "lanhdao", TABLET);
  people.clerk = await Person.enter(browser, home, "vanthu", PHONE);
  people.returned = await Person.enter(browser, home, "soanthao", PHONE);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function drafted(abstract) {
  const { drafter } = people;
  const { page } = drafter;
  await drafter.go("/documents/new");
  await page.locator("#kind").selectOption("KH");
  await page.locator("#abstract_text").fill(abstract);
  await page.locator("#leader_id").selectOption({ label: "Trần Quốc Khánh, Chủ tịch" });
  await page.locator(`input[name=receivers][value="${SECOND}"]`).check();
  await page.locator("#file").setInputFiles(FILE);
  await drafter.at("new-save").click();
  await page.waitForURL(/\/documents\/[0-9a-f-]{36}$/);
  return page.url().split("/").pop();
}

test("a clerk keeps numbers, puts one in and cancels one, and the register stays whole", async () => {
  const { clerk } = people;
  const { page } = clerk;
  await clerk.go("/documents");
  await clerk.at("numbers").click();
  await clerk.at("whole", '[data-whole="true"]').waitFor();
  await clerk.at("hold-open").click();
  await page.locator("#count").fill("2");
  await clerk.at("whom").fill("Phòng Nội chính");
  await clerk.at("hold-reason").fill("Chờ hoàn thiện phụ lục");
  await clerk.picture("numbers-hold-phone");
  await clerk.at("hold-confirm").click();
  await clerk.at("held", '[data-state="held"]').nth(1).waitFor();
  const first = await clerk.at("held").last().getAttribute("data-number");

  await clerk.at("hold-open").click();
  await clerk.at("way-between").check();
  await page.locator("#after").fill(first);
  await clerk.at("whom").fill("Văn phòng");
  await clerk.at("hold-reason").fill("Văn bản ký cùng ngày");
  await clerk.at("hold-confirm").click();
  await clerk.at("held", `[data-number="${first}a"]`).waitFor();

  const last = await clerk.at("held").first().getAttribute("data-number");
  const row = clerk.at("held", `[data-number="${last}"]`);
  await row.locator('[data-test="cancel-open"]').click();
  await clerk.at("cancel-reason").fill("Không ban hành nữa");
  await clerk.at("cancel-confirm").click();
  await clerk.at("held", `[data-number="${last}"][data-state="cancelled"]`).waitFor();
  await clerk.at("whole", '[data-whole="true"]').waitFor();
  await clerk.picture("numbers-phone");
  const csv = String(await clerk.fetch("/api/v1/registers/outgoing"));
  assert.match(csv, /Hủy số ngày [0-9/]+: Không ban hành nữa/);
  clerk.assertQuiet();
});

test("a deputy signs in the chair's place while it is allowed, and the clerk uses a kept number", async () => {
  const { drafter, deputy, clerk } = people;
  const id = await drafted(ABSTRACT);
  await drafter.ask("documents/submit", { id, revision: (await drafter.ask("documents/get", { id })).revision });

  await clerk.go("/authority");
  await clerk.at("give-open").click();
  await clerk.at("person").selectOption({ label: "Lê Thị Minh Hà, Phó Chủ tịch, Lãnh đạo Ủy ban" });
  await clerk.at("head").selectOption({ label: "Trần Quốc Khánh, Chủ tịch, Lãnh đạo Ủy ban" });
  assert.match(await clerk.at("printed").innerText(), /KT\. CHỦ TỊCH\s+PHÓ CHỦ TỊCH/);
  const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  await clerk.at("from_on").fill(today);
  await clerk.at("basis").fill("Quy chế làm việc của Ủy ban nhân dân");
  await clerk.picture("authority-form-phone");
  await clerk.at("give-confirm").click();
  await clerk.at("authority", '[data-standing="current"]').waitFor();
  await clerk.picture("authority-phone");

  // It waits on the deputy's first page.
  await deputy.go("/");
  await deputy.page.getByText(ABSTRACT).first().click();
  await deputy.at("sign-open").tap();
  await deputy.at("under").waitFor();
  assert.match(await deputy.at("under").innerText(), /KT\. CHỦ TỊCH \/ PHÓ CHỦ TỊCH/);
  await deputy.at("place").locator('[data-box="signature"]').waitFor();
  await deputy.picture("sign-under-tablet");
  await deputy.at("print-authority").check();
  await deputy.at("pin").fill(PIN);
  await deputy.at("sign-confirm").tap();
  await deputy.page.getByText("KT. CHỦ TỊCH / PHÓ CHỦ TỊCH").first().waitFor();
  await deputy.page.locator("ky-pdf .page[data-drawn]").first().waitFor();
  await deputy.picture("signed-under-tablet");

  await clerk.go(`/documents/${id}`);
  await clerk.at("issue-open").click();
  const kept = await clerk.at("kept").locator("option").nth(1).innerText();
  await clerk.at("kept").selectOption({ index: 1 });
  await clerk.picture("issue-kept-phone");
  await clerk.at("pin").fill(PIN);
  await clerk.at("issue-confirm").click();
  await clerk.page.getByText(kept.split(",")[0]).first().waitFor();
  await clerk.at("send").waitFor();
  for (const person of Object.values(people)) person.assertQuiet();
});

test("figures say what waits and lead to the lists that they count", async () => {
  const { clerk, deputy, drafter } = people;
  // One arrival is given to the drafter, due today.
  const mine = { state: "arrived", direction: "incoming", text: "", page: 1, mine: false };
  const arrival = (await clerk.ask("documents/list", { query: mine })).rows[0].id;
  const on = async (person, step, more = {}) => {
    const { revision } = await person.ask("documents/get", { id: arrival });
    await person.ask(`documents/${step}`, { id: arrival, revision, ...more });
  };
  const lead = (await clerk.ask("identity/people", { text: "soanthao" }))[0].id;
  const day = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  await on(clerk, "take-in");
  await on(clerk, "assign", { wish: { lead, support: [], inform: [], due_on: day, instruction: "Tham mưu trả lời" } });
  await clerk.go("/figures");
  const issued = clerk.at("figure", '[data-counted="issued"]');
  await issued.waitFor();
  const count = Number(await issued.innerText());
  assert.ok(count > 0, "nothing was issued");
  // The demonstration's documents are signed by their leader and sealed.
  assert.equal(await clerk.at("share-signed").innerText(), "100 %");
  await clerk.picture("figures-phone");
  await issued.click();
  await clerk.at("counted", '[data-counted="issued"]').waitFor();
  await clerk.picture("figures-list-phone");
  const query = { direction: "outgoing", state: null, text: "", page: 1, mine: false };
  const { from, to } = await clerk.ask("documents/figures", { query: {} });
  const list = await clerk.ask("documents/list", { query: { ...query, counted: "issued", from, to } });
  assert.equal(list.total, count);
  assert.equal(await clerk.page.locator(".list .list-link").count(), Math.min(count, 50));
  const csv = String(await clerk.fetch("/api/v1/figures/open-data?by=month"));
  assert.match(csv, /^body_code,level,unit,period,.*\r\nH99,body,,\d{4}-\d{2},/);

  await deputy.go("/figures");
  await deputy.at("scope", '[data-scope="body"]').waitFor();
  await deputy.picture("figures-tablet");
  await deputy.at("figure", '[data-counted="soon"]').click();
  await deputy.at("counted", '[data-counted="soon"]').waitFor();
  assert.equal(await deputy.page.locator(".list .list-link").count(), 1);
  await on(drafter, "start");
  await on(drafter, "finish", { result: "Đã trả lời" });
  await deputy.go("/figures");
  assert.equal(await deputy.at("share-in-time").innerText(), "100 %");
  assert.equal(await deputy.at("median").innerText(), "1 giờ");
  await deputy.picture("figures-done-tablet");
  await deputy.page.locator("#unit").selectOption("Phòng Tổng hợp");
  await deputy.at("figures-show").tap();
  await deputy.at("scope", '[data-scope="unit"]').waitFor();
  await deputy.page.emulateMedia({ media: "print" });
  await deputy.picture("figures-print-tablet");
  await deputy.page.emulateMedia({ media: "screen" });
  for (const person of [clerk, deputy]) person.assertQuiet();
});

test("the bell tells of what waits and what came back, as it happens, until it is read", async () => {
  const { drafter, leader, returned } = people;
  const unread = (person) => person.ask("documents/unread-notices", {});
  const rings = (person, n) =>
    n > 0 ? person.at("unread").getByText(String(n), { exact: true }).waitFor() : person.at("unread").waitFor({ state: "detached" });
  await leader.go("/meetings");
  await returned.go("/meetings");
  const [before, own] = [await unread(leader), await unread(returned)];
  const id = await drafted("Dự thảo báo chuông của bài kiểm thử");
  const revision = async () => (await drafter.ask("documents/get", { id })).revision;
  await drafter.ask("documents/submit", { id, revision: await revision() });
  await rings(leader, before + 1);
  await leader.at("bell").tap();
  await leader.at("notice", '[data-kind="submitted"][data-read="false"]').first().waitFor();
  await leader.picture("notices-tablet");
  await leader.at("notice", '[data-kind="submitted"]').first().locator("a").tap();
  await leader.page.waitForURL(new RegExp(id));
  await rings(leader, before);

  await leader.ask("documents/return", { id, revision: await revision(), reason: "Sửa trích yếu" });
  await rings(returned, own + 1);
  await returned.picture("bell-phone");
  await returned.at("bell").tap();
  const line = returned.at("notice", '[data-kind="returned"]');
  await line.first().waitFor();
  await returned.picture("notices-phone");
  await line.first().locator('[data-test="read"]').tap();
  await returned.at("notice", '[data-kind="returned"][data-read="true"]').first().waitFor();
  await rings(returned, own);
  for (const person of Object.values(people)) person.assertQuiet();
});

test("a deleted draft is taken out of the trash again", async () => {
  const { drafter } = people;
  const id = await drafted("Dự thảo sẽ được khôi phục");
  await drafter.at("delete").click();
  await drafter.page.locator("dialog[open] .button-bad").click();
  await drafter.page.waitForURL(/\/documents$/);
  await drafter.at("trash").click();
  await drafter.at("trashed").first().waitFor();
  await drafter.picture("trash-tablet");
  await drafter.at("restore").first().click();
  await drafter.page.waitForURL(new RegExp(id));
  await drafter.at("submit").waitFor();
  drafter.assertQuiet();
});

test("an address of one's deadlines and a token are shown once, and work", async () => {
  const { drafter } = people;
  const { page } = drafter;
  await drafter.go("/account");
  await drafter.at("feed-make").tap();
  const address = await drafter.at("feed-address").innerText();
  const calendar = await fetch(address);
  assert.equal(calendar.status, 200);
  assert.match(await calendar.text(), /^BEGIN:VCALENDAR/);
  await page.locator("#name").fill("Phần mềm một cửa");
  await drafter.at("token-create").tap();
  const token = await drafter.at("token-secret").innerText();
  const answer = await fetch(`${demo.url(0)}/api/v1/documents`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await drafter.picture("account-once-tablet");
  // Put away, each by itself.
  const away = page.getByRole("button", { name: "Tôi đã cất giữ" });
  await away.first().tap();
  for (let n = 0; n < 100 && (await away.count()) !== 1; n++) await page.waitForTimeout(50);
  assert.equal(await away.count(), 1);
  await away.tap();
  await away.waitFor({ state: "detached" });
  assert.equal(await drafter.at("token-secret").count() + (await drafter.at("feed-address").count()), 0);
  drafter.assertQuiet();
});
