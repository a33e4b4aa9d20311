// Notes in the margin of a meeting's document: highlights, ink, remarks. Whoever wrote them sees them at once, on every device, and
// when a new version of the document comes they go where their words have gone, or are set aside with a word.
import { latest, send } from "./ky-queue.js";
import { boxes, find, letters, nearest, quotation } from "./ky-pdf-text.js";

export const COLOURS = ["yellow", "green", "red", "blue"];
const SVG = "http://www.w3.org/2000/svg";
// A hand that lies on the glass touches with more than this, in pixels.
const PALM = 36;
const round = (n) => Math.round(n * 100) / 100;

const meetings = new Map();
// Notes and places of a meeting, once for all its documents; asked again when the link is back.
export function ofMeeting(meeting, again = false) {
  if (again || !meetings.has(meeting)) {
    const before = meetings.get(meeting);
    const asked = fetch(`/api/v1/meetings/${meeting}/notes`, { credentials: "same-origin", cache: "no-store" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status}`))))
      .catch((error) => before ?? Promise.reject(error));
    asked.catch(() => meetings.get(meeting) === asked && meetings.delete(meeting));
    meetings.set(meeting, asked);
  }
  return meetings.get(meeting);
}

export class Notes {
  #all = new Map();
  #letters = new Map();
  #pen = null;
  #penSeen = false;
  #drawing = null;
  #ink = null;
  #shown = { attachment: "", sha256: "" };

  // view: {pages, scale, pdf, checked, words, root, attribute(name), changed(), open(id)}
  constructor(view) {
    this.view = view;
    this.colour = "yellow";
  }

  // Of the document that is on the screen; what the attributes name may still be on its way.
  get mine() {
    return this.#shown.attachment;
  }

  get #stands() {
    const { attachment, sha256 } = this.#shown;
    return attachment === this.view.attribute("attachment") && sha256 === this.view.attribute("sha256");
  }

  // Another document, or another version, has come on the screen.
  opened() {
    const before = this.#shown.attachment;
    this.#shown = { attachment: this.view.attribute("attachment"), sha256: this.view.attribute("sha256") };
    if (before !== this.mine) this.#all.clear();
    this.#letters.clear();
    return this.load();
  }

  get all() {
    return [...this.#all.values()].sort((a, b) => a.body.at.page - b.body.at.page);
  }

  async load(again) {
    const { mine } = this;
    if (!mine) return this.#all.clear();
    const found = await ofMeeting(this.view.attribute("meeting"), again).catch(() => ({ notes: [] }));
    const waiting = await latest();
    if (mine !== this.mine || !this.#stands) return;
    const all = new Map(found.notes.filter((n) => n.attachment === mine).map((n) => [n.id, { ...n, base: n.revision }]));
    for (const [key, { method, body, base }] of waiting) {
      if (!key.startsWith("note:") || (body && body.attachment !== mine)) continue;
      const id = key.slice(5);
      if (method === "DELETE") all.delete(id);
      else all.set(id, { ...all.get(id), ...body, id, mine: true, author: all.get(id)?.author ?? "", base });
    }
    this.#all = all;
    this.#letters.clear();
    this.#redraw();
    if (this.view.checked) await this.follow();
  }

  // The checked file is there: notes of an older version look for their words in it.
  async follow() {
    if (!this.#stands) return;
    const { sha256 } = this.#shown;
    for (const note of [...this.#all.values()]) {
      if (note.attachment !== this.mine || note.sha256 === sha256 || note.body.aside) continue;
      const at = await this.#sought(note);
      if (!this.#stands) return;
      const body = at ? { ...note.body, ...at, aside: false } : { ...note.body, aside: true };
      Object.assign(note, { sha256, body, moved: Boolean(at) });
      if (note.mine) this.#send(note);
    }
    this.#redraw();
  }

  // Page by page from where it was, outwards.
  async #sought({ body }) {
    const { at } = body;
    const pages = this.view.pages.map((p) => p.number).sort((a, b) => Math.abs(a - at.page) - Math.abs(b - at.page));
    // A scan has no words: its pages are taken to be the same while the note's page is there.
    if (!at.quote) return pages.includes(at.page) ? { at } : null;
    for (const page of pages) {
      const some = find(await this.#lettersOf(page), at);
      if (!some) continue;
      const now = boxes(some);
      const [dx, dy] = at.boxes.length ? [now[0][0] - at.boxes[0][0], now[0][1] - at.boxes[0][1]] : [0, 0];
      const strokes = (body.strokes ?? []).map((stroke) => stroke.map(([x, y, w]) => [round(x + dx), round(y + dy), w]));
      return { at: { ...at, page, boxes: now }, strokes };
    }
    return null;
  }

  async #lettersOf(page) {
    const pdf = this.view.pdf;
    if (!this.#letters.has(page)) this.#letters.set(page, letters(await pdf.getPage(page)));
    return this.#letters.get(page);
  }

  #send(note) {
    const { id, attachment, sha256, shared, body } = note;
    send(`note:${id}`, {
      method: "PUT", path: `/api/v1/notes/${id}`, base: note.base ?? 0, body: { attachment, sha256, shared, body },
      done: (said) => said && (note.base = said.revision),
      moved: (copy) => this.#rename(note, copy),
    });
    this.view.changed();
  }

  #rename(note, id) {
    this.#all.delete(note.id);
    Object.assign(note, { id, base: 0 });
    this.#all.set(id, note);
    this.load(true);
  }

  #add(body) {
    const note = {
      id: crypto.randomUUID(), attachment: this.mine, sha256: this.#shown.sha256, mine: true, author: "", shared: false, base: 0,
      body: { color: this.colour, text: "", strokes: [], aside: false, ...body },
    };
    this.#all.set(note.id, note);
    this.#send(note);
    this.#redraw();
    return note;
  }

  change(id, { text, shared }) {
    const note = this.#all.get(id);
    if (!note?.mine) return;
    note.body = { ...note.body, text: text ?? note.body.text };
    note.shared = shared ?? note.shared;
    this.#send(note);
    this.#redraw();
  }

  remove(id) {
    const note = this.#all.get(id);
    if (!note?.mine) return;
    this.#all.delete(id);
    send(`note:${id}`, { method: "DELETE", path: `/api/v1/notes/${id}`, body: null });
    this.#redraw();
    this.view.changed();
  }

  // What is selected, as a highlight; false where nothing is.
  async highlight() {
    const selection = this.view.root.getSelection?.() ?? document.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return false;
    const range = selection.getComposedRanges?.({ shadowRoots: [this.view.root] })[0] ?? selection.getRangeAt(0);
    const live = document.createRange();
    live.setStart(range.startContainer, range.startOffset);
    live.setEnd(range.endContainer, range.endOffset);
    const rects = [...live.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
    const marked = [];
    for (const page of this.view.pages) {
      const frame = page.element.getBoundingClientRect();
      const here = rects.filter((r) => r.top + r.height / 2 > frame.top && r.top + r.height / 2 < frame.bottom);
      if (!here.length) continue;
      const all = await this.#lettersOf(page.number);
      const inside = ({ box: [x, y, w, h] }) => {
        const [cx, cy] = [frame.left + (x + w / 2) * this.view.scale, frame.top + (y + h / 2) * this.view.scale];
        return here.some((r) => cx >= r.left && cx <= r.right && cy >= r.top - 2 && cy <= r.bottom + 2);
      };
      const from = all.findIndex(inside);
      const to = all.findLastIndex(inside) + 1;
      if (from >= 0) marked.push({ page: page.number, boxes: boxes(all.slice(from, to)).slice(0, 200), ...quotation(all, from, to) });
    }
    if (!marked.length) return false;
    selection.removeAllRanges();
    for (const at of marked) this.#add({ kind: "highlight", at });
    return true;
  }

  // A remark at a place, in points of its page.
  async remark(page, x, y, text) {
    const near = nearest(await this.#lettersOf(page).catch(() => []), x, y);
    return this.#add({ kind: "text", at: { page, boxes: [], quote: "", before: "", after: "", ...near }, strokes: [[[round(x), round(y), 0]]], text });
  }

  get drawing() {
    return Boolean(this.#drawing);
  }

  // Pen mode on or off. Fingers draw until a pen was seen; from then on they are a hand that lies on the glass.
  draw(on) {
    this.#drawing?.abort();
    this.#drawing = null;
    this.#ink = null;
    if (!on) return;
    const stop = (this.#drawing = new AbortController());
    const where = (ev) => {
      const page = this.view.pages.find((p) => ev.composedPath().includes(p.element));
      if (!page) return null;
      const frame = page.element.getBoundingClientRect();
      const weight = ev.pointerType === "pen" && ev.pressure ? 0.6 + ev.pressure * 2.4 : 1.6;
      return { page: page.number, frame, point: (e) => [round((e.clientX - frame.left) / this.view.scale), round((e.clientY - frame.top) / this.view.scale), round(weight)] };
    };
    const rejected = (ev) => ev.pointerType === "touch" && (this.#penSeen || ev.width > PALM || ev.height > PALM);
    const options = { signal: stop.signal };
    this.view.list.addEventListener("pointerdown", (ev) => {
      if (ev.pointerType === "pen") this.#penSeen = true;
      const at = !this.#pen && !rejected(ev) && ev.button <= 0 && where(ev);
      if (!at) return;
      ev.preventDefault();
      this.view.list.setPointerCapture(ev.pointerId);
      this.#pen = { id: ev.pointerId, at, stroke: [at.point(ev)] };
      if (this.#ink?.body.at.page !== at.page) this.#ink = null;
    }, options);
    this.view.list.addEventListener("pointermove", (ev) => {
      if (this.#pen?.id !== ev.pointerId) return;
      for (const each of ev.getCoalescedEvents?.() ?? [ev]) this.#pen.stroke.push(this.#pen.at.point(each));
      this.#trace();
    }, options);
    const end = (ev) => {
      if (this.#pen?.id !== ev.pointerId) return;
      const { at, stroke } = this.#pen;
      this.#pen = null;
      this.view.list.querySelector(".trace")?.remove();
      // A pen that came down while a palm drew: the browser takes the touch back.
      if (ev.type === "pointercancel" || stroke.length < 2) return;
      this.#stroke(at.page, stroke);
    };
    for (const type of ["pointerup", "pointercancel"]) this.view.list.addEventListener(type, end, options);
  }

  #trace() {
    const { at, stroke } = this.#pen;
    const svg = this.#layer(this.view.pages[at.page - 1]);
    let line = svg.querySelector(".trace");
    if (!line) {
      line = document.createElementNS(SVG, "path");
      svg.append(line);
    }
    line.setAttribute("class", `trace ink ${this.colour}`);
    this.#path(line, stroke);
  }

  #path(line, stroke) {
    line.setAttribute("d", `M${stroke.map(([x, y]) => `${x} ${y}`).join("L")}`);
    line.setAttribute("stroke-width", stroke.reduce((sum, [, , w]) => sum + w, 0) / stroke.length);
  }

  // Strokes after one another on one page are one note, kept anew with each.
  async #stroke(page, stroke) {
    if (this.#ink && this.#all.has(this.#ink.id)) {
      this.#ink.body = { ...this.#ink.body, strokes: [...this.#ink.body.strokes, stroke] };
      this.#send(this.#ink);
      return this.#redraw();
    }
    const ink = (this.#ink = this.#add({ kind: "ink", at: { page, boxes: [], quote: "", before: "", after: "" }, strokes: [stroke] }));
    const [x, y] = stroke[Math.floor(stroke.length / 2)];
    const near = nearest(await this.#lettersOf(page).catch(() => []), x, y);
    if (!near || !this.#all.has(ink.id)) return;
    ink.body = { ...ink.body, at: { page, ...near } };
    this.#send(ink);
  }

  #layer(page) {
    if (!page.marks?.isConnected) {
      page.marks = document.createElementNS(SVG, "svg");
      page.marks.setAttribute("class", "marks");
      page.marks.setAttribute("aria-hidden", "true");
      page.element.append(page.marks);
    }
    page.marks.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
    return page.marks;
  }

  #redraw() {
    for (const page of this.view.pages) {
      page.marks?.replaceChildren();
      page.element.querySelectorAll(".badge").forEach((badge) => badge.remove());
    }
    for (const note of this.#all.values()) this.#show(note);
    this.view.changed();
  }

  #show(note) {
    const { body, id } = note;
    const page = this.view.pages[body.at.page - 1];
    // Set aside, it waits in the list: its place is one of another version.
    if (!page || body.aside) return;
    const svg = this.#layer(page);
    const group = svg.appendChild(document.createElementNS(SVG, "g"));
    group.dataset.note = id;
    if (body.kind === "highlight") {
      for (const [x, y, width, height] of body.at.boxes) {
        const rect = group.appendChild(document.createElementNS(SVG, "rect"));
        for (const [key, value] of Object.entries({ x, y, width, height, class: `highlight ${body.color}` })) rect.setAttribute(key, value);
      }
    } else if (body.kind === "ink") {
      for (const stroke of body.strokes) {
        const line = group.appendChild(document.createElementNS(SVG, "path"));
        line.setAttribute("class", `ink ${body.color}`);
        this.#path(line, stroke);
      }
    }
    const [x, y] = body.kind === "highlight" ? body.at.boxes[0] : (body.strokes[0]?.[0] ?? [0, 0]);
    const badge = document.createElement("button");
    badge.type = "button";
    badge.className = `badge ${body.kind} ${body.color}`;
    badge.dataset.note = id;
    badge.style.left = `${(100 * x) / page.width}%`;
    badge.style.top = `${(100 * y) / page.height}%`;
    badge.setAttribute("aria-label", `${this.view.words.notes ?? ""}: ${body.text || body.at.quote.slice(0, 60)}`);
    badge.addEventListener("click", (ev) => {
      ev.stopPropagation();
      this.view.open(id);
    });
    page.element.append(badge);
  }
}
