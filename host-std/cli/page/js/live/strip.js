// The last minute, below the form.

import { button, element } from "../dom.js";
import { bind } from "../i18n.js";
import { show } from "../route.js";
import { onLive, outcomeOf, present } from "./store.js";

const SECONDS = 60;
const TICK = 1000;

/** The strip. */
export function strip() {
  const cells = Array.from({ length: SECONDS }, () => element("span", { className: "second" }));
  const bar = element("div", { className: "seconds", ariaHidden: "true" }, ...cells);
  const words = element("span", { className: "muted" });
  const draw = () => {
    const now = Math.floor(Date.now() / 1000);
    const counts = Array.from({ length: SECONDS }, () => [0, 0]);
    let [all, failed] = [0, 0];
    for (const record of [...present().records.values()].reverse()) {
      const ago = now - Math.floor(record.receivedMs / 1000);
      if (ago >= SECONDS) break;
      const isFailed = outcomeOf(record) === "failed";
      const count = counts[SECONDS - 1 - Math.max(ago, 0)];
      count[isFailed ? 1 : 0] += 1;
      all += 1;
      failed += isFailed ? 1 : 0;
    }
    const top = Math.max(1, ...counts.map(([good, bad]) => good + bad));
    cells.forEach((cell, index) => {
      const [good, bad] = counts[index];
      cell.style.height = `${Math.round(((good + bad) / top) * 100)}%`;
      cell.classList.toggle("failed", bad > 0);
    });
    bind(words, "", ["strip.count", all, failed]);
  };
  onLive(draw);
  setInterval(() => !document.hidden && draw(), TICK);
  draw();
  return element(
    "section",
    { className: "panel strip", tLabel: "strip.label" },
    element("h3", { t: "strip.title" }),
    bar,
    words,
    button("strip.open", () => show({ area: "live", query: { last: "1m" } }), { className: "quiet" }),
  );
}
