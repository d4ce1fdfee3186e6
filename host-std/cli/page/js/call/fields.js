// Fields of the form, each bound to a text of the draft.

import { element } from "../dom.js";
import { change, draft, onChange } from "../state.js";

/** Follows the draft: `put` is called with the text when others change it, and now. */
export function follow(name, put) {
  onChange((names, origin) => {
    if (names.includes(name) && origin !== name) put(draft[name]);
  });
  put(draft[name]);
}

/**
 * A labelled field for a text of the draft. `control` is the element that a
 * person changes, `label` the key of its label or the parameter's own name.
 */
export function field(name, control, { label, plain, note, mistakes = true } = {}) {
  control.id = `field-${name}`;
  control.addEventListener("input", () => change({ [name]: control.value }, name));
  follow(name, (value) => {
    if (control.value !== value) control.value = value;
  });
  return labelled(control, { label, plain, note, mistakes });
}

/** The control with its label, a note and a place for what is wrong with it. */
export function labelled(control, { label, plain, note, mistakes = true }) {
  const id = control.id;
  const words = plain ? { className: "plain" } : { t: label };
  const described = [note && `${id}-note`, mistakes && `${id}-mistake`].filter(Boolean);
  if (described.length) control.setAttribute("aria-describedby", described.join(" "));
  return element(
    "div",
    { className: "field" },
    element("label", { htmlFor: id, ...words }, ...(plain ? [plain] : [])),
    control,
    mistakes && element("p", { className: "mistake", id: `${id}-mistake`, hidden: true }),
    note && element("p", { className: "note", id: `${id}-note` }, ...[note].flat()),
  );
}

/** An input for code: names, keys, URLs. */
export const input = (properties = {}) =>
  element("input", { spellcheck: false, autocapitalize: "none", autocomplete: "off", ...properties });

/** A list of values to choose from; a pair has the key of its text. */
export function select(values, properties = {}) {
  const options = values.map((value) => {
    const [own, t] = [value].flat();
    return element("option", { value: own, ...(t && { t }) }, ...(t ? [] : [own || "—"]));
  });
  return element("select", properties, ...options);
}
