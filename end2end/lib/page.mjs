// Writes docs/figures.md from the figures that were left behind.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { ROOT } from "./demo.mjs";

const figures = new Map();
for (const folder of [join(process.env.KYHOP_CACHE, "figures"), process.env.FIGURES_DIR]) {
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((f) => f.endsWith(".json"))) {
    const figure = JSON.parse(readFileSync(join(folder, file), "utf8"));
    figures.set(figure.name, figure);
  }
}

const SECTIONS = [
  ["Set-up and build", [["setup_run", "set-up for running"], ["setup_test", "set-up for testing"], ["build_release", "build in release"]]],
  ["Tests", [["test_total", "`make test`"], ["test_fmt", "– format"], ["test_rules", "– dependencies of the user interface"], ["test_licences", "– licences"],
    ["test_build", "– building the tests, with lints"], ["test_tests", "– unit and integration tests"], ["test_site", "– building the browser's part"],
    ["test_journeys", "– browser journeys"]]],
  ["What the browser gets", [["wasm_brotli", "wasm, main module (limit 250 kB)"], ["wasm_part_brotli", "wasm, the largest part beside it (limit 80 kB)"],
    ["wasm_all_brotli", "wasm, all parts together"], ["css_brotli", "CSS"]]],
  ["Running", [["start_first", "first start of the demonstration"], ["start_second", "second start (limit 10 s)"], ["memory_server", "memory of a server at rest"],
    ["memory_node", "memory of the axis node at rest"], ["binary", "the program"]]],
  ["Signing and validating (`scripts/bench-signing`)", [["sign_10k", "sign 10 KB (aim 2 × the floor)"], ["sign_10m", "sign 10 MB (aim 1.3 × the floor)"],
    ["sign_100m", "sign 100 MB (aim 1.3 × the floor)"], ["validate_10k", "validate 10 KB (limit 1.5 ms)"], ["validate_10m", "validate 10 MB (aim 1.3 × hashing)"],
    ["validate_100m", "validate 100 MB (aim 1.3 × hashing)"], ["verify_folder", "verify a folder (aim 20 × pyHanko)"],
    ["validate_200", "validate 200 signatures in one file"], ["burdens", "bombs and rings: the slowest answer (limit 1 s)"]]],
  ["Weight (`scripts/weigh-signing`)", [["weigh_streams", "1 GB of 10,000 pictures: sign, extend, verify (limit 64 MB)"],
    ["weigh_few", "1 GB of four pictures (limit 64 MB)"], ["weigh_objects", "200 MB of a million objects (limit 64 MB)"]]],
  ["Finding among a million documents (`scripts/bench-find`)", [["find_sqlite", "list or search on SQLite (limit 100 ms)"],
    ["find_postgres", "list or search on PostgreSQL (limit 100 ms)"]]],
  ["Reading edXML (`scripts/bench-edxml`)", [["edxml_100k", "messages of 100 KB (aim 5 × lxml)"], ["edxml_20m", "messages of 20 MB (aim 300 MB/s and 5 × lxml)"],
    ["edxml_lines", "messages of 20 MB, base64 in lines of 76"], ["edxml_signed", "signed messages of 20 MB"], ["edxml_weight", "memory for a message of 500 MB (limit 64 MB)"],
    ["edxml_signed_weight", "memory for a signed message of 500 MB (limit 64 MB)"]]],
  ["From body to body (`scripts/bench-axis`)", [["axis_one", "one sender"], ["axis_many", "50 senders (aim half of the disk's pace)"],
    ["axis_away", "50 senders, 100,000 messages wait for another body"]]],
  ["A slow link (`scripts/bench-reader`)", [["reader_agenda", "the agenda, nothing fetched before (aim 2 s)"], ["reader_page", "page 1 of 50 MB, nothing fetched before (aim 3 s)"],
    ["reader_awake", "every button works, nothing fetched before"], ["reader_page_signed_in", "page 1 of 50 MB, coming from the sign-in page"]]],
  ["One change to all devices (`scripts/bench-live`)", [["fanout_some", "at 1,000 devices (aim: nats-server's)"],
    ["fanout_many", "at 10,000 devices (aim: nats-server's)"], ["presenting", "a page that the presenter turns, 1,000 followers (aim 100 ms)"],
    ["opening_processor", "300 tablets open 20 MB at once: of one processor (limit 100 %)"], ["opening_memory", "the same: memory (limit 200 MB)"]]],
  ["On the tablet", [["attach_to_seen", "from attaching to page 1 on the screen"], ["link_back", "from the link's return to everything missed on the screen"]]],
];

function words({ value, unit }) {
  if (unit === "bytes") return value >= 1_000_000 ? `${(value / 1_000_000).toFixed(1)} MB` : `${(value / 1000).toFixed(1)} kB`;
  if (unit === "ms" && value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  if (unit === "s" && value >= 120) return `${Math.floor(value / 60)} min ${value % 60} s`;
  return `${value} ${unit}`;
}

// What was not measured this time stays as it was written before, with its day.
const page = join(ROOT, "docs/figures.md");
const before = new Map();
for (const line of existsSync(page) ? readFileSync(page, "utf8").split("\n") : []) {
  const [, label, ...rest] = line.split(" | ").length > 3 ? ["", ...line.slice(2).split(" | ")] : [];
  if (label && !line.includes("| – |")) before.set(label, line);
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() || "CPU"}, ${Math.round(totalmem() / 2 ** 30)} GB`;
let text = `# Figures\n\nMeasured on ${machine}, Debian; written by \`scripts/figures\`. A dash means that it was never measured; each figure has its day.\n`;
for (const [title, rows] of SECTIONS) {
  text += `\n## ${title}\n\n| what | figure | how | on |\n|---|---|---|---|\n`;
  for (const [name, label] of rows) {
    const found = figures.get(name);
    text += found ? `| ${label} | ${words(found)} | ${found.how} | ${found.at.slice(0, 10)} |\n` : `${before.get(label) ?? `| ${label} | – | | |`}\n`;
  }
}
writeFileSync(page, text);
process.stdout.write(text);
