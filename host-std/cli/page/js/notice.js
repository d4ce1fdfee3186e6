// A line above everything that tells a person something, until it is closed.

import { byId, element } from "./dom.js";
import { bind } from "./i18n.js";

/** Tells it; `words` are the key of a text and what stands in it. Gives what takes it back. */
export function tell(words) {
  document.querySelector(".notice")?.remove();
  const text = element("span", {});
  bind(text, "", words);
  const close = element("button", { type: "button", t: "shell.close", onclick: () => bar.remove() });
  const bar = element("div", { className: "notice", role: "status" }, text, close);
  byId("main").prepend(bar);
  return () => bar.remove();
}
