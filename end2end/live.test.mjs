// A meeting while it is held: speakers and clocks, votes open and secret, the presenter's page. Two or three devices with touch.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, chair, member, meeting;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  chair = await Person.enter(browser, demo.url(0), "lanhdao", { ...TABLET, viewport: { width: 1024, height: 768 } });
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  meeting = (await chair.ask("meetings/list", {})).find((m) => m.today).id;
  await chair.ask("meetings/open", { id: meeting });
  for (const person of [chair, member]) {
    await person.go(`/meetings/${meeting}`);
    await person.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
    await person.at("check-in").tap();
    await person.at("checked-in").waitFor();
  }
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("live", () => [chair, member]);

// Whole seconds on the clock in this place.
const seconds = async (person, place) => {
  const [, minutes, rest] = (await person.at(place).locator(".clock-digits").innerText()).match(/^(\d+):(\d\d)$/);
  return Number(minutes) * 60 + Number(rest);
};

step("a member asks to speak by one tap, sees the number, gets the floor, and both read the same clock", async () => {
  await chair.at("set-current").first().tap();
  await chair.at("floor-ask").tap();
  await chair.at("floor-mine", '[data-number="1"]').waitFor();
  await member.at("floor-ask").dblclick();
  await member.at("floor-mine", '[data-number="2"]').waitFor();
  await chair.at("queue-line").nth(1).waitFor();
  assert.equal(await chair.at("queue-line").count(), 2, "a double tap asks once");
  await chair.at("floor-withdraw").tap();
  await member.at("floor-mine", '[data-number="1"]').waitFor();
  await chair.at("floor-give").tap();
  await member.at("floor-speaking").waitFor();
  await member.at("speaker").locator('[data-running="true"]').waitFor();
  const [theirs, ours] = await Promise.all([seconds(chair, "speaker"), seconds(member, "speaker")]);
  assert.ok(Math.abs(theirs - ours) <= 1 && ours <= 300 && ours > 200, `${theirs} s and ${ours} s are left`);
  await chair.at("speaker").locator('[data-test="clock-step"]').tap();
  await member.at("speaker").locator('[data-running="false"]').waitFor();
  assert.equal(await seconds(chair, "speaker"), await seconds(member, "speaker"), "a clock that stands is the same everywhere");
  await member.at("floor-done").tap();
  await member.at("floor-ask").waitFor();
  assert.equal(await chair.at("speaker").count(), 0);
});

step("the chair calls an open vote with its majority; the chart follows every ballot", async () => {
  // Without a question there is no vote, and it is said in the page's language, whatever the browser's is.
  const question = chair.page.locator("#question");
  await question.fill("");
  await chair.at("vote-open").tap();
  assert.equal(await question.evaluate((field) => field.validationMessage), "Xin điền ô này.");
  await question.fill("Thông qua dự thảo quy chế?");
  await chair.page.locator("#majority").selectOption("cast");
  await chair.at("vote-open").tap();
  await member.page.locator(".ballot-sheet").getByText("Thông qua dự thảo quy chế?").waitFor();
  await member.page.locator('.ballot-sheet [data-test="vote-agree"]').tap();
  await chair.at("vote", '[data-open="true"]').locator('[data-test="count-agree"]', { hasText: "1" }).waitFor();
  await chair.page.locator('.ballot-sheet [data-test="vote-disagree"]').tap();
  await chair.at("vote").first().locator('[data-test="needed"]', { hasText: "2" }).waitFor();
  await member.at("vote").first().locator('[data-test="vote-disagree"]').tap();
  await member.at("vote").first().locator('[data-test="vote-agree"]').tap();
  await chair.at("vote").first().locator('[data-test="count-agree"]', { hasText: "1" }).waitFor();
  await chair.at("vote-close").tap();
  await member.at("vote", '[data-open="false"]').getByText("Không được thông qua").waitFor();
});

step("a secret ballot survives a lost link and a reload, is counted, and is found again by its receipt", async () => {
  await chair.page.locator("#question").fill("Giới thiệu nhân sự?");
  await chair.at("vote-secret").tap();
  await chair.at("vote-open").tap();
  const sheet = (person) => person.page.locator(".ballot-sheet");
  // The cookie-less way of the ballot is cut once.
  let cookies = "not seen";
  member.linkMayBreak = true;
  await member.page.route("**/api/v1/votes/*/ballots", (route) => route.abort());
  await member.at("secret-agree").tap();
  await member.at("secret-cast").tap();
  await sheet(member).getByText("chưa vào hòm").first().waitFor();
  await member.page.unroute("**/api/v1/votes/*/ballots");
  member.page.on("request", async (request) => {
    if (/\/votes\/.*\/ballots$/.test(request.url()) && request.method() === "POST") cookies = (await request.allHeaders()).cookie ?? "none";
  });
  await member.page.reload();
  await member.ready();
  await member.at("ballot-done").waitFor();
  member.linkMayBreak = false;
  assert.equal(cookies, "none", "the ballot went with a cookie");
  const receipt = await member.at("ballot-done").getAttribute("data-receipt");
  await chair.at("secret-disagree").tap();
  await chair.at("secret-cast").tap();
  await chair.at("ballot-done").waitFor();
  await chair.at("ballot-hide").tap();
  const open = chair.at("vote", '[data-open="true"]');
  await open.getByText("2 trên 2 phiếu").waitFor();
  assert.equal(await open.locator('[data-test="count-agree"]').count(), 0, "what ballots say is not told yet");
  await chair.at("vote-close").tap();
  for (const [person, words] of [[member, "Tán thành"], [chair, "Không tán thành"]]) {
    const card = person.at("vote", '[data-open="false"]').first();
    await card.locator('[data-test="count-disagree"]', { hasText: "1" }).waitFor();
    await person.at("recount").first().tap();
    await person.at("recounted", '[data-right="true"]').first().waitFor();
    assert.equal(await person.at("recount-mine").first().getAttribute("data-mine"), "counted");
    await person.at("recount-mine").first().getByText(words).waitFor();
  }
  // What the server tells a program is the same, and names the receipt.
  const { id } = (await member.ask("meetings/get", { id: meeting })).votes.at(-1);
  const published = JSON.parse(await member.fetch(`/api/v1/votes/${id}/ballots`));
  assert.ok(published.ballots.some((b) => b.receipt === receipt && b.choice === "agree"));
});

step("the presenter's page is followed, left by hand, and found again by one tap; the room's screen shows what goes on", async () => {
  const pageOf = (person) => person.page.evaluate(() => Number(document.querySelector("ky-pdf").shadowRoot.querySelector("input").value));
  const until = async (what, ask) => {
    for (let tries = 0; !(await ask()); tries += 1) {
      assert.ok(tries < 100, `${what}: ${await pageOf(chair)} and ${await pageOf(member)}`);
      await new Promise((go) => setTimeout(go, 100));
    }
  };
  const together = () => until("both read the same page", async () => (await pageOf(chair)) === (await pageOf(member)));
  for (const person of [chair, member]) await person.page.locator('ky-pdf .page[data-page="1"][data-drawn]').first().waitFor();
  await chair.at("present", ".button").tap();
  await member.at("following").waitFor();
  await chair.page.locator("ky-pdf .on").tap();
  await until("the presenter turns", async () => (await pageOf(chair)) > 1);
  await together();
  // By hand, on the phone: the page before, read freely, while the presenter goes on. Nobody reacts to a turned page at once.
  await new Promise((go) => setTimeout(go, 1000));
  await member.page.locator("ky-pdf .back").tap();
  await member.at("follow-back").waitFor();
  const [theirs, own] = [await pageOf(chair), await pageOf(member)];
  assert.notEqual(theirs, own);
  await chair.page.locator("ky-pdf input").fill("1");
  await chair.page.locator("ky-pdf input").press("Enter");
  await member.at("follow-back").getByText("trang 1 ").waitFor();
  assert.equal(await pageOf(member), own, "who reads freely is left alone");
  await member.at("follow-back").tap();
  await member.at("following").waitFor();
  await together();
  // The pointer: at the same place of the page on another screen, and gone when it leaves the page.
  await chair.at("point").tap();
  const part = async (person, selector) => (await person.page.locator(`ky-pdf ${selector}`).first().boundingBox());
  const shown = await part(chair, `.page[data-page="${await pageOf(chair)}"]`);
  await chair.page.mouse.move(shown.x + shown.width * 0.4, shown.y + shown.height * 0.2);
  await chair.page.mouse.move(shown.x + shown.width * 0.5, shown.y + shown.height * 0.25);
  const dot = member.page.locator(`ky-pdf .page[data-page="${await pageOf(member)}"] .pointer`);
  await dot.waitFor();
  await until("the dot is where the presenter points", async () => {
    const [at, page] = [await dot.boundingBox(), await part(member, `.page[data-page="${await pageOf(member)}"]`)];
    const near = (value, wanted) => Math.abs(value - wanted) < 0.01;
    return near((at.x + at.width / 2 - page.x) / page.width, 0.5) && near((at.y + at.height / 2 - page.y) / page.height, 0.25);
  });
  await member.picture("pointer");
  await chair.page.mouse.move(1, 1);
  await dot.waitFor({ state: "detached" });
  await chair.at("present", ".button").tap();
  await chair.at("point").waitFor({ state: "detached" });
  await member.at("following").waitFor({ state: "detached" });

  await member.go(`/meetings/${meeting}/screen`);
  await member.at("screen-item").waitFor();
  await chair.at("floor-ask").tap();
  await chair.at("floor-give").tap();
  await member.at("screen-speaker").getByText("Trần Quốc Khánh").waitFor();
  const words = await member.at("screen").innerText();
  assert.ok(!/Tôi đã chọn|Phiếu của tôi/.test(words), words);
});
