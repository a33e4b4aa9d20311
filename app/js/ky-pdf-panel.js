// The panel beside the pages: thumbnails, outline, notes, and the search through all documents of the meeting.
import { keptFile } from "./ky-store.js";
import { Download, Excerpts, open, pdfjs } from "./ky-pdf-source.js";
import { fold, texts } from "./ky-pdf-text.js";
import { listen } from "./ky-queue.js";

const SMALL = 96;
const MOST_HITS = 200;
// Text of documents by hash; it takes a few hundred kilobytes for a long one.
const known = new Map();

function el(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(className, text, act) {
  const b = el("button", className, text);
  b.type = "button";
  b.addEventListener("click", act);
  return b;
}

// The text of a document of the shelf, from what is there, else from the server; checked either way.
export function textOf({ sha256, url }, here) {
  if (!known.has(sha256)) {
    const read = (async () => {
      if (here) return texts(here);
      const lib = await pdfjs();
      const bytes = (await keptFile(sha256)) ?? (await new Download(url, sha256).bytes(new AbortController().signal));
      const pdf = await open(lib, bytes);
      try {
        return await texts(pdf);
      } finally {
        pdf.loadingTask.destroy();
      }
    })();
    read.catch(() => known.delete(sha256));
    known.set(sha256, read);
  }
  return known.get(sha256);
}

// Where words stand: pages with what is around each.
export function hits(pages, wanted) {
  const found = [];
  const sought = fold(wanted.normalize("NFC")).trim().replace(/\s+/gu, " ");
  if (!sought) return found;
  pages.forEach(({ raw, folded }, n) => {
    for (let at = folded.indexOf(sought); at >= 0 && found.length < MOST_HITS; at = folded.indexOf(sought, at + sought.length)) {
      const text = (from, to) => raw.slice(Math.max(0, from), to).join("");
      found.push({ page: n + 1, before: text(at - 30, at), words: text(at, at + sought.length), after: text(at + sought.length, at + sought.length + 50) });
    }
  });
  return found;
}

export class Panel {
  #tab = "";
  #looked = 0;

  // view: {pages, pdf, checked, words, notes, documents, attribute(name), goTo(page), go(attachment, page)}
  constructor(view) {
    this.view = view;
    this.element = el("aside", "side");
    this.element.hidden = true;
    this.tabs = el("div", "tabs");
    this.tabs.setAttribute("role", "tablist");
    this.body = el("div", "body");
    this.body.setAttribute("role", "tabpanel");
    this.element.append(this.tabs, this.body);
    this.near = new IntersectionObserver((seen) => seen.forEach((s) => s.isIntersecting && this.#thumbnail(s.target)), { root: this.body, rootMargin: "200px" });
    listen((count) => {
      this.count = count;
      this.later();
    });
  }

  // What changes while somebody writes in the list or taps in it waits for the hand to be done.
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.body.querySelector("textarea:focus")) return this.later();
      this.refresh("notes");
    }, 400);
  }

  show(tab) {
    this.element.hidden = !tab;
    this.#tab = tab ?? "";
    this.refresh();
  }

  get shown() {
    return this.#tab;
  }

  // Draws it anew; with a name only where this tab is open.
  refresh(only) {
    if (!this.#tab || (only && only !== this.#tab)) return;
    const { words: w } = this.view;
    const meeting = Boolean(this.view.attribute("attachment"));
    const names = [["pages", w.pages], ["outline", w.outline], ...(meeting ? [["notes", w.notes], ["search", w.search_short ?? "🔍"]] : [])];
    this.element.setAttribute("aria-label", w.panel ?? "");
    this.tabs.replaceChildren(...names.map(([name, text]) => {
      const tab = button("", text ?? name, () => this.show(name));
      tab.dataset.tab = name;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", `${name === this.#tab}`);
      if (name === "search") tab.setAttribute("aria-label", w.search ?? "");
      return tab;
    }));
    if (this.#tab === "search" && this.body.dataset.tab === "search") return;
    this.body.dataset.tab = this.#tab;
    this.near.disconnect();
    this.body.replaceChildren();
    ({ pages: () => this.#pages(), outline: () => this.#outline(), notes: () => this.#notes(), search: () => this.#search() })[this.#tab]();
  }

  #pages() {
    for (const page of this.view.pages) {
      const b = button("thumb", "", () => this.view.goTo(page.number));
      b.dataset.page = page.number;
      const frame = el("span", "frame");
      frame.style.aspectRatio = `${page.width} / ${page.height}`;
      b.append(frame, el("span", "", `${page.number}`));
      b.setAttribute("aria-label", `${this.view.words.page ?? ""} ${page.number}`);
      this.body.append(b);
      this.near.observe(b);
    }
    this.current(this.view.current);
  }

  current(number) {
    for (const thumb of this.body.querySelectorAll(".thumb")) {
      const here = Number(thumb.dataset.page) === number;
      thumb.toggleAttribute("aria-current", here);
      if (here) thumb.scrollIntoView({ block: "nearest" });
    }
  }

  // From the whole file only: single pages are for reading.
  async #thumbnail(target) {
    const pdf = this.view.pdf;
    if (!pdf || pdf instanceof Excerpts || target.dataset.drawn) return;
    target.dataset.drawn = "true";
    try {
      const page = await pdf.getPage(Number(target.dataset.page));
      const plain = page.getViewport({ scale: 1 });
      const viewport = page.getViewport({ scale: (SMALL * Math.min(2, window.devicePixelRatio || 1)) / plain.width });
      const canvas = el("canvas");
      [canvas.width, canvas.height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
      await page.render({ canvas, viewport }).promise;
      target.firstChild.replaceChildren(canvas);
    } catch {
      delete target.dataset.drawn;
    }
  }

  async #outline() {
    const { pdf, words } = this.view;
    const outline = pdf && !(pdf instanceof Excerpts) ? await pdf.getOutline().catch(() => null) : null;
    if (this.#tab !== "outline" || pdf !== this.view.pdf) return;
    const list = (items) => {
      const ul = el("ul");
      for (const item of items) {
        const li = el("li");
        li.append(button("entry", item.title, () => this.#to(pdf, item.dest)));
        if (item.items?.length) li.append(list(item.items));
        ul.append(li);
      }
      return ul;
    };
    this.body.replaceChildren(outline?.length ? list(outline) : el("p", "quiet", words.no_outline));
  }

  async #to(pdf, dest) {
    const place = typeof dest === "string" ? await pdf.getDestination(dest) : dest;
    if (place) this.view.goTo((await pdf.getPageIndex(place[0])) + 1);
  }

  #notes() {
    const { notes, words } = this.view;
    if (this.count) {
      const p = el("p", "unsent", `${words.unsent} (${this.count})`);
      p.setAttribute("role", "status");
      this.body.append(p);
    }
    if (!notes.all.length) this.body.append(el("p", "quiet", words.no_notes));
    for (const note of notes.all) this.body.append(this.#card(note));
  }

  #card(note) {
    const { words, notes } = this.view;
    const { body } = note;
    const card = el("article", `card ${body.color}`);
    card.dataset.note = note.id;
    if (body.aside) {
      card.dataset.aside = "true";
      card.append(el("p", "aside", words.aside));
    } else card.append(button("entry", `${words.page} ${body.at.page}`, () => this.view.goTo(body.at.page)));
    if (!note.mine) card.append(el("p", "quiet", note.author));
    if (note.moved) card.append(el("p", "quiet", words.moved));
    if (body.at.quote) card.append(el("blockquote", "", body.at.quote.slice(0, 200)));
    if (!note.mine) {
      if (body.text) card.append(el("p", "", body.text));
      return card;
    }
    const area = el("textarea");
    area.value = body.text;
    area.rows = 2;
    area.maxLength = 4000;
    area.setAttribute("aria-label", words.note_text ?? "");
    area.addEventListener("change", () => (body.kind !== "text" || area.value.trim()) && notes.change(note.id, { text: area.value }));
    const label = el("label");
    const box = el("input");
    box.type = "checkbox";
    box.checked = note.shared;
    box.addEventListener("change", () => notes.change(note.id, { shared: box.checked }));
    label.append(box, ` ${words.shared}`);
    card.append(area, label, button("remove", words.remove, () => notes.remove(note.id)));
    return card;
  }

  open(id) {
    this.show("notes");
    const card = this.body.querySelector(`[data-note="${CSS.escape(id)}"]`);
    card?.scrollIntoView({ block: "center" });
    card?.querySelector("textarea")?.focus();
  }

  #search() {
    const { words } = this.view;
    const form = el("form", "search");
    const field = el("input");
    Object.assign(field, { type: "search", enterKeyHint: "search" });
    field.setAttribute("aria-label", words.search ?? "");
    const go = el("button", "", "🔍");
    go.setAttribute("aria-label", words.search ?? "");
    form.append(field, go);
    const results = el("div", "results");
    results.setAttribute("role", "status");
    form.addEventListener("submit", (ev) => {
      ev.preventDefault();
      this.#look(field.value, results);
    });
    this.body.append(form, results);
    field.focus();
  }

  // One document after the other, that being read first; each as soon as it is known.
  async #look(wanted, results) {
    const look = ++this.#looked;
    const { words, documents } = this.view;
    const own = this.view.attribute("attachment");
    const ordered = documents.toSorted((a, b) => (b.id === own) - (a.id === own));
    const wait = el("p", "quiet", words.searching);
    results.replaceChildren(wait);
    let any = false;
    for (const document of ordered) {
      let found = [];
      try {
        const here = document.id === own && this.view.checked ? this.view.pdf : null;
        found = hits(await textOf(document, here), wanted);
      } catch (error) {
        if (look !== this.#looked) return;
        wait.before(el("p", "quiet", `${document.title}: ${words[error.code] ?? error.message}`));
        any = true;
      }
      if (look !== this.#looked) return;
      if (!found.length) continue;
      any = true;
      const section = el("section");
      section.dataset.document = document.id;
      section.append(el("h3", "", `${document.title} (${found.length})`));
      for (const { page, before, words: hit, after } of found) {
        const b = button("entry hit", "", () => (document.id === own ? this.view.goTo(page) : this.view.go(document.id, page)));
        b.append(el("small", "", `${words.page} ${page} `), `…${before}`, el("mark", "", hit), `${after}…`);
        section.append(b);
      }
      wait.before(section);
    }
    wait.remove();
    if (!any) results.append(el("p", "quiet", words.nothing_found));
  }
}
