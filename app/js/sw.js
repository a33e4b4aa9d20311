// Between the pages and the server: what a tablet shows when the link is gone, or too slow to be waited for.
//
// Pages of the meetings lie on the tablet as the server drew them, encrypted under the person's key (ky-store.js); the program beside
// them as it is. This file knows no version: whatever page is shown names the program that it needs.

const WAIT = 4000;
// When a page was shown from here last: what belongs to it comes from here too, without waiting.
const LATELY = 60_000;
let cut = 0;
const PROGRAM = /^\/(pkg|pdfjs|fonts|icons)\//;
// Files are downloads; the rest is answered to programs.
const NO_PAGE = /^\/(files|api|live|language|metrics|healthz|readyz)(\/|$)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (ev) => ev.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (ev) => {
  const { request } = ev;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "POST" && url.pathname === "/logout") ev.respondWith(leave(request));
    else if (request.method === "GET" && !NO_PAGE.test(url.pathname)) ev.respondWith(visit(request, url));
  } else if (request.method === "GET" && PROGRAM.test(url.pathname)) ev.respondWith(program(request, url));
});

// ky-store.js makes the stores; where they are not there yet, nothing is kept.
function database() {
  return new Promise((done) => {
    const asked = indexedDB.open("kyhop");
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      done(asked.result);
    };
    asked.onerror = () => done(null);
  });
}

async function act(store, mode, work) {
  const db = await database();
  if (!db?.objectStoreNames.contains(store)) {
    db?.close();
    return undefined;
  }
  try {
    return await new Promise((done, failed) => {
      const transaction = db.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onabort = transaction.onerror = () => failed(transaction.error);
    });
  } finally {
    db.close();
  }
}

// Who is signed in on this tablet, as long as the key has not ended.
async function person() {
  const who = await act("keys", "readonly", (s) => s.get("now"));
  if (!who) return null;
  const now = Date.now();
  if (now > who.until || now > who.used + who.idle || now < who.used - 60_000) {
    await act("keys", "readwrite", (s) => s.delete("now"));
    return null;
  }
  await act("keys", "readwrite", (s) => s.put({ ...who, used: now }, "now"));
  return who;
}

async function read(who, path) {
  const found = await act("pages", "readonly", (s) => s.get(`${who.person}/${path}`));
  if (!found) return null;
  const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, who.key, found.data).catch(() => null);
  return clear && { ...JSON.parse(new TextDecoder().decode(clear)), at: found.at };
}

async function keptPage(url) {
  const who = await person();
  const page = who && (await read(who, url.pathname));
  if (!page) return null;
  // The list is kept from its beginning.
  if (url.search) return Response.redirect(url.pathname, 302);
  const html = page.html.replace("<html ", `<html data-kept="${page.at}" `);
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": page.policy, "cache-control": "no-store", "referrer-policy": "same-origin" } });
}

async function visit(request, url) {
  if (await act("keys", "readonly", (s) => s.get("leaving"))) {
    // Whoever left without a link has left: nobody goes on under that session.
    try {
      await fetch("/logout", { method: "POST", credentials: "same-origin", redirect: "manual" });
    } catch {
      return say("left");
    }
    await act("keys", "readwrite", (s) => s.delete("leaving"));
  }
  const network = fetch(request);
  network.catch(() => {});
  const kept = keptPage(url).catch(() => null);
  try {
    const first = await Promise.race([network, new Promise((go) => setTimeout(go, WAIT, null))]);
    if (first && !(first.status >= 502 && first.status <= 504)) return first;
    const own = await kept;
    cut = own ? Date.now() : 0;
    return own ?? (await network);
  } catch {
    cut = Date.now();
    return (await kept) ?? (await say("not_kept"));
  }
}

async function leave(request) {
  await act("keys", "readwrite", (s) => s.delete("now"));
  try {
    return await fetch(request);
  } catch {
    await act("keys", "readwrite", (s) => s.put(Date.now(), "leaving"));
    return say("left");
  }
}

// What is named after its version never changes; of the rest the server's is taken if it comes in time.
async function program(request, url) {
  const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (!kept || url.pathname.startsWith("/pkg/")) return kept ?? fetch(request);
  if (Date.now() - cut < LATELY) return kept;
  const late = new Promise((go) => setTimeout(go, WAIT, kept));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

const WORDS = {
  not_kept: [
    ["Không có kết nối", "Trang này chưa được lưu trên máy. Hãy thử lại khi có mạng."],
    ["No connection", "This page is not kept on this device. Try again when the link is back."],
  ],
  left: [
    ["Đã đăng xuất trên máy này", "Máy chưa có mạng. Những gì đã lưu không đọc được nữa; máy chủ được báo ngay khi có mạng."],
    ["Signed out on this device", "There is no link. What is kept here cannot be read any more; the server is told as soon as the link is back."],
  ],
};
const STYLE = `body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f6f3ec;color:#1f2430;font:18px/1.6 "Be Vietnam Pro",system-ui,sans-serif}
main{box-sizing:border-box;width:min(34rem,100% - 2rem);padding:2rem;background:#fffdf9;border:1px solid #d9d1c1;border-radius:12px}h1{margin:0;font-size:1.5rem;line-height:1.3}
p{margin:.5rem 0 0}[lang=en]{color:#545b68;font-size:1rem}ul{list-style:none;margin:1.5rem 0 0;padding:0}h2{margin:1.5rem 0 0;font-size:1.1rem}
a{display:block;min-height:44px;box-sizing:border-box;padding:.55rem 1rem;color:#1f4a86;border-radius:8px}ul{margin-top:.5rem}.again{margin-top:1.5rem;background:#1f4a86;color:#fff;text-align:center;font-weight:600;text-decoration:none}
a:focus-visible{outline:3px solid #8a6412;outline-offset:2px}@media(prefers-color-scheme:dark){body{background:#16171b;color:#ece8e0}main{background:#1f2126;border-color:#3b3f48}a{color:#9dc0f2}.again{background:#9dc0f2;color:#16171b}[lang=en]{color:#b3b5bc}}`;

async function say(what) {
  const [[title, text], [titleEn, textEn]] = WORDS[what];
  const who = what === "left" ? null : await person().catch(() => null);
  const all = who ? ((await act("pages", "readonly", (s) => s.getAllKeys()).catch(() => [])) ?? []) : [];
  let links = "";
  for (const key of all.filter((k) => k.startsWith(`${who?.person}/`))) {
    const path = key.slice(who.person.length + 1);
    const page = await read(who, path);
    // Written by our own server, and escaped there.
    const name = page?.html.match(/<title>([^<]*?)( · kyhop)?<\/title>/)?.[1];
    if (name) links += `<li><a href="${encodeURI(path)}">${name}</a></li>`;
  }
  const kept = links && `<h2>Có trên máy này <span lang="en">· kept on this device</span></h2><ul>${links}</ul>`;
  const html = `<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main data-offline="${what}"><h1>${title}</h1><p>${text}</p><p lang="en"><strong>${titleEn}.</strong> ${textEn}</p><a class="again" href="">Thử lại · Try again</a>${kept}</main></body></html>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
  return new Response(html, { status: 503, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy, "cache-control": "no-store" } });
}
