// Request and response as they go over the wire, and as a file that tscf replays.

import { post } from "../api.js";
import { button, element, save } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { outcome, onRun } from "../call/run.js";
import { toKeep, toSend, draft, DEFAULTS } from "../state.js";
import { pretty } from "../json.js";
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
  // The log is asked for by default; a file says so.
  kept.logType ??= DEFAULTS.logType;
  return JSON.stringify({ tscf: 1, ...kept, event, expectedResult: expected }, null, 2) + "\n";
}

/** The tab's content. */
export function example() {
  const request = element("div", {});
  const response = element("div", {});
  const ask = (signal) =>
    post("signature", { draft: { ...toSend() }, timestamp: null, reveal: false }, signal);
  const put = ({ head, body }) => {
    const text = `${mask(head)}\n\n${draft.signing === "v1" ? mask(body) : body}`;
    request.replaceChildren(
      element("div", { className: "bar" }, element("h3", { t: "example.request" }), ...textButtons(() => text, "request.txt")),
      ...textBlock(text, { label: "example.request" }),
    );
  };
  const load = fetched("example", request, ask, put);
  const drawResponse = () => {
    const found = outcome()?.value.response;
    if (!found) {
      response.replaceChildren(element("p", { className: "empty", t: "example.noResponse" }));
      return;
    }
    const text = pretty(JSON.stringify(found));
    response.replaceChildren(
      element("div", { className: "bar" }, element("h3", { t: "example.response" }), ...textButtons(() => text, "response.json")),
      ...textBlock(text, { label: "example.response" }),
    );
  };
  onRun(drawResponse);
  onLanguage(load);
  drawResponse();
  const saveButton = button("example.save", () => save(exampleFile(), `${draft.functionName || DEFAULTS.action}.example.json`));
  return element(
    "div",
    {},
    element("div", { className: "bar" }, element("p", { className: "note", t: "example.how" }), saveButton),
    request,
    response,
  );
}

// The signature lets a reader act in one's name for five minutes.
const mask = (head) =>
  head.replace(/Signature=[^,&\s]+/, `Signature=${t("example.hidden")}`).replace(/(X-TC-Token: ).+/, "$1…");
