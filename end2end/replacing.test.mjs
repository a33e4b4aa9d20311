// A document that was sent is replaced with a new one: the old copy is locked here and at its receiver, and leads to the new one.
import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo, PIN, ROOT } from "./lib/demo.mjs";

const FILE = join(ROOT, "demo/documents/ke-hoach.pdf");
const ABSTRACT = "Kế hoạch sẽ được thay thế của bài kiểm thử";
const REASON = "Sai căn cứ pháp lý ở mục 2";
const SECOND = "H99.5";

let demo;
let browser;
const people = {};

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launch()]);
  const [home, second] = [demo.url(0), demo.url(1)];
  people.drafter = await Person.enter(browser, home, "soanthao", { ...TABLET, viewport: { width: 1180, height: 820 } });
  people.leader = await Person.enter(browser, home, "lanhdao");
  people.clerk = await Person.enter(browser, home, "vanthu", PHONE);
  people.receiver = await Person.enter(browser, second, "vanthu", PHONE);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

// The rest of its way is played elsewhere, on the screen.
async function issueAndSend(id) {
  const { drafter, leader, clerk } = people;
  const revision = async (person) => (await person.ask("documents/get", { id })).revision;
  const box = { page: 1, x: 300, y: 100, w: 100, h: 60 };
  await drafter.ask("documents/submit", { id, revision: await revision(drafter) });
  await leader.ask("documents/sign", { id, revision: await revision(leader), placement: box, pin: PIN });
  await clerk.ask("documents/issue", { id, revision: await revision(clerk), seal: box, pin: PIN });
  await clerk.ask("documents/send", { id, revision: await revision(clerk) });
}

async function saved(person) {
  await person.at("new-save").click();
  await person.page.waitForURL(/\/documents\/[0-9a-f-]{36}$/);
  return person.page.url().split("/").pop();
}

test("a new document takes the old one's place, here and at its receiver", async () => {
  const { drafter, clerk, receiver } = people;
  const { page } = drafter;
  await drafter.go("/documents/new");
  await page.locator("#kind").selectOption("KH");
  await page.locator("#abstract_text").fill(ABSTRACT);
  await page.locator("#leader_id").selectOption({ label: "Trần Quốc Khánh, Chủ tịch" });
  await page.locator(`input[name=receivers][value="${SECOND}"]`).check();
  await page.locator("#file").setInputFiles(FILE);
  const old = await saved(drafter);
  await issueAndSend(old);

  // The way so far, in words.
  await clerk.go(`/documents/${old}`);
  await clerk.at("receiver-status", `[data-code="${SECOND}"][data-status="01"]`).waitFor();
  await clerk.page.locator(".receiver summary").click();
  const way = await clerk.page.locator(".receiver .trail").innerText();
  assert.match(way, /Đã xếp hàng chờ gửi[^]*Trục đã nhận[^]*Đã đến, chờ văn thư nơi nhận/);
  await clerk.picture("way-phone");

  await drafter.go(`/documents/${old}`);
  await drafter.at("supersede").click();
  await drafter.at("supersedes").waitFor();
  await page.locator("#supersedes_reason").fill(REASON);
  assert.equal(await page.locator("#abstract_text").inputValue(), ABSTRACT);
  assert.ok(await page.locator(`input[name=receivers][value="${SECOND}"]`).isChecked());
  await page.locator("#file").setInputFiles(FILE);
  await drafter.picture("supersede-form");
  const next = await saved(drafter);
  await drafter.at("predecessor").waitFor();
  await drafter.picture("supersede-draft");
  await issueAndSend(next);

  // The clerk has the old one open: it is locked there and then.
  await clerk.at("marked", '[data-mark="replaced"]').waitFor();
  assert.equal(await clerk.at("recall").count(), 0);
  await clerk.picture("replaced-phone");
  await clerk.at("successor").click();
  await clerk.page.waitForURL(new RegExp(next));

  await receiver.go("/incoming");
  await receiver.at("mark", '[data-mark="replaced"]').first().waitFor();
  const query = { direction: "incoming", state: null, text: ABSTRACT, page: 1, mine: false };
  const { rows } = await receiver.ask("documents/list", { query });
  const copy = rows.find((row) => row.mark === "replaced");
  await receiver.go(`/documents/${copy.id}`);
  await receiver.at("marked", '[data-mark="replaced"]').waitFor();
  assert.match(await receiver.at("marked").innerText(), new RegExp(REASON));
  assert.equal(await receiver.at("take-in").count(), 0);
  await receiver.picture("replaced-receiver");
  await receiver.at("successor").click();
  await receiver.page.waitForURL((url) => !url.pathname.endsWith(copy.id));
  await receiver.at("take-in").waitFor();
  await receiver.at("predecessor").waitFor();
  for (const person of Object.values(people)) person.assertQuiet();
});

// Sent, and taken in by its receiver: the document here and there.
async function inHands(abstract) {
  const { drafter, receiver } = people;
  const { page } = drafter;
  await drafter.go("/documents/new");
  await page.locator("#kind").selectOption("TB");
  await page.locator("#abstract_text").fill(abstract);
  await page.locator("#leader_id").selectOption({ label: "Trần Quốc Khánh, Chủ tịch" });
  await page.locator(`input[name=receivers][value="${SECOND}"]`).check();
  await page.locator("#file").setInputFiles(FILE);
  const ours = await saved(drafter);
  await issueAndSend(ours);
  const query = { direction: "incoming", state: null, text: abstract, page: 1, mine: false };
  for (let tries = 0; tries < 100; tries += 1) {
    const { rows } = await receiver.ask("documents/list", { query });
    // The same words may stand in the text of another's PDF.
    const arrived = rows.find((row) => row.abstract_text === abstract);
    if (arrived) {
      await receiver.ask("documents/take-in", { id: arrived.id, revision: 1 });
      return [ours, arrived.id];
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${abstract} has not arrived`);
}

async function asksBack(ours, theirs) {
  const { clerk, receiver } = people;
  await receiver.go(`/documents/${theirs}`);
  await clerk.go(`/documents/${ours}`);
  await clerk.at("receiver-status", `[data-code="${SECOND}"][data-status="03"]`).waitFor();
  await clerk.at("recall").click();
  const dialog = clerk.page.locator("dialog[open]");
  await dialog.locator('[data-test="reason"]').fill(REASON);
  await dialog.locator('[data-test="reason-confirm"]').click();
  // The receiver has the document open: the question stands there by itself.
  await receiver.at("asked-back").waitFor();
  assert.match(await receiver.at("asked-back").innerText(), new RegExp(REASON));
}

test("what is in hands is given back, or not, and the sender sees who has signed the answer", async () => {
  const { clerk, receiver } = people;
  const [given, copy] = await inHands("Thông báo được trả lại của bài kiểm thử");
  await asksBack(given, copy);
  for (const hook of ["give-back", "keep-copy"]) {
    const { height, width } = await receiver.at(hook).boundingBox();
    assert.ok(height >= 44 && width >= 44, `${hook}: ${width} × ${height}`);
  }
  await receiver.picture("asked-back-phone");
  await receiver.at("give-back").click();
  await receiver.at("give-back-confirm").click();
  await receiver.at("marked", '[data-mark="recalled"]').waitFor();
  assert.equal(await receiver.at("give-back").count(), 0);
  await clerk.at("receiver-status", `[data-code="${SECOND}"][data-status="15"]`).waitFor();

  const [kept, other] = await inHands("Thông báo được giữ lại của bài kiểm thử");
  await asksBack(kept, other);
  await receiver.at("keep-copy").click();
  const dialog = receiver.page.locator("dialog[open]");
  await dialog.locator('[data-test="reason"]').fill("Đã căn cứ vào văn bản này để trả lời");
  await dialog.locator('[data-test="reason-confirm"]').click();
  await receiver.at("asked-back").waitFor({ state: "detached" });
  await clerk.at("receiver-status", `[data-code="${SECOND}"][data-status="16"]`).waitFor();
  await clerk.page.locator(".receiver summary").click();
  assert.match(await clerk.at("receipt-signer").last().innerText(), /H99\.5/);
  const receipt = clerk.page.locator(".receiver [data-test=edxml]").last();
  assert.ok((await receipt.boundingBox()).height >= 44);
  const answer = await clerk.page.request.get(await receipt.evaluate((a) => a.href));
  assert.match(await answer.text(), /<edXML:StatusCode>16<[^]*<ds:Signature /);
  await clerk.picture("receipts-phone");
  for (const person of Object.values(people)) person.assertQuiet();
});
