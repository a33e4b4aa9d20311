// Wakes the page that the server has drawn. The folder of the program is named in the page: it changes with every build.
// The voter's half of secret votes, for when there is one.
window.kyBallot = () => import("./ky-ballot.js");
// What waits to be sent.
window.kyQueue = () => import("./ky-queue.js");
const root = document.documentElement;

// Of an empty field a browser speaks its own language, which need not be the page's.
function speakOfEmptyFields(words) {
  const capture = true;
  document.addEventListener("invalid", ({ target }) => target.validity.valueMissing && target.setCustomValidity(words), capture);
  // Every way to send a form presses its button, the Enter key too: judged anew each time.
  document.addEventListener("click", ({ target }) => {
    for (const field of target.closest?.("[type=submit]")?.form?.elements ?? []) field.setCustomValidity?.("");
  }, capture);
}

// Without a link the program's own way to the next page leads nowhere; the browser's leads to what this tablet keeps (sw.js).
const cut = () => !navigator.onLine || root.dataset.link === "reconnecting" || (root.dataset.kept && root.dataset.link !== "connected");
addEventListener("click", (ev) => {
  const way = ev.composedPath().find((at) => at.localName === "a" && at.href);
  if (way && cut() && way.origin === location.origin && way.pathname !== location.pathname) ev.stopImmediatePropagation();
}, true);
// Ended by sign-out elsewhere or by the administrator.
addEventListener("ky-link", async () => {
  if (root.dataset.link !== "ended") return;
  await (await import("./ky-store.js")).forget();
  // A tablet of a meeting room waits for the next one by itself.
  if (document.querySelector("form[data-tablet]")) location.replace("/room");
});

// Whoever has to sign in is not signed in any more: what this tablet keeps cannot be read until then.
if (location.pathname === "/login") import("./ky-store.js").then((store) => store.forget());

// A tablet of a meeting room at rest; and one that is left without a link: what is kept in clear goes at once.
if (document.querySelector("[data-room=rest]")) import("./ky-store.js").then((store) => store.wipe());
addEventListener("submit", ({ target }) => target.matches?.("[data-tablet]") && (localStorage.clear(), sessionStorage.clear()), true);

// On a slow link the document in view comes before the program that wakes the page around it, for a while.
const MOST = 6000;
const viewer = document.querySelector("ky-pdf[early][src]:not([src=''])");
if (viewer && !viewer.dataset.drawn) {
  await new Promise((go) => {
    for (const end of ["ky-drawn", "ky-error"]) viewer.addEventListener(end, go, { once: true });
    setTimeout(go, MOST - performance.now());
  });
}
delete root.dataset.fonts;
for (const link of document.querySelectorAll("link[rel=later]")) link.rel = link.href.endsWith(".js") ? "modulepreload" : "preload";

const pkg = document.querySelector("#program").href.replace(/[^/]*$/, "");
try {
  const [page, messages] = await Promise.all([
    import(`${pkg}kyhop.js`).then((page) => page.default({ module_or_path: `${pkg}kyhop_bg.wasm` }).then(() => page)),
    fetch(`${pkg}messages.${root.lang}.json`).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status))),
  ]);
  await page.hydrate(messages);
  speakOfEmptyFields(Object.assign({}, ...JSON.parse(messages))["common.fill_in"]);
  root.dataset.hydrated = "true";
  // The other pages' parts when the browser has time: a link that breaks later breaks no page.
  (window.requestIdleCallback ?? setTimeout)(async () => {
    await page.load_all();
    // The viewer too: who comes to a meeting from here has its first page a second earlier.
    for (const file of ["pdf.min.mjs", "pdf.worker.min.mjs"]) await fetch(`/pdfjs/${file}`, { priority: "low" }).catch(() => {});
    await (await import("./ky-offline.js")).prepare();
  });
} catch (error) {
  // The page stays readable and its plain forms work; buttons that need the program stay disabled.
  root.dataset.hydrated = "failed";
  console.error(error);
}
