// Documents for meetings, made and brought there the way people would, but quickly.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person } from "./browser.mjs";
import { PIN, ROOT } from "./demo.mjs";

// A report of so many pages with the text of an office program, its fonts embedded; from page 2 on each has a photograph of `photo` bytes.
export async function report(pages, photo) {
  const folder = await mkdtemp(join(tmpdir(), "kyhop-report-"));
  const at = (name) => join(folder, name);
  try {
    const text = join(ROOT, "demo/documents/bao-cao.pdf");
    await writeFile(at("photos.pdf"), photographs(pages, photo));
    const copies = Array.from({ length: pages }, (_, n) => `${(n % 2) + 1}`).join(",");
    execFileSync("qpdf", ["--empty", "--pages", text, copies, "--", at("text.pdf")]);
    execFileSync("qpdf", [at("text.pdf"), "--overlay", at("photos.pdf"), "--", at("report.pdf")]);
    return await readFile(at("report.pdf"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function photographs(pages, bytes) {
  const side = Math.max(1, Math.floor(Math.sqrt(bytes / 3)));
  const parts = [];
  const places = [];
  let length = 0;
  const put = (part) => (parts.push(Buffer.from(part)), (length += Buffer.byteLength(part)));
  const object = (dictionary, content) => {
    places.push(length);
    put(`${places.length} 0 obj\n${dictionary}`);
    if (content) [put("stream\n"), put(content), put("\nendstream")];
    put("\nendobj\n");
  };
  put("%PDF-1.4\n");
  const kids = Array.from({ length: pages }, (_, n) => `${3 + n * 3} 0 R`);
  object("<</Type/Catalog/Pages 2 0 R>>");
  object(`<</Type/Pages/Count ${pages}/Kids[${kids.join(" ")}]/MediaBox[0 0 595 842]>>`);
  for (let n = 0; n < pages; n += 1) {
    const first = 3 + n * 3;
    const draw = n ? "q 160 0 0 160 380 60 cm /Photo Do Q" : "q Q";
    object(`<</Type/Page/Parent 2 0 R/Contents ${first + 1} 0 R/Resources<</XObject<</Photo ${first + 2} 0 R>>>>>>`);
    object(`<</Length ${draw.length}>>`, draw);
    const points = randomBytes(side * side * 3);
    object(`<</Type/XObject/Subtype/Image/Width ${side}/Height ${side}/BitsPerComponent 8/ColorSpace/DeviceRGB/Length ${points.length}>>`, points);
  }
  const start = length;
  put(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n${places.map((p) => `${p}`.padStart(10, "0") + " 00000 n \n").join("")}`);
  put(`trailer\n<</Size ${places.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

// Drafted, signed and issued; answers its id.
export async function issued(browser, url, pdf, title) {
  const [drafter, leader, clerk] = await Promise.all(["soanthao", "lanhdao", "vanthu"].map((name) => Person.enter(browser, url, name)));
  try {
    await drafter.page.goto(`${url}/documents/new`);
    const chief = await drafter.page.locator("#leader_id option", { hasText: "Trần Quốc Khánh" }).getAttribute("value");
    const answer = await drafter.context.request.post(`${url}/documents/new`, {
      headers: { accept: "application/json", origin: url }, timeout: 120_000,
      multipart: { kind: "BC", abstract_text: title, urgency: "normal", leader_id: chief, receivers: "H99.5", file: { name: "bao-cao.pdf", mimeType: "application/pdf", buffer: pdf } },
    });
    assert.equal(answer.status(), 200, await answer.text());
    const { id } = await answer.json();
    const revision = async (person) => (await person.ask("documents/get", { id })).revision;
    await drafter.ask("documents/submit", { id, revision: await revision(drafter) });
    const at = (x) => ({ page: 1, x, y: 60, w: 140, h: 70 });
    await leader.ask("documents/sign", { id, revision: await revision(leader), placement: at(320), pin: PIN });
    await clerk.ask("documents/issue", { id, revision: await revision(clerk), seal: at(250), pin: PIN });
    return id;
  } finally {
    await Promise.all([drafter, leader, clerk].map((person) => person.context.close()));
  }
}

// Attached to the first item of today's meeting; answers the meeting's id.
export async function attached(browser, url, document) {
  const secretary = await Person.enter(browser, url, "thuky");
  try {
    const { id } = (await secretary.ask("meetings/list", {})).find((m) => m.today);
    const { items } = await secretary.ask("meetings/get", { id });
    await secretary.ask("meetings/attach", { item: items[0].id, document });
    return id;
  } finally {
    await secretary.context.close();
  }
}
