// Leaves measured numbers for scripts/figures, as scripts/env.sh does.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./demo.mjs";

export function figure(name, value, unit, how) {
  const folder = process.env.FIGURES_DIR ?? join(ROOT, "target/figures");
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, value, unit, how, at })}\n`);
}
