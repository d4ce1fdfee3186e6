// Tabs: one stop for Tab, arrow keys between them.

import { byId } from "./element.js";

const tabs = [...document.querySelectorAll('[role="tab"]')];

/** Shows the view of this name and hides the others. */
export function show(name) {
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
}

/** The name of the view that is shown. */
export function shown() {
  return tabs.find((tab) => tab.getAttribute("aria-selected") === "true").id.replace("tab-", "");
}

/** Starts listening; `onShow` is called with the name of a view that a person chose. */
export function start(onShow) {
  const choose = (tab) => {
    const name = tab.id.replace("tab-", "");
    show(name);
    tab.focus();
    onShow(name);
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: (index + 1) % tabs.length,
        ArrowLeft: (index + tabs.length - 1) % tabs.length,
        Home: 0,
        End: tabs.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(tabs[to]);
    });
  });
}
