// A text with what one does with it: copy it, save it, see all of it.

import { button, copy, element, put, save } from "../dom.js";
import { bytes, sizeOf } from "../format.js";
import { t } from "../i18n.js";

// The characters that are laid out at once: a browser takes seconds for megabytes.
const PIECE = 64 * 1024;

/** Buttons that copy and save a text, which `text` gives when it is asked for. */
export function textButtons(text, file) {
  const copyButton = button("shell.copy", ({ currentTarget }) =>
    copy(text(), currentTarget, { done: t("shell.copied"), failed: t("shell.notAllowed") }),
  );
  return [copyButton, file && button("shell.save", () => save(text(), file))];
}

/** A block of text. `parts` are its elements where it is coloured, and short. */
export function textBlock(text, { label, parts, className = "" }) {
  const block = element("pre", { tabIndex: 0, role: "region", tLabel: label, className });
  if (text.length <= PIECE) {
    put(block, ...(parts ?? [text]));
    return [block];
  }
  put(block, text.slice(0, PIECE), "…");
  const all = button(["facet.showAll", bytes(sizeOf(text))], () => {
    block.replaceChildren(...pieces(text));
    all.remove();
    block.focus();
  });
  return [block, all];
}

/** Blocks of a long text, of which the browser lays out those that are in sight. */
export function* pieces(text) {
  for (let start = 0, end; start < text.length; start = end) {
    const line = text.lastIndexOf("\n", start + PIECE) + 1;
    end = start + PIECE >= text.length ? text.length : line > start ? line : start + PIECE;
    if (/[\ud800-\udbff]/.test(text[end - 1])) end -= 1;
    yield element("span", { className: "piece" }, text.slice(start, end));
  }
}
