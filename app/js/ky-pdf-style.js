// Style of the viewer; colours and measures come from the page's own tokens (style/10-tokens.css).
export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: flex; flex-direction: column; position: relative; min-height: 20rem; font: inherit; color: var(--ink, #222); }
* { box-sizing: border-box; }
.bar { display: flex; flex: none; flex-wrap: wrap; align-items: center; gap: 4px; padding: 4px 8px; background: var(--sheet-2, #eee);
  border-bottom: 1px solid var(--line, #ccc); }
.bar button, .bar input { font: inherit; color: inherit; min-width: 44px; height: 44px; padding: 0 8px; border-radius: 6px; }
.bar button { border: 0; background: transparent; cursor: pointer; display: inline-grid; place-items: center; }
.bar button:hover:not(:disabled) { background: var(--sheet, #fff); }
.bar button:disabled { opacity: .4; cursor: default; }
.bar input { width: 3.4rem; text-align: center; border: 1px solid var(--line-strong, #888); background: var(--sheet, #fff); }
.bar svg { width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.bar .space { flex: 1; }
.bar .of, .bar .percent { font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar .percent { min-width: 3.4rem; text-align: center; }
:focus-visible { outline: 3px solid var(--focus, #1f4a86); outline-offset: -2px; }
.scroll { position: relative; flex: 1; min-height: 0; overflow: auto; touch-action: pan-x pan-y; background: var(--desk, #ddd); overscroll-behavior: contain;
  padding: 12px; scrollbar-width: thin; }
.pages { display: grid; gap: 14px; width: max-content; min-width: 100%; justify-items: center; }
.page { position: relative; background: #fff; box-shadow: 0 1px 6px rgb(0 0 0 / 30%); overflow: hidden; }
.page > canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.page > .wait { position: absolute; inset: 0; display: grid; place-items: center; color: #666; font-size: 1.1rem; }
.page[data-drawn] > .wait { display: none; }
.text { position: absolute; inset: 0; overflow: clip; line-height: 1; text-align: initial; transform-origin: 0 0; z-index: 0;
  color-scheme: only light; forced-color-adjust: none; -webkit-text-size-adjust: none; text-size-adjust: none;
  --min-font-size: 1; --text-scale-factor: calc(var(--total-scale-factor) * var(--min-font-size)); --min-font-size-inv: calc(1 / var(--min-font-size)); }
.text :is(span, br) { color: transparent; position: absolute; white-space: pre; cursor: text; transform-origin: 0% 0%; user-select: text; }
.text > :not(.markedContent), .text .markedContent span:not(.markedContent) { z-index: 1; --font-height: 0; --scale-x: 1; --rotate: 0deg;
  font-size: calc(var(--text-scale-factor) * var(--font-height));
  transform: rotate(var(--rotate)) scaleX(var(--scale-x)) scale(var(--min-font-size-inv)); }
.text .markedContent { display: contents; }
.text ::selection { background: rgb(31 74 134 / 30%); color: transparent; }
.box { position: absolute; z-index: 3; border: 2px dashed #1f4a86; background: rgb(31 74 134 / 8%); border-radius: 3px; }
.box.seal { border-color: #96191f; background: rgb(150 25 31 / 6%); }
.box img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; pointer-events: none; user-select: none; }
.box .label { position: absolute; left: -2px; bottom: 100%; max-width: 16rem; padding: 1px 8px; background: #1f4a86; color: #fff; font-size: .8rem;
  line-height: 1.5; border-radius: 3px 3px 0 0; white-space: nowrap; pointer-events: none; }
.box.seal .label { background: #96191f; }
.box.fixed { border-style: dotted; pointer-events: none; }
.box.movable { cursor: move; touch-action: none; }
.box.movable:focus-visible { outline: 3px solid #d98e04; outline-offset: 2px; }
.box.held { border-style: solid; box-shadow: 0 4px 18px rgb(0 0 0 / 30%); }
.grip { position: absolute; right: -22px; bottom: -22px; width: 44px; height: 44px; cursor: nwse-resize; touch-action: none; display: grid; place-items: center; }
.grip::after { content: ""; width: 18px; height: 18px; border-radius: 50%; background: #1f4a86; border: 3px solid #fff; box-shadow: 0 1px 4px rgb(0 0 0 / 45%); }
.seal .grip::after { background: #96191f; }
.pointer { position: absolute; z-index: 4; width: 26px; height: 26px; margin: -13px 0 0 -13px; border-radius: 50%; background: #d3121c; opacity: .85;
  border: 3px solid #fff; box-shadow: 0 0 0 2px #d3121c, 0 0 14px 6px rgb(211 18 28 / 45%); pointer-events: none; transition: left 70ms linear, top 70ms linear; }
:host([pointing]) .scroll { touch-action: none; cursor: crosshair; }
:host([pointing]) .text { user-select: none; }
@media (prefers-reduced-motion: reduce) { .pointer { transition: none; } }
.middle { display: flex; flex: 1; min-height: 0; position: relative; }
.middle > .scroll { flex: 1 1 0; min-width: 0; }
.tools, .colours { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.colours { flex: none; padding: 4px 8px; background: var(--sheet-2, #eee); border-bottom: 1px solid var(--line, #ccc); }
.tools[hidden], .colours[hidden], .hint[hidden], [hidden] { display: none !important; }
.bar button[aria-pressed="true"] { background: var(--sheet, #fff); box-shadow: inset 0 0 0 2px var(--focus, #1f4a86); }
.colour { width: 44px; height: 44px; border: 2px solid transparent; border-radius: 50%; background: transparent; padding: 6px; cursor: pointer; }
.colour::before { content: ""; display: block; width: 100%; height: 100%; border-radius: 50%; background: var(--mark); }
.colour[aria-pressed="true"] { border-color: var(--ink, #222); }
.yellow { --mark: #f2c200; } .green { --mark: #3a9a4b; } .red { --mark: #c4262e; } .blue { --mark: #2a62b8; }
.hint { flex: none; padding: 8px 12px; background: var(--sheet, #fff); border-top: 1px solid var(--line, #ccc); }
.hint p { margin: 0; }
.remark { display: flex; flex-wrap: wrap; gap: 8px; }
.remark textarea { flex: 1 1 16rem; }
textarea, select, form.search input { font: inherit; color: inherit; padding: 8px; border: 1px solid var(--line-strong, #888); border-radius: 6px;
  background: var(--sheet, #fff); min-height: 44px; width: 100%; }
.remark button, .card button, form.search button, .tabs button, .entry { font: inherit; color: inherit; min-height: 44px; padding: 8px 12px; border-radius: 6px;
  border: 1px solid var(--line-strong, #888); background: var(--sheet, #fff); cursor: pointer; }
.side { flex: none; width: 17rem; max-width: 85%; display: flex; flex-direction: column; min-height: 0; background: var(--sheet, #fff);
  border-right: 1px solid var(--line, #ccc); }
.tabs { display: flex; flex: none; flex-wrap: wrap; gap: 4px; padding: 4px; border-bottom: 1px solid var(--line, #ccc); }
.tabs button { flex: 1; border-color: transparent; padding: 8px 4px; }
.tabs button[aria-selected="true"] { border-color: var(--focus, #1f4a86); font-weight: 600; }
.side .body { flex: 1; min-height: 0; overflow: auto; padding: 8px; display: flex; flex-direction: column; gap: 8px; overscroll-behavior: contain; }
.body[data-tab="pages"] { flex-flow: row wrap; justify-content: center; align-content: start; }
.thumb { font: inherit; color: inherit; width: 108px; padding: 5px; border: 1px solid transparent; border-radius: 6px; background: transparent; cursor: pointer; }
.thumb[aria-current] { border-color: var(--focus, #1f4a86); background: var(--sheet-2, #eee); }
.thumb .frame { display: block; background: #fff; box-shadow: 0 1px 4px rgb(0 0 0 / 30%); }
.thumb canvas { width: 100%; height: 100%; display: block; }
.side ul { list-style: none; margin: 0; padding: 0 0 0 12px; } .side .body > ul { padding: 0; }
.entry { display: block; width: 100%; text-align: left; border-color: transparent; overflow-wrap: anywhere; }
.entry:hover { background: var(--sheet-2, #eee); }
.quiet { color: var(--ink-2, #555); margin: 0; }
.unsent, .aside { margin: 0; font-weight: 600; }
.card { border: 1px solid var(--line, #ccc); border-left: 6px solid var(--mark); border-radius: 6px; padding: 8px; display: grid; gap: 6px; }
.card p, .card blockquote { margin: 0; overflow-wrap: anywhere; } .card blockquote { color: var(--ink-2, #555); font-style: italic; }
.card label { display: flex; align-items: center; gap: 8px; min-height: 44px; } .card input { width: 22px; height: 22px; }
form.search { display: flex; gap: 4px; } .results { display: grid; gap: 8px; } .results h3 { margin: 8px 0 0; font-size: 1rem; }
.second { flex: 1 1 0; min-width: 0; display: flex; flex-direction: column; border-left: 2px solid var(--line-strong, #888); }
.second ky-pdf { flex: 1; min-height: 0; }
.marks { position: absolute; inset: 0; width: 100%; height: 100%; z-index: 2; pointer-events: none; }
.marks .highlight { fill: var(--mark); fill-opacity: .38; mix-blend-mode: multiply; }
.marks .ink { fill: none; stroke: var(--mark); stroke-linecap: round; stroke-linejoin: round; }
.badge { position: absolute; z-index: 4; width: 44px; height: 44px; margin: -30px 0 0 -30px; padding: 0; border: 0; background: transparent; cursor: pointer;
  display: grid; place-items: center; }
.badge::before { content: ""; width: 18px; height: 18px; border-radius: 50% 50% 50% 2px; background: var(--mark); border: 2px solid #fff; box-shadow: 0 1px 4px rgb(0 0 0 / 45%); }
:host([data-mode="pen"]) .pages { touch-action: none; cursor: crosshair; } :host([data-mode="pen"]) .text { pointer-events: none; }
:host([data-mode="pen"]) .badge { pointer-events: none; } :host([data-mode="note"]) .page { cursor: copy; }
:host([data-night]) .page { background: #16171b; } :host([data-night]) .page > canvas, :host([data-night]) .thumb canvas { filter: invert(.9) hue-rotate(180deg); }
:host([data-night]) .marks .highlight { mix-blend-mode: screen; }
.cover { position: absolute; inset: 0; z-index: 10; display: grid; place-content: center; justify-items: center; gap: 12px; padding: 24px; text-align: center;
  background: var(--sheet, #fff); }
.cover[hidden] { display: none; }
.cover p { margin: 0; max-width: 30rem; }
.cover button { font: inherit; font-weight: 600; min-height: 46px; padding: 8px 20px; border-radius: 6px; border: 1px solid var(--line-strong, #888);
  background: var(--sheet, #fff); color: inherit; cursor: pointer; }
.cover.bad { border: 3px solid var(--red, #96191f); }
.cover small { color: var(--ink-2, #555); overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 760px) { .side { position: absolute; inset: 0 auto 0 0; z-index: 8; box-shadow: 0 0 24px rgb(0 0 0 / 40%); }
  .middle:has(.second) { flex-direction: column; } .second { border-left: 0; border-top: 2px solid var(--line-strong, #888); } }
@media (max-width: 760px) { .scroll { padding: 6px; } .bar .percent { display: none; } }
@media (max-width: 480px) { .bar { gap: 0; padding: 4px 2px; } .bar input { width: 2.6rem; padding: 0 2px; } }
`);
