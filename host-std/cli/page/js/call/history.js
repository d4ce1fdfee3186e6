// The calls made from this browser, without keys: kept over visits.

import { draft, fromKept, change } from "../state.js";
import { button, element } from "../dom.js";
import { clock, duration } from "../format.js";
import { t } from "../i18n.js";
import { onRun, now, outcome, show } from "./run.js";

const STORED_AS = "history-1";
const ENTRIES = 50;
// A longer event or result is left out: storage is small.
const TEXT_MAX = 20_000;

export const SYMBOLS = {
  succeeded: "✓",
  accepted: "◐",
  failed: "✕",
  refused: "⊘",
  cancelled: "▲",
  gone: "⊘",
};

let entries = read();
const list = element("ol", { className: "history-list" });
const listeners = { compare: [], again: [] };
let noted;

/** Calls this with an entry that is to be compared with the result shown. */
export const onCompare = (listener) => listeners.compare.push(listener);
/** Calls this when the form's call is to be made again. */
export const onAgain = (listener) => listeners.again.push(listener);

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(STORED_AS) ?? "[]");
    const isEntry = ({ kind, kept, at }) => kind in SYMBOLS && kept && Number.isFinite(at);
    return Array.isArray(found) ? found.filter((each) => each && isEntry(each)) : [];
  } catch {
    // Another version's, or somebody else's: it is written anew.
    return [];
  }
}

function write() {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(entries));
  } catch {
    // Storage is full or off: the list lasts as long as the page.
  }
}

function short(text) {
  return text && text.length > TEXT_MAX ? undefined : text;
}

function note(found) {
  const { kind, value, kept, at } = found;
  const { resultText, elapsedMs, durationMs, billedDurationMs, memoryBytes, code, statusCode } = value;
  const { delivery, message, advice, requestId } = value;
  const kept2 = { ...kept, event: short(kept.event) };
  if (kept2.event === undefined) delete kept2.event;
  const brief = {
    ...{ elapsedMs, durationMs, billedDurationMs, memoryBytes, code, statusCode, delivery },
    ...{ message, advice, requestId, kind: value.kind, resultText: short(resultText) },
  };
  entries = [{ kind, kept: kept2, at, value: brief }, ...entries].slice(0, ENTRIES);
  write();
  draw();
}

function draw() {
  if (!entries.length) {
    list.replaceChildren(element("li", { className: "note", t: "history.empty" }));
    return;
  }
  list.replaceChildren(...entries.map(row));
}

function row(entry) {
  const { kind, kept, at, value } = entry;
  const name = kept.functionName ?? "";
  const words = `${t(`state.${kind}`)}, ${clock(at)}`;
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", className: "entry", tTitle: "history.again", onclick: () => again(entry) },
      element("span", { className: `symbol ${kind}`, ariaHidden: "true" }, SYMBOLS[kind]),
      element("span", { className: "name" }, name),
      element("span", { className: "sr" }, words),
      element("span", { className: "muted" }, value.elapsedMs ? duration(value.elapsedMs) : ""),
      element("span", { className: "muted" }, clock(at)),
    ),
    icon("↻", "history.run", () => {
      again(entry);
      for (const listener of listeners.again) listener();
    }),
    value.resultText !== undefined &&
      icon("⇄", "history.compare", () => {
        for (const listener of listeners.compare) listener(entry);
      }),
  );
}

const icon = (text, t, onclick) =>
  element("button", { type: "button", className: "icon", tLabel: t, tTitle: t, onclick }, text);

function again(entry) {
  const event = "event" in entry.kept ? {} : { event: draft.event };
  change({ ...fromKept(entry.kept), ...event }, "history");
  if (!now()) show(entry);
}

/** The list with its bar. */
export function history(share) {
  const clear = button("history.clear", () => {
    entries = [];
    write();
    draw();
  }, { className: "quiet" });
  onRun(() => {
    const found = outcome();
    if (now() || !found || found === noted || entries.includes(found)) return;
    noted = found;
    note(found);
  });
  draw();
  return element(
    "section",
    { className: "history" },
    element("div", { className: "bar" }, element("h3", { t: "history.title" }), share, clear),
    list,
  );
}

export { draw as drawHistory };
