// @ts-check
// Tabs over the right column: one of its panels is shown at a time.
/** @import { Now, Player } from "../panel" */
import { attr, make } from "../elements.js";

/** Make a list of tabs; `choose` shows one, by its name. Those that stand there already keep the names that they have.
 * @param {[name: string, text: string, count?: number][]} rows @param {(name: string) => void} chosen */
function makeTabs(rows, chosen) {
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
  return { node, choose };
}

/** Put a panel under a tab of its own, beside those of the steps and of the nodes; it is shown first, and again when
 * what was inspected among the nodes is closed.
 * @param {Player} player @param {string} own @param {string} title @param {number} count */
export function tabOver(player, own, title, count) {
  const { box, state } = player;
  let [chosen, back, picked] = ["", "", ""];
  /** @param {string} name */
  function show(name) {
    const opens = !chosen;
    chosen = name;
    for (const tab of ["step", own, "nodes"]) box.classList.toggle("gad-tab-" + tab, tab === name);
    const table = box.querySelector(".gad-table");
    if (name === "nodes" && table) table.open = true;
    // As the page opens, all is measured anyway.
    if (opens) return;
    if (name !== "nodes") {
      // What is chosen stays chosen when the inspector closes for it.
      back = name;
      player.unpick();
    }
    state.measured = "";
    player.measure();
  }
  const tabs = makeTabs(
    [
      ["step", "Step"],
      [own, title, count],
      ["nodes", "Nodes"],
    ],
    show,
  );
  box.classList.add("gad-tabbed");
  /** @param {Now} now */
  function paint(now) {
    if (now.entered && !chosen) tabs.choose(own);
    const [was, is] = [!!picked, !!now.picked];
    picked = now.picked;
    if (is && !was) back = chosen;
    if (is !== was) tabs.choose(is ? "nodes" : back);
  }
  return { node: tabs.node, choose: tabs.choose, paint };
}
