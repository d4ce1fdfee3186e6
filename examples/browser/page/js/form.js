// The form: its values, its summaries, its mistakes.

import { byId, element } from "./element.js";

const form = byId("form");
const NEEDED = "needed";

/**
 * All values, as texts without white space around them; the event as it is,
 * or `{}` where there is none.
 */
export function read() {
  const values = Object.fromEntries(new FormData(form));
  for (const [name, value] of Object.entries(values)) {
    if (name !== "event") values[name] = value.trim();
  }
  if (values.event.trim() === "") values.event = "{}";
  return values;
}

/** Puts `values` into the fields of those names. */
export function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  summarise();
}

/** Opens the credentials if there are none yet. */
export function askForCredentials() {
  byId("credentials").open = byId("credentials-summary").textContent === NEEDED;
}

/** Shows the fields of the chosen kind of credentials, and what closed groups hold. */
export function summarise() {
  const values = read();
  const dayKey = values.credentialKind === "dayKey";
  byId("secret-fields").hidden = dayKey;
  byId("day-key-fields").hidden = !dayKey;

  byId("credentials-summary").textContent = dayKey
    ? dayKeySummary(values.dayKey)
    : secretSummary(values);
  const set = [
    values.namespace,
    values.qualifier,
    values.invocationType === "Event" && "run later",
    values.logType === "None" && "no log",
    values.timeout && `${values.timeout} s`,
    values.language,
    values.routingKey,
  ].filter(Boolean);
  byId("parameters-summary").textContent = set.join(", ") || "all by default";
  byId("connection-summary").textContent = values.host
    ? `${values.endpoint} for ${values.host}`
    : values.endpoint;
}

function secretSummary({ secretId, secretKey }) {
  if (!secretId || !secretKey) return NEEDED;
  return secretId.length > 12 ? `${secretId.slice(0, 8)}…${secretId.slice(-4)}` : secretId;
}

function dayKeySummary(dayKey) {
  if (!dayKey) return NEEDED;
  const day = dayKey.split("/")[1];
  return /^\d{4}-\d\d-\d\d$/.test(day ?? "") ? `day key of ${day}` : "not a day key";
}

/**
 * Returns the mistakes in `values`, as pairs of a field's name and words. Only what
 * the form itself asks for; the rules of the API are the package's to know.
 */
export function mistakes(values) {
  const found = [];
  const need = (name, words) => values[name] || found.push([name, words]);
  need("functionName", "Which function is to run?");
  need("region", "Which region is the function in?");
  if (values.credentialKind === "dayKey") {
    need("dayKey", "A day key is needed to sign the request.");
  } else {
    need("secretId", "The secret id is needed to sign the request.");
    need("secretKey", "The secret key is needed to sign the request.");
  }
  if (values.timeout && !(Number(values.timeout) > 0)) {
    found.push(["timeout", "A number of seconds above 0, such as 2.5."]);
  }
  need("endpoint", "Where is the request to be sent?");
  return found;
}

// The options of the package, by the fields that they are made from.
const FIELDS = {
  "credentials.secretId": "secretId",
  "credentials.secretKey": "secretKey",
  "credentials.dayKey": "dayKey",
  "credentials.token": "token",
  timeoutMs: "timeout",
};

/** The field that an option of the package is made from, if there is one. */
export function fieldOf(option) {
  if (option === "credentials") return read().credentialKind === "dayKey" ? "dayKey" : "secretId";
  const name = FIELDS[option] ?? option;
  return form.elements.namedItem(name) ? name : undefined;
}

/** Marks the fields that are wrong, and goes to the first. */
export function mark(found) {
  unmark();
  for (const [name, words] of found) {
    const field = form.elements.namedItem(name);
    const id = `${name}-mistake`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute(
      "aria-describedby",
      [id, (field.dataset.describedby ??= field.getAttribute("aria-describedby") ?? "")]
        .join(" ")
        .trim(),
    );
    field.closest(".field").append(element("p", { className: "mistake", id }, words));
  }
  const first = found.length && form.elements.namedItem(found[0][0]);
  if (first) {
    const group = first.closest("details");
    if (group) group.open = true;
    first.focus();
  }
}

/** Takes the marks off again: off one field, or off all. */
export function unmark(only) {
  for (const field of form.querySelectorAll('[aria-invalid="true"]')) {
    if (only && field !== only) continue;
    if (field.id === "event") continue;
    field.removeAttribute("aria-invalid");
    if (field.dataset.describedby)
      field.setAttribute("aria-describedby", field.dataset.describedby);
    else field.removeAttribute("aria-describedby");
    byId(`${field.name}-mistake`)?.remove();
  }
}
