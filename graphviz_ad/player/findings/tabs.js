// @ts-check
// Tabs over the right column: one of its panels is shown at a time.
import { attr, make } from "../elements.js";

/** Make a list of tabs; `choose` shows one, by its name. Those that stand there already keep the names that they have.
 * @param {[name: string, text: string, count?: number][]} rows @param {(name: string) => void} chosen */
export function makeTabs(rows, chosen) {
  const own = "gad" + Math.random().toString(36).slice(2, 8);
  const tabs = rows.map(([name, text, count]) => {
    const tab = make("button", { type: "button", role: "tab", id: `${own}-${name}`, "data-tab": name }, text);
    if (count !== undefined) {
      tab.append(make("b", {}, String(count)));
      attr(tab, "aria-label", `${text}, ${count}`);
    }
    return tab;
  });
  const node = make("div", { class: "gad-tabs", role: "tablist", "aria-label": "What is shown" }, ...tabs);

  function choose(name = "") {
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      attr(tab, "aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    chosen(name);
  }
  /** @type {Record<string, (i: number) => number>} */
  const ways = { ArrowRight: (i) => i + 1, ArrowLeft: (i) => i - 1, Home: () => 0, End: () => -1 };
  node.addEventListener("keydown", (/** @type {any} */ event) => {
    const { key, target } = event;
    if (!ways[key] || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const tab = tabs.at(ways[key](tabs.indexOf(target)) % tabs.length);
    event.preventDefault();
    event.stopPropagation();
    tab.focus();
    choose(tab.dataset.tab);
  });
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab.dataset.tab));
  return { node, choose, named: (name = "") => `${own}-${name}` };
}
