// A tab whose content the server makes of the draft, anew with each edit.

import { ServerError } from "../api.js";
import { element } from "../dom.js";
import { problem, t } from "../i18n.js";
import { onChange } from "../state.js";
import { onView, view } from "../route.js";
import { eventVerdict } from "../call/event.js";

const PAUSE = 60;

/**
 * Keeps the tab `name` in step with the draft: `ask` gets a signal and gives a
 * value, `put` shows it. Gives a function that asks again.
 */
export function fetched(name, holder, ask, put) {
  let running;
  let due;
  let isFresh = false;
  const isShown = () => view.area === "call" && view.tab === name;
  const load = async () => {
    if (!isShown()) return;
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const value = await ask(signal);
      if (signal.aborted) return;
      isFresh = true;
      holder.removeAttribute("aria-busy");
      put(value);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof ServerError)) throw error;
      holder.removeAttribute("aria-busy");
      const why = eventVerdict() === "wrong" ? t("call.wrongEvent") : problem(error);
      holder.replaceChildren(element("p", { className: "empty" }, t("facet.notYet", why)));
    }
  };
  const soon = () => {
    isFresh = false;
    holder.setAttribute("aria-busy", "true");
    clearTimeout(due);
    due = setTimeout(load, PAUSE);
  };
  onChange(soon);
  onView(() => isShown() && !isFresh && soon());
  return load;
}
