// Start times and memory of a demonstration in release, each the median of a few runs.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Demo } from "./lib/demo.mjs";
import { figure } from "./lib/figures.mjs";

const RUNS = 5;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Resident megabytes of each program that this demonstration has started.
function memory(demo) {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,rss=,args="], { encoding: "utf8" }).trim().split("\n");
  const all = lines.map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/)).filter((m) => m && Number(m[2]) === demo.process.pid);
  return Object.fromEntries(all.map((m) => [m[4].match(/(body-\d|node)\.toml/)?.[1] ?? m[4], Number(readRss(m[1], m[3]))]));
}

function readRss(pid, fallback) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(status.match(/^VmRSS:\s+(\d+)/m)?.[1] ?? fallback) / 1024).toFixed(1);
}

const demo = await Demo.start();
try {
  figure("start_first", Math.round(demo.startedIn), "ms", "kyhop demo with an empty folder: keys, people, documents and a meeting are made, then all programs answer");
  const times = [];
  for (let n = 0; n < RUNS; n += 1) {
    await demo.halt();
    await demo.run();
    times.push(demo.startedIn);
  }
  figure("start_second", Math.round(median(times)), "ms", `kyhop demo the second time, until two servers, the node and the authority answer; median of ${RUNS}`);
  await sleep(10_000);
  const used = memory(demo);
  figure("memory_server", Number(used["body-0"]), "MB", "resident memory of the province's server, 10 s after the start, nobody there");
  figure("memory_node", Number(used.node), "MB", "resident memory of the axis node, the same");
} finally {
  await demo.stop();
}
