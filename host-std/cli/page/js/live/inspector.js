// One invocation in full: what came, what the function printed, what it gave.

import { get, post } from "../api.js";
import { button, element } from "../dom.js";
import { clock, duration, bytes } from "../format.js";
import { onLanguage, problem, t } from "../i18n.js";
import { isJson, pretty } from "../json.js";
import { show } from "../route.js";
import { change, DEFAULTS } from "../state.js";
import { textBlock, textButtons } from "../facet/text.js";

const view = element("aside", { className: "panel pad inspector", tLabel: "inspector.title" });
let shown;

/** The panel. */
export function inspector() {
  onLanguage(() => shown && draw());
  clear();
  return view;
}

// Shows nothing.
function clear() {
  shown = undefined;
  view.replaceChildren(element("p", { className: "empty", t: "inspector.none" }));
}

/** Puts the invocation into the form, and sends nothing. */
export function toDraft() {
  if (!shown?.functionName) return;
  const { action, functionName, event, namespace, qualifier, synchronous, region } = shown;
  const isKnown = ["Invoke", "InvokeFunction"].includes(action);
  change(
    {
      target: "local",
      action: isKnown ? action : "Invoke",
      functionName,
      event: event ?? "",
      namespace: namespace === "default" ? "" : (namespace ?? ""),
      qualifier: qualifier?.startsWith("$") ? "" : (qualifier ?? ""),
      invocationType: synchronous === false ? "Event" : DEFAULTS.invocationType,
      region: region ?? DEFAULTS.region,
    },
    "live",
  );
  show({ area: "call", tab: "result" });
}

/** Shows the invocation of this id, as the emulator has it now. */
export async function inspect(id) {
  let found;
  try {
    found = await get(`emulator/invocations/${encodeURIComponent(id)}`);
  } catch (error) {
    shown = undefined;
    view.replaceChildren(element("p", { className: "empty" }, problem(error)));
    return;
  }
  const isSame = JSON.stringify(found) === JSON.stringify(shown);
  shown = found;
  if (!isSame) draw();
}

/** Asks again for what is shown, where it had not ended. */
export function refresh() {
  if (shown && shown.endedMs === null) inspect(shown.requestId);
}

function draw() {
  const { functionName, state, status, requestId, functionRequestId, error, fault } = shown;
  const facts = [
    ["live.time", shown.receivedMs && clock(shown.receivedMs)],
    ["live.status", `${t(`state.${state}`)}${status ? ` ${status}` : ""}`],
    ["inspector.error", error && `${error.code}: ${problem(error)}`],
    ["live.fault", fault],
    ["live.run", shown.durationMs ? duration(shown.durationMs) : undefined],
    ["live.start", shown.startUpMs ? duration(shown.startUpMs) : undefined],
    ["result.memory", shown.memoryBytes ? bytes(shown.memoryBytes) : undefined],
    ["inspector.instance", shown.instance ?? undefined],
    ["inspector.runs", shown.runs > 1 ? String(shown.runs) : undefined],
    ["result.requestId", requestId],
    ["result.runId", functionRequestId],
  ].filter(([, value]) => value !== undefined && value !== null && value !== "");
  const actions = functionName
    ? [button("inspector.replay", toDraft), button("inspector.again", runAgain)]
    : [];
  view.replaceChildren(
    element("div", { className: "bar" }, element("h3", {}, functionName ?? shown.action ?? "—"), ...actions),
    element(
      "dl",
      { className: "facts" },
      ...facts.flatMap(([term, value]) => [element("dt", { t: term }), element("dd", {}, String(value))]),
    ),
    ...part("call.event", shown.event, "event.json"),
    ...part("facet.result", shown.resultText, "result.json"),
    ...part("result.logLabel", shown.log, "log.txt"),
    ...part("inspector.headers", shown.headers?.map((pair) => pair.join(": ")).join("\n"), "headers.txt"),
  );
}

async function runAgain({ currentTarget }) {
  currentTarget.disabled = true;
  try {
    await post(`emulator/invocations/${encodeURIComponent(shown.requestId)}/again`, {});
  } catch (error) {
    currentTarget.after(element("p", { className: "bad" }, problem(error)));
  }
  currentTarget.disabled = false;
}

function part(title, text, file) {
  if (!text) return [];
  const laid = file.endsWith("json") && isJson(text) && text.length < 200_000 ? pretty(text) : text;
  return [
    element(
      "details",
      { className: "part", open: title !== "inspector.headers" },
      element("summary", {}, element("h4", { t: title })),
      element("div", { className: "bar" }, ...textButtons(() => text, file)),
      ...textBlock(laid, { label: title }),
    ),
  ];
}
