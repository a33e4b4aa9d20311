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
.cover { position: absolute; inset: 0; z-index: 10; display: grid; place-content: center; justify-items: center; gap: 12px; padding: 24px; text-align: center;
  background: var(--sheet, #fff); }
.cover[hidden] { display: none; }
.cover p { margin: 0; max-width: 30rem; }
.cover button { font: inherit; font-weight: 600; min-height: 46px; padding: 8px 20px; border-radius: 6px; border: 1px solid var(--line-strong, #888);
  background: var(--sheet, #fff); color: inherit; cursor: pointer; }
.cover.bad { border: 3px solid var(--red, #96191f); }
.cover small { color: var(--ink-2, #555); overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 760px) { .scroll { padding: 6px; } .bar .percent { display: none; } }
@media (max-width: 480px) { .bar { gap: 0; padding: 4px 2px; } .bar input { width: 2.6rem; padding: 0 2px; } }
`);
