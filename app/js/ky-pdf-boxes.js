// Boxes laid over pages: moved and resized by finger, mouse or keys. Points, origin at the lower left of the displayed page.
const round = (n) => Math.round(n * 10) / 10;
const clamp = (n, low, high) => Math.max(low, Math.min(high, n));
const LEAST = 18;

export class Boxes {
  // `view`: { scale, pages: [{ number, width, height, element }], show(element) }; `tell(box)` after a change by the person.
  constructor(view, tell) {
    this.view = view;
    this.tell = tell;
    this.all = new Map();
  }

  // True when the one movable box stands elsewhere than before.
  set(list, words) {
    this.words = words;
    const before = this.#only()?.box;
    const ids = new Set(list.map((b) => b.id));
    for (const [id, entry] of this.all) {
      if (!ids.has(id)) {
        entry.element.remove();
        this.all.delete(id);
      }
    }
    for (const box of list) {
      const entry = this.all.get(box.id) ?? this.make(box);
      if (entry.held) continue;
      entry.box = { ...box };
      this.dress(entry);
      this.comeInside(entry.box);
    }
    this.place();
    const now = this.#only()?.box;
    return Boolean(now) && ["page", "x", "y"].some((key) => now[key] !== before?.[key]);
  }

  #only() {
    const movable = [...this.all.values()].filter((e) => e.box.movable);
    return movable.length === 1 ? movable[0] : null;
  }

  // Scrolls to the one movable box: it is what the person is about to place.
  reveal() {
    const only = this.#only();
    if (only && !only.held) this.view.show(only.element);
  }

  // What is offered without knowing the page's size may hang over its edge.
  comeInside(box) {
    const page = this.view.pages[box.page - 1];
    if (!box.movable || !page) return;
    const { x, y, w, h } = box;
    this.keepInside(box);
    if (Math.max(Math.abs(x - box.x), Math.abs(y - box.y), Math.abs(w - box.w), Math.abs(h - box.h)) > 0.1) this.tell(box);
  }

  make(box) {
    const element = document.createElement("div");
    const entry = { element, box, held: false };
    this.all.set(box.id, entry);
    element.addEventListener("pointerdown", (ev) => this.grab(ev, entry));
    element.addEventListener("keydown", (ev) => this.key(ev, entry));
    element.addEventListener("click", (ev) => ev.stopPropagation());
    return entry;
  }

  dress(entry) {
    const { element, box } = entry;
    const look = `box ${box.movable ? "movable" : "fixed"} ${box.id === "seal" ? "seal" : ""}`;
    const key = JSON.stringify([look, box.label, box.image]);
    if (entry.key === key) return;
    entry.key = key;
    element.className = look;
    element.dataset.box = box.id;
    element.setAttribute("role", box.movable ? "group" : "img");
    element.setAttribute("aria-label", box.movable ? `${box.label}. ${this.words.box_help ?? ""}` : box.label);
    if (box.movable) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
    element.replaceChildren();
    if (box.image) {
      const image = document.createElement("img");
      image.src = box.image;
      image.alt = "";
      image.draggable = false;
      image.addEventListener("error", () => image.remove());
      image.addEventListener("load", () => this.fit(entry, image));
      element.append(image);
    }
    const label = document.createElement("span");
    label.className = "label";
    label.textContent = box.label;
    element.append(label);
    if (box.movable) {
      const grip = document.createElement("span");
      grip.className = "grip";
      element.append(grip);
    }
  }

  // A picture is never stretched: the box takes its shape, around its middle.
  fit(entry, image) {
    const { box } = entry;
    const height = (box.w * image.naturalHeight) / image.naturalWidth;
    if (!box.movable || !(height > 0) || Math.abs(height - box.h) < 1) return;
    box.y += (box.h - height) / 2;
    box.h = height;
    this.keepInside(box);
    this.place();
    this.tell(box);
  }

  place() {
    for (const entry of this.all.values()) {
      const { box, element } = entry;
      const page = this.view.pages[box.page - 1];
      if (!page) {
        element.remove();
        continue;
      }
      const s = this.view.scale;
      Object.assign(element.style, {
        left: `${box.x * s}px`, top: `${(page.height - box.y - box.h) * s}px`, width: `${box.w * s}px`, height: `${box.h * s}px`,
      });
      // Moving the element in the document would take the focus away.
      if (element.parentNode !== page.element) {
        const focused = element.getRootNode().activeElement === element;
        page.element.append(element);
        if (focused) element.focus({ preventScroll: true });
      }
      page.element.style.overflow = "visible";
    }
  }

  keepInside(box) {
    const page = this.view.pages[box.page - 1];
    box.w = clamp(round(box.w), LEAST, page.width);
    box.h = clamp(round(box.h), LEAST, page.height);
    box.x = clamp(round(box.x), 0, round(page.width - box.w));
    box.y = clamp(round(box.y), 0, round(page.height - box.h));
  }

  // The page at a height of the screen, or the nearest.
  pageAt(clientY) {
    let best = null;
    let distance = Infinity;
    for (const page of this.view.pages) {
      const rect = page.element.getBoundingClientRect();
      const d = clientY < rect.top ? rect.top - clientY : clientY > rect.bottom ? clientY - rect.bottom : 0;
      if (d < distance) [best, distance] = [page, d];
    }
    return best;
  }

  grab(ev, entry) {
    const { box, element } = entry;
    if (!box.movable || ev.button > 0) return;
    ev.preventDefault();
    ev.stopPropagation();
    element.focus({ preventScroll: true });
    const resizing = ev.target.classList.contains("grip");
    const start = { x: ev.clientX, y: ev.clientY, ...box, ratio: box.w / box.h };
    const rect = element.getBoundingClientRect();
    const hold = { x: ev.clientX - rect.left, y: rect.bottom - ev.clientY };
    entry.held = true;
    element.classList.add("held");
    const move = (e) => {
      const s = this.view.scale;
      if (resizing) {
        const w = start.w + (e.clientX - start.x) / s;
        const h = box.image ? w / start.ratio : start.h + (e.clientY - start.y) / s;
        const top = start.y0 ?? (start.y0 = box.y + box.h);
        box.w = Math.max(LEAST, w);
        box.h = Math.max(LEAST, h);
        box.y = top - box.h;
      } else {
        const page = this.pageAt(e.clientY);
        const on = page.element.getBoundingClientRect();
        box.page = page.number;
        box.x = (e.clientX - hold.x - on.left) / s;
        box.y = (on.bottom - (e.clientY + hold.y)) / s;
      }
      this.keepInside(box);
      this.place();
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      element.classList.remove("held");
      entry.held = false;
      this.tell(box);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }

  // Arrows move by 2 points (10 with Ctrl), with Shift they resize; PageUp and PageDown change the page.
  key(ev, entry) {
    const { box } = entry;
    if (!box.movable) return;
    const step = ev.ctrlKey ? 10 : 2;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[ev.key];
    if (by && ev.shiftKey) {
      const ratio = box.w / box.h;
      const top = box.y + box.h;
      box.w = Math.max(LEAST, box.w + by[0] - (box.image ? by[1] : 0));
      box.h = box.image ? box.w / ratio : Math.max(LEAST, box.h - by[1]);
      box.y = top - box.h;
    } else if (by) {
      box.x += by[0];
      box.y += by[1];
    } else if (ev.key === "PageUp" || ev.key === "PageDown") {
      box.page = clamp(box.page + (ev.key === "PageUp" ? -1 : 1), 1, this.view.pages.length);
    } else return;
    ev.preventDefault();
    ev.stopPropagation();
    this.keepInside(box);
    this.place();
    this.view.show(entry.element);
    this.tell(box);
  }

  // A tap on the page brings the only movable box there: easier than dragging for unsteady hands.
  tap(number, x, y) {
    const only = this.#only();
    if (!only) return false;
    const { box } = only;
    box.page = number;
    box.x = x - box.w / 2;
    box.y = y - box.h / 2;
    this.keepInside(box);
    this.place();
    this.tell(box);
    return true;
  }
}
