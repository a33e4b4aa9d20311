// After a meeting: what was concluded, who has to do what, and the minutes from the first draft to the seal. Tablet and phone, by touch.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, PHONE, Person, TABLET } from "./lib/browser.mjs";
import { Demo, PIN } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

let demo, browser, secretary, chair, member, clerk, meeting;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  secretary = await Person.enter(browser, demo.url(0), "thuky", { ...TABLET, viewport: { width: 1180, height: 820 } });
  chair = await Person.enter(browser, demo.url(0), "lanhdao", TABLET);
  member = await Person.enter(browser, demo.url(0), "daibieu", PHONE);
  clerk = await Person.enter(browser, demo.url(0), "vanthu", TABLET);
  meeting = (await chair.ask("meetings/list", {})).find((m) => m.today).id;
  await chair.ask("meetings/open", { id: meeting });
  for (const person of [chair, member]) await person.change("put", `/api/v1/meetings/${meeting}/presence`);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("after", () => [secretary, chair, member, clerk]);

const yesterday = () => new Date(Date.now() - 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });

step("the chair concludes an item and gives a task: the member sees both at once, and the late task on the first page", async () => {
  for (const person of [chair, member]) {
    await person.go(`/meetings/${meeting}`);
    await person.at("link-state", '[data-state="connected"]').waitFor({ state: "attached" });
  }
  await chair.at("conclude-open").first().tap();
  await chair.at("conclusion-text").fill("Thống nhất ban hành quy chế.\nVăn phòng hoàn thiện dự thảo.");
  await chair.at("task-text").fill("Hoàn thiện dự thảo quy chế");
  const name = (await member.ask("identity/me", {})).full_name;
  const value = await chair.at("task-owner").locator("option", { hasText: name }).first().getAttribute("value");
  await chair.at("task-owner").selectOption(value);
  await chair.at("task-due").fill(yesterday());
  await chair.at("task-give").tap();
  await member.at("task").getByText("Hoàn thiện dự thảo quy chế").waitFor();
  await chair.at("conclusion-save").tap();
  await member.at("conclusion").getByText("Thống nhất ban hành quy chế.").waitFor();
  await member.go("/");
  await member.at("my-task").getByText("Hoàn thiện dự thảo quy chế").waitFor();
  await member.at("tasks-late").waitFor();
  await member.picture("home-tasks");
});

step("the owner reports the task as done; it leaves the first page, and the secretary reads what came of it", async () => {
  await secretary.go(`/meetings/${meeting}`);
  await member.at("task-finish").tap();
  await member.at("task-result").fill("Đã hoàn thiện, gửi kèm công văn");
  await member.at("task-done").tap();
  await member.at("my-task").waitFor({ state: "detached" });
  await secretary.at("task", '[data-done="true"]').getByText("Đã hoàn thiện, gửi kèm công văn").waitFor();
});

step("the minutes say what happened; the secretary corrects them and a reload loses nothing", async () => {
  await chair.ask("meetings/close", { id: meeting });
  await secretary.go(`/meetings/${meeting}`);
  await secretary.page.getByRole("link", { name: "Biên bản" }).tap();
  await secretary.at("absence").first().fill("Đi công tác");
  await secretary.at("absence").first().blur();
  await secretary.at("minutes-draft").tap();
  const text = secretary.at("part-text").first();
  await text.waitFor();
  const all = (await secretary.at("part-text").evaluateAll((fields) => fields.map((f) => f.value))).join("\n");
  for (const fact of ["Có mặt 2 trên tổng số", "(lý do: Đi công tác)", "Kết luận: Thống nhất ban hành quy chế.", "Hoàn thiện dự thảo quy chế (người thực hiện"]) {
    assert.ok(all.includes(fact), `${fact} is missing in ${all}`);
  }
  await text.fill(`${await text.inputValue()}\nHình thức: họp trực tiếp.`);
  await secretary.at("minutes-saved", '[data-saved="false"]').waitFor();
  await text.blur();
  await secretary.at("minutes-saved", '[data-saved="true"]').waitFor();
  await secretary.page.reload();
  await secretary.ready();
  assert.match(await secretary.at("part-text").first().inputValue(), /Hình thức: họp trực tiếp\./);
  await secretary.picture("minutes-editor");
  const pdf = await secretary.fetch(await secretary.at("minutes-preview").getAttribute("href"));
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
});

step("circulated, a member reads and remarks on the phone; the secretary sees it without a reload", async () => {
  await member.go(`/meetings/${meeting}/minutes`);
  assert.equal(await member.at("minutes-text").count(), 0, "not before they are circulated");
  await secretary.at("minutes-circulate").tap();
  await member.at("minutes-text").getByText("Hình thức: họp trực tiếp.").waitFor();
  await member.at("remark-text").fill("Đề nghị ghi rõ giờ nghỉ giải lao.");
  await member.at("remark-send").tap();
  await secretary.at("remark").getByText("Đề nghị ghi rõ giờ nghỉ giải lao.").waitFor();
  await member.picture("minutes-phone");
});

step("secretary, chair and clerk sign in this order; then every member reads the issued document", async () => {
  await secretary.at("minutes-sign").tap();
  await secretary.at("pin").fill(PIN);
  await secretary.at("minutes-sign-confirm").tap();
  await secretary.at("minutes-state", '[data-state="submitted"]').waitFor();
  await chair.go(`/meetings/${meeting}/minutes`);
  await chair.page.getByRole("link", { name: "Mở văn bản" }).tap();
  await chair.at("sign-open").tap();
  await chair.at("pin").fill(PIN);
  await chair.at("sign-confirm").tap();
  await chair.at("pin").waitFor({ state: "detached" });
  await secretary.at("minutes-state", '[data-state="signed"]').waitFor();
  const path = new URL(chair.page.url()).pathname;
  await clerk.go(path);
  await clerk.at("issue-open").tap();
  await clerk.at("pin").fill(PIN);
  await clerk.at("issue-confirm").tap();
  await member.at("minutes-state", '[data-state="issued"]').waitFor();
  await member.page.getByRole("link", { name: "Mở văn bản" }).tap();
  await member.page.waitForURL(`**${path}`);
  const document = (await member.ask("documents/get", { id: path.split("/").pop() })).file;
  const pdf = await member.fetch(document.url);
  assert.equal(pdf.toString("latin1").match(/\/ByteRange/g).length, 3, "secretary, chair, body");
});
