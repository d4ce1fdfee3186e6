// Tabs: one stop for Tab, arrow keys between them.

import { element } from "../dom.js";
import { onView, show, TABS, view } from "../route.js";

/** The row of tabs, and a panel for each; `panels` are their elements by name. */
export function tabs(panels) {
  const buttons = TABS.map((name) =>
    element("button", {
      type: "button",
      role: "tab",
      id: `tab-${name}`,
      t: `facet.${name}`,
      onclick: () => choose(name),
    }),
  );
  const views = TABS.map((name) =>
    element("div", { role: "tabpanel", id: `panel-${name}`, className: "view" }, panels[name]),
  );
  buttons.forEach((each, index) => {
    each.setAttribute("aria-controls", `panel-${TABS[index]}`);
    views[index].setAttribute("aria-labelledby", each.id);
    each.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: (index + 1) % TABS.length,
        ArrowLeft: (index + TABS.length - 1) % TABS.length,
        Home: 0,
        End: TABS.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(TABS[to]);
      buttons[to].focus();
    });
  });
  const draw = () =>
    TABS.forEach((name, index) => {
      const isChosen = name === view.tab;
      buttons[index].setAttribute("aria-selected", String(isChosen));
      buttons[index].tabIndex = isChosen ? 0 : -1;
      views[index].hidden = !isChosen;
    });
  onView(draw);
  draw();
  return [
    element("div", { role: "tablist", tLabel: "facet.tabs", className: "tabs" }, ...buttons),
    ...views,
  ];
}

/** Shows the tab of that name. */
export function choose(name) {
  if (TABS.includes(name)) show({ tab: name });
}
