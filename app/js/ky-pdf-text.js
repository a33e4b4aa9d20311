// Looks for texts on pages and measures where they stand and what room is beside them.
//
// `search` answers points of the page as displayed with the origin at the lower left, the rest with the origin at the upper left.

// Lines of a page: runs that stand at one height, from left to right.
function lines(content, viewport) {
  const found = [];
  for (const item of content.items) {
    if (!item.str) continue;
    const [x, top] = viewport.convertToViewportPoint(item.transform[4], item.transform[5]);
    const size = Math.hypot(item.transform[2], item.transform[3]) || item.height || 10;
    const run = { text: item.str.normalize("NFC"), x, y: viewport.height - top, w: item.width, size };
    const line = found.find((l) => Math.abs(l.y - run.y) < Math.max(2, run.size * 0.3));
    if (line) line.runs.push(run);
    else found.push({ y: run.y, runs: [run] });
  }
  for (const line of found) line.runs.sort((a, b) => a.x - b.x);
  return found;
}

// Every character of a line with its left and right edge; a gap between runs counts as one blank.
function characters(line) {
  const all = [];
  for (const run of line.runs) {
    const last = all.at(-1);
    if (last && run.x - last.right > run.size * 0.15) all.push({ c: " ", left: last.right, right: run.x, size: run.size });
    const each = run.w / run.text.length;
    [...run.text].forEach((c, i) => all.push({ c, left: run.x + i * each, right: run.x + (i + 1) * each, size: run.size }));
  }
  return all;
}

const FILLER = /[\s.…_·]/;

// `patterns`: regular expressions as text. Answers the first match of each pattern, at most one a line.
export async function search(pdf, patterns, lastPage = 1) {
  const found = [];
  for (let number = 1; number <= Math.min(lastPage, pdf.numPages); number++) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const content = await page.getTextContent();
    for (const line of lines(content, viewport)) {
      const all = characters(line);
      const text = all.map((a) => a.c).join("");
      for (const what of patterns) {
        const match = new RegExp(what, "u").exec(text);
        if (!match || !match[0]) continue;
        const from = [...text.slice(0, match.index)].length;
        const length = [...match[0]].length;
        const first = all[from];
        const last = all[from + length - 1];
        const next = all.slice(from + length).find((a) => !FILLER.test(a.c));
        const right = next ? next.left : viewport.width - 40;
        found.push({
          what, text: match[0], page: number, x: first.left, y: line.y - first.size * 0.25, w: last.right - first.left, h: first.size * 1.25,
          room: Math.max(0, right - last.right),
        });
      }
    }
  }
  return found;
}

// Letters without their marks, small: what people type who leave accents out.
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
const compact = (text) => text.normalize("NFC").replace(/\s/gu, "").toLowerCase();

// Every letter of a page in the order of reading, blanks left out, with its box.
export async function letters(page) {
  const viewport = page.getViewport({ scale: 1 });
  const content = await page.getTextContent();
  const all = [];
  for (const line of lines(content, viewport)) {
    let gap = true;
    for (const { c, left, right, size } of characters(line)) {
      if (/\s/u.test(c)) {
        gap = true;
        continue;
      }
      all.push({ c: c.toLowerCase(), raw: gap && all.length ? ` ${c}` : c, line, box: [left, viewport.height - line.y - size * 0.95, right - left, size * 1.25] });
      gap = false;
    }
  }
  return all;
}

// One box for each line that the letters stand on.
export function boxes(some) {
  const rows = [];
  for (const { line, box: [x, y, w, h] } of some) {
    const last = rows.at(-1);
    if (last?.line === line) {
      last.box[2] = Math.max(last.box[2], x + w - last.box[0]);
      last.box[3] = Math.max(last.box[3], h);
    } else rows.push({ line, box: [x, y, w, h] });
  }
  return rows.map((row) => row.box.map((n) => Math.round(n * 100) / 100));
}

// The words on a page that a quotation means: where it comes more than once, the one in the same surroundings.
export function find(all, { quote, before = "", after = "" }) {
  const [text, wanted] = [all.map((a) => a.c).join(""), compact(quote)];
  if (!wanted) return null;
  const [left, right] = [compact(before), compact(after)];
  let best = null;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    let fits = 0;
    while (fits < left.length && text[at - 1 - fits] === left.at(-1 - fits)) fits += 1;
    for (let n = 0; n < right.length && text[at + wanted.length + n] === right[n]; n += 1) fits += 1;
    if (!best || fits > best.fits) best = { at, fits };
  }
  return best && all.slice(best.at, best.at + wanted.length);
}

const AROUND = 30;
// What a note needs to be found again: the words, and what stands around them.
export function quotation(all, from, to) {
  const text = (a, b) => all.slice(Math.max(0, a), Math.max(0, b)).map((l) => l.raw).join("").trim();
  return { quote: text(from, to).slice(0, 1500), before: text(from - AROUND, from), after: text(to, to + AROUND) };
}

// The line of text that is nearest to a place: what something drawn there belongs to.
export function nearest(all, x, y) {
  let best = null;
  all.forEach((letter, at) => {
    const [left, top, w, h] = letter.box;
    const far = Math.abs(top + h / 2 - y) * 3 + Math.abs(left + w / 2 - x);
    if (!best || far < best.far) best = { far, at };
  });
  if (!best) return null;
  const { line } = all[best.at];
  const from = all.findIndex((l) => l.line === line);
  const to = all.findLastIndex((l) => l.line === line) + 1;
  return { ...quotation(all, from, to), boxes: boxes(all.slice(from, to)) };
}

// All text of a document, a page each: {raw, folded} of equal length.
export async function texts(pdf) {
  const pages = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const content = await page.getTextContent();
    const raw = lines(content, page.getViewport({ scale: 1 })).map((line) => characters(line).map((a) => a.c).join("")).join(" ").replace(/\s+/gu, " ");
    const each = [...raw];
    pages.push({ raw: each, folded: each.map((c) => fold(c)[0] ?? " ").join("") });
  }
  return pages;
}
