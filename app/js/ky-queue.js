// Notes and reading places on their way to the server: kept on the tablet until the server has confirmed them, and then once.
//
// An entry is {method, path, body, base?, made}. What was under way when the link broke is sent again word for word before anything
// newer of the same id: so the server can tell a repetition from a change.
import { dropUnsent, keepUnsent, unsent } from "./ky-store.js";

const RETRY = 5000;
const waiting = new Map();
const listeners = new Set();
let sending = null;
let timer = 0;
let restored = null;

const tell = () => listeners.forEach((hear) => hear(pending()));

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
    for (const [id, entry] of found) if (!waiting.has(id)) waiting.set(id, entry);
    tell();
    if (found.size) flush();
  });
  return restored;
}

const keep = (id, { method, path, body, base, made, first }) => keepUnsent(id, { method, path, body, base, made, first });

export function flush() {
  clearTimeout(timer);
  sending ??= round().finally(() => {
    sending = null;
    if (waiting.size) timer = setTimeout(flush, RETRY);
  });
  return sending;
}

async function round() {
  for (const id of [...waiting.keys()]) if (!(await one(id))) return;
}

// Whether the next may be tried.
async function one(id) {
  const entry = waiting.get(id);
  if (!entry) return true;
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
    answer = await fetch(sent.path, { method: sent.method, credentials: "same-origin", keepalive, headers: body ? { "content-type": "application/json" } : {}, body });
  } catch {
    return false;
  }
  // Signed out, or the server has trouble: everything waits.
  if (answer.status === 401 || answer.status >= 500 || answer.status === 429) return false;
  const said = await answer.json().catch(() => null);
  const now = waiting.get(id);
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
