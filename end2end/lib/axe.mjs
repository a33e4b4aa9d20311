// What is wrong with a page for those who hear it, touch it, or see badly.
import { readFileSync } from "node:fs";

const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TOUCH = 44;

// Of a person whose browser was entered with `bypassCSP`: axe is put into the page from outside.
export async function problems(person) {
  await person.page.evaluate(AXE);
  const found = await person.page.evaluate(async (touch) => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    const grave = result.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    const all = grave.map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target} ${n.failureSummary?.split("\n")[1] ?? ""}`).slice(0, 4).join(" · ")}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) all.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
    const acts = "button, summary, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), [role=button], a.button, nav a, a.nav-link";
    for (const element of document.querySelectorAll(acts)) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      // Not drawn, or only for those who hear the page.
      if (box.width < 2 || box.height < 2 || style.visibility === "hidden" || element.closest("[inert]") || element.matches(".visually-hidden, .skip")) continue;
      // A label around it may be what the finger meets.
      const target = element.closest("label")?.getBoundingClientRect() ?? box;
      if (Math.min(target.height, target.width) < touch - 0.5) {
        all.push(`too small to touch: ${element.outerHTML.slice(0, 90)} ${target.width.toFixed(0)}×${target.height.toFixed(0)}`);
      }
    }
    return all;
  }, TOUCH);
  return found;
}
