// The outcome of the call: what it gave, or why it failed.

import { button, element, announce } from "../dom.js";
import { bytes, duration, sizeOf } from "../format.js";
import { onLanguage, problem, t } from "../i18n.js";
import { isJson, pretty } from "../json.js";
import { explain } from "../call/failure.js";
import { SYMBOLS } from "../call/history.js";
import { now, onRun, outcome, send } from "../call/run.js";
import { compare, comparedWith } from "./compare.js";
import { textBlock, textButtons } from "./text.js";
import { jsonTree } from "./tree.js";

// A longer result is shown as text at first: a tree of it takes a second.
const TREE_MAX = 1_000_000;

const head = element("div", { className: "outcome" });
const body = element("div", {});
let ticking;

/** The tab's content. */
export function result() {
  onRun(draw);
  onLanguage(draw);
  draw();
  return element("div", {}, head, body);
}

function draw() {
  clearInterval(ticking);
  const running = now();
  if (running) drawRunning(running);
  else if (outcome()) drawOutcome(outcome());
  else drawNothing();
}

function drawNothing() {
  head.className = "outcome";
  head.replaceChildren(
    element("h3", { t: "result.none" }),
    element("p", { className: "muted", t: "result.noneHow" }),
  );
  body.replaceChildren();
}

function drawRunning({ functionName, since }) {
  head.className = "outcome running";
  const time = element("span", { ariaHidden: "true" });
  const tick = () => (time.textContent = `${((performance.now() - since) / 1000).toFixed(1)} s`);
  head.replaceChildren(
    element("h3", {}, symbol("◐"), t("result.running", functionName), " ", time),
  );
  body.classList.add("stale");
  announce(t("result.running", functionName));
  tick();
  ticking = setInterval(tick, 100);
}

const symbol = (text) => element("span", { className: "symbol", ariaHidden: "true" }, text);

function drawOutcome(found) {
  const { kind, value, followed } = found;
  head.className = `outcome ${kind}`;
  body.classList.remove("stale");
  const isGood = kind === "succeeded" || kind === "accepted";
  const explained = isGood ? undefined : explain(found);
  const title = explained?.title ?? t(`state.${kind}`);
  head.replaceChildren(
    element(
      "h3",
      {},
      symbol(SYMBOLS[kind]),
      title,
      element("span", { className: "muted" }, ` ${duration(value.elapsedMs ?? 0)}`),
    ),
    ...(explained ? [panel(explained)] : []),
    ...(kind === "gone" ? [button("result.again", send)] : []),
    ...figures(value),
  );
  announce(`${title}. ${explained ? `${explained.happened.split("\n")[0]} ${explained.ran} ${explained.todo}` : ""}`);
  const what = kind === "accepted" ? follow(followed) : texts(value);
  const other = comparedWith();
  body.replaceChildren(...(other ? compare(other, value) : []), ...what, ...ids(value));
}

function panel({ happened, ran, because, todo, code }) {
  const rows = [
    ["failure.happened", story(happened)],
    ["failure.ran", [element("strong", {}, ran), ` ${because}`]],
    ["failure.todo", [todo]],
    ["failure.code", code && [element("code", {}, code)]],
  ];
  return element(
    "dl",
    { className: "facts" },
    ...rows.flatMap(([term, what]) =>
      what ? [element("dt", { t: term }), element("dd", {}, ...what)] : [],
    ),
  );
}

// The first line in words. What follows, such as what was signed, is folded.
function story(text) {
  const [first, ...rest] = text.trim().split("\n");
  if (!rest.length) return [first];
  const block = textBlock(rest.join("\n"), { label: "failure.detail" });
  return [first, element("details", {}, element("summary", { t: "failure.detail" }), ...block)];
}

function figures(value) {
  const { durationMs, billedDurationMs, memoryBytes, phases = [] } = value;
  const known = [
    ["result.ran", durationMs, duration],
    ["result.billed", billedDurationMs, duration],
    ["result.memory", memoryBytes, bytes],
    ["result.round", value.elapsedMs, duration],
  ].filter(([, each]) => each !== undefined && each !== null);
  const list = element(
    "dl",
    { className: "figures" },
    ...known.map(([term, each, form]) =>
      element("div", {}, element("dt", { t: term }), element("dd", {}, form(each))),
    ),
  );
  return [list, phases.length ? phaseBar(value) : undefined].filter(Boolean);
}

// Where the time went: before the function, in it, and on the way.
function phaseBar({ phases, durationMs, log }) {
  const start = Number(/Coldstart: (\d+)ms/.exec(log ?? "")?.[1] ?? 0);
  const parts = [];
  // Of several attempts, the last one ran the function.
  const lastWait = phases.findLast(({ name }) => name === "wait");
  for (const phase of phases) {
    const { name, ms } = phase;
    if (phase !== lastWait || durationMs == null) {
      parts.push([name, ms]);
      continue;
    }
    const run = Math.min(durationMs, ms);
    const begin = Math.min(start, ms - run);
    if (begin > 0) parts.push(["start", begin]);
    parts.push(["run", run], ["wait", ms - run - begin]);
  }
  const total = parts.reduce((sum, [, ms]) => sum + ms, 0) || 1;
  const bar = element("div", { className: "phases", ariaHidden: "true" });
  const legend = element("ul", { className: "legend", tLabel: "result.phases" });
  for (const [name, ms] of parts) {
    const piece = element("span", { className: `phase ${name}` });
    // A style attribute is what the policy forbids; a property is not.
    piece.style.flexGrow = Math.max(ms / total, 0.005);
    bar.append(piece);
    legend.append(
      element(
        "li",
        {},
        element("span", { className: `swatch ${name}`, ariaHidden: "true" }),
        element("span", { t: `phase.${name}` }),
        ` ${duration(ms)}`,
      ),
    );
  }
  return element("div", {}, bar, legend);
}

function follow(followed) {
  if (!followed) return [element("p", { className: "muted", t: "result.accepted" })];
  const { state, ended, runs } = followed;
  const line = element(
    "p",
    { className: "muted", role: "status" },
    t(ended ? "result.eventEnded" : "result.eventNow", t(`state.${state}`)),
    runs > 1 ? ` ${t("result.runs", runs)}` : "",
    followed.message ? ` ${problem(followed)}` : "",
  );
  return ended ? [line, ...texts(followed)] : [line];
}

function texts({ resultText, log, stackTrace }) {
  const sections = [];
  if (stackTrace) sections.push(...section("result.trace", stackTrace, "stack-trace.txt", true));
  if (resultText) sections.push(...resultSection(resultText));
  else if (resultText === "") sections.push(element("p", { className: "muted", t: "result.empty" }));
  if (log) sections.push(...logSection(log));
  return sections;
}

function section(title, text, file, isOpen) {
  const [block, all] = textBlock(text, { label: title });
  return [
    element(
      "details",
      { className: "part", open: isOpen },
      element("summary", {}, element("h4", { t: title })),
      element("div", { className: "bar" }, ...textButtons(() => text, file)),
      block,
      all,
    ),
  ];
}

function resultSection(text) {
  const size = bytes(sizeOf(text));
  if (!isJson(text)) {
    return [
      bar(["result.text", size], [], text, "result.txt"),
      ...textBlock(text, { label: "facet.result" }),
    ];
  }
  const holder = element("div", {});
  const put = (asTree) => {
    const other = button(asTree ? "result.asText" : "result.asTree", () => {
      put(!asTree);
      holder.querySelector("[data-switch]").focus();
    });
    other.dataset.switch = "";
    const parts = asTree ? jsonTree(text) : undefined;
    holder.replaceChildren(
      bar(["result.json", size], [parts?.search, other].filter(Boolean), text, "result.json"),
      ...(asTree ? [parts.found, parts.view] : textBlock(pretty(text), { label: "facet.result" })),
    );
  };
  put(text.length <= TREE_MAX);
  return [holder];
}

const bar = (t, extra, text, file) =>
  element(
    "div",
    { className: "bar" },
    element("h4", { t }),
    ...extra,
    ...textButtons(() => text, file),
  );

// The platform's own lines, and those that tell of errors.
const OWN = /^(START|END|Report|Event|Init Report|Response) ?RequestId/i;
const BAD = /error|exception|traceback|fatal/i;

function logSection(text) {
  const parts = text.split(/(?<=\n)/).map((line) => {
    const className = OWN.test(line) ? "own" : BAD.test(line) ? "bad" : "";
    return className ? element("span", { className }, line) : line;
  });
  return [
    element(
      "details",
      { className: "part", open: true },
      element("summary", {}, element("h4", { t: ["result.log", bytes(sizeOf(text))] })),
      element("div", { className: "bar" }, ...textButtons(() => text, "log.txt")),
      ...textBlock(text, { label: "result.logLabel", parts, className: "log" }),
    ),
  ];
}

function ids({ requestId, functionRequestId }) {
  const rows = [
    ["result.requestId", requestId],
    ["result.runId", functionRequestId !== requestId && functionRequestId],
  ].filter(([, id]) => id);
  if (!rows.length) return [];
  const items = rows.flatMap(([term, id]) => [
    element("dt", { t: term }),
    element("dd", {}, element("code", {}, id)),
  ]);
  return [element("dl", { className: "facts ids" }, ...items)];
}
