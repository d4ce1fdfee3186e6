// The head of the response: how the call stands, or ended.

import { byId, element } from "../element.js";
import { bytes, duration } from "../quantity.js";

const card = byId("outcome");
const announce = byId("announce");
let ticking;

/** Before the first call. */
export function idle() {
  put("", "No call yet", [lead("Fill in the request, then invoke.")]);
}

/** While a call runs; the time that it takes is shown. */
export function busy(values) {
  const started = performance.now();
  const clock = element("p", { className: "lead", "aria-hidden": "true" });
  const tick = () =>
    (clock.textContent = `Waiting for the answer: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  put("busy", `Running ${values.functionName}`, [clock]);
  announce.textContent = `Running ${values.functionName}`;
  tick();
  ticking = setInterval(tick, 100);
}

/** After a call that succeeded. */
export function success(reply, values, elapsed) {
  const later = values.invocationType === "Event";
  put("good", later ? `${values.functionName} was accepted` : `${values.functionName} succeeded`, [
    ...(later ? [lead("It runs now, or soon; its result comes to no one who waits here.")] : []),
    // The figures of an accepted call are all 0: it has not run yet.
    figures(later ? {} : reply, elapsed),
    facts(ids(reply)),
  ]);
  announce.textContent = `${values.functionName} ${later ? "was accepted" : "succeeded"} after ${duration(elapsed)}.`;
}

/** After a call that failed; `explained` is what `explain` gives. */
export function failure(explained, error, values, elapsed) {
  const { title, happened, ran, todo, code, requestId } = explained;
  const [answer, because] = ran;
  put("bad", title, [
    facts([
      ["What happened", happened],
      ["Did it run?", [element("strong", {}, answer), ` ${because}`]],
      ["What to do", todo],
      ["Code", element("code", {}, code)],
      ...ids({ requestId, functionRequestId: error.functionRequestId }),
    ]),
    ...(error.durationMs === undefined ? [] : [figures(error, elapsed)]),
  ]);
  announce.textContent = `${title}. ${happened} Did it run? ${answer} ${todo}`;
}

function put(kind, title, children) {
  clearInterval(ticking);
  card.className = `outcome ${kind}`;
  card.replaceChildren(element("h3", { className: "title" }, title), ...children);
}

const lead = (words) => element("p", { className: "lead" }, words);

function figures(reply, elapsed) {
  const list = element("dl", { className: "figures" });
  const add = (term, value) =>
    list.append(element("div", {}, element("dt", {}, term), element("dd", {}, value)));
  if (reply.durationMs !== undefined) add("Duration", duration(reply.durationMs));
  if (reply.billedDurationMs !== undefined) add("Billed", duration(reply.billedDurationMs));
  if (reply.memoryBytes !== undefined) add("Memory", bytes(reply.memoryBytes));
  add("Round trip", duration(elapsed));
  return list;
}

function facts(pairs) {
  const list = element("dl", { className: "facts" });
  for (const [term, value] of pairs) {
    list.append(element("dt", {}, term), element("dd", {}, ...[value].flat()));
  }
  return list;
}

function ids({ requestId, functionRequestId }) {
  const found = [];
  if (requestId) found.push(["Request id", element("code", {}, requestId)]);
  if (functionRequestId && functionRequestId !== requestId)
    found.push(["Run id", element("code", {}, functionRequestId)]);
  return found;
}
