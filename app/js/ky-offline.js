// Sees to it that a tablet can start without a link: the program, the pages of the meetings, and their documents, before they are needed.
import { Download, quiet } from "./ky-pdf-source.js";
import { dropPage, isKept, keepFile, keepPage, keptPages, signedIn } from "./ky-store.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
// A page is drawn anew when it is older, or so long after something has changed on it; not by all tablets at once.
const FRESH = 10 * MINUTE;
const SOON = 10_000;
const RETRY = 30_000;
// Meetings that begin until then, and as many at most.
const AHEAD = 7 * DAY;
const MOST = 20;
const BEHIND = DAY;

const root = document.documentElement;
const version = document.querySelector("#program").href.match(/\/pkg\/([^/]+)\//)[1];
const CACHE = `kyhop-${version}`;

let running = null;
let timer = 0;
let changed = false;

export async function prepare() {
  // Nobody is signed in where nobody can sign out.
  if (!document.querySelector("form[action='/logout']:not([data-tablet])")) return;
  if (!navigator.serviceWorker || !globalThis.caches || !(await signedIn())) return;
  addEventListener("ky-changed", () => {
    changed = true;
    soon(SOON + Math.random() * SOON);
  });
  addEventListener("online", () => soon(1000));
  await round();
}

function soon(wait) {
  timer ||= setTimeout(() => {
    timer = 0;
    round();
  }, wait);
}

function round() {
  running ??= all()
    .catch((error) => {
      // The link, most likely; or the tablet is full, and keeps what it has.
      console.debug("ky-offline:", error);
      if (navigator.onLine) soon(RETRY);
    })
    .finally(() => (running = null));
  return running;
}

async function all() {
  if (!(await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }))) return;
  await program();
  const meetings = await ours();
  await pages(meetings);
  root.dataset.offline = "ready";
  if (!navigator.connection?.saveData) await documents(meetings);
}

const get = async (path, more) => {
  const answer = await fetch(path, { credentials: "same-origin", priority: "low", ...more });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
};

// Everything that pages are made of, in one place for each version. The list goes in last: where it is, all is.
async function program() {
  const list = `/pkg/${version}/files.json`;
  const cache = await caches.open(CACHE);
  if (await cache.match(list)) return;
  const answer = await get(list);
  const files = await answer.clone().json();
  const next = async () => {
    for (let file; (file = files.pop()); ) {
      await quiet();
      const path = /^(pkg|js)\//.test(file) ? `/pkg/${version}/${file.replace(/^pkg\//, "")}` : `/${file}`;
      if (!(await cache.match(path))) await cache.put(path, await get(path));
    }
  };
  await Promise.all([next(), next(), next()]);
  await cache.put(list, answer);
}

// This person's meetings that are near: the next first.
async function ours() {
  const { meetings } = await (await get("/api/v1/meetings")).json();
  const now = Date.now();
  const near = meetings.filter((m) => m.state === "open" || (m.ends / 1000 > now - BEHIND && m.starts / 1000 < now + AHEAD));
  const distance = (m) => (m.state === "open" ? 0 : Math.abs(m.starts / 1000 - now));
  return near.sort((a, b) => distance(a) - distance(b)).slice(0, MOST);
}

async function pages(meetings) {
  const wanted = ["/", "/meetings", ...meetings.map((m) => `/meetings/${m.id}`)];
  const kept = await keptPages();
  const again = changed ? location.pathname : "";
  changed = false;
  for (const path of wanted) {
    const known = kept.get(path);
    const fresh = known && known.version === version && known.lang === root.lang && Date.now() - known.at < FRESH;
    if (fresh && path !== again) continue;
    const answer = await get(path, { headers: { accept: "text/html" } });
    // Another version of the program came in between, or the session has ended.
    if (answer.redirected || new URL(answer.url).pathname !== path) return;
    const html = await answer.text();
    if (!html.includes(`/pkg/${version}/`)) return;
    const policy = answer.headers.get("content-security-policy") ?? "default-src 'none'";
    if (!(await keepPage(path, { html, policy }, { version, lang: root.lang }))) return;
  }
  for (const path of kept.keys()) if (!wanted.includes(path)) await dropPage(path);
  // No page of this person needs an older program now.
  for (const name of await caches.keys()) if (name.startsWith("kyhop-") && name !== CACHE) await caches.delete(name);
}

// What is collected at the end of a meeting never rests on a tablet.
async function documents(meetings) {
  for (const { id } of meetings) {
    const { items } = await (await get(`/api/v1/meetings/${id}`)).json();
    for (const { url, sha256, expires } of items.flatMap((i) => i.documents)) {
      if (expires || (await isKept(sha256))) continue;
      await quiet();
      const bytes = await new Download(url, sha256).bytes(new AbortController().signal).catch(() => null);
      if (bytes) await keepFile(sha256, bytes);
    }
  }
}
