// The whole path of an official document, in six browsers, over two servers, an axis node and an authority: drafted, signed,
// numbered and sealed, read in a meeting over a link that breaks, sent to another body, verified by an auditor.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo, PIN, ROOT } from "./lib/demo.mjs";
import { figure } from "./lib/figures.mjs";
import { agree, ours } from "./lib/judges.mjs";
import { Link } from "./lib/link.mjs";

const ABSTRACT = "Triển khai họp không giấy tờ: văn bản của bài kiểm thử";
const BROKEN = "Văn bản có chữ ký hỏng của bài kiểm thử";
// Another body that the document is also meant for and that has no server: it stays on its way.
const [SECOND, ABSENT] = ["H99.5", "H99.21"];

let demo;
let browser;
let link;
const people = {};
let id;
let number;
let issued;

before(async () => {
  [demo, browser, link] = await Promise.all([Demo.start(), launch(), Link.open()]);
  const [home, second] = [demo.url(0), demo.url(1)];
  people.drafter = await Person.enter(browser, home, "soanthao");
  people.leader = await Person.enter(browser, home, "lanhdao", TABLET);
  people.clerk = await Person.enter(browser, home, "vanthu");
  people.secretary = await Person.enter(browser, home, "thuky");
  people.official = await Person.enter(browser, home, "daibieu", { ...TABLET, proxy: link.proxy });
  people.receiver = await Person.enter(browser, second, "vanthu");
  people.auditor = await Person.enter(browser, home, "kiemtra");
});

after(async () => {
  await browser?.close();
  link?.close();
  await demo?.stop();
});

// Steps build on one another: after one has failed the next say only that.
let failed = null;
function step(name, work) {
  test(name, async () => {
    if (failed) assert.fail(`not reached: "${failed}" failed`);
    try {
      await work();
      for (const person of Object.values(people)) person.assertQuiet();
    } catch (error) {
      failed = name;
      for (const [role, person] of Object.entries(people)) await person.picture(`journey-${role}`);
      throw error;
    }
  });
}

const state = (person, name) => person.at("doc-state", `[data-state="${name}"]`).waitFor();
const receiver = (person, code, status) => person.at("receiver-status", `[data-code="${code}"][data-status="${status}"]`).waitFor();
const drawn = (person, page = 1) => person.page.locator(`ky-pdf .page[data-page="${page}"][data-drawn]`).first().waitFor();

async function detail(person, document = id) {
  return person.ask("documents/get", { id: document });
}

// A draft of this file, entered on the screen.
async function draft(file, abstract, receivers) {
  const { drafter } = people;
  await drafter.go("/documents");
  await drafter.at("new-document").click();
  const { page } = drafter;
  await page.locator("#kind").selectOption("KH");
  await page.locator("#abstract_text").fill(abstract);
  await page.locator("#leader_id").selectOption({ label: "Trần Quốc Khánh, Chủ tịch" });
  for (const code of receivers) await page.locator(`input[name=receivers][value="${code}"]`).check();
  await page.locator("#file").setInputFiles(file);
  await drafter.at("new-save").click();
  await page.waitForURL(/\/documents\/[0-9a-f-]{36}$/);
  return page.url().split("/").pop();
}

// The leader reads it to the last page, taps where the signature shall stand, signs with the PIN.
async function sign(document) {
  const { leader } = people;
  await leader.go(`/documents/${document}`);
  await drawn(leader);
  const pages = (await detail(leader, document)).file.pages;
  for (let page = 2; page <= pages; page += 1) {
    await leader.page.locator(`ky-pdf .page[data-page="${page}"]`).scrollIntoViewIfNeeded();
    await drawn(leader, page);
  }
  await leader.at("sign-open").tap();
  const place = leader.at("place");
  await place.locator(`.page[data-page="${pages}"]`).scrollIntoViewIfNeeded();
  await place.locator(`.page[data-page="${pages}"][data-drawn]`).waitFor();
  await place.locator('[data-box="signature"]').waitFor();
  const box = await place.locator(`.page[data-page="${pages}"]`).boundingBox();
  const at = { x: box.x + box.width * 0.7, y: box.y + box.height * 0.6 };
  await leader.page.touchscreen.tap(at.x, at.y);
  await leader.at("pin").fill(PIN);
  await leader.at("sign-confirm").tap();
  await state(leader, "signed");
  const { signature_box: stands } = await detail(leader, document);
  // The middle of the box, in parts of an A4 page from its upper left.
  assert.equal(stands.page, pages);
  assert.ok(Math.abs((stands.x + stands.w / 2) / 595 - 0.7) < 0.03, JSON.stringify(stands));
  assert.ok(Math.abs(1 - (stands.y + stands.h / 2) / 842 - 0.6) < 0.03, JSON.stringify(stands));
}

async function issue(document) {
  const { clerk } = people;
  await clerk.go(`/documents/${document}`);
  await clerk.at("issue-open").click();
  await clerk.at("place").locator('[data-box="seal"]').waitFor();
  await clerk.at("pin").fill(PIN);
  await clerk.at("issue-confirm").click();
  await state(clerk, "issued");
}

step("1. the drafter uploads a PDF and submits it", async () => {
  id = await draft(join(ROOT, "demo/documents/ke-hoach.pdf"), ABSTRACT, [SECOND, ABSENT]);
  await state(people.drafter, "draft");
  await drawn(people.drafter);
  await people.drafter.at("submit").click();
  await state(people.drafter, "submitted");
});

step("2. the leader reads it on a tablet, places the signature by touch and signs; three judges agree", async () => {
  // A wrong PIN says so and changes nothing.
  await people.leader.go(`/documents/${id}`);
  await people.leader.at("sign-open").tap();
  await people.leader.at("pin").fill("135799");
  people.leader.linkMayBreak = true;
  await people.leader.at("sign-confirm").tap();
  await people.leader.page.locator(".field-error, .note-bad").first().waitFor();
  assert.equal((await detail(people.leader)).row.state, "submitted");
  people.leader.linkMayBreak = false;

  await sign(id);
  await state(people.drafter, "signed");
  const { file } = await detail(people.leader);
  await agree(await people.leader.fetch(file.url), 1, demo, "signed.pdf");
});

step("3. the clerk gives number and date and seals it; the leader's signature stays valid for all three", async () => {
  await issue(id);
  const shown = await people.clerk.at("doc-number").innerText();
  assert.match(shown, /^\d{2,}\/KH-UBND$/);
  number = shown;
  const { file, issued_on: on } = await detail(people.clerk);
  assert.match(on, /^\d{4}-\d{2}-\d{2}$/);
  issued = await people.clerk.fetch(file.url);
  const path = await agree(issued, 2, demo, "issued.pdf");
  const { report } = await ours(path, demo.root);
  assert.equal(report.signatures[0].modification_level, "form_filling");
  // The leader sees it without having loaded anything.
  await state(people.leader, "issued");
});

async function attach(document, item) {
  const { secretary } = people;
  await secretary.at("agenda-item").nth(item).locator('[data-test="attach-open"]').click();
  const choose = secretary.at("attach-choose", `[data-document="${document}"]`);
  await choose.waitFor();
  const began = performance.now();
  await choose.click();
  return began;
}

step("4. what the secretary attaches is on the official's tablet at once, and nothing is missed when the link breaks", async () => {
  const { secretary, official } = people;
  const [{ id: meeting }] = (await secretary.ask("meetings/list", {})).filter((m) => m.today);
  await secretary.go(`/meetings/${meeting}`);
  await secretary.at("meeting-open").click();
  await secretary.at("meeting-state", '[data-state="open"]').waitFor();
  await official.go(`/meetings/${meeting}`);
  await official.at("meeting-state", '[data-state="open"]').waitFor();
  await official.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  let loads = 0;
  official.page.on("framenavigated", () => (loads += 1));

  const { sha256 } = (await detail(people.clerk)).file;
  const began = await attach(id, 1);
  await official.at("attachment", `[data-sha256="${sha256}"]`).waitFor();
  await official.page.locator(`ky-pdf[sha256="${sha256}"] .page[data-page="1"][data-drawn]`).waitFor();
  figure("attach_to_seen", Math.round(performance.now() - began), "ms",
    "from the secretary's tap to page 1 drawn on an official's tablet, hash checked, both browsers and all servers on this machine");
  await official.at("hash", '[data-checked="true"]').waitFor();

  // The link is cut; meanwhile the secretary attaches two more, begins an item and takes one away again.
  official.linkMayBreak = true;
  link.break();
  await official.at("link-state", ':not([data-state="connected"])').waitFor({ state: "attached" });
  const query = { direction: "outgoing", state: null, text: "Quy chế tiếp nhận", page: 1, mine: false };
  const [other] = (await secretary.ask("documents/list", { query })).rows;
  await attach(other.id, 3);
  await secretary.at("agenda-item").nth(3).locator('[data-test="attachment"]').waitFor();
  await attach(id, 2);
  await secretary.at("agenda-item").nth(2).locator(`[data-test="attachment"][data-sha256="${sha256}"]`).waitFor();
  await secretary.at("agenda-item").nth(3).locator('[data-test="set-current"]').click();
  await secretary.page.locator(".agenda-now").waitFor();
  const now = await official.ask("meetings/list", {}).catch(() => "cut");
  assert.equal(now, "cut", "the tablet's link was not cut");

  link.mend();
  const mended = performance.now();
  await official.at("link-state", '[data-state="connected"]').waitFor({ state: "attached", timeout: 60_000 });
  await official.at("agenda-item").nth(3).locator('[data-test="attachment"]').waitFor();
  await official.at("agenda-item").nth(2).locator(`[data-test="attachment"][data-sha256="${sha256}"]`).waitFor();
  await official.page.locator(".agenda-now").waitFor();
  figure("link_back", Math.round(performance.now() - mended), "ms", "a tablet's link comes back after a cut, during which three things happened");
  official.linkMayBreak = false;
  assert.equal(loads, 0, "the tablet's page was loaded again");
  // What is on the tablet is what is on the server: nothing missed, nothing twice.
  const truth = await secretary.ask("meetings/get", { id: meeting });
  const seen = await official.at("attachment").evaluateAll((all) => all.map((e) => e.dataset.sha256));
  assert.deepEqual(seen, truth.items.flatMap((item) => item.documents.map((d) => d.file.sha256)));
});

step("5. the document travels to the other body, which answers 01, 03 to 06 on the sender's screen", async () => {
  const { clerk, receiver: other } = people;
  await other.go("/incoming");
  await clerk.go(`/documents/${id}`);
  let loads = 0;
  clerk.page.on("framenavigated", () => (loads += 1));
  // On a slow link the status overtakes the answers that were asked for before it came, and they must not undo it.
  let late = 0;
  await clerk.page.route("**/api/ui/documents/get", async (route) => {
    const response = await route.fetch();
    await new Promise((go) => setTimeout(go, 4000));
    late += 1;
    await route.fulfill({ response });
  });
  await clerk.at("send").click();
  await state(clerk, "sent");
  assert.ok(late > 0, "no answer was late");
  await receiver(clerk, SECOND, "01");
  await clerk.page.unroute("**/api/ui/documents/get");

  // The arrival shows on the desk of the other clerk, who has not loaded anything.
  const arrival = other.page.locator("a", { hasText: ABSTRACT });
  await arrival.first().waitFor();
  await arrival.first().click();
  await state(other, "arrived");
  await other.at("verdict", '[data-verdict="TOTAL_PASSED"]').waitFor();
  await drawn(other);
  const arrived = await detail(other, other.page.url().split("/").pop());
  assert.deepEqual(await other.fetch(arrived.file.url), issued, "what arrived is not byte for byte what was issued");
  assert.equal(arrived.row.number, number);
  await other.at("take-in").click();
  await state(other, "taken_in");
  await receiver(clerk, SECOND, "03");

  // Given to somebody with a deadline, who sees it waiting and works on it; the sender hears of each step.
  const worker = await Person.enter(browser, other.url, "soanthao", PHONE);
  people.worker = worker;
  await worker.go("/");
  await other.at("assign").click();
  await other.at("assign-lead").selectOption({ label: "Đặng Thùy Linh, Chuyên viên, Phòng Công chức" });
  await other.at("assign-due").fill("2099-12-31");
  await other.at("assign-instruction").fill("Tham mưu văn bản trả lời");
  await other.at("assign-confirm").click();
  await state(other, "assigned");
  await receiver(clerk, SECOND, "04");
  await worker.page.locator("main a", { hasText: ABSTRACT }).first().tap();
  await worker.at("processing").getByText("Tham mưu văn bản trả lời").waitFor();
  await worker.picture("processing");
  await worker.at("start").tap();
  await state(worker, "processing");
  await receiver(clerk, SECOND, "05");
  await worker.at("finish").tap();
  await worker.at("reason").fill("Đã tham mưu, trả lời bằng công văn riêng");
  await worker.at("reason-confirm").tap();
  await state(worker, "done");
  await receiver(clerk, SECOND, "06");
  await clerk.page.getByText("Đã tham mưu, trả lời bằng công văn riêng").first().waitFor();
  assert.equal(loads, 0, "the sender's page was loaded again");
});

step("5b. a document whose signature is broken is answered 02 with the reason", async () => {
  const { clerk, drafter } = people;
  // One byte of what the leader signed: a letter in the comment after the header.
  const spoiled = Buffer.from(issued);
  spoiled[spoiled.indexOf("\n") + 2] ^= 1;
  const file = join(demo.dir, "spoiled.pdf");
  await writeFile(file, spoiled);
  const { code, report } = await ours(file, demo.root);
  assert.equal(code, 1, JSON.stringify(report));
  const broken = await draft(file, BROKEN, [SECOND]);
  await drafter.at("submit").click();
  await state(drafter, "submitted");
  await sign(broken);
  await issue(broken);
  await clerk.at("send").click();
  await receiver(clerk, SECOND, "02");
  const [answer] = (await detail(clerk, broken)).receivers;
  assert.equal(answer.status, "02");
  assert.ok(answer.description.length > 20, `02 without a reason: ${JSON.stringify(answer)}`);
  await clerk.page.getByText(answer.description).first().waitFor();
});

step("6. anybody verifies the PDF without an account; the auditor reads the log, whose chain is whole", async () => {
  const stranger = await Person.enter(browser, demo.url(0), null, TABLET);
  people.stranger = stranger;
  await stranger.go("/verify");
  const file = join(demo.dir, "issued.pdf");
  const dropped = (await readFile(file)).toString("base64");
  const data = await stranger.page.evaluateHandle((base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "issued.pdf", { type: "application/pdf" }));
    return transfer;
  }, dropped);
  const zone = stranger.page.locator('[data-test="drop"], .drop, label:has(input[type=file])').first();
  for (const event of ["dragenter", "dragover", "drop"]) await zone.dispatchEvent(event, { dataTransfer: data });
  await stranger.at("verdict", '[data-verdict="TOTAL_PASSED"]').waitFor();
  assert.equal(await stranger.at("signature", '[data-indication="TOTAL_PASSED"]').count(), 2);
  const words = await stranger.page.locator("main").innerText();
  for (const who of ["Trần Quốc Khánh", "Ủy ban nhân dân tỉnh Minh An"]) assert.ok(words.includes(who), `${who} is not named:\n${words}`);

  // What the leader signed, cut from the file in the browser, is the beginning of it and verifies as a whole.
  const [saved] = await Promise.all([stranger.page.waitForEvent("download"), stranger.at("save").first().click()]);
  const version = join(demo.dir, saved.suggestedFilename());
  await saved.saveAs(version);
  const [bytes, whole] = [await readFile(version), await readFile(file)];
  assert.ok(bytes.length < whole.length && whole.subarray(0, bytes.length).equals(bytes), "not the beginning of the file");
  const { code, report } = await ours(version, demo.root);
  assert.equal(code, 0, JSON.stringify(report));
  assert.equal(report.signatures[0].coverage, "entire_file");
  for (const kind of ["html", "xml"]) {
    const link = stranger.page.locator(`[data-test="save"][download$=".${kind}"]`);
    const [kept] = await Promise.all([stranger.page.waitForEvent("download"), link.click()]);
    assert.match(await readFile(await kept.path(), "utf8"), kind === "html" ? /<html/ : /<ValidationReport/);
  }

  const { auditor } = people;
  await auditor.go("/audit");
  const log = await auditor.page.locator("main").innerText();
  assert.ok(log.includes(number), `the log does not name ${number}:\n${log}`);
  await auditor.at("chain-check").click();
  await auditor.at("chain-result", '[data-intact="true"]').waitFor();
});
