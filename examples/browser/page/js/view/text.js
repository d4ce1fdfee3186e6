// A text with what one does with it: copy it, save it, see all of it.

import { element } from "../element.js";
import { layout, pretty } from "../json/pretty.js";
import { bytes, sizeOf } from "../quantity.js";

// The characters that are laid out at once: a browser takes half a minute for megabytes.
const PIECE = 64 * 1024;

/**
 * The elements for `text`: a bar that says `what` it is, and the text.
 * `json` lays it out, which `exact` does not copy or save; `file` is the name
 * it is saved by, `label` names it for who cannot see it, and `extra` are more
 * elements for the bar.
 */
export function textView(text, { what, label, json = false, exact = false, file, extra = [] }) {
  // Megabytes of JSON take a second or two: not before somebody asks for them.
  const whole = () => (json ? pretty(text) : text);
  const taken = exact ? () => text : whole;
  const bar = element(
    "div",
    { className: "bar" },
    element("p", { className: "what" }, what),
    ...extra,
    copyButton(taken, label),
  );
  if (file) bar.append(saveButton(taken, file, label));
  const pre = element("pre", { tabIndex: 0, role: "region", "aria-label": label });
  if (fill(pre, json ? layout(text) : [["", text]])) return [bar, pre];
  const all = element(
    "button",
    { type: "button", className: "quiet more" },
    `Show all ${bytes(sizeOf(text))}`,
  );
  all.addEventListener("click", () => {
    pre.replaceChildren(...pieces(whole()));
    all.remove();
    pre.focus();
  });
  return [bar, pre, all];
}

// Puts the parts of a text into `pre`, in their colours, as long as there is
// room. Says whether there was for all.
function fill(pre, parts) {
  let room = PIECE;
  for (const [kind, part] of parts) {
    if (part.length > room) {
      pre.append(part.slice(0, pieceEnd(part, 0, room)), "…");
      return false;
    }
    pre.append(kind && kind !== "word" ? element("span", { className: kind }, part) : part);
    room -= part.length;
  }
  return true;
}

// Blocks, of which the browser lays out those that are in sight.
function pieces(text) {
  const made = [];
  for (let start = 0, end; start < text.length; start = end) {
    end = pieceEnd(text, start, PIECE);
    made.push(element("span", { className: "piece" }, text.slice(start, end)));
  }
  return made;
}

// After a line where there is one, and never inside of a character.
function pieceEnd(text, start, size) {
  const end = start + size;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf("\n", end) + 1;
  if (line > start) return line;
  return /[\ud800-\udbff]/.test(text[end - 1]) ? end - 1 : end;
}

function copyButton(taken, label) {
  const button = element("button", { type: "button", "aria-label": `Copy ${label}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(taken());
      say(button, "Copied");
    } catch {
      say(button, "Not allowed");
    }
  });
  return button;
}

function saveButton(taken, file, label) {
  const button = element(
    "button",
    { type: "button", "aria-label": `Save ${label} as ${file}` },
    "Save",
  );
  button.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([taken()]));
    element("a", { href: url, download: file }).click();
    // Once the browser has taken it.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  return button;
}

// Says it on the button for a moment, and to a screen reader.
function say(button, word) {
  document.getElementById("announce").textContent = word;
  const before = button.textContent;
  if (before === word) return;
  button.textContent = word;
  setTimeout(() => (button.textContent = before), 1500);
}
