// The request's form.

import { catalogue, onCatalogue } from "../catalogue.js";
import { element } from "../dom.js";
import { plainly } from "../format.js";
import { bind, onLanguage, t } from "../i18n.js";
import { change, changeKey, CHOICES, DEFAULTS, draft, hasKey, keyId, onChange } from "../state.js";
import * as event from "./event.js";
import { field, follow, input, labelled, select } from "./fields.js";
import { ofAction, problems } from "./parameters.js";

const PLACED = ["action", "region", "functionName", "event"];
const KEY_FIELDS = ["secretId", "secretKey", "token", "dayKey"];

const sendButton = element("button", { type: "submit", id: "send", className: "primary" });
const reason = element("p", { id: "send-reason", className: "reason", role: "status" });
const chips = element("div", { className: "chips", role: "group", tLabel: "call.functions" });
const parameterFields = element("div", { className: "fields" });
const parameterSummary = element("span", { className: "summary" });
const keySummary = element("span", { className: "summary" });
const connectionSummary = element("span", { className: "summary" });
const endpointNote = element("p", { className: "note", id: "field-endpoint-note" });
const form = element("form", { id: "request", className: "panel", autocomplete: "off", noValidate: true });
const folded = element("span", { className: "summary" });
const unfoldButton = element(
  "button",
  { type: "button", id: "unfold", onclick: unfold },
  folded,
  element("span", { t: "call.edit" }),
);
const listeners = [];
let shown = [];

const part = (id) => form.querySelector(`#${id}`);

/** Calls this when the person sends. */
export const onSubmit = (listener) => listeners.push(listener);

/** Makes the form. */
export function request() {
  form.setAttribute("aria-labelledby", "request-title");
  form.append(
    element("h2", { id: "request-title", className: "sr", t: "call.request" }),
    unfoldButton,
    element("section", { className: "group" }, ...first(), event.eventField()),
    parameters(),
    key(),
    connection(),
    element("div", { className: "actions" }, sendButton, reason),
  );
  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    for (const listener of listeners) listener();
  });
  onChange(refresh);
  // The form is folded: somebody else has changed what it says.
  onChange(() => form.classList.contains("folded") && fold(false));
  onLanguage(refresh);
  onCatalogue(refresh);
  onCatalogue(offerFunctions);
  event.onVerdict(refresh);
  event.offerSamples();
  event.start();
  offerFunctions();
  refresh();
  return form;
}

function first() {
  const regions = element("datalist", { id: "regions" });
  regions.append(...catalogue.regions.map((value) => element("option", { value })));
  const names = element("datalist", { id: "functions" });
  return [
    element(
      "div",
      { className: "row three" },
      field("action", select(CHOICES.action), { label: "call.action" }),
      field("functionName", input({ list: "functions", required: true }), { label: "call.function" }),
      field("region", input({ list: "regions", required: true }), { label: "call.region" }),
    ),
    chips,
    names,
    regions,
  ];
}

function offerFunctions() {
  const functions = draft.target === "local" ? catalogue.functions : [];
  part("functions")?.replaceChildren(
    ...functions.map(({ name }) => element("option", { value: name })),
  );
  const focused = chips.contains(document.activeElement) && document.activeElement.textContent;
  chips.replaceChildren(
    ...functions.slice(0, 12).map(({ name, error }) =>
      element("button", {
        type: "button",
        className: "chip",
        textContent: name,
        title: error ?? "",
        ariaPressed: String(draft.functionName === name),
        onclick: () => change({ functionName: name }, "chip"),
      }),
    ),
  );
  chips.hidden = functions.length === 0;
  if (focused) [...chips.children].find((chip) => chip.textContent === focused)?.focus();
}

function group(id, t, summary, ...children) {
  return element(
    "details",
    { className: "group", id },
    element("summary", {}, element("h3", { t }), summary),
    ...children,
  );
}

function parameters() {
  const only = element("input", { type: "checkbox", id: "required-only" });
  only.addEventListener("change", () => {
    parameterFields.hidden = only.checked;
  });
  follow("action", () => placeParameters());
  return group(
    "parameters",
    "call.parameters",
    parameterSummary,
    element("label", { className: "check" }, only, element("span", { t: "call.requiredOnly" })),
    parameterFields,
  );
}

// The action's own parameters, without those that stand above.
function placeParameters() {
  const own = ofAction(draft.action).filter(({ field: name }) => name && !PLACED.includes(name));
  parameterFields.replaceChildren(
    ...own.map(({ name, field: text, options, fallback, limit, placeholder = fallback ?? "" }) => {
      const control = options ? select(options) : input({ placeholder });
      const note = element("span", { t: `parameter.${name}` });
      const more = [
        fallback && element("span", { t: ["call.default", fallback] }),
        limit && element("span", { t: limit }),
      ].filter(Boolean);
      const tail = more.flatMap((each) => [" · ", each]);
      return field(text, control, { plain: name, note: [note, ...tail] });
    }),
  );
}

function key() {
  const controls = KEY_FIELDS.map((name) => {
    const isSecret = name !== "secretId";
    const control = input({ type: isSecret ? "password" : "text", id: `field-${name}` });
    control.addEventListener("input", () => changeKey({ [name]: control.value.trim() }, name));
    return labelled(control, { label: `call.${name}` });
  });
  return group(
    "key",
    "call.key",
    keySummary,
    element("p", { className: "note", t: "call.keyWhy" }),
    element("div", { className: "row" }, ...controls),
  );
}

function connection() {
  const methods = CHOICES.signing.map((name) => [name, `call.${name}`]);
  const endpoint = field("endpoint", input({ inputMode: "url" }), { label: "call.endpoint" });
  endpoint.append(endpointNote);
  return group(
    "connection",
    "call.connection",
    connectionSummary,
    element(
      "div",
      { className: "row" },
      field("signing", select(methods), { label: "call.signing" }),
      field("timeout", input({ inputMode: "decimal", placeholder: "310" }), { label: "call.timeout" }),
      endpoint,
      field("host", input(), { label: "call.host", note: element("span", { t: "call.hostHelp" }) }),
    ),
  );
}

/** Folds the form to a line, where the screen is narrow, or lays it out again. */
export function fold(isOn) {
  const hadFocus = form.contains(document.activeElement);
  form.classList.toggle("folded", isOn);
  unfoldButton.setAttribute("aria-expanded", String(!isOn));
  // What had the focus may be out of sight now.
  if (hadFocus && !document.activeElement.checkVisibility()) unfoldButton.focus();
}

function unfold() {
  fold(false);
  part("field-event").focus();
}

/** What keeps the draft from being sent. */
export function problemsNow() {
  const isDayKey = Boolean(part("field-dayKey")?.value);
  const more = { hasKey: hasKey(), isDayKey, catalogue, event: event.eventVerdict() };
  return problems(draft, more);
}

/** Goes to the first field that is wrong. */
export function goToProblem() {
  fold(false);
  const [[name] = []] = problemsNow();
  const control = part(`field-${name}`);
  const details = control?.closest("details");
  if (details) details.open = true;
  if (name === "event") event.goToMistake();
  else control?.focus();
}

function refresh() {
  const found = problemsNow();
  for (const name of shown) mark(name);
  shown = found.map(([name]) => name);
  for (const [name, words] of found) if (isTouched(name)) mark(name, words);
  const [first] = found;
  sendButton.setAttribute("aria-disabled", String(Boolean(first)));
  reason.classList.toggle("bad", Boolean(first));
  if (first) bind(reason, "", ["call.cannot", t(first[1])]);
  else if (draft.target === "cloud") bind(reason, "", "call.billed");
  else {
    delete reason.dataset.t;
    reason.textContent = "";
  }
  summarise();
}

// An empty form is not yet wrong, field by field: the reason beside the button tells.
const isTouched = (name) =>
  !["functionName", "secretId", "target"].includes(name) || draft[name];

function mark(name, words) {
  const control = part(`field-${name}`);
  const place = part(`field-${name}-mistake`);
  if (!control || !place) return;
  control.setAttribute("aria-invalid", String(Boolean(words)));
  place.hidden = !words;
  if (words) bind(place, "", words);
}

const short = (id) => (id.length > 20 ? `${id.slice(0, 12)}…${id.slice(-4)}` : id);

function summarise() {
  const own = ofAction(draft.action).filter(({ field: name }) => name && !PLACED.includes(name));
  const set = own.filter(({ field: name }) => draft[name] !== DEFAULTS[name]).length;
  bind(parameterSummary, "", set ? ["call.set", set] : "call.none");
  const { local, cloud } = catalogue;
  if (hasKey()) bind(keySummary, "", ["call.keyTyped", short(keyId())]);
  else if (draft.target === "local" && local) bind(keySummary, "", ["call.keyOfEmulator", short(local.secretId)]);
  else if (cloud.secretId) bind(keySummary, "", ["call.keyFound", cloud.secretId]);
  else bind(keySummary, "", "call.keyMissing");
  bind(connectionSummary, "", `call.${draft.signing}`);
  folded.textContent = plainly([draft.action, draft.functionName, draft.region].join(" · "));
  const isLocal = draft.target === "local";
  part("field-endpoint").disabled = isLocal;
  if (isLocal) bind(endpointNote, "", ["call.endpointLocal", local?.endpoint ?? "—"]);
  else bind(endpointNote, "", ["call.endpointHelp", cloud.endpoint ?? "https://scf.tencentcloudapi.com/"]);
  for (const chip of chips.children) {
    chip.ariaPressed = String(chip.textContent === draft.functionName);
  }
}

/** Shows whether a call runs: the button sends, or cancels. */
export function showRunning(isRunning) {
  const keys = element("kbd", { ariaHidden: "true" }, "Ctrl Enter");
  sendButton.replaceChildren(
    element("span", { t: isRunning ? "call.cancel" : "call.send" }),
    keys,
  );
  sendButton.classList.toggle("running", isRunning);
  sendButton.setAttribute("aria-keyshortcuts", "Control+Enter");
  if (isRunning) sendButton.setAttribute("aria-disabled", "false");
  else refresh();
}

