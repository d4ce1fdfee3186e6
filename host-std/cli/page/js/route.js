// The address: area, draft and view, so that a reload and a link restore them.
// It never has a key.

import { CHOICES, DEFAULTS, draft, fromKept, isText, onChange, toKeep, change } from "./state.js";
import { keep, kept } from "./storage.js";

const AREAS = ["call", "apis", "live"];
// The names in the address that are not the draft's own.
const SHORT = { functionName: "fn" };
const LONG = { fn: "functionName" };
// A longer event stays in this tab's storage: addresses have limits.
const EVENT_MAX = 4000;
const EVENT_KEY = "event";
// The endpoint that was typed in this tab: one of a link is told.
const ENDPOINT_KEY = "endpoint";
/** The tabs of a call. */
export const TABS = ["result", "signature", "code", "example", "docs"];

/** The view: the area, and what each area adds to the address. */
export const view = { area: "call", tab: "result", query: {} };
const listeners = [];
let due;
// The address as it was last written or read.
let own;
let isKept = true;

/** Calls this when the view has changed. */
export const onView = (listener) => listeners.push(listener);

/** Changes the view and tells everyone. What was typed stays with the address that is left. */
export function show(changes) {
  writeDue();
  set(changes);
}

function set(changes) {
  Object.assign(view, changes);
  for (const listener of listeners) listener();
  writeSoon();
}

/** Writes the address a little later, once for many changes. */
export function writeSoon() {
  clearTimeout(due);
  due = setTimeout(write, 150);
}

function writeDue() {
  if (due !== undefined) write();
}

function pairs(kept) {
  return Object.entries(kept).filter(([name]) => name !== "action");
}

/** The fragment of the address for the draft; `whole` has the event however long. */
export function fragment(whole) {
  const query = new URLSearchParams();
  if (view.area === "call") {
    for (const [name, value] of pairs(toKeep())) {
      if (name === "event" && !whole && value.length > EVENT_MAX) continue;
      query.set(SHORT[name] ?? name, value);
    }
    if (view.tab !== "result") query.set("tab", view.tab);
  } else {
    for (const [name, value] of Object.entries(view.query)) if (value) query.set(name, value);
  }
  const action = view.area === "call" ? `/${draft.action}` : "";
  const text = query.toString();
  return `#/${view.area}${action}${text ? `?${text}` : ""}`;
}

function write() {
  clearTimeout(due);
  due = undefined;
  // Another address was opened, and is read in a moment.
  if (own !== undefined && location.hash !== own) return;
  const next = fragment(false);
  if (next !== location.hash) {
    // Back leads to the area, or the entry of the APIs, from which one came.
    const isStep = own !== undefined && placeOf(next) !== placeOf(own);
    history[isStep ? "pushState" : "replaceState"](null, "", next);
  }
  own = location.hash;
  const isLong = draft.event.length > EVENT_MAX;
  isKept = keep(EVENT_KEY, isLong ? draft.event : undefined, "sessionStorage") || !isLong;
  keep(ENDPOINT_KEY, draft.endpoint, "sessionStorage");
}

function placeOf(hash) {
  const [path, query] = hash.split("?");
  const area = path.split("/")[1];
  return area === "apis" ? `${area} ${query}` : area;
}

/**
 * Reads the address into draft and view. Gives what a person has to be told of
 * it, as the key of words and what stands in them: that it names nothing, that it
 * has a value which is not known, or that it sends calls to an endpoint of its own.
 */
export function read() {
  own = undefined;
  const [path, text = ""] = location.hash.slice(1).split(/\?(.*)/s);
  const [, area, action] = path.split("/");
  if (!AREAS.includes(area)) return location.hash === "" ? undefined : ["shell.badLink"];
  own = location.hash;
  const query = Object.fromEntries(new URLSearchParams(text));
  if (area !== "call") {
    set({ area, query });
    return undefined;
  }
  const { tab = "result", ...rest } = query;
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [LONG[name] ?? name, value]));
  const isKnown = action === undefined || CHOICES.action.includes(action);
  const unknown = Object.entries(rest).filter(([name]) => !isText(LONG[name] ?? name, rest[name]));
  if (!TABS.includes(tab)) unknown.push(["tab", tab]);
  const isForeign = texts.endpoint && texts.target === "cloud" && texts.endpoint !== kept(ENDPOINT_KEY, "sessionStorage");
  texts.event ??= kept(EVENT_KEY, "sessionStorage") ?? DEFAULTS.event;
  if (action && isKnown) texts.action = action;
  change(fromKept(texts), "address");
  set({ area, tab: TABS.includes(tab) ? tab : "result" });
  if (!isKnown) return ["shell.badLink"];
  if (unknown.length) return ["shell.badValue", unknown.map((pair) => pair.join("=")).join(", ")];
  return isForeign ? ["shell.linkEndpoint", texts.endpoint] : undefined;
}

/**
 * Starts to write the address as the draft changes, and to read it when a person
 * changes it. `onTold` is called with what that person has to be told of it.
 */
export function start(onTold) {
  onChange(writeSoon);
  // The browser asks before it leaves an event that it has no room for.
  addEventListener("beforeunload", (event) => !isKept && event.preventDefault());
  addEventListener("hashchange", () => {
    const told = read();
    if (!told) return;
    show({});
    onTold(told);
  });
}
