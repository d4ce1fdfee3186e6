// The call that runs, and the outcome of the last one.

import { get, post, ServerError } from "../api.js";
import { draft, toKeep, toSend } from "../state.js";

let running;
let last;
const listeners = [];

/** Calls this when a call begins, goes on or has ended. */
export const onRun = (listener) => listeners.push(listener);
const tell = () => listeners.forEach((listener) => listener());

/** The call that runs: what it calls, and since when. */
export const now = () => running;

/**
 * The outcome of the last call: its draft as `kept`, `kind` and the server's `value`.
 * Kinds are succeeded, accepted, failed, refused, cancelled and gone.
 */
export const outcome = () => last;

/** Shows an outcome of before. */
export function show(found) {
  last = found;
  tell();
}

/** Sends the draft. */
export async function send() {
  if (running) return;
  const controller = new AbortController();
  const kept = toKeep();
  running = { functionName: draft.functionName, since: performance.now(), controller };
  const at = Date.now();
  tell();
  const whole = toSend();
  let found;
  try {
    const value = await post("call", whole, controller.signal);
    found = { kind: kindOf(value), value };
  } catch (error) {
    found = failed(error, performance.now() - running.since);
  }
  running = undefined;
  last = { ...found, kept, at };
  tell();
  if (last.kind === "accepted") followEvent(last, whole);
}

function kindOf({ ok, accepted, kind }) {
  if (ok) return accepted ? "accepted" : "succeeded";
  return kind === "function" ? "failed" : "refused";
}

function failed(error, elapsedMs) {
  if (error.name === "AbortError") return { kind: "cancelled", value: { elapsedMs, delivery: "unknown" } };
  if (!(error instanceof ServerError)) throw error;
  const delivery = error.status === 0 ? "unknown" : "not sent";
  return { kind: "gone", value: { ...wordsOf(error), elapsedMs, delivery } };
}

const wordsOf = ({ message, status, code, number }) => ({ message, status, code, number });

/** Ends the waiting for the call that runs. */
export function cancel() {
  running?.controller.abort();
}

// Asks what became of an event until its run has ended, or another outcome is shown.
async function followEvent(accepted, sent) {
  const id = accepted.value.functionRequestId;
  const isLocal = sent.target === "local";
  for (let pause = 200; last === accepted; pause = Math.min(pause * 1.5, 3000)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    let run;
    try {
      run = isLocal ? await localRun(id) : await cloudRun(sent, id);
    } catch (error) {
      accepted.followed = { state: "unknown", ...wordsOf(error) };
      tell();
      return;
    }
    if (last !== accepted) return;
    accepted.followed = run;
    tell();
    if (run.ended) return;
  }
}

async function localRun(id) {
  const record = await get(`emulator/invocations/${encodeURIComponent(id)}`);
  const ended = ["succeeded", "failed", "answered", "abandoned", "cut"].includes(record.state);
  return { ...record, ended };
}

async function cloudRun(sent, functionRequestId) {
  const { Response } = await post("status", { draft: sent, functionRequestId });
  if (Response.Error) throw new Error(`${Response.Error.Code}: ${Response.Error.Message}`);
  const run = Response.Data?.at(-1);
  // 1 is the code of a run that has not ended.
  if (!run || run.RetCode === 1) return { state: run ? "running" : "queued", ended: false };
  const state = run.RetCode === 0 ? "succeeded" : "failed";
  return { state, ended: true, resultText: run.RetMsg, durationMs: run.Duration, log: "" };
}
