// What a reader has around the pages: panel, notes, night mode, a second document beside, and the place where the reading stands.
import { COLOURS, Notes, ofMeeting } from "./ky-pdf-notes.js";
import { Panel } from "./ky-pdf-panel.js";
import { Download } from "./ky-pdf-source.js";
import { send } from "./ky-queue.js";
import { isKept, keepFile, tidy } from "./ky-store.js";

const PATHS = {
  panel: "M4 5h16M4 12h10M4 19h16", night: "M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z", beside: "M4 5h7v14H4zM13 5h7v14h-7z",
  highlight: "M4 20h16M7 15l9-9 3 3-9 9H7z", pen: "M4 20l1-4L16 5l3 3L8 19z", note: "M5 5h14v10h-8l-4 4v-4H5z",
};
const SETTLED = 1000;
// As long as the first page waits to know where the person was.
const PATIENCE = 300;

function el(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Desk {
  #last = 0;
  #timer = 0;
  #at = null;
  #ahead = null;
  #open = "";

  // view: as Notes and Panel need it, and {host, middle, bar}
  constructor(view) {
    this.view = view;
    this.tools = el("div", "tools");
    this.notes = new Notes(Object.assign(view, { changed: () => this.panel?.later(), open: (id) => this.panel.open(id) }));
    view.notes = this.notes;
    this.panel = new Panel(view);
    this.buttons = {};
    const acts = {
      panel: () => this.panel.show(this.panel.shown ? "" : "pages"),
      beside: () => this.#beside(), night: () => this.#night(!view.host.dataset.night),
      highlight: () => this.#highlight(), pen: () => this.#mode(this.mode === "pen" ? "" : "pen"), note: () => this.#mode(this.mode === "note" ? "" : "note"),
    };
    for (const [name, act] of Object.entries(acts)) {
      const b = el("button", name);
      b.type = "button";
      b.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
      // The selection must outlive the tap.
      b.addEventListener("pointerdown", (ev) => name === "highlight" && ev.preventDefault());
      b.addEventListener("click", act);
      this.buttons[name] = b;
      this.tools.append(b);
    }
    this.colours = el("div", "colours");
    for (const colour of COLOURS) {
      const b = el("button", `colour ${colour}`);
      b.type = "button";
      b.addEventListener("click", () => this.#colour(colour));
      this.colours.append(b);
    }
    this.hint = el("div", "hint");
    this.hint.hidden = true;
    this.hint.setAttribute("role", "status");
    view.middle.prepend(this.panel.element);
    if (localStorage.getItem("ky-night") === "on") this.#night(true);
    this.#colour("yellow");
  }

  // The agenda has changed: what is no longer on it leaves the tablet, what is new comes.
  shelf() {
    const now = this.view.documents;
    const gone = (this.before ?? []).filter((d) => !now.some((n) => n.sha256 === d.sha256 && n.keep !== false));
    const more = this.before && now.some((n) => !this.before.some((d) => d.sha256 === n.sha256));
    this.before = now;
    this.label();
    if (gone.length) tidy(gone.map((d) => d.sha256));
    if (more && this.view.checked) this.#fetchAhead();
  }

  // Whether the document on the screen may stay on this tablet.
  get mayKeep() {
    const own = this.view.documents.find((d) => d.id === this.view.attribute("attachment"));
    return Boolean(own) && own.keep !== false;
  }

  label() {
    const { words: w } = this.view;
    for (const [name, b] of Object.entries(this.buttons)) {
      b.setAttribute("aria-label", w[name] ?? name);
      b.title = w[name] ?? "";
    }
    for (const b of this.colours.children) b.setAttribute("aria-label", `${w.colour ?? ""} ${b.className.split(" ")[1]}`);
    const meeting = Boolean(this.view.attribute("attachment"));
    const others = this.view.documents.length > 1 && !this.view.host.hasAttribute("second");
    for (const name of ["highlight", "pen", "note"]) this.buttons[name].hidden = !meeting;
    this.colours.hidden = !meeting || !this.mode;
    this.buttons.beside.hidden = !others;
    this.panel.refresh();
  }

  // Where the person was in this document, if that is known soon.
  async place() {
    const attachment = this.view.attribute("attachment");
    if (!attachment) return 0;
    const known = ofMeeting(this.view.attribute("meeting")).then(({ places }) => places.find((p) => p.attachment === attachment)?.page ?? 0, () => 0);
    return Promise.race([known, new Promise((go) => setTimeout(() => go(0), PATIENCE))]);
  }

  opened(page) {
    this.before ??= this.view.documents;
    this.#last = page;
    clearTimeout(this.#timer);
    const attachment = this.view.attribute("attachment");
    // The same document drawn again, because its file has come, takes neither the tool from the hand nor the words from the form.
    if (attachment && attachment === this.#open) this.notes.draw(this.mode === "pen");
    else this.#mode("");
    this.#open = attachment;
    this.label();
    this.notes.opened();
    this.#late(page);
  }

  // Where the person was is known only now: it is gone to, unless they have gone on already.
  async #late(shown) {
    const attachment = this.view.attribute("attachment");
    if (!attachment || shown !== 1) return;
    const { places } = await ofMeeting(this.view.attribute("meeting")).catch(() => ({ places: [] }));
    const page = places.find((p) => p.attachment === attachment)?.page ?? 1;
    const stayed = this.view.attribute("attachment") === attachment && this.view.current === 1 && !this.view.host.hasAttribute("led");
    if (!stayed || page === 1) return;
    this.#last = page;
    this.view.goTo(page);
  }

  checked() {
    this.panel.refresh("pages");
    this.panel.refresh("outline");
    this.notes.follow();
    (window.requestIdleCallback ?? setTimeout)(() => this.#fetchAhead());
  }

  turned(page) {
    this.panel.current(page);
    const attachment = this.view.attribute("attachment");
    clearTimeout(this.#timer);
    if (!attachment || page === this.#last || this.view.host.hasAttribute("led")) return;
    this.#timer = setTimeout(() => {
      this.#last = page;
      send(`place:${attachment}`, { method: "PUT", path: `/api/v1/attachments/${attachment}/place`, body: { page } });
    }, SETTLED);
  }

  // Everything on the agenda that is not on this tablet yet, one after the other, behind what is being read.
  async #fetchAhead() {
    if (this.view.host.hasAttribute("second")) return;
    this.#ahead?.abort();
    const { signal } = (this.#ahead = new AbortController());
    const { documents, host } = this.view;
    let there = 0;
    for (const { url, sha256, keep } of documents) {
      if (signal.aborted) return;
      // What is collected at the end of the meeting never rests on a tablet.
      if (keep === false) continue;
      if (!(await isKept(sha256))) {
        // Without a link, or without a place to keep it, it is fetched when it is opened.
        const bytes = await new Download(url, sha256).bytes(signal).catch(() => null);
        if (!bytes || !(await keepFile(sha256, bytes))) continue;
      }
      there += 1;
      host.dataset.kept = `${there}/${documents.length}`;
    }
    tidy();
  }

  gone() {
    this.#ahead?.abort();
    clearTimeout(this.#timer);
    this.notes.draw(false);
  }

  #night(on) {
    this.view.host.toggleAttribute("data-night", on);
    if (on) this.view.host.dataset.night = "on";
    localStorage.setItem("ky-night", on ? "on" : "off");
    this.buttons.night.setAttribute("aria-pressed", `${on}`);
  }

  #colour(colour) {
    this.notes.colour = colour;
    for (const b of this.colours.children) b.setAttribute("aria-pressed", `${b.classList.contains(colour)}`);
  }

  #say(...what) {
    this.hint.replaceChildren(...what);
    this.hint.hidden = !what.length;
  }

  async #highlight() {
    this.#mode("");
    if (await this.notes.highlight()) return this.#say();
    this.#say(el("p", "", this.view.words.select_first));
    setTimeout(() => this.mode || this.#say(), 5000);
  }

  #mode(mode) {
    this.mode = mode;
    this.view.host.dataset.mode = mode;
    this.notes.draw(mode === "pen");
    for (const name of ["pen", "note"]) this.buttons[name].setAttribute("aria-pressed", `${name === mode}`);
    this.colours.hidden = !mode;
    this.#say(...(mode === "note" ? [el("p", "", this.view.words.note_place)] : []));
  }

  // A tap on a page, in points from its upper left. True where it meant a note.
  tap(page, x, y) {
    if (this.mode !== "note") return this.mode === "pen";
    const { words } = this.view;
    const form = el("form", "remark");
    const area = el("textarea");
    Object.assign(area, { rows: 3, maxLength: 4000, required: true });
    area.setAttribute("aria-label", words.note_text ?? "");
    const save = el("button", "save", words.save);
    const close = el("button", "close", words.close);
    close.type = "button";
    close.addEventListener("click", () => this.#mode(""));
    form.addEventListener("submit", (ev) => {
      ev.preventDefault();
      if (!area.value.trim()) return;
      this.notes.remark(page, x, y, area.value.trim());
      this.#mode("");
    });
    form.append(area, save, close);
    this.#say(form);
    area.focus();
    return true;
  }

  #beside() {
    const { host, middle, documents, words } = this.view;
    if (this.second) {
      this.second.remove();
      this.second = null;
      this.buttons.beside.setAttribute("aria-pressed", "false");
      return;
    }
    const own = this.view.attribute("attachment");
    const box = (this.second = el("div", "second"));
    const choose = el("select");
    choose.setAttribute("aria-label", words.beside ?? "");
    const others = documents.filter((d) => d.id !== own);
    for (const { id, title } of others) choose.append(Object.assign(el("option", "", title), { value: id }));
    const other = el("ky-pdf");
    other.setAttribute("second", "");
    other.setAttribute("early", "");
    for (const name of ["words", "meeting", "documents"]) other.setAttribute(name, host.getAttribute(name) ?? "");
    const set = () => {
      const found = others.find((d) => d.id === choose.value);
      for (const [name, value] of Object.entries({ attachment: found.id, size: found.size, pages: found.pages, sha256: found.sha256, src: found.url })) other.setAttribute(name, value);
    };
    choose.addEventListener("change", set);
    set();
    box.append(choose, other);
    middle.append(box);
    this.buttons.beside.setAttribute("aria-pressed", "true");
  }
}
