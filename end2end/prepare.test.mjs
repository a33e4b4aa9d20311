// Before a meeting: answers to the invitation, whoever is sent instead, the list of members; and what is collected at the end.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, secretary, member, instead, meeting;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, viewport: { width: 1180, height: 820 } });
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  instead = await Person.enter(browser, demo.url(0), "soanthao", TABLET);
  meeting = (await secretary.ask("meetings/list", {})).find((m) => m.today).id;
  for (const person of [secretary, member]) await person.go(`/meetings/${meeting}`);
  await secretary.page.locator("details.fold summary", { hasText: "Thành phần" }).tap();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("prepare", () => [secretary, member, instead]);

step("a member declines with a reason, which the secretary reads at once; the invitation goes into a calendar", async () => {
  await member.at("answer-decline").tap();
  await member.at("answer-reason").fill("Bận tiếp công dân");
  await member.at("answer-send").tap();
  await member.at("answer-decline", '[aria-pressed="true"]').waitFor();
  await secretary.page.getByText("Bận tiếp công dân").waitFor();
  assert.equal(await member.page.getByText("Bận tiếp công dân").count(), 0, "reasons are the secretary's alone");
  const calendar = await member.fetch(`/files/invitation/${meeting}.ics`);
  assert.match(calendar.toString(), /^BEGIN:VCALENDAR\r\n/);
  await member.picture("answer-phone");
});

step("somebody is sent instead and finds the meeting; taken back, it is gone for them", async () => {
  await instead.go("/meetings");
  const mine = await instead.ask("identity/me", {});
  await member.at("answer-delegate").tap();
  await member.at("answer-to").selectOption(mine.id);
  await member.at("answer-send").tap();
  await instead.page.locator(`a[href="/meetings/${meeting}"]`).first().tap();
  await instead.at("answer-accept").waitFor();
  // What is taken from them meanwhile may be under way to be kept on this tablet.
  instead.linkMayBreak = true;
  await member.at("answer-accept").tap();
  await member.at("answer-accept", '[aria-pressed="true"]').waitFor();
  await member.at("outbox").waitFor({ state: "detached" });
  const answer = await instead.context.request.get(`${demo.url(0)}/api/v1/meetings/${meeting}`);
  assert.equal(answer.status(), 404);
});

step("the secretary adds a member and takes them off again", async () => {
  await secretary.at("members-edit").tap();
  await secretary.at("members-find").fill("soạn");
  await secretary.at("members-find").fill("");
  const line = secretary.at("member-line", '[data-user="soanthao"]').locator("button");
  await line.tap();
  await secretary.at("member-line", '[data-user="soanthao"]').locator('button[aria-pressed="true"]').waitFor();
  await secretary.picture("members");
  await line.tap();
  await secretary.at("member-line", '[data-user="soanthao"]').locator('button[aria-pressed="false"]').waitFor();
  await secretary.page.keyboard.press("Escape");
});

step("a document that is not for all reaches those it is for, live, and vanishes from those it is for no longer", async () => {
  await secretary.go(`/meetings/${meeting}`);
  await member.go(`/meetings/${meeting}`);
  await member.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  const before = await member.at("attachment").count();
  await secretary.at("arrange").tap();
  await secretary.at("agenda-item").nth(1).locator('[data-test="attach-open"]').tap();
  await secretary.at("readers-chairs").check();
  await secretary.picture("readers-attach-tablet");
  const [answer] = await Promise.all([
    secretary.page.waitForResponse((r) => r.url().endsWith("/meetings/attach")),
    secretary.page.locator('[data-test="attach-choose"]:enabled').first().tap(),
  ]);
  assert.equal(answer.status(), 200);
  const row = secretary.at("agenda-item").nth(1);
  await row.locator('[data-test="limited"]').waitFor();
  const change = async (tick) => {
    await row.locator('[data-test="readers"]').last().tap();
    await tick();
    await secretary.picture("readers-tablet");
    await secretary.page.locator('[data-test="readers-save"]:visible').tap();
  };
  assert.equal(await member.at("attachment").count(), before, "for chair and secretary alone");
  const { id } = await member.ask("identity/me", {});
  await change(async () => {
    await secretary.page.locator('[data-test="readers-named"]:visible').check();
    // Nobody is ticked yet: that is said, and not taken for something else.
    await secretary.page.locator('[data-test="readers-save"]:visible').tap();
    await secretary.page.locator('[role="alert"]:visible', { hasText: "Chưa chọn ai" }).waitFor();
    await secretary.page.locator(`[data-test="meeting-member"][data-user="${id}"]:visible`).check();
  });
  await member.at("limited").waitFor();
  assert.equal(await member.at("attachment").count(), before + 1);
  assert.equal(await member.at("limited").innerText(), "Hạn chế", "not for whom else");
  await row.locator('[data-test="limited"]', { hasText: "1 người" }).waitFor();
  await member.picture("readers-phone");
  await change(() => secretary.page.locator('[data-test="readers-chairs"]:visible').check());
  await member.at("limited").waitFor({ state: "detached" });
  assert.equal(await member.at("attachment").count(), before);
  await secretary.at("arrange").tap();
});

step("what is marked vanishes at the end, also from a tablet that was away", async () => {
  await secretary.at("arrange").tap();
  await secretary.at("collect").first().tap();
  await member.at("collected").first().waitFor();
  const before = await member.at("attachment").count();
  member.linkMayBreak = true;
  await member.context.setOffline(true);
  await secretary.ask("meetings/open", { id: meeting });
  await secretary.ask("meetings/close", { id: meeting });
  await secretary.at("collected").waitFor({ state: "detached" });
  assert.equal(await member.at("attachment").count(), before, "away, it knows nothing yet");
  await member.context.setOffline(false);
  await member.at("collected").waitFor({ state: "detached" });
  assert.equal(await member.at("attachment").count(), before - 1);
});
