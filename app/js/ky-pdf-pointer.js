// The presenter's pointer: a dot on the page, where the finger, pen or mouse of the one who presents is.
//
// Places are in shares of the page's width and height, from its upper left corner.
const BETWEEN = 50;
// Who holds still says so again; who is not heard of for a while points no more (their link is gone).
const AGAIN = 2000;
const FORGET = 6000;

export class Pointer {
  #on = false;
  #at = null;
  #said = 0;
  #timer = 0;
  #again = 0;
  #forget = 0;

  constructor(scroller, pages, tell) {
    Object.assign(this, { scroller, pages, tell });
    this.dot = document.createElement("div");
    this.dot.className = "pointer";
    this.dot.setAttribute("aria-hidden", "true");
    const follow = (ev) => this.#moved(ev);
    scroller.addEventListener("pointerdown", follow);
    scroller.addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
      // A mouse goes on pointing when its button is let go.
      scroller.addEventListener(name, (ev) => this.#on && (ev.pointerType !== "mouse" || name === "pointerleave") && this.#place(null));
    }
  }

  use(on) {
    if (on === this.#on) return;
    this.#on = on;
    if (!on) this.#place(null);
  }

  // Where somebody else points; nothing is shown to the one who points.
  show(at) {
    if (this.#on) return;
    clearTimeout(this.#forget);
    if (at) this.#forget = setTimeout(() => this.#draw(null), FORGET);
    this.#draw(at);
  }

  #moved(ev) {
    if (!this.#on || (ev.pointerType !== "mouse" && !ev.pressure && ev.type !== "pointerdown")) return;
    const page = this.pages.find((p) => ev.composedPath().includes(p.element));
    if (!page) return this.#place(null);
    const box = page.element.getBoundingClientRect();
    this.#place({ page: page.number, x: (ev.clientX - box.left) / box.width, y: (ev.clientY - box.top) / box.height });
  }

  #place(at) {
    if (!at && !this.#at) return;
    this.#at = at;
    this.#draw(at);
    clearTimeout(this.#timer);
    const wait = at ? BETWEEN - (performance.now() - this.#said) : 0;
    if (wait > 0) this.#timer = setTimeout(() => this.#say(), wait);
    else this.#say();
  }

  #say() {
    clearTimeout(this.#again);
    this.#said = performance.now();
    this.tell(this.#at ?? { page: 0, x: 0, y: 0 });
    if (this.#at) this.#again = setTimeout(() => this.#at && this.#say(), AGAIN);
  }

  #draw(at) {
    const page = at && this.pages[at.page - 1];
    if (!page) return this.dot.remove();
    // A dot that comes to another page does not fly there.
    if (this.dot.parentNode !== page.element) page.element.append(this.dot);
    this.dot.style.left = `${at.x * 100}%`;
    this.dot.style.top = `${at.y * 100}%`;
  }
}
