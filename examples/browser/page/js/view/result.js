// The result and the log.

import { byId, element } from "../element.js";
import { bytes, sizeOf } from "../quantity.js";
import { textView } from "./text.js";

const result = byId("view-result");
const log = byId("view-log");

/** Nothing to show, for the reason in `words`. */
export function clear(words) {
  result.replaceChildren(empty(words));
  log.replaceChildren(empty(words));
}

/** Shows what came back, from a function that succeeded or failed, if one did. */
export function show(reply, values) {
  if (reply.resultText === undefined) {
    result.replaceChildren(empty("There is no result: no function answered."));
    log.replaceChildren(empty("There is no log: no function answered."));
    return;
  }
  showResult(reply, values);
  if (reply.log) {
    log.replaceChildren(
      ...textView(reply.log, {
        what: `The last ${bytes(sizeOf(reply.log))}`,
        label: "log",
        file: "log.txt",
      }),
    );
  } else {
    log.replaceChildren(
      empty(
        values.logType === "Tail" && values.invocationType !== "Event"
          ? "The function wrote no log."
          : "No log was asked for: Log type is None, or the call does not wait.",
      ),
    );
  }
}

function showResult({ resultText: text, stackTrace }, values) {
  if (text === "") {
    result.replaceChildren(
      empty(
        values.invocationType === "Event"
          ? "The call did not wait for a result."
          : "The function returned nothing.",
      ),
    );
    return;
  }
  const size = bytes(sizeOf(text));
  if (!isJson(text)) {
    result.replaceChildren(
      ...textView(text, { what: `Text, ${size}`, label: "result", file: "result.txt" }),
    );
    return;
  }
  // In the JSON its lines are one long line.
  const trace = stackTrace
    ? textView(stackTrace, { what: "Stack trace", label: "stack trace" })
    : [];
  const put = (raw) => {
    const other = element("button", { type: "button", "aria-pressed": String(raw) }, "Raw");
    other.addEventListener("click", () => {
      put(!raw);
      result.querySelector("[aria-pressed]").focus();
    });
    result.replaceChildren(
      ...trace,
      ...textView(text, {
        what: `JSON, ${size}${raw ? ", as it came" : ""}`,
        label: "result",
        json: !raw,
        file: "result.json",
        extra: [other],
      }),
    );
  };
  put(false);
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const empty = (words) => element("p", { className: "empty" }, words);
