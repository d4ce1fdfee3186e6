// Rate, latency, failures and instances over the window of time, as small charts.

import { element } from "../dom.js";
import { duration } from "../format.js";
import { bind } from "../i18n.js";
import { outcomeOf, spanOf, state } from "./store.js";

const BUCKETS = 60;
const [WIDTH, HEIGHT] = [240, 44];
const SVG = "http://www.w3.org/2000/svg";

/** The charts; `draw` is given the filtered records, and their window of time. */
export function charts() {
  const parts = ["rate", "latency", "failed", "instances"].map((name) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const value = element("span", { className: "value" });
    const title = element("span", { className: "muted", t: `chart.${name}` });
    return { name, svg, value, box: element("div", { className: `chart ${name}` }, title, value, svg) };
  });
  const view = element("div", { className: "charts" }, ...parts.map(({ box }) => box));
  const draw = (records, { since, until }) => {
    const span = until - since;
    const buckets = bucketed(records, span, until);
    const lines = {
      rate: [buckets.map(({ count }) => count)],
      latency: [buckets.map(({ spans }) => quantile(spans, 0.5)), buckets.map(({ spans }) => quantile(spans, 0.99))],
      failed: [buckets.map(({ failed }) => failed)],
      instances: [alive(span, until)],
    };
    const all = buckets.flatMap(({ spans }) => spans).sort((one, two) => one - two);
    const failed = buckets.reduce((sum, each) => sum + each.failed, 0);
    const words = {
      rate: ["chart.perSecond", (records.length / (span / 1000)).toFixed(records.length < span / 1000 ? 2 : 1)],
      latency: ["chart.quantiles", duration(quantile(all, 0.5)), duration(quantile(all, 0.99))],
      failed: ["chart.share", failed, records.length ? Math.round((100 * failed) / records.length) : 0],
      instances: ["chart.now", lines.instances[0].at(-1)],
    };
    for (const { name, svg, value } of parts) {
      bind(value, "", words[name]);
      svg.replaceChildren(...lines[name].map((values, index) => shape(name, values, lines[name], index)));
    }
  };
  return { view, draw };
}

function bucketed(records, span, now) {
  const buckets = Array.from({ length: BUCKETS }, () => ({ count: 0, failed: 0, spans: [] }));
  for (const record of records) {
    const index = Math.floor(((record.receivedMs - (now - span)) / span) * BUCKETS);
    const bucket = buckets[Math.min(Math.max(index, 0), BUCKETS - 1)];
    bucket.count += 1;
    const outcome = outcomeOf(record);
    if (outcome === "failed") bucket.failed += 1;
    if (outcome !== "running" && record.startedMs !== null) bucket.spans.push(spanOf(record));
  }
  for (const { spans } of buckets) spans.sort((one, two) => one - two);
  return buckets;
}

/** The quantile of sorted numbers, 0 of none. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function alive(span, now) {
  const counts = new Array(BUCKETS).fill(0);
  for (const { startedMs, endedMs = Infinity } of state().instances.values()) {
    for (let index = 0; index < BUCKETS; index += 1) {
      const at = now - span + ((index + 1) / BUCKETS) * span;
      if (startedMs <= at && at < endedMs) counts[index] += 1;
    }
  }
  return counts;
}

function shape(name, values, all, index) {
  const top = Math.max(1e-9, ...all.flat());
  const step = WIDTH / BUCKETS;
  const y = (value) => HEIGHT - 2 - (value / top) * (HEIGHT - 6);
  const made = document.createElementNS(SVG, "path");
  if (name === "rate" || name === "failed") {
    const bars = values.map((value, at) =>
      value ? `M${at * step} ${HEIGHT}V${y(value)}h${step - 1}V${HEIGHT}z` : "",
    );
    made.setAttribute("d", bars.join(""));
    made.setAttribute("class", `bars ${name}`);
  } else {
    const points = values.map((value, at) => `${at ? "L" : "M"}${at * step} ${y(value)}`);
    made.setAttribute("d", points.join(""));
    made.setAttribute("class", `line ${index ? "second" : "first"}`);
  }
  return made;
}
