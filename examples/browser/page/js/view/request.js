// The request as it is signed, as a curl command, and as a Rust program.

import { sign } from "../call.js";
import { curl, needsFile as curlNeedsFile } from "../curl.js";
import { byId, element } from "../element.js";
import { signedHost } from "../host.js";
import { mask } from "../mask.js";
import { bytes, sizeOf } from "../quantity.js";
import { needsFile as rustNeedsFile, rust } from "../rust.js";
import { textView } from "./text.js";

let reveal = false;
let refresh;
// Signing takes a moment: a later call of show wins over an earlier one.
let latest = 0;

/** The views that are made here. */
export const NAMES = ["request", "curl", "rust"];

/** Starts; `again` shows the view that is open for what the form then holds. */
export function start(again) {
  refresh = again;
}

/** Shows the view `name` for the form's `values`; `problem` says why it cannot be. */
export async function show(name, values, problem) {
  const mine = (latest += 1);
  outdated(name);
  let content;
  try {
    if (problem) throw new Error(problem);
    content = await { request: requestView, curl: curlView, rust: rustView }[name](values);
  } catch (error) {
    content = [element("p", { className: "empty" }, `Not yet: ${error.message}`)];
  }
  if (mine !== latest) return;
  // The other views are out of date, and may show what is to be hidden again.
  for (const other of NAMES)
    byId(`view-${other}`).replaceChildren(...(other === name ? content : []));
  byId(`view-${name}`).removeAttribute("aria-busy");
}

/** Says that the view `name` is soon to be shown anew. */
export function outdated(name) {
  byId(`view-${name}`).setAttribute("aria-busy", "true");
}

async function requestView(values) {
  const { method, url, headers, body } = await sign(values);
  const row = (name, value) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value));
  return [
    secretsBar("Signed just now, good for five minutes."),
    element(
      "table",
      { className: "headers", "aria-label": "URL and headers" },
      element(
        "tbody",
        {},
        row(method, url),
        row("host, as signed", signedHost(values)),
        ...headers.map(([name, value]) => row(name, mask(name, value, reveal))),
      ),
    ),
    ...textView(body, {
      what: `Body, ${bytes(sizeOf(body))}`,
      label: "body",
      json: true,
      exact: true,
      file: "body.json",
    }),
  ];
}

async function curlView(values) {
  const request = await sign(values);
  return [
    secretsBar("Runs within five minutes, as often as it is sent."),
    ...(reveal
      ? []
      : [
          note(
            "The signature is hidden, so this command is refused. Show secrets to get one that works.",
          ),
        ]),
    ...textView(curl(request, reveal), { what: "For a shell", label: "curl command" }),
    ...(curlNeedsFile(request)
      ? textView(request.body, {
          what: "The body is too long for a command: save it beside as body.json.",
          label: "body",
          file: "body.json",
        })
      : []),
  ];
}

async function rustView(values) {
  return [
    secretsBar("With the crate scf-invoke."),
    ...textView(rust(values, reveal, location.href), {
      what: "src/main.rs",
      label: "Rust program",
      file: "main.rs",
    }),
    ...(rustNeedsFile(values)
      ? textView(values.event, {
          what: "The event: save it beside as event.json.",
          label: "event",
          file: "event.json",
        })
      : []),
  ];
}

const note = (words) => element("p", { className: "note" }, words);

// A bar with the switch.
function secretsBar(words) {
  const box = element("input", { type: "checkbox", checked: reveal, id: "reveal" });
  box.addEventListener("change", async () => {
    reveal = box.checked;
    await refresh();
    byId("reveal")?.focus();
  });
  return element(
    "div",
    { className: "bar" },
    element("p", { className: "what" }, words),
    element("label", {}, box, "Show secrets"),
  );
}
