// What the emulator does, as its stream tells it: invocations, instances, faults.

import { get, ServerError } from "../api.js";
import { catalogue, load, setFunctions } from "../catalogue.js";
import { tell as notice } from "../notice.js";

// As many as the emulator itself keeps.
const RECORDS_MAX = 10_000;
const INSTANCES_MAX = 500;
const RETRY = 1000;
// Changes are told to the views at most so often.
const PAUSE = 250;

const live = {
  /** "connecting", "live" or "lost". */
  connection: "connecting",
  /** By their request id, in the order in which they came. */
  records: new Map(),
  /** By function and number. */
  instances: new Map(),
  faults: [],
};
let frozen;
let due;
let source;
let takeBack;
const listeners = [];

/** What is shown: what there is, or what there was when it was paused. */
export const state = () => frozen ?? live;
/** What there is. */
export const present = () => live;
export const isPaused = () => frozen !== undefined;

/** Calls this when there is something new to show. */
export const onLive = (listener) => listeners.push(listener);

function tell() {
  // A timer that were left would bring another after it, for ever.
  clearTimeout(due);
  due = undefined;
  for (const listener of listeners) listener();
}

const tellSoon = () => (due ??= setTimeout(tell, PAUSE));

/** Freezes what is shown, or shows what there is. Nothing is lost meanwhile. */
export function pause(isOn) {
  frozen = isOn
    ? { ...live, records: new Map(live.records), instances: new Map(live.instances) }
    : undefined;
  tell();
}

/** Connects, and again whenever the connection is lost. */
export function connect() {
  source = new EventSource("api/emulator/stream");
  source.addEventListener("open", loadAll);
  source.addEventListener("missed", loadAll);
  source.addEventListener("invocation", ({ data }) => putRecord(JSON.parse(data)));
  source.addEventListener("instance", ({ data }) => putInstance(JSON.parse(data)));
  source.addEventListener("faults", ({ data }) => putFaults(JSON.parse(data)));
  source.addEventListener("functions", ({ data }) => setFunctions(JSON.parse(data).functions));
  source.addEventListener("error", () => {
    source.close();
    if (live.connection !== "lost") {
      live.connection = "lost";
      if (frozen) frozen.connection = "lost";
      tell();
    }
    setTimeout(reconnect, RETRY);
  });
}

// The server may be another one by now: its tables are read anew. It has a new key
// then, which comes to this browser when a person opens its address.
async function reconnect() {
  try {
    await load();
    takeBack?.();
    takeBack = undefined;
    connect();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (error.status === 401) takeBack ??= notice(["shell.restarted"]);
    setTimeout(reconnect, RETRY);
  }
}

let loading;
let isStale = false;

// What there is, anew; once more where something is missed meanwhile.
async function loadAll() {
  isStale = Boolean(loading);
  loading ??= readAll().finally(() => {
    loading = undefined;
    if (isStale) loadAll();
  });
}

async function readAll() {
  try {
    const [{ invocations }, { instances }, faults] = await Promise.all([
      get(`emulator/invocations?limit=${RECORDS_MAX}`),
      get("emulator/instances"),
      get("emulator/faults"),
    ]);
    endUnknown(invocations);
    for (const record of invocations.reverse()) {
      const known = live.records.get(record.requestId);
      // The stream may have told more of it meanwhile.
      if (!known || known.endedMs === null) keep(record);
    }
    live.instances = new Map(
      [...live.instances].map(([key, each]) => [key, { ...each, endedMs: each.endedMs ?? Date.now() }]),
    );
    for (const instance of instances) putInstance(instance);
    putFaults(faults);
    live.connection = "live";
    if (frozen) frozen.connection = "live";
    tell();
  } catch {
    // The stream's own error comes, and connects again.
  }
}

// What ran in an emulator that is gone has ended with it.
function endUnknown(invocations) {
  const known = new Set(invocations.map(({ requestId }) => requestId));
  for (const [id, record] of live.records) {
    if (record.endedMs !== null || known.has(id)) continue;
    live.records.set(id, { ...record, state: "abandoned", endedMs: Date.now() });
  }
}

function putRecord(record) {
  keep(record);
  tellSoon();
}

function keep(record) {
  live.records.set(record.requestId, record);
  if (live.records.size > RECORDS_MAX) {
    live.records.delete(live.records.keys().next().value);
  }
}

/** The name of an instance's lane. */
export const laneOf = ({ functionName, number }) => `${functionName} #${number}`;

function putInstance(instance) {
  const key = laneOf(instance);
  const endedMs = instance.state === "ended" ? instance.sinceMs : undefined;
  // The last one to change is the last one of all: those that ended long ago come first.
  live.instances.delete(key);
  live.instances.set(key, { ...instance, endedMs });
  if (live.instances.size > INSTANCES_MAX) forgetInstance();
  tellSoon();
}

function forgetInstance() {
  for (const [key, { endedMs }] of live.instances) {
    if (endedMs === undefined) continue;
    live.instances.delete(key);
    return;
  }
}

function putFaults({ faults }) {
  live.faults = faults;
  if (frozen) frozen.faults = faults;
  tellSoon();
}

const GOOD = ["succeeded"];
const GOING = ["received", "queued", "running"];

/** How a record stands: "ok", "running" or "failed". */
export function outcomeOf({ state: name }) {
  if (GOOD.includes(name)) return "ok";
  return GOING.includes(name) ? "running" : "failed";
}

/** The time of a record's function, start included, in milliseconds. */
export const spanOf = ({ startUpMs, durationMs }) => (startUpMs ?? 0) + (durationMs ?? 0);

/** The records that the filter lets through in that time, newest first. */
export function filtered({ fn, status }, { since, until }) {
  const found = [];
  for (const record of state().records.values()) {
    if (record.receivedMs < since || record.receivedMs > until) continue;
    if (fn && record.functionName !== fn) continue;
    if (status && !(outcomeOf(record) === status || record.state === status)) continue;
    found.push(record);
  }
  return found.reverse();
}

const WINDOWS = { "1m": 60e3, "5m": 300e3, "15m": 900e3, "1h": 3600e3 };

/** The names of the windows of time. */
export const WINDOW_NAMES = Object.keys(WINDOWS);

/** The window of time that the view is of: the last minutes. */
export const windowOf = ({ last }, now) => ({ since: now - (WINDOWS[last] ?? WINDOWS["5m"]), until: now });

/** The range that the view was narrowed to, if it was. */
export function rangeOf({ from, to }) {
  const [since, until] = [Number(from), Number(to)];
  return since > 0 && since < until && Number.isFinite(until) ? { since, until } : undefined;
}

/** The functions that there are, or were called. */
export function functionNames() {
  const called = [...live.records.values()].map(({ functionName }) => functionName);
  const names = new Set([...catalogue.functions.map(({ name }) => name), ...called]);
  names.delete(null);
  return [...names].sort();
}
