// Makes elements; all text goes in as text, never as markup, and looks as it is.

import { plainly } from "./format.js";
import { bind } from "./i18n.js";

/**
 * An element with properties, attributes (`aria-…`, `role`), listeners (`onclick`)
 * and children. `t` is the key of its text, or a list of the key and what
 * stands in it; `tLabel`, `tPlaceholder` and `tTitle` are keys of attributes.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key === "t") bind(made, "", value);
    else if (key === "tLabel") bind(made, "aria-label", value);
    else if (key === "tPlaceholder") bind(made, "placeholder", value);
    else if (key === "tTitle") bind(made, "title", value);
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  put(made, ...children.flat().filter((child) => child || child === "" || child === 0));
  return made;
}

/** Puts texts and elements at the end of an element. */
export function put(holder, ...children) {
  holder.append(...children.map((child) => (typeof child === "string" ? plainly(child) : child)));
}

/** The page's element with this id. */
export const byId = (id) => document.getElementById(id);

/** A button with a text by its key. */
export function button(t, onclick, properties = {}) {
  return element("button", { type: "button", t, onclick, ...properties });
}

/** Says something to a screen reader. */
export function announce(text) {
  byId("announce").textContent = plainly(text);
}

/** Puts a text on the clipboard, and says so on the button for a moment. */
export async function copy(text, from, words) {
  try {
    await navigator.clipboard.writeText(text);
    flash(from, words.done);
  } catch {
    flash(from, words.failed);
  }
}

function flash(from, words) {
  announce(words);
  const before = from.textContent;
  if (before === words) return;
  from.textContent = words;
  setTimeout(() => (from.textContent = before), 1500);
}

/** Saves a text as a file. */
export function save(text, file) {
  const url = URL.createObjectURL(new Blob([text]));
  element("a", { href: url, download: file }).click();
  // Once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
