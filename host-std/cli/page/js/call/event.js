// The event's editor: the server's core says while one types whether it is JSON.

import { postText } from "../api.js";
import { catalogue } from "../catalogue.js";
import { button, element } from "../dom.js";
import { bytes, sizeOf, turns } from "../format.js";
import { bind, onLanguage, sentence, t } from "../i18n.js";
import { pretty } from "../json.js";
import { change, draft, onChange } from "../state.js";
import { follow } from "./fields.js";
import { eventLimit } from "./parameters.js";

const editor = element("textarea", {
  id: "field-event",
  rows: 9,
  spellcheck: false,
  autocapitalize: "none",
  className: "code",
});
editor.setAttribute("aria-describedby", "event-state");
const state = element("p", { id: "event-state", role: "status", className: "state" });
const goto = button("call.goThere", goToMistake, { className: "quiet", hidden: true });
const samples = element("select", { id: "event-sample", tLabel: "call.sampleLabel" });
const format = button("call.format", layOut, { className: "quiet" });

let mistake;
let verdict = "right";
// What the verdict is of.
let judged;
let running;
let due;
const listeners = [];

/** "right", "wrong" or "long", as far as it is known. */
export const eventVerdict = () => verdict;
/** True where the verdict is of what stands there now. */
export const isJudged = () => judged?.text === draft.event && judged.limit === eventLimit(draft);
/** Calls this when the verdict is another. */
export const onVerdict = (listener) => listeners.push(listener);

/** The editor with its bar. */
export function eventField() {
  return element(
    "div",
    { className: "field" },
    element(
      "div",
      { className: "bar" },
      element("label", { htmlFor: "field-event", t: "call.event" }),
      samples,
      format,
    ),
    editor,
    element("div", { className: "bar" }, state, goto),
  );
}

/** Offers the triggers' samples. */
export function offerSamples() {
  samples.replaceChildren(
    element("option", { value: "", t: "call.sample" }),
    ...catalogue.triggers.map(({ name, help }) =>
      element("option", { value: name }, `${name}: ${sentence(help)}`),
    ),
  );
}

/** Puts the caret where the mistake is. */
export function goToMistake() {
  editor.focus();
  if (mistake) {
    editor.setSelectionRange(mistake.offset, Math.min(mistake.offset + 1, editor.value.length));
  }
}

/** Fills in a trigger's sample. */
export function fillSample(name) {
  const found = catalogue.triggers.find((trigger) => trigger.name === name);
  if (found) change({ event: found.event.trimEnd() }, "sample");
}

async function layOut() {
  await check();
  if (mistake) goToMistake();
  else if (editor.value.trim() !== "") change({ event: pretty(editor.value) }, "format");
}

/** Checks the event now. Gives false where a later check came in between. */
export async function check() {
  clearTimeout(due);
  running?.abort();
  running = new AbortController();
  const text = draft.event;
  const limit = eventLimit(draft);
  const settle = (...found) => {
    judged = { text, limit };
    put(...found);
  };
  if (text.trim() === "") {
    settle(undefined, "right", ["call.eventEmpty"]);
    return true;
  }
  try {
    const found = await postText("check", text, running.signal);
    if (found.line) {
      settle(found, "wrong", ["call.eventWrong", found.line, found.column, words(found)]);
      return true;
    }
    const size = sizeOf(text);
    const isLong = size > limit;
    const key = isLong ? "call.eventLong" : turns(text) ? "call.eventTurns" : "call.eventValid";
    settle(undefined, isLong ? "long" : "right", [key, bytes(size), bytes(limit)]);
  } catch (error) {
    if (error.name === "AbortError") return false;
    put(undefined, "right", ["shell.gone"]);
  }
  return true;
}

const words = ({ message, hint }) =>
  [message, hint].filter(Boolean).map(sentence).join(t("call.pause"));

function put(found, next, text) {
  mistake = found;
  bind(state, "", text);
  state.classList.toggle("bad", next !== "right");
  editor.setAttribute("aria-invalid", String(next !== "right"));
  goto.hidden = !found;
  if (next === verdict) return;
  verdict = next;
  for (const listener of listeners) listener();
}

/** Starts checking as one types. */
export function start() {
  editor.addEventListener("input", () => change({ event: editor.value }, "event"));
  follow("event", (value) => {
    if (editor.value !== value) editor.value = value;
  });
  samples.addEventListener("change", () => {
    fillSample(samples.value);
    samples.value = "";
    editor.focus();
  });
  onChange((names) => {
    if (!names.some((name) => ["event", "action", "invocationType"].includes(name))) return;
    clearTimeout(due);
    due = setTimeout(check, 120);
  });
  onLanguage(() => {
    offerSamples();
    check();
  });
  check();
}
