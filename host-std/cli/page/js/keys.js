// Keys of the whole page. Plain letters act only where nobody types.

import { cancel, now } from "./call/run.js";
import { sendOrCancel } from "./call/area.js";
import { choose } from "./facet/tabs.js";
import { openHelp } from "./header.js";
import { show, TABS, view } from "./route.js";
import * as search from "./search.js";

const AREAS = { c: "call", a: "apis", l: "live" };
const live = {};
let afterG = 0;

/** Sets what `j`, `k`, `r` and `p` do in Live. */
export const liveKeys = (actions) => Object.assign(live, actions);

const isTyping = ({ target }) => target.closest?.("input, textarea, select, [contenteditable]");

/** Starts listening. */
export function start() {
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === "Enter") act(event, () => view.area === "call" && sendOrCancel());
    else if (isCommand && key.toLowerCase() === "k") act(event, search.open);
    else if (key === "Escape" && now() && !document.querySelector("dialog[open]")) act(event, cancel);
    else if (!isCommand && !event.altKey && !isTyping(event) && !document.querySelector("dialog[open]")) plain(event);
  });
}

function act(event, action) {
  event.preventDefault();
  action();
}

function plain(event) {
  const { key } = event;
  if (afterG > performance.now() - 1000 && AREAS[key]) {
    act(event, () => show({ area: AREAS[key], query: {} }));
  } else if (key === "/") {
    act(event, search.open);
  } else if (key === "?") {
    act(event, openHelp);
  } else if (view.area === "call" && TABS[key - 1]) {
    act(event, () => choose(TABS[key - 1]));
  } else if (view.area === "live" && live[key]) {
    act(event, live[key]);
  }
  afterG = key === "g" ? performance.now() : 0;
}
