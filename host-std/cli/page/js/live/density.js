// Invocations over the window of time, a bar for each sixtieth of it, with those
// that failed on the base line. A range of it is chosen by dragging, or by keys.

import { button, element } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { outcomeOf } from "./store.js";

const BARS = 60;

/** The strip. `onRange` gets the chosen range, or nothing where all is shown. */
export function density(onRange) {
  const bars = Array.from({ length: BARS }, () => {
    const failed = element("span", { className: "failed" });
    return { failed, whole: element("span", { className: "bar-of" }, failed) };
  });
  const chosen = element("span", { className: "chosen", hidden: true });
  const strip = element(
    "div",
    { className: "density", tabIndex: 0, role: "slider", tLabel: "density.label" },
    ...bars.map(({ whole }) => whole),
    chosen,
  );
  strip.setAttribute("aria-valuemin", "0");
  strip.setAttribute("aria-valuemax", String(BARS));
  const words = element("span", { className: "muted" });
  const clear = button("density.clear", () => choose(undefined), { className: "quiet", hidden: true });
  let shown;
  let range;
  // Where a drag or the keys began, and where they are, as numbers of bars.
  let anchor;
  let keyAnchor;
  let isDragged = false;
  let head = BARS - 1;

  const barAt = ({ clientX }) => {
    const { left, width } = strip.getBoundingClientRect();
    return Math.min(Math.max(Math.floor(((clientX - left) / width) * BARS), 0), BARS - 1);
  };
  const timeOf = (bar) => Math.round(shown.since + (bar / BARS) * (shown.until - shown.since));
  const choose = (next) => {
    range = next;
    drawRange();
    onRange(next);
  };
  const chooseBars = (one, two) => choose({ since: timeOf(Math.min(one, two)), until: timeOf(Math.max(one, two) + 1) });

  strip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    strip.setPointerCapture(event.pointerId);
    anchor = barAt(event);
    isDragged = false;
  });
  strip.addEventListener("pointermove", (event) => {
    if (anchor === undefined) return;
    head = barAt(event);
    isDragged ||= head !== anchor;
    if (isDragged) chooseBars(anchor, head);
  });
  strip.addEventListener("pointerup", () => {
    // A click shows all again.
    if (!isDragged && range) choose(undefined);
    anchor = undefined;
  });
  strip.addEventListener("pointercancel", () => (anchor = undefined));
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" && range) {
      choose(undefined);
    } else if (step) {
      event.preventDefault();
      head = Math.min(Math.max(head + step, 0), BARS - 1);
      if (!event.shiftKey || keyAnchor === undefined) keyAnchor = head;
      chooseBars(keyAnchor, head);
    }
  });

  function drawRange() {
    const isOn = Boolean(range && shown);
    chosen.hidden = !isOn;
    clear.hidden = !isOn;
    words.textContent = range ? `${clock(range.since)} – ${clock(range.until)}` : "";
    strip.setAttribute("aria-valuenow", String(head));
    strip.setAttribute("aria-valuetext", words.textContent || t("density.all"));
    if (!isOn) return;
    const share = (at) => Math.min(Math.max((at - shown.since) / (shown.until - shown.since), 0), 1);
    chosen.style.left = `${share(range.since) * 100}%`;
    chosen.style.width = `${Math.max(share(range.until) - share(range.since), 0.003) * 100}%`;
  }

  /** Draws the records of the window; `chosenRange` is what the address says. */
  const draw = (records, window, chosenRange) => {
    shown = window;
    range = chosenRange;
    const counts = Array.from({ length: BARS }, () => [0, 0]);
    for (const record of records) {
      const share = (record.receivedMs - window.since) / (window.until - window.since);
      const count = counts[Math.min(Math.max(Math.floor(share * BARS), 0), BARS - 1)];
      count[0] += 1;
      if (outcomeOf(record) === "failed") count[1] += 1;
    }
    const top = Math.max(1, ...counts.map(([all]) => all));
    bars.forEach(({ whole, failed }, index) => {
      const [all, bad] = counts[index];
      whole.style.height = `${(all / top) * 100}%`;
      failed.style.height = all ? `${(bad / all) * 100}%` : "0";
    });
    drawRange();
  };
  const view = element(
    "div",
    { className: "density-box" },
    strip,
    element("div", { className: "bar" }, element("span", { className: "note", t: "density.how" }), words, clear),
  );
  return { view, draw };
}
