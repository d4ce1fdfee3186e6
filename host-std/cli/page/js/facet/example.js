// Request and response as they go over the wire, and as a file that tscf replays.

import { post } from "../api.js";
import { button, element, save } from "../dom.js";
import { onLanguage } from "../i18n.js";
import { outcome, onRun } from "../call/run.js";
import { toKeep, toSend, draft, DEFAULTS } from "../state.js";
import { fetched } from "./fetched.js";
import { textBlock, textButtons } from "./text.js";

/** The file that `tscf replay` reads: the call, and the result that it gave. */
export function exampleFile() {
  const { event, ...kept } = { ...toKeep(), functionName: draft.functionName };
  const last = outcome();
  const sameCall = last && JSON.stringify(last.kept) === JSON.stringify(toKeep());
  const expected = sameCall && last.kind === "succeeded" ? last.value.resultText : undefined;
  // Where it goes is the replay's to say.
  for (const name of ["target", "endpoint", "host"]) delete kept[name];
  // What the form has by default, and the command has not, is said.
  kept.logType ??= DEFAULTS.logType;
  kept.region ??= DEFAULTS.region;
  return JSON.stringify({ tscf: 1, ...kept, event, expectedResult: expected }, null, 2) + "\n";
}

/** The tab's content. */
export function example() {
  const request = element("div", {});
  const exchange = element("div", {});
  const ask = (signal) =>
    post("signature", { draft: { ...toSend() }, timestamp: null, reveal: false }, signal);
  const put = ({ head, body }) => {
    request.replaceChildren(...titled("example.request", `${head}\n\n${body}`, "request.txt"));
  };
  const load = fetched("example", request, ask, put);
  const drawExchange = () => {
    const wire = outcome()?.value.wire;
    if (!wire?.response) {
      exchange.replaceChildren(element("p", { className: "empty", t: "example.noResponse" }));
      return;
    }
    exchange.replaceChildren(
      ...titled("example.sent", wire.request, "sent.txt"),
      ...titled("example.response", lines(wire.response), "response.txt"),
    );
  };
  onRun(drawExchange);
  onLanguage(() => {
    load();
    drawExchange();
  });
  drawExchange();
  const saveButton = button("example.save", () => save(exampleFile(), `${draft.functionName || DEFAULTS.action}.example.json`));
  return element(
    "div",
    {},
    element("div", { className: "bar" }, element("p", { className: "note", t: "example.how" }), saveButton),
    request,
    exchange,
  );
}

function titled(label, text, file) {
  return [
    element("div", { className: "bar" }, element("h3", { t: label }), ...textButtons(() => text, file)),
    ...textBlock(text, { label }),
  ];
}

const lines = (text) => text.replaceAll("\r\n", "\n");
