// The invocations as rows, of which only those in sight are made.

import { button, element } from "../dom.js";
import { clock, duration } from "../format.js";
import { bind, t } from "../i18n.js";
import { outcomeOf } from "./store.js";

const ROW = 32;
const SPARE = 6;
const SYMBOLS = { ok: "✓", running: "◐", failed: "✕" };
const HEADS = ["time", "function", "status", "run", "start", "fault"];

/** The list; `onPick` gets the record that a person chose. */
export function list(onPick) {
  const rows = element("div", { role: "presentation", className: "rows" });
  const body = element("div", { className: "list-body", tabIndex: 0, role: "rowgroup" }, rows);
  const fresh = button(["live.fresh", 0], () => (body.scrollTop = 0), { className: "fresh", hidden: true });
  const none = element("p", { className: "empty", t: "live.none", hidden: true });
  const heads = HEADS.map((name) => element("span", { role: "columnheader", t: `live.${name}` }));
  const table = element(
    "div",
    { className: "table", role: "table", tLabel: "live.list" },
    element("div", { role: "rowgroup" }, element("div", { role: "row", className: "row-line head" }, ...heads)),
    body,
  );
  const view = element("div", { className: "list" }, table, fresh, none);
  // While somebody reads further down, rows that are newer wait.
  let records = [];
  let held;
  let chosen;

  const visible = () => (held ? records.slice(records.length - held) : records);
  let isPressed = false;
  const draw = () => {
    if (isPressed) return;
    const all = visible();
    rows.style.height = `${all.length * ROW}px`;
    const from = Math.max(0, Math.floor(body.scrollTop / ROW) - SPARE);
    const to = Math.min(all.length, Math.ceil((body.scrollTop + body.clientHeight) / ROW) + SPARE);
    const focused = rows.contains(document.activeElement) && document.activeElement.dataset.id;
    rows.replaceChildren(...all.slice(from, to).map((record, index) => row(record, from + index)));
    if (focused) [...rows.children].find(({ dataset }) => dataset.id === focused)?.focus({ preventScroll: true });
    const waiting = records.length - all.length;
    fresh.hidden = waiting === 0;
    bind(fresh, "", ["live.fresh", waiting]);
    none.hidden = records.length > 0;
    table.setAttribute("aria-rowcount", String(all.length + 1));
  };

  const row = (record, index) => {
    const { requestId, functionName, state, status, durationMs, startUpMs, fault, receivedMs, error } = record;
    const outcome = outcomeOf(record);
    const words = `${t(`state.${state}`)}${status && status !== 200 ? ` ${status}` : ""}`;
    const made = element(
      "div",
      {
        role: "row",
        className: `row-line ${requestId === chosen ? "chosen" : ""}`,
        tabIndex: -1,
        dataset: { id: requestId },
        onclick: () => pick(record),
      },
      ...[
        clock(receivedMs),
        functionName ?? "—",
        [element("span", { className: `symbol ${state}`, ariaHidden: "true" }, SYMBOLS[outcome]), error ? error.code : words],
        outcome === "running" ? "…" : durationMs ? duration(durationMs) : "—",
        startUpMs ? duration(startUpMs) : "—",
        fault ? `▲ ${fault}` : "—",
      ].map((content) => element("span", { role: "cell" }, ...[content].flat())),
    );
    made.setAttribute("aria-rowindex", String(index + 2));
    made.style.top = `${index * ROW}px`;
    return made;
  };

  const pick = (record) => {
    chosen = record.requestId;
    draw();
    onPick(record);
  };

  // A row that is made anew while a person presses it would not be clicked: the rows
  // stay as they are until the click has come.
  rows.addEventListener("pointerdown", () => (isPressed = true));
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => {
      if (!isPressed) return;
      isPressed = false;
      setTimeout(draw);
    });
  }
  body.addEventListener("scroll", () => {
    held = body.scrollTop > 4 ? (held ?? records.length) : undefined;
    draw();
  });

  return {
    view,
    /** Shows these records, newest first. */
    show(next) {
      records = next;
      if (held > records.length) held = undefined;
      draw();
    },
    /** Chooses the next row, or one before. */
    step(by) {
      const all = visible();
      const at = all.findIndex(({ requestId }) => requestId === chosen);
      const next = Math.min(Math.max(at + by, 0), all.length - 1);
      if (!all.length) return;
      const top = next * ROW;
      if (top < body.scrollTop) body.scrollTop = top;
      if (top + ROW > body.scrollTop + body.clientHeight) body.scrollTop = top + ROW - body.clientHeight;
      pick(all[next]);
    },
    /** Marks the row of this id. */
    mark(id) {
      chosen = id;
      draw();
    },
  };
}
