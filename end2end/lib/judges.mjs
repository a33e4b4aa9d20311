// Three programs that judge signatures, and what each must say of a file whose signatures are all valid.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { kyhop } from "./demo.mjs";

const cache = process.env.KYHOP_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "kyhop");

// Ends by itself whatever its exit code is.
function run(program, args) {
  return new Promise((done, failed) => {
    execFile(program, args, { encoding: "utf8", maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") failed(error);
      else done({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

export async function ours(file, root) {
  const { code, stdout, stderr } = await run(kyhop(), ["verify", "--json", "--trust", root, file]);
  assert.ok(stdout, `kyhop verify said nothing: ${stderr}`);
  return { code, report: JSON.parse(stdout.split("\n")[0]) };
}

// Writes the bytes to FOLDER/NAME and asks all three; `count` signatures, each valid and whole.
export async function agree(bytes, count, { dir, root }, name) {
  const file = join(dir, name);
  await writeFile(file, bytes);

  const pdfsig = await run("pdfsig", ["-nocert", file]);
  const valid = pdfsig.stdout.match(/Signature Validation: Signature is Valid\./g) ?? [];
  assert.equal(valid.length, count, `pdfsig of ${name}:\n${pdfsig.stdout}${pdfsig.stderr}`);
  assert.equal((pdfsig.stdout.match(/Total document signed/g) ?? []).length, 1, `pdfsig of ${name}:\n${pdfsig.stdout}`);

  const pyhanko = await run(join(cache, "bin/pyhanko"), ["sign", "validate", "--pretty-print", "--trust", root, "--trust-replace", file]);
  const words = `pyHanko of ${name}:\n${pyhanko.stdout}${pyhanko.stderr}`;
  assert.equal(pyhanko.code, 0, words);
  assert.equal((pyhanko.stdout.match(/The signature is judged VALID\./g) ?? []).length, count, words);

  const { code, report } = await ours(file, root);
  const all = JSON.stringify(report, null, 1);
  assert.equal(code, 0, all);
  assert.equal(report.verdict, "TOTAL_PASSED", all);
  assert.equal(report.signatures.length, count, all);
  for (const signature of report.signatures) assert.ok(signature.intact && signature.cryptographically_valid && signature.trusted, all);
  return file;
}
