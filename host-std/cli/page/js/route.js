// The address: area, draft and view, so that a reload and a link restore them.
// It never has a key.

import { DEFAULTS, draft, fromKept, onChange, toKeep, change } from "./state.js";

const AREAS = ["call", "apis", "live"];
// The names in the address that are not the draft's own.
const SHORT = { functionName: "fn" };
const LONG = { fn: "functionName" };
// A longer event stays in this tab's storage: addresses have limits.
const EVENT_MAX = 4000;
const EVENT_KEY = "event";

/** The view: the area, and what each area adds to the address. */
export const view = { area: "call", tab: "result", query: {} };
const listeners = [];
let due;

/** Calls this when the view has changed. */
export const onView = (listener) => listeners.push(listener);

/** Changes the view and tells everyone. */
export function show(changes) {
  Object.assign(view, changes);
  for (const listener of listeners) listener();
  writeSoon();
}

/** Writes the address a little later, once for many changes. */
export function writeSoon() {
  clearTimeout(due);
  due = setTimeout(write, 150);
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
  const next = fragment(false);
  if (next !== location.hash) history.replaceState(null, "", next);
  try {
    if (draft.event.length > EVENT_MAX) sessionStorage.setItem(EVENT_KEY, draft.event);
    else sessionStorage.removeItem(EVENT_KEY);
  } catch {
    // Storage is full or off: the event is kept by the page alone.
  }
}

/** Reads the address; the view that it names, or the one that is. Says whether it was one. */
export function read() {
  const [path, text = ""] = location.hash.slice(1).split(/\?(.*)/s);
  const [, area, action] = path.split("/");
  if (!AREAS.includes(area)) return location.hash === "";
  const query = Object.fromEntries(new URLSearchParams(text));
  if (area === "call") {
    const { tab = "result", ...rest } = query;
    const kept = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [LONG[name] ?? name, value]),
    );
    kept.event ??= sessionStorage.getItem(EVENT_KEY) ?? DEFAULTS.event;
    const known = ["Invoke", "InvokeFunction"].includes(action);
    if (known) kept.action = action;
    change(fromKept(kept), "address");
    show({ area, tab });
    return known || action === undefined;
  }
  show({ area, query });
  return true;
}

/**
 * Starts to write the address as the draft changes, and to read it when a person
 * changes it. `onBroken` is called where that one names nothing.
 */
export function start(onBroken) {
  onChange(writeSoon);
  addEventListener("hashchange", () => {
    if (read()) return;
    show({});
    onBroken();
  });
}
