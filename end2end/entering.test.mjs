// What came on paper: a clerk registers a scan, is told when it is there already, loses nothing typed, and finds it by its words.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { PHONE, Person, TABLET, launch } from "./lib/browser.mjs";
import { Demo, ROOT } from "./lib/demo.mjs";
import { steps } from "./lib/step.mjs";

const SCAN = join(ROOT, "demo/documents/quyet-dinh.pdf");
const TEXT = join(ROOT, "demo/documents/to-trinh.pdf");
const ABSTRACT = "Đề nghị cấp điện của hợp tác xã trong bài kiểm thử";

let demo;
let browser;
let clerk;
let onPhone;
let first;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launch()]);
  clerk = await Person.enter(browser, demo.url(0), "vanthu", TABLET);
  onPhone = await Person.enter(browser, demo.url(0), "vanthu", PHONE);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const step = steps("entering", () => [clerk, onPhone]);

async function filled(person, channel, file) {
  const { page } = person;
  await page.locator(`input[name=channel][value=${channel}]`).check();
  await page.locator("#sender").fill("Hợp tác xã Nà Lẹng");
  await page.locator("#notation").fill("07/CV-HTX");
  await page.locator("#issued_on").fill("2026-11-20");
  await page.locator("#kind").selectOption("CV");
  await page.locator("#abstract_text").fill(ABSTRACT);
  await page.locator("#file").setInputFiles(file);
}

step("a scan is registered, called one, and taken in", async () => {
  const { page } = clerk;
  await clerk.go("/incoming");
  await clerk.at("new-arrival").click();
  await page.waitForURL(/\/incoming\/new$/);
  await filled(clerk, "paper", SCAN);
  await page.locator("#pages").fill("2");
  await clerk.picture("entering-form-tablet");
  await clerk.at("entry-save").click();
  await page.waitForURL(/\/incoming\/[0-9a-f-]{36}$/);
  first = page.url().split("/").pop();
  await clerk.at("scan").waitFor();
  await clerk.at("take-in").click();
  await clerk.at("doc-state", '[data-state="taken_in"]').waitFor();
  await clerk.picture("entering-document-tablet");
});

step("the same once more is pointed out, nothing typed is lost, and it may be another", async () => {
  const { page } = onPhone;
  // The refusal is a 409, which browsers note on the console.
  onPhone.linkMayBreak = true;
  await onPhone.go("/incoming/new");
  await filled(onPhone, "email", TEXT);
  await onPhone.at("entry-save").click();
  await onPhone.at("known-arrivals").waitFor();
  assert.equal(await onPhone.at("known-arrival").getAttribute("href"), `/documents/${first}`);
  assert.equal(await page.locator("#abstract_text").inputValue(), ABSTRACT);
  assert.equal(await page.locator("#file").evaluate((input) => input.files.length), 1);
  await onPhone.picture("entering-known-phone");
  await page.locator("input[name=confirmed]").check();
  await onPhone.at("entry-save").click();
  await page.waitForURL(/\/incoming\/[0-9a-f-]{36}$/);
  assert.notEqual(page.url().split("/").pop(), first);
});

step("it is found by words of its text", async () => {
  const { page } = onPhone;
  // Read in the background.
  for (let n = 0; n < 100; n += 1) {
    await onPhone.go("/incoming?q=nghi+quyet+quy+dinh+muc+ho+tro");
    if (await onPhone.at("excerpt").count()) break;
    await page.waitForTimeout(200);
  }
  assert.match(await onPhone.at("excerpt").first().innerText(), /Nghị quyết quy định mức hỗ trợ/i);
  await onPhone.picture("entering-found-phone");
});
