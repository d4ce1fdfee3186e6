// The calls made from this browser, without keys: kept over visits.

import { draft, fromKept, isText, change } from "../state.js";
import { keep, kept as keptText } from "../storage.js";
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

// What is kept of an outcome, by type.
const FIELDS = {
  elapsedMs: "number",
  durationMs: "number",
  billedDurationMs: "number",
  memoryBytes: "number",
  number: "number",
  status: "number",
  statusCode: "number",
  code: "string",
  kind: "string",
  delivery: "string",
  message: "string",
  advice: "string",
  requestId: "string",
  resultText: "string",
};

let entries = read();
const list = element("ol", { className: "history-list" });
const listeners = { compare: [], again: [] };
let noted;

/** Calls this with an entry that is to be compared with the result shown. */
export const onCompare = (listener) => listeners.compare.push(listener);
/** Calls this when the form's call is to be made again. */
export const onAgain = (listener) => listeners.again.push(listener);

// What is stored may be another version's, or somebody else's: what an entry
// cannot have is left out.
function read() {
  let found;
  try {
    found = JSON.parse(keptText(STORED_AS) ?? "[]");
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.filter(isEntry).slice(0, ENTRIES).map(entryOf) : [];
}

function isEntry(found) {
  const isObject = (value) => value !== null && typeof value === "object";
  return (
    isObject(found) &&
    Object.hasOwn(SYMBOLS, found.kind) &&
    Number.isFinite(new Date(found.at).getTime()) &&
    isObject(found.kept) &&
    isObject(found.value)
  );
}

function entryOf({ kind, kept, at, value }) {
  const texts = Object.entries(kept).filter(([name, text]) => isText(name, text));
  const known = Object.entries(FIELDS).filter(([name, type]) => typeof value[name] === type);
  return {
    ...{ kind, at, kept: Object.fromEntries(texts) },
    value: Object.fromEntries(known.map(([name]) => [name, value[name]])),
  };
}

// As many as there is room for.
function write() {
  for (let count = entries.length; !keep(STORED_AS, JSON.stringify(entries.slice(0, count))) && count; ) count >>= 1;
}

// Another tab has made a call.
addEventListener("storage", ({ key }) => {
  if (key !== STORED_AS) return;
  entries = read();
  draw();
});

const short = (text) => (text?.length > TEXT_MAX ? undefined : text);

function note(found) {
  const kept = { ...found.kept, event: short(found.kept.event) };
  const value = { ...found.value, resultText: short(found.value.resultText) };
  entries = [entryOf({ ...found, kept, value }), ...entries].slice(0, ENTRIES);
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
