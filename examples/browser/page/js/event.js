// The event's editor: tells while one types whether it is JSON, and where not.

import { byId } from "./element.js";
import { findMistake } from "./json/check.js";
import { pretty } from "./json/pretty.js";
import { bytes, sizeOf } from "./quantity.js";

const editor = byId("event");
const verdict = byId("event-check");
const goto = byId("event-goto");
let mistake;

/** Checks the event now; the mistake, or undefined. */
export function check() {
  const text = editor.value;
  const empty = text.trim() === "";
  mistake = empty ? undefined : findMistake(text);
  if (mistake) {
    editor.setAttribute("aria-invalid", "true");
    verdict.textContent = `Line ${mistake.line}, column ${mistake.column}: ${mistake.message}`;
  } else {
    editor.removeAttribute("aria-invalid");
    verdict.textContent = empty ? "Empty: {} is sent." : `Valid JSON, ${bytes(sizeOf(text))}`;
  }
  verdict.classList.toggle("bad", Boolean(mistake));
  goto.hidden = !mistake;
  return mistake;
}

/** Puts the caret where the mistake is. */
export function goToMistake() {
  editor.focus();
  editor.setSelectionRange(mistake.offset, Math.min(mistake.offset + 1, editor.value.length));
}

/** Starts checking. */
export function start() {
  let due;
  editor.addEventListener("input", () => {
    clearTimeout(due);
    due = setTimeout(check, 150);
  });
  goto.addEventListener("click", goToMistake);
  byId("format").addEventListener("click", () => {
    if (editor.value.trim() === "") return;
    if (check()) {
      goToMistake();
    } else {
      editor.value = pretty(editor.value);
      editor.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  check();
}
