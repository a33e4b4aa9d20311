// Looks for texts on a page and measures the room beside them, in points of the page as displayed, origin at the lower left.

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
