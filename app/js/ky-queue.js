// What a person has done, on its way to the server: kept on the tablet until the server has confirmed it, and then once. Notes, reading
// places, and what is done in a meeting (`act:…`: checking in, asking for the floor, an open ballot, an answer).
//
// An entry is {method, path, body, base?, made}; of an act also {words} and, when the server has said no, {refused}. What was under way when the link broke is sent again word for word before anything
// newer of the same id: so the server can tell a repetition from a change.
import { dropUnsent, keepUnsent, unsent } from "./ky-store.js";

const RETRY = 5000;
// On a link that takes and does not answer.
const PATIENCE = 20_000;
const waiting = new Map();
const listeners = new Set();
let sending = null;
let timer = 0;
let restored = null;

function tell() {
  listeners.forEach((hear) => hear(pending()));
  dispatchEvent(new CustomEvent("ky-acts", { detail: acts() }));
}

// The acts that the server has not taken, in the order in which they were done, as JSON: [{id, body, words, refused?}].
export function acts() {
  const all = [...waiting].filter(([id]) => id.startsWith("act:"));
  return JSON.stringify(all.map(([id, { body, words, refused, first }]) => ({ id, body, words, refused, under_way: Boolean(first) })));
}

export async function act(id, path, body, words) {
  await send(id, { method: "PUT", path, body: JSON.parse(body), words });
}

export async function restoredActs() {
  await restore();
  return acts();
}

// Taken back before it was sent, or a refusal that was read.
export async function drop(id) {
  waiting.delete(id);
  await dropUnsent(id);
  tell();
}

// A name that no other device gives.
export const fresh = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

// How many notes are not sent; places are nobody's concern.
export const pending = () => [...waiting.keys()].filter((id) => id.startsWith("note:")).length;

export function listen(hear) {
  listeners.add(hear);
  hear(pending());
  return () => listeners.delete(hear);
}

// `entry.done(answer)` is told when the server has it; it does not survive a reload, and need not.
export async function send(id, entry) {
  await restore();
  const before = waiting.get(id);
  const next = { ...entry, made: Date.now(), first: before?.first, base: before?.base ?? entry.base };
  // What was refused and is done anew takes its turn behind what was done since.
  if (before?.refused) waiting.delete(id);
  waiting.set(id, next);
  await keep(id, next);
  tell();
  flush();
}

// What is waiting to be written under this id, after a reload too.
export async function latest() {
  await restore();
  return waiting;
}

function restore() {
  restored ??= unsent().then((found) => {
    const inOrder = [...found].sort(([, a], [, b]) => a.made - b.made);
    for (const [id, entry] of inOrder) if (!waiting.has(id)) waiting.set(id, entry);
    tell();
    if (found.size) flush();
  });
  return restored;
}

const keep = (id, { method, path, body, base, made, first, words, refused }) => keepUnsent(id, { method, path, body, base, made, first, words, refused });

export function flush() {
  clearTimeout(timer);
  sending ??= round().finally(() => {
    sending = null;
    if ([...waiting.values()].some((entry) => !entry.refused)) timer = setTimeout(flush, RETRY);
  });
  return sending;
}

async function round() {
  for (const id of [...waiting.keys()]) if (!(await one(id))) return;
}

// Whether the next may be tried.
async function one(id) {
  const entry = waiting.get(id);
  if (!entry || entry.refused) return true;
  const { method, path, body, made } = entry.first ?? entry;
  if (!entry.first) {
    entry.first = { method, path, body: body && entry.base !== undefined ? { ...body, revision: entry.base } : body, made };
    await keep(id, entry);
  }
  const sent = entry.first;
  const told = sent.body && id.startsWith("place:") ? { ...sent.body, age_ms: Math.max(0, Date.now() - sent.made) } : sent.body;
  let answer;
  try {
    const body = told ? JSON.stringify(told) : undefined;
    // What is small outlives the page; browsers refuse that for more than 64 kB.
    const keepalive = (body?.length ?? 0) < 20_000;
    answer = await fetch(sent.path, { method: sent.method, credentials: "same-origin", keepalive, headers: body ? { "content-type": "application/json" } : {}, body, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return false;
  }
  // Signed out, or the server has trouble: everything waits.
  if (answer.status === 401 || answer.status >= 500 || answer.status === 429) return false;
  const said = await answer.json().catch(() => null);
  const now = waiting.get(id);
  // Taken back meanwhile.
  if (!now) return true;
  const newer = now.made !== sent.made;
  const gone = sent.method === "DELETE" && answer.status === 404;
  if (answer.ok || gone || id.startsWith("place:")) {
    now.done?.(said);
    if (newer) {
      now.first = undefined;
      if (said?.revision) now.base = said.revision;
      await keep(id, now);
      return one(id);
    }
  } else if (answer.status === 409 && said?.error?.code === "reading.changed") {
    // Changed elsewhere: both stay, this one as a note of its own.
    const copy = crypto.randomUUID();
    waiting.set(`note:${copy}`, { ...now, path: `/api/v1/notes/${copy}`, base: 0, first: undefined });
    await keep(`note:${copy}`, waiting.get(`note:${copy}`));
    now.moved?.(copy);
  } else if (id.startsWith("act:")) {
    // Said no: the person has to know, after the next start too. What was done since is tried for itself.
    now.first = undefined;
    if (newer) return one(id);
    now.refused = said?.error ?? { code: `http.${answer.status}`, vi: "", en: "" };
    await keep(id, now);
    tell();
    return true;
  } else {
    // Refused for good, because the document is gone, say: it stays here for its author, and is tried again after the next start.
    console.warn(`ky-queue: ${sent.path}: ${answer.status}`, said?.error?.code);
    now.refused?.(said?.error);
    waiting.delete(id);
    tell();
    return true;
  }
  waiting.delete(id);
  await dropUnsent(id);
  tell();
  return true;
}

addEventListener("online", flush);
addEventListener("ky-link", () => document.documentElement.dataset.link === "connected" && waiting.size && flush());
