// Faults: the emulator's deliberate mistakes, armed and taken back.

import { post, remove } from "../api.js";
import { button, element, put } from "../dom.js";
import { onLanguage, problem, t } from "../i18n.js";
import { input, labelled } from "../call/fields.js";
import { functionNames, onLive, present } from "./store.js";

// Each fault, and the value that it takes by default.
const FAULTS = [
  ["throttle"],
  ["api", "InternalError.System"],
  ["failure", "429"],
  ["status", "502"],
  ["delay", "2"],
  ["slow", "10"],
  ["close"],
  ["close-after-run"],
  ["reset"],
  ["reset-after-run"],
  ["reset-in-reply"],
  ["cut"],
  ["clock", "3600"],
];

/** The panel. */
export function faults() {
  const kind = element("select", { id: "fault-kind" });
  const value = input({ id: "fault-value" });
  const target = element("select", { id: "fault-function" });
  const times = input({ id: "fault-times", inputMode: "numeric", value: "1" });
  const wrong = element("p", { className: "mistake", role: "alert" });
  const armed = element("ul", { className: "armed", tLabel: "fault.armed" });
  const valueField = labelled(value, { label: "fault.value", mistakes: false });

  const drawKinds = () => {
    const chosen = kind.value;
    kind.replaceChildren(...FAULTS.map(([name]) => element("option", { value: name }, t(`fault.${name}`))));
    if (chosen) kind.value = chosen;
  };
  let offered;
  const drawTargets = () => {
    const chosen = target.value;
    const names = functionNames();
    // A list that is open stays as it is.
    const offer = [t("fault.all"), ...names].join();
    if (offer === offered) return;
    offered = offer;
    target.replaceChildren(
      element("option", { value: "" }, t("fault.all")),
      ...names.map((name) => element("option", { value: name }, name)),
    );
    target.value = names.includes(chosen) ? chosen : "";
  };
  const chooseKind = () => {
    const [, fallback] = FAULTS.find(([name]) => name === kind.value);
    valueField.hidden = fallback === undefined;
    value.value = fallback ?? "";
  };
  const arm = async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    const fault = value.value && !valueField.hidden ? `${kind.value}=${value.value}` : kind.value;
    const count = times.value.trim();
    if (count && !/^[1-9]\d{0,8}$/.test(count)) {
      wrong.textContent = t("fault.wrongTimes");
      return;
    }
    const body = { fault, function: target.value || undefined, times: count ? Number(count) : undefined };
    try {
      await post("emulator/faults", body);
    } catch (error) {
      wrong.replaceChildren();
      put(wrong, problem(error));
    }
  };
  let drawn;
  const drawArmed = () => {
    const list = present().faults;
    drawTargets();
    // A button that is made anew under a click does not get it.
    const state = JSON.stringify([t("fault.none"), list]);
    if (state === drawn) return;
    drawn = state;
    armed.replaceChildren(
      ...list.map(({ id, fault, function: name, left }) =>
        element(
          "li",
          {},
          element("span", {}, `▲ ${fault}`, name ? ` · ${name}` : "", ` · ${left ? t("fault.left", left) : t("fault.always")}`),
          button("fault.clear", () => remove(`emulator/faults/${id}`).catch(() => {}), { className: "quiet" }),
        ),
      ),
    );
    if (!list.length) armed.append(element("li", { className: "note", t: "fault.none" }));
  };
  kind.addEventListener("change", chooseKind);
  onLive(drawArmed);
  onLanguage(() => {
    drawKinds();
    drawArmed();
  });
  drawKinds();
  chooseKind();
  drawArmed();
  const form = element(
    "form",
    { className: "fault-form", autocomplete: "off", onsubmit: arm },
    labelled(kind, { label: "fault.kind", mistakes: false }),
    valueField,
    labelled(target, { label: "call.function", mistakes: false }),
    labelled(times, { label: "fault.times", mistakes: false }),
    element("button", { type: "submit", t: "fault.arm" }),
  );
  return element("section", { className: "panel pad" }, element("h3", { t: "fault.title" }), element("p", { className: "note", t: "fault.how" }), form, wrong, armed);
}
