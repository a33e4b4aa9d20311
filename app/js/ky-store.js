// What a tablet keeps: documents, pages, and what is not sent yet. All of it encrypted (AES-GCM) under the person's key, which the
// server gives to who is signed in and which the browser forgets with the session. It can be used while it is there, but not read
// out. Without a link it ends by itself, when the session would: sw.js reads it too.
//
// Without WebCrypto (no TLS) nothing is kept, and what is not sent lives as long as the page.

const DAY = 24 * 3_600_000;
const KEPT_DAYS = 30;

let opened;
function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("kyhop", 2);
    asked.onupgradeneeded = () => {
      const there = asked.result.objectStoreNames;
      for (const name of ["keys", "files", "unsent", "pages"]) if (!there.contains(name)) asked.result.createObjectStore(name);
    };
    asked.onsuccess = () => {
      // Another tab has a newer program.
      asked.result.onversionchange = () => (asked.result.close(), (opened = undefined));
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

async function act(store, mode, work) {
  const db = await database();
  return new Promise((done, failed) => {
    const transaction = db.transaction(store, mode);
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
}

let session;
// {person, key}, or null where there is none to be had. The key that is there is good at once, on a link that does not answer too; the
// server is asked behind it whether it still is.
export function signedIn() {
  session ??= (async () => {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return null;
    const there = await known();
    const asked = renew();
    if (!there) return (await asked) ?? null;
    asked.then((now) => now !== undefined && (session = now && Promise.resolve(now)), () => {});
    return there;
  })().catch(() => null);
  session.then((found) => found ?? (session = undefined));
  return session;
}

// The server's key; null when nobody is signed in, undefined without an answer.
async function renew() {
  const answer = await fetch("/api/v1/me/device-key", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) {
    await forget();
    return null;
  }
  if (!answer?.ok) return undefined;
  const { person, key, seconds, idle } = await answer.json();
  const bytes = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const used = Date.now();
  const lasts = { until: used + seconds * 1000, idle: idle * 1000, used };
  const now = { person, key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]), ...lasts };
  await act("keys", "readwrite", (s) => s.put(now, "now"));
  return now;
}

// The key that is there; a clock that was set back ends it as well.
async function known() {
  const who = await act("keys", "readonly", (s) => s.get("now"));
  if (!who) return null;
  const now = Date.now();
  if (now > who.until || now > who.used + who.idle || now < who.used - 60_000) {
    await forget();
    return null;
  }
  return who;
}

// The session is over: what is kept cannot be read until the same person signs in again.
export async function forget() {
  session = undefined;
  if (globalThis.indexedDB) await act("keys", "readwrite", (s) => s.delete("now")).catch(() => {});
}

// At a tablet of a meeting room, once nobody sits there: nothing of anybody stays.
export async function wipe() {
  session = undefined;
  localStorage.clear();
  sessionStorage.clear();
  if (globalThis.caches) for (const key of await caches.keys()) await caches.delete(key);
  if (!globalThis.indexedDB) return;
  for (const store of ["keys", "files", "unsent", "pages"]) await act(store, "readwrite", (s) => s.clear()).catch(() => {});
}

const name = (who, id) => `${who.person}/${id}`;

async function put(store, id, bytes, more = {}) {
  const who = await signedIn();
  if (!who) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, who.key, bytes);
  await act(store, "readwrite", (s) => s.put({ ...more, iv, data, at: Date.now() }, name(who, id)));
  return true;
}

async function get(store, id) {
  const who = await signedIn();
  if (!who) return null;
  const found = await act(store, "readonly", (s) => s.get(name(who, id)));
  if (!found) return null;
  // Encrypted under another key: as if it were not there.
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, who.key, found.data).catch(() => null);
}

// A file that was compared with its hash before.
export const keepFile = (sha256, bytes) => put("files", sha256, bytes).catch(() => false);
export const keptFile = (sha256) => get("files", sha256).catch(() => null);
export async function isKept(sha256) {
  const who = await signedIn();
  return Boolean(who && (await act("files", "readonly", (s) => s.count(name(who, sha256))).catch(() => 0)));
}

// Anybody's files that were not needed for long, and this person's that are gone from the meeting.
export async function tidy(gone = []) {
  const who = await signedIn();
  for (const kind of ["files", "pages"]) {
    await act(kind, "readwrite", (store) => {
      for (const sha256 of who && kind === "files" ? gone : []) store.delete(name(who, sha256));
      const asked = store.openCursor();
      asked.onsuccess = () => {
        const at = asked.result;
        if (!at) return;
        if (Date.now() - at.value.at > KEPT_DAYS * DAY) at.delete();
        at.continue();
      };
      return asked;
    }).catch(() => {});
  }
}

const words = new TextEncoder();
const read = new TextDecoder();

// Pages as the server has drawn them: {html, policy}, beside it in clear {version, lang} of the program that they belong to.
export const keepPage = (path, page, more) => put("pages", path, words.encode(JSON.stringify(page)), more);
export async function dropPage(path) {
  const who = await signedIn();
  if (who) await act("pages", "readwrite", (s) => s.delete(name(who, path)));
}
// Paths of this person's pages to {version, lang, at}.
export async function keptPages() {
  const who = await signedIn();
  const own = `${who?.person}/`;
  const found = new Map();
  if (!who) return found;
  await act("pages", "readonly", (s) => {
    const asked = s.openCursor(IDBKeyRange.bound(own, `${own}\uffff`));
    asked.onsuccess = () => {
      const at = asked.result;
      if (!at) return;
      const { version, lang, at: when } = at.value;
      found.set(at.key.slice(own.length), { version, lang, at: when });
      at.continue();
    };
  });
  return found;
}

// What is to be sent: one entry for each id, the latest.
export const keepUnsent = (id, entry) => put("unsent", id, words.encode(JSON.stringify(entry))).catch(() => false);
export async function dropUnsent(id) {
  const who = await signedIn();
  if (who) await act("unsent", "readwrite", (s) => s.delete(name(who, id))).catch(() => {});
}
export async function unsent() {
  const who = await signedIn();
  if (!who) return new Map();
  const keys = (await act("unsent", "readonly", (s) => s.getAllKeys()).catch(() => [])).filter((key) => key.startsWith(`${who.person}/`));
  const found = new Map();
  for (const key of keys) {
    const id = key.slice(who.person.length + 1);
    const bytes = await get("unsent", id);
    if (bytes) found.set(id, JSON.parse(read.decode(bytes)));
  }
  return found;
}
