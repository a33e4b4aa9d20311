// <ky-pdf src sha256 size early page fit boxes find words>: shows a PDF page by page after checking its hash.
//
// early  there: pages are shown one by one while the whole file is on its way, and again from the file once it is checked
// boxes  [{id,page,x,y,w,h,label,image?,movable}] in points, origin at the lower left of the displayed page
// find   ["regular expression", …], looked for on the first page, or on as many as find-on says
// words  {loading,page,…} every text for people, from the message files
// meeting, attachment, documents [{id,title,url,sha256,size,pages}], led: a meeting's document among the others (ky-pdf-desk.js)
// pointing there: finger, pen or mouse point for the others; pointer {page,x,y}: where another does (ky-pdf-pointer.js)
// Tells: ky-point {page,x,y} (page 0: nowhere any more), ky-go {attachment,page} (another document is asked for), ky-shown {pages} (not yet checked), ky-ready {pages} (checked), ky-page {page}, ky-box {id,page,x,y,w,h}, ky-found [{what,text,page,x,y,w,h,room}], ky-error {code}
import { Boxes } from "./ky-pdf-boxes.js";
import { Desk } from "./ky-pdf-desk.js";
import { sheet } from "./ky-pdf-style.js";
import { Download, Excerpts, Failure, open, pdfjs } from "./ky-pdf-source.js";
import { keepFile, keptFile } from "./ky-store.js";
import { Pointer } from "./ky-pdf-pointer.js";
import { search } from "./ky-pdf-text.js";

const ICONS = { back: "M15 5l-7 7 7 7", on: "M9 5l7 7-7 7", less: "M5 12h14", more: "M12 5v14M5 12h14", fit: "M3 12h18M7 8l-4 4 4 4M17 8l4 4-4 4" };
const MOST_PIXELS = 16_000_000;
// Canvases kept in memory at once; tablets have little.
const KEEP = 10;
// A file that is not worth two ways of fetching it, in bytes.
const SMALL = 300_000;

function el(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

class KyPdf extends HTMLElement {
  static observedAttributes = ["src", "sha256", "page", "boxes", "find", "words", "fit", "awake", "documents", "pointer", "pointing"];

  #pages = [];
  #scale = 1;
  #zoom = 1;
  #current = 1;
  #pdf = null;
  #stop = null;
  #queued = false;
  #tries = 0;
  #timer = 0;
  #drawn = [];
  #download = null;
  // What is on the screen: the address of its file.
  #shown = "";
  #firstDrawn;
  #first = new Promise((drawn) => (this.#firstDrawn = drawn));

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    const view = { pages: this.#pages, show: (element) => this.#bring(element) };
    Object.defineProperty(view, "scale", { get: () => this.#scale });
    this.boxes = new Boxes(view, ({ id, page, x, y, w, h }) => this.#tell("ky-box", { id, page, x, y, w, h }));
  }

  get documents() {
    try {
      return JSON.parse(this.getAttribute("documents") || "[]");
    } catch {
      return [];
    }
  }

  get words() {
    try {
      return JSON.parse(this.getAttribute("words") || "{}");
    } catch {
      return {};
    }
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  connectedCallback() {
    if (!this.scroller) this.#build();
    this.observer = new IntersectionObserver((seen) => this.#seen(seen), { root: this.scroller, rootMargin: "80% 0px" });
    this.resizer = new ResizeObserver(() => this.#layout());
    this.resizer.observe(this.scroller);
    this.online = () => {
      this.desk.notes.load(true);
      if (this.dataset.state === "failed") this.#load();
    };
    window.addEventListener("online", this.online);
    this.#loadSoon();
  }

  disconnectedCallback() {
    this.observer.disconnect();
    this.resizer.disconnect();
    window.removeEventListener("online", this.online);
    this.desk.gone();
    clearTimeout(this.#timer);
    this.#stop?.abort();
    this.#clear();
    this.#download = null;
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.scroller) return;
    if (name === "src" || name === "sha256") this.#loadSoon();
    else if (name === "page") this.#follow();
    else if (name === "boxes") this.#setBoxes();
    else if (name === "find") this.#search();
    else if (name === "fit") this.#layout();
    else if (name === "words") this.#label();
    else if (name === "documents") this.desk.shelf();
    else if (name === "pointer" || name === "pointing") this.#point();
    else if (name === "awake" && this.#pdf) this.#tellAgain();
  }

  #build() {
    const button = (name, act) => {
      const b = el("button", name, { type: "button" });
      b.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
      b.addEventListener("click", act);
      return b;
    };
    this.bar = el("div", "bar", { role: "toolbar" });
    this.number = el("input", "", { type: "text", inputmode: "numeric", value: "1", autocomplete: "off" });
    this.number.addEventListener("change", () => this.goTo(parseInt(this.number.value, 10) || this.#current));
    this.of = el("span", "of");
    this.percent = el("span", "percent");
    this.buttons = {
      back: button("back", () => this.goTo(this.#current - 1)),
      on: button("on", () => this.goTo(this.#current + 1)),
      less: button("less", () => this.#zoomTo(this.#zoom / 1.25)),
      more: button("more", () => this.#zoomTo(this.#zoom * 1.25)),
      fit: button("fit", () => this.#zoomTo(1)),
    };
    const { back, on, less, more, fit } = this.buttons;
    this.scroller = el("div", "scroll", { tabindex: "0", role: "region" });
    this.list = el("div", "pages");
    this.scroller.append(this.list);
    this.middle = el("div", "middle");
    this.middle.append(this.scroller);
    this.desk = this.#furnish();
    this.bar.append(back, this.number, this.of, on, this.desk.tools, el("span", "space"), less, this.percent, more, fit);
    this.cover = el("div", "cover", { role: "status" });
    this.shadowRoot.append(this.bar, this.desk.colours, this.middle, this.desk.hint, this.cover);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (ev) => this.#key(ev));
    this.scroller.addEventListener("click", (ev) => this.#tapped(ev));
    this.scroller.addEventListener("wheel", (ev) => this.#wheel(ev), { passive: false });
    this.#pinch();
    this.pointer = new Pointer(this.scroller, this.#pages, (at) => this.#tell("ky-point", at));
    this.#label();
  }

  #point() {
    this.pointer.use(this.hasAttribute("pointing"));
    try {
      this.pointer.show(JSON.parse(this.getAttribute("pointer") || "null"));
    } catch {
      this.pointer.show(null);
    }
  }

  #furnish() {
    const view = { host: this, root: this.shadowRoot, middle: this.middle, list: this.list, pages: this.#pages, attribute: (name) => this.getAttribute(name) ?? "" };
    const live = {
      scale: () => this.#scale, pdf: () => this.#pdf, words: () => this.words, documents: () => this.documents, current: () => this.#current,
      checked: () => Boolean(this.#pdf) && !(this.#pdf instanceof Excerpts),
    };
    for (const [name, get] of Object.entries(live)) Object.defineProperty(view, name, { get });
    view.goTo = (page) => this.goTo(page);
    view.go = (attachment, page) => this.#tell("ky-go", { attachment, page });
    return new Desk(view);
  }

  #label() {
    const w = this.words;
    const names = { back: w.previous, on: w.next, less: w.smaller, more: w.larger, fit: w.fit };
    for (const [name, b] of Object.entries(this.buttons)) {
      b.setAttribute("aria-label", names[name] ?? name);
      b.title = names[name] ?? "";
    }
    this.bar.setAttribute("aria-label", w.tools ?? "PDF");
    this.number.setAttribute("aria-label", w.page ?? "");
    this.scroller.setAttribute("aria-label", w.document ?? "PDF");
    this.desk.label();
  }

  // `src` and `sha256` change together: wait for both.
  #loadSoon() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#tries = 0;
      this.#load();
    });
  }

  async #load() {
    const src = this.getAttribute("src");
    this.#stop?.abort();
    clearTimeout(this.#timer);
    if (!src || !this.isConnected) return;
    const stop = (this.#stop = new AbortController());
    // A newer version of the same document: the old one stays on the screen until the new one is there.
    if (!this.#pdf) this.#say("loading", this.words.loading);
    this.dataset.state = this.#shown === src ? "early" : "loading";
    const sha256 = this.getAttribute("sha256") ?? "";
    // What has come of the same file before the link broke is not asked for again.
    if (this.#download?.src !== src || this.#download.sha256 !== sha256) this.#download = new Download(src, sha256);
    const lib = pdfjs().catch(() => Promise.reject(new Failure("link.lost")));
    lib.catch(() => {});
    try {
      // What is on this tablet already was checked when it came.
      const again = this.#shown === src;
      const [kept, place] = again ? [null, 0] : await Promise.all([this.desk.mayKeep ? keptFile(sha256) : null, this.#place()]);
      const early = !kept && this.hasAttribute("early") && parseInt(this.getAttribute("size"), 10) > SMALL && parseInt(this.getAttribute("pages"), 10) > 1;
      if (early && this.#shown !== src) await this.#early(lib, src, place, stop.signal);
      const data = kept ?? (await this.#download.bytes(stop.signal));
      if (!kept && this.desk.mayKeep) await keepFile(sha256, data);
      stop.signal.throwIfAborted();
      const pdf = await open(await lib, data);
      if (stop.signal.aborted) return void pdf.loadingTask.destroy();
      this.#download = null;
      if (this.#shown === src && this.#pages.length === pdf.numPages) return this.#replace(pdf);
      const sizes = await this.#sizes(pdf);
      if (stop.signal.aborted) return void pdf.loadingTask.destroy();
      this.#show(await lib, pdf, sizes, src, place);
      this.#checked(pdf);
    } catch (error) {
      if (!stop.signal.aborted) this.#failed(error.code ?? "file.unreadable", error);
    }
  }

  // Single pages first. Where they cannot be had, the whole file is waited for as if there were none.
  async #early(lib, src, place, signal) {
    try {
      const pages = await Excerpts.open(lib, src, place || 1);
      if (signal.aborted) return pages.loadingTask.destroy();
      this.#show(await lib, pages, pages.sizes, src, place);
      this.dataset.state = "early";
      this.#tell("ky-shown", { pages: pages.numPages });
    } catch (error) {
      if (!signal.aborted) console.info(`ky-pdf: no single pages: ${error.message}`);
    }
  }

  // The checked file in place of its excerpts: each page in sight is drawn anew, and stays as it is until then.
  #replace(pdf) {
    this.#pdf.loadingTask.destroy();
    this.#pdf = pdf;
    for (const page of this.#pages) {
      if (page.wanted) this.#draw(page);
    }
    this.#tries = 0;
    this.dataset.state = "ready";
    this.#checked(pdf);
  }

  // Who listens only now hears what has been.
  #tellAgain() {
    const early = this.#pdf instanceof Excerpts;
    this.#tell("ky-shown", { pages: this.#pdf.numPages });
    this.#tell("ky-page", { page: this.#current });
    if (early) return;
    this.#tell("ky-ready", { pages: this.#pdf.numPages });
    this.#search();
  }

  #checked(pdf) {
    this.desk.checked();
    this.#tell("ky-ready", { pages: pdf.numPages });
    this.#search();
  }

  // All sizes of a document of ordinary length, so that nothing jumps; of a long one the first, and the others when they come into sight.
  async #sizes(pdf) {
    const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
    const count = pdf.numPages;
    const rest = Array.from({ length: count }, async (_, i) => (i === 0 || i >= 80 ? first : (await pdf.getPage(i + 1)).getViewport({ scale: 1 })));
    return Promise.all(rest);
  }

  #say(state, text, code, again) {
    this.dataset.state = state;
    this.cover.hidden = state === "ready";
    this.cover.className = `cover ${code ? "bad" : ""}`;
    this.cover.setAttribute("role", code ? "alert" : "status");
    const p = el("p");
    p.textContent = text ?? "";
    this.cover.replaceChildren(p);
    if (code) {
      const small = el("small");
      small.textContent = code;
      this.cover.append(small);
    }
    if (again) {
      const b = el("button", "", { type: "button" });
      b.textContent = this.words.retry ?? "↻";
      b.addEventListener("click", () => this.#load());
      this.cover.append(b);
    }
  }

  #failed(code, error) {
    const link = code === "link.lost";
    // What is on the screen stays readable while the link is away; what turned out to be another file does not.
    if (code === "file.hash_differs") this.#clear();
    if (!(link && this.#pdf)) this.#say("failed", this.words[code] ?? code, code, link || code === "file.hash_differs");
    this.dataset.state = "failed";
    if (code === "file.hash_differs") this.#download = null;
    if (!link) console.warn(`ky-pdf: ${code}`, error.message);
    this.#tell("ky-error", { code });
    if (link) this.#timer = setTimeout(() => this.#load(), Math.min(30_000, 1500 * 2 ** this.#tries++));
  }

  #clear() {
    this.#pdf?.loadingTask.destroy();
    this.#pdf = null;
    this.#shown = "";
    this.observer.disconnect();
    this.#drawn = [];
    this.#pages.length = 0;
    this.list.replaceChildren();
  }

  // The page that is asked for, else where the person was the last time, on whichever device.
  async #place() {
    const asked = parseInt(this.getAttribute("page"), 10) || 1;
    return this.hasAttribute("led") || asked > 1 ? asked : this.desk.place();
  }

  #show(lib, pdf, sizes, src, place) {
    const keep = { page: this.#current, zoom: this.#zoom };
    this.#clear();
    this.lib = lib;
    this.#pdf = pdf;
    this.#shown = src;
    sizes.forEach((viewport, i) => {
      const element = el("section", "page", { "data-page": `${i + 1}`, "aria-label": `${this.words.page ?? ""} ${i + 1}` });
      const wait = el("span", "wait", { "aria-hidden": "true" });
      wait.textContent = `${i + 1}`;
      element.append(wait);
      this.list.append(element);
      this.#pages.push({ number: i + 1, width: viewport.width, height: viewport.height, element, wanted: false });
    });
    this.of.textContent = `/ ${pdf.numPages}`;
    this.#tries = 0;
    this.#say("ready", "");
    this.#zoom = keep.zoom;
    this.#layout();
    for (const page of this.#pages) this.observer.observe(page.element);
    this.#setBoxes();
    this.#current = 0;
    // The presenter may have turned while the file was on its way.
    const asked = parseInt(this.getAttribute("page"), 10);
    const begin = (this.hasAttribute("led") && asked) || place || asked || keep.page || 1;
    this.goTo(Math.min(begin, pdf.numPages));
    this.desk.opened(this.#current);
    this.boxes.reveal();
    this.#point();
  }

  #layout() {
    if (!this.#pages.length || !this.scroller.clientWidth) return;
    const widest = Math.max(...this.#pages.map((p) => p.width));
    const style = getComputedStyle(this.scroller);
    const room = this.scroller.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    let fit = room / widest;
    if (this.getAttribute("fit") === "page") fit = Math.min(fit, (this.scroller.clientHeight - 24) / this.#pages[0].height);
    // Wider than a sheet on a desk helps nobody.
    fit = Math.min(fit, 1.9);
    const scale = fit * this.#zoom;
    const changed = Math.abs(scale - this.#scale) > 0.001;
    // What is read stays in sight when the viewer gets another size.
    const { scrollTop, clientHeight } = this.scroller;
    const by = scale / this.#scale;
    this.#scale = scale;
    for (const page of this.#pages) {
      page.element.style.width = `${page.width * scale}px`;
      page.element.style.height = `${page.height * scale}px`;
      page.element.style.setProperty("--total-scale-factor", scale);
    }
    this.percent.textContent = `${Math.round(scale * 75)} %`;
    this.boxes.place();
    if (!changed) return;
    this.scroller.scrollTop = (scrollTop + clientHeight / 2) * by - this.scroller.clientHeight / 2;
    clearTimeout(this.redraw);
    this.redraw = setTimeout(() => this.#pages.filter((p) => p.wanted).forEach((p) => this.#draw(p)), 120);
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const page = this.#pages[target.dataset.page - 1];
      if (page?.element !== target) continue;
      page.wanted = isIntersecting;
      if (isIntersecting) this.#draw(page);
      else page.task?.cancel();
    }
  }

  async #draw(page) {
    const [scale, pdf] = [this.#scale, this.#pdf];
    if (page.job?.scale === scale && page.job.pdf === pdf) return;
    page.task?.cancel();
    page.task = null;
    const job = (page.job = { scale, pdf });
    try {
      if (pdf instanceof Excerpts && !(await this.#turn(page))) return void (page.job === job && (page.job = null));
      const source = await pdf.getPage(page.number);
      if (page.job !== job) return;
      const plain = source.getViewport({ scale: 1 });
      if (Math.abs(plain.width - page.width) + Math.abs(plain.height - page.height) > 0.5) {
        page.width = plain.width;
        page.height = plain.height;
        this.#layout();
      }
      const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (page.width * page.height * scale * scale)));
      const viewport = source.getViewport({ scale: scale * ratio });
      const canvas = el("canvas", "", { "aria-hidden": "true" });
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      // ENABLE draws what forms and signatures show into the picture, as print would.
      const task = source.render({ canvas, viewport, annotationMode: this.lib.AnnotationMode.ENABLE });
      page.task = task;
      await task.promise;
      if (page.job !== job) return;
      page.task = null;
      page.canvas?.remove();
      page.canvas = canvas;
      page.element.prepend(canvas);
      page.element.dataset.drawn = pdf instanceof Excerpts ? "early" : "true";
      this.#began();
      await this.#text(page, source, job);
      this.#forget(page);
    } catch (error) {
      if (page.job !== job) return;
      page.job = page.task = null;
      if (error?.name === "RenderingCancelledException" || pdf !== this.#pdf) return;
      // An excerpt that did not come: the link is away, or only the whole file has this page.
      if (pdf instanceof Excerpts) return void setTimeout(() => pdf === this.#pdf && page.wanted && this.#draw(page), 2000);
      console.warn(`ky-pdf: page ${page.number}`, error);
    }
  }

  // On a slow link the page in view comes alone, its neighbours after it, and what was only scrolled past not at all.
  async #turn(page) {
    if (page.number !== this.#current) await Promise.race([this.#first, new Promise((go) => setTimeout(go, 5000))]);
    if (this.dataset.drawn) await new Promise((go) => setTimeout(go, 80));
    return page.wanted;
  }

  #began() {
    if (this.dataset.drawn) return;
    this.dataset.drawn = "true";
    this.#firstDrawn();
    this.dispatchEvent(new Event("ky-drawn"));
  }

  async #text(page, source, job) {
    const container = el("div", "text");
    const layer = new this.lib.TextLayer({ textContentSource: source.streamTextContent(), container, viewport: source.getViewport({ scale: job.scale }) });
    await layer.render();
    if (page.job !== job) return;
    container.style.width = container.style.height = "";
    page.text?.remove();
    page.text = container;
    page.canvas.after(container);
  }

  #forget(page) {
    this.#drawn = this.#drawn.filter((p) => p !== page);
    this.#drawn.push(page);
    const far = this.#drawn.filter((p) => !p.wanted);
    while (this.#drawn.length > KEEP && far.length) {
      const old = far.shift();
      this.#drawn = this.#drawn.filter((p) => p !== old);
      old.canvas?.remove();
      old.text?.remove();
      old.canvas = old.text = null;
      old.job = null;
      delete old.element.dataset.drawn;
    }
  }

  // Scrolls an element to the middle unless it is wholly in sight. (`scrollIntoView` would scroll what is around the viewer too.)
  #bring(element) {
    const box = element.getBoundingClientRect();
    const room = this.scroller.getBoundingClientRect();
    if (box.top < room.top || box.bottom > room.bottom) {
      this.scroller.scrollTop += (box.top + box.bottom - room.top - room.bottom) / 2;
    }
    if (box.left < room.left || box.right > room.right) {
      this.scroller.scrollLeft += (box.left + box.right - room.left - room.right) / 2;
    }
  }

  goTo(number) {
    const page = this.#pages[Math.max(1, Math.min(number, this.#pages.length)) - 1];
    if (!page) return;
    this.scroller.scrollTop = page.element.offsetTop - 8;
    this.#setCurrent(page.number);
  }

  #follow() {
    const wanted = parseInt(this.getAttribute("page"), 10);
    if (wanted && wanted !== this.#current) this.goTo(wanted);
  }

  #scrolled() {
    if (!this.#pages.length) return;
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    const line = scrollTop + clientHeight * 0.4;
    let page = this.#pages.findLast((p) => p.element.offsetTop <= line) ?? this.#pages[0];
    if (scrollTop + clientHeight >= scrollHeight - 2 && clientHeight < scrollHeight) page = this.#pages.at(-1);
    this.#setCurrent(page.number);
  }

  #setCurrent(number) {
    this.number.value = number;
    this.buttons.back.disabled = number <= 1;
    this.buttons.on.disabled = number >= this.#pages.length;
    if (number === this.#current) return;
    this.#current = number;
    this.desk.turned(number);
    this.#tell("ky-page", { page: number });
  }

  #zoomTo(zoom, anchor) {
    const box = this.scroller.getBoundingClientRect();
    const x = anchor ? anchor.x - box.left : box.width / 2;
    const y = anchor ? anchor.y - box.top : box.height / 3;
    const before = this.#scale;
    const [left, top] = [this.scroller.scrollLeft + x, this.scroller.scrollTop + y];
    this.#zoom = Math.max(0.4, Math.min(4, zoom));
    this.#layout();
    const by = this.#scale / before;
    this.scroller.scrollLeft = left * by - x;
    this.scroller.scrollTop = top * by - y;
  }

  #key(ev) {
    if (ev.target !== this.scroller || ev.altKey || ev.metaKey) return;
    const act = {
      PageUp: () => this.goTo(this.#current - 1), PageDown: () => this.goTo(this.#current + 1), Home: () => this.goTo(1), End: () => this.goTo(Infinity),
      "+": () => this.#zoomTo(this.#zoom * 1.25), "=": () => this.#zoomTo(this.#zoom * 1.25), "-": () => this.#zoomTo(this.#zoom / 1.25), 0: () => this.#zoomTo(1),
    }[ev.key];
    if (!act) return;
    ev.preventDefault();
    act();
  }

  #wheel(ev) {
    if (!ev.ctrlKey) return;
    ev.preventDefault();
    this.#zoomTo(this.#zoom * Math.exp(-ev.deltaY / 300), { x: ev.clientX, y: ev.clientY });
  }

  #pinch() {
    let start = null;
    const spread = (t) => Math.hypot(t[0].clientX - t[1].clientX, t[0].clientY - t[1].clientY);
    this.scroller.addEventListener("touchstart", (ev) => {
      start = ev.touches.length === 2 ? { spread: spread(ev.touches), zoom: this.#zoom } : null;
    }, { passive: true });
    this.scroller.addEventListener("touchmove", (ev) => {
      if (!start || ev.touches.length !== 2) return;
      ev.preventDefault();
      const [a, b] = ev.touches;
      this.#zoomTo((start.zoom * spread(ev.touches)) / start.spread, { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 });
    }, { passive: false });
    this.scroller.addEventListener("touchend", () => (start = null), { passive: true });
  }

  #tapped(ev) {
    const element = ev.composedPath().find((e) => e.classList?.contains("page"));
    if (!element || this.shadowRoot.getSelection?.()?.toString()) return;
    const rect = element.getBoundingClientRect();
    if (this.desk.tap(Number(element.dataset.page), (ev.clientX - rect.left) / this.#scale, (ev.clientY - rect.top) / this.#scale)) return;
    this.boxes.tap(Number(element.dataset.page), (ev.clientX - rect.left) / this.#scale, (rect.bottom - ev.clientY) / this.#scale);
  }

  #setBoxes() {
    if (!this.#pages.length) return;
    let list = [];
    try {
      list = JSON.parse(this.getAttribute("boxes") || "[]");
    } catch (error) {
      console.warn("ky-pdf: boxes", error);
    }
    if (this.boxes.set(list, this.words)) this.boxes.reveal();
  }

  async #search() {
    const patterns = this.getAttribute("find");
    if (!patterns || !this.#pdf) return;
    const pdf = this.#pdf;
    if (pdf instanceof Excerpts) return;
    try {
      const found = await search(pdf, JSON.parse(patterns), parseInt(this.getAttribute("find-on"), 10) || 1);
      if (pdf === this.#pdf) this.#tell("ky-found", found);
    } catch (error) {
      if (pdf === this.#pdf) console.warn("ky-pdf: find", error);
    }
  }
}

customElements.define("ky-pdf", KyPdf);
