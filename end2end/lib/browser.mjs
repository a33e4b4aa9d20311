// Browsers with people in them. A complaint on the console fails the test that the person belongs to.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PASSWORD, ROOT } from "./demo.mjs";

export const TABLET = { viewport: { width: 820, height: 1180 }, hasTouch: true };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 900 } };

export async function launch() {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...args, "--disable-dev-shm-usage"] });
}

export class Person {
  // `username` null opens a browser in which nobody signs in.
  static async enter(browser, url, username, options = DESK) {
    const context = await browser.newContext({ locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", ...options });
    context.setDefaultTimeout(30_000);
    const person = new Person(context, await context.newPage(), url, username ?? "nobody");
    if (username) await person.signIn(username);
    return person;
  }

  constructor(context, page, url, name) {
    Object.assign(this, { context, page, url, name, complaints: [], linkMayBreak: false });
    page.on("pageerror", (error) => this.complaints.push(`${error}`));
    page.on("console", (message) => {
      const lost = /ERR_|WebSocket|Failed to load resource|Failed to fetch/.test(message.text());
      if (message.type() === "error" && !(this.linkMayBreak && lost)) this.complaints.push(`${message.text()} (${page.url()})`);
    });
  }

  async signIn(username) {
    await this.page.goto(`${this.url}/login`);
    await this.page.fill("#username", username);
    await this.page.fill("#password", PASSWORD);
    // Where it does not get in, what was asked for and not answered tells why.
    const open = new Set();
    const name = (request) => `${request.method()} ${new URL(request.url()).pathname}`;
    this.context.on("request", (request) => open.add(request));
    for (const end of ["requestfinished", "requestfailed"]) this.context.on(end, (request) => open.delete(request));
    try {
      await Promise.all([this.page.waitForURL((url) => !url.pathname.startsWith("/login")), this.page.click("form[action='/login'] button[type=submit]")]);
    } catch (error) {
      await this.picture(`sign-in-failed-${username}`);
      throw new Error(`${username} stays at ${this.page.url()}; without an answer: ${[...open].map(name).join(", ") || "nothing"}`, { cause: error });
    }
  }

  async go(path) {
    await this.page.goto(this.url + path);
    await this.ready();
  }

  // Until the program runs in the page: buttons that need it are disabled so long.
  async ready() {
    await this.page.waitForFunction(() => document.documentElement.dataset.ready === "true");
  }

  // Until what there is to see is there: nothing is loading, the fonts are in and the page has not changed for a while. Whether the
  // network rests says less (what is fetched ahead comes later) and too much: a file kept in the background is nobody's to wait for.
  async settled() {
    await this.ready();
    await this.page.waitForFunction(() => {
      const busy = document.querySelector(".loading, [aria-busy=true]") || document.fonts.status !== "loaded" || [...document.images].some((image) => !image.complete);
      const shown = document.body.innerHTML;
      if (busy || shown !== window.lastShown) Object.assign(window, { lastShown: shown, shownSince: performance.now() });
      return performance.now() - window.shownSince > 400;
    }, null, { polling: 100 });
  }

  // The element that carries data-test=NAME.
  at(name, more = "") {
    return this.page.locator(`[data-test="${name}"]${more}`);
  }

  // Bytes of a file of the server, as this person gets it.
  async fetch(path) {
    const answer = await this.context.request.get(this.url + path);
    assert.equal(answer.status(), 200, `${this.name}: ${path}`);
    return answer.body();
  }

  // A function of the screens, asked directly.
  async ask(name, args) {
    const answer = await this.context.request.post(`${this.url}/api/ui/${name}`, { data: args, headers: { origin: this.url } });
    assert.equal(answer.status(), 200, `${this.name}: ${name}: ${await answer.text()}`);
    return answer.json();
  }

  // A change over REST, with this person's session.
  async change(method, path, data) {
    const answer = await this.context.request[method](this.url + path, { data, headers: { origin: this.url } });
    assert.ok(answer.ok(), `${this.name}: ${path}: ${answer.status()} ${await answer.text()}`);
  }

  async picture(name) {
    const folder = join(ROOT, "end2end/test-results");
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true }).catch(() => {});
  }

  assertQuiet() {
    assert.deepEqual(this.complaints, [], `the browser of ${this.name} complained`);
  }
}
