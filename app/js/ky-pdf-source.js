// Where a document's pages come from: cut out one by one while the whole file is on its way, then from the file itself, checked.

let library;
export function pdfjs() {
  library ??= import("/pdfjs/pdf.min.mjs").then((lib) => {
    lib.GlobalWorkerOptions.workerSrc = "/pdfjs/pdf.worker.min.mjs";
    return lib;
  });
  library.catch(() => (library = undefined));
  return library;
}

const OPTIONS = {
  cMapUrl: "/pdfjs/cmaps/", standardFontDataUrl: "/pdfjs/standard_fonts/", wasmUrl: "/pdfjs/wasm/", iccUrl: "/pdfjs/iccs/",
  useWorkerFetch: false, disableWorkerRendering: true, enableXfa: false, stopAtErrors: false,
};

export class Failure extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// One worker for a document and its excerpts.
let worker;
export function open(lib, data) {
  if (!worker || worker.destroyed) worker = new lib.PDFWorker();
  const opened = lib.getDocument({ ...OPTIONS, data, worker });
  return opened.promise.catch((error) => Promise.reject(new Failure(error.name === "PasswordException" ? "file.password" : "file.unreadable")));
}

// Pages in view go before whole files: while one is fetched, every download rests.
const downloads = new Set();
let urgent = 0;
export async function first(act) {
  urgent += 1;
  for (const download of downloads) download.rest();
  try {
    return await act();
  } finally {
    urgent -= 1;
    if (!urgent) for (const download of downloads) download.goOn();
  }
}

// When nobody waits for a page, and no file is on its way.
export async function quiet() {
  while (urgent || downloads.size) await new Promise((go) => setTimeout(go, 250));
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
const base64 = (text) => btoa(String.fromCharCode(...text.match(/../g).map((h) => parseInt(h, 16))));

// A whole file, compared with its hash. What has come stays when the link breaks, and the rest is asked for.
export class Download {
  #parts = [];
  #had = 0;
  #stop = null;
  #wake = null;

  constructor(src, sha256) {
    this.src = src;
    this.sha256 = /^[0-9a-f]{64}$/.test(sha256) ? sha256 : "";
  }

  rest() {
    if (this.#stop) this.#stop.abort();
  }

  goOn() {
    this.#wake?.();
  }

  // The bytes; once only, they are not kept.
  async bytes(signal) {
    // Where the browser offers no hashing (no TLS), it can at least compare by itself, in one go.
    if (!globalThis.crypto?.subtle && this.sha256) return this.#inOneGo(signal);
    downloads.add(this);
    signal.addEventListener("abort", () => (this.rest(), this.goOn()), { once: true });
    try {
      while (!(await this.#more(signal)));
    } finally {
      downloads.delete(this);
    }
    const whole = await new Blob(this.#parts).arrayBuffer();
    this.#parts = [];
    this.#had = 0;
    if (this.sha256 && hex(await crypto.subtle.digest("SHA-256", whole)) !== this.sha256) throw new Failure("file.hash_differs");
    signal.throwIfAborted();
    return whole;
  }

  // One connection's worth; whether all is there.
  async #more(signal) {
    while (urgent && !signal.aborted) await new Promise((wake) => (this.#wake = wake));
    signal.throwIfAborted();
    const stop = (this.#stop = new AbortController());
    try {
      const headers = this.#had ? { range: `bytes=${this.#had}-` } : {};
      const answer = await fetch(this.src, { headers, credentials: "same-origin", signal: stop.signal, priority: "low" });
      if (answer.status === 416) return true;
      if (!answer.ok) throw new Failure(answer.status >= 500 ? "link.lost" : "file.not_available");
      // A proxy may not know ranges.
      if (this.#had && answer.status !== 206) [this.#parts, this.#had] = [[], 0];
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return true;
        this.#parts.push(value);
        this.#had += value.length;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      if (stop.signal.aborted) return false;
      throw new Failure("link.lost");
    } finally {
      this.#stop = null;
    }
  }

  // The browser words a lost link and a wrong hash alike, hence the second question.
  async #inOneGo(signal) {
    const integrity = `sha256-${base64(this.sha256)}`;
    let answer;
    try {
      answer = await fetch(this.src, { integrity, credentials: "same-origin", signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const there = await fetch(this.src, { method: "HEAD", cache: "no-store", credentials: "same-origin", signal }).catch(() => null);
      throw new Failure(there?.ok ? "file.hash_differs" : "link.lost");
    }
    if (!answer.ok) throw new Failure(answer.status >= 500 ? "link.lost" : "file.not_available");
    return answer.arrayBuffer().catch(() => Promise.reject(new Failure("link.lost")));
  }
}

// Opened excerpts kept at once.
const KEEP = 12;

// A document of single pages as the server cuts them out; to the viewer like one of pdf.js.
export class Excerpts {
  #pages = new Map();
  #stop = new AbortController();

  // Sizes of all pages and the page that is wanted first, in one round.
  static async open(lib, src, wanted) {
    const base = src.replace(/\.pdf$/, "/pages");
    const excerpts = new Excerpts(lib, base);
    const early = first(() => excerpts.#fetch(wanted));
    early.catch(() => {});
    const answer = await first(() => fetch(base, { credentials: "same-origin" })).catch(() => null);
    if (!answer?.ok) throw new Failure("link.lost");
    await lib;
    const { sizes } = await answer.json();
    excerpts.sizes = sizes.flatMap(([width, height, count]) => Array.from({ length: count }, () => ({ width, height })));
    return excerpts;
  }

  constructor(lib, base) {
    Object.assign(this, { lib, base, sizes: [], loadingTask: { destroy: () => this.#end() } });
  }

  get numPages() {
    return this.sizes.length;
  }

  #fetch(number) {
    const known = this.#pages.get(number);
    if (known) {
      this.#pages.delete(number);
      this.#pages.set(number, known);
      return known;
    }
    const page = (async () => {
      const answer = await fetch(`${this.base}/${number}`, { credentials: "same-origin", priority: "high", signal: this.#stop.signal });
      if (!answer.ok) throw new Failure("file.page_not_available");
      const data = await answer.arrayBuffer();
      return open(await this.lib, data);
    })();
    this.#pages.set(number, page);
    page.catch(() => this.#pages.delete(number));
    for (const [old, opened] of this.#pages) {
      if (this.#pages.size <= KEEP) break;
      this.#pages.delete(old);
      opened.then((pdf) => pdf.loadingTask.destroy()).catch(() => {});
    }
    return page;
  }

  async getPage(number) {
    const pdf = await first(() => this.#fetch(number));
    return pdf.getPage(1);
  }

  #end() {
    this.#stop.abort();
    for (const opened of this.#pages.values()) opened.then((pdf) => pdf.loadingTask.destroy()).catch(() => {});
    this.#pages.clear();
  }
}
