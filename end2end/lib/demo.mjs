// A whole province for one test file: `kyhop demo` with data of its own on free ports.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = new URL("../..", import.meta.url).pathname;
export const PASSWORD = "trinh-dien-kyhop";
export const PIN = "246810";

export const kyhop = () => process.env.KYHOP_BIN ?? join(ROOT, "target/debug/kyhop");

function free(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}

// The first of four free ports in a row.
async function freePorts() {
  for (let tries = 0; tries < 100; tries += 1) {
    const base = 21000 + Math.floor(Math.random() * 10000);
    const all = await Promise.all([0, 1, 2, 3].map((n) => free(base + n)));
    if (all.every(Boolean)) return base;
  }
  throw new Error("no four free ports in a row");
}

export class Demo {
  static async start() {
    const dir = await mkdtemp(join(tmpdir(), "kyhop-e2e-"));
    const demo = new Demo(dir, await freePorts());
    await demo.run();
    return demo;
  }

  constructor(dir, base) {
    this.dir = dir;
    this.base = base;
  }

  // The province's server (0) or that of the second body (1).
  url(body) {
    return `http://127.0.0.1:${this.base + body}`;
  }

  // Certificate of the authority that everybody here trusts.
  get root() {
    return join(this.dir, "authority/root.pem");
  }

  // Resolves when both servers and the node answer.
  async run() {
    const site = process.env.KYHOP_SITE_DIR ?? join(ROOT, "target/site");
    const args = ["demo", "--data", this.dir, "--port", `${this.base}`, "--site", site, "--material", join(ROOT, "demo")];
    const began = performance.now();
    this.process = spawn(kyhop(), args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    await new Promise((ready, failed) => {
      const limit = setTimeout(() => failed(new Error(`kyhop demo does not get ready:\n${said}`)), 180_000);
      const hear = (bytes) => {
        said += bytes;
        if (!said.includes("Ctrl-C")) return;
        clearTimeout(limit);
        ready();
      };
      this.process.stdout.on("data", hear);
      this.process.stderr.on("data", hear);
      this.process.once("error", failed);
      this.process.once("exit", (code) => failed(new Error(`kyhop demo ended with ${code}:\n${said}`)));
    });
    this.startedIn = performance.now() - began;
  }

  // As Ctrl-C does; the data stays.
  async halt() {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGINT");
    await ended;
  }

  async stop() {
    await this.halt();
    await rm(this.dir, { recursive: true, force: true });
  }
}
