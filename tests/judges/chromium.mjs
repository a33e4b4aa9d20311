// Opens PDFs in Chromium's own viewer (PDFium) and takes a picture of one page of each.
//   node chromium.mjs FOLDER FILE#PAGE...     writes FOLDER/0.png, 1.png …
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(new URL("../../end2end/package.json", import.meta.url))("playwright-core");
const [folder, ...files] = process.argv.slice(2);
// The headless shell has no viewer; the new headless mode of the whole browser has.
const args = ["--headless=new", "--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: false, args });
const context = await browser.newContext({ viewport: { width: 700, height: 990 } });
for (const [at, file] of files.entries()) {
  const [path, number] = file.split("#");
  const page = await context.newPage();
  await page.goto(`${pathToFileURL(path)}#toolbar=0&navpanes=0&view=Fit&page=${number}`);
  // The viewer says nothing when it has drawn: the picture is taken once it stays the same.
  let before = "";
  for (let tries = 0; tries < 40; tries += 1) {
    await page.waitForTimeout(250);
    const now = await page.screenshot({ path: `${folder}/${at}.png` });
    const same = now.toString("base64");
    if (tries > 3 && same === before) break;
    before = same;
  }
  await page.close();
}
await browser.close();
