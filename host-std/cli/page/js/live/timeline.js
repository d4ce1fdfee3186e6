// Instances as lanes over time: start, run, idle, and how each run ended. A
// canvas, since thousands of bars have to move; the list has the same in words.

import { element } from "../dom.js";
import { clock, plainly } from "../format.js";
import { t } from "../i18n.js";
import { laneOf, outcomeOf, state } from "./store.js";

const LANE = 22;
const AXIS = 20;
const LABEL = 132;
const LANES_MAX = 24;

/** The canvas; `onPick` gets the record whose bar was clicked. */
export function timeline(onPick) {
  const canvas = element("canvas", { className: "timeline", role: "img", tLabel: "live.timeline" });
  let bars = [];
  canvas.addEventListener("click", (event) => {
    const hit = bars.findLast(
      ({ x, y, width }) =>
        event.offsetX >= x - 2 && event.offsetX <= x + width + 2 && event.offsetY >= y && event.offsetY <= y + LANE,
    );
    if (hit) onPick(hit.record);
  });
  const draw = (records, window, now) => {
    bars = paint(canvas, records, window, now);
  };
  return { canvas, draw };
}

let known;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (known = undefined));

// The colours of the theme, looked up once for each.
function colours(canvas) {
  const { theme } = document.documentElement.dataset;
  if (known?.theme !== theme) known = { theme, ...lookUp(canvas) };
  return known;
}

function lookUp(canvas) {
  const style = getComputedStyle(canvas);
  const of = (name) => style.getPropertyValue(`--${name}`);
  // light-dark() is resolved in a property that is a colour, not in a variable.
  const probe = (name) => {
    canvas.style.color = of(name);
    return getComputedStyle(canvas).color;
  };
  const found = {};
  for (const name of ["text", "muted", "line", "panel", "idle", "fill-ok", "fill-running", "fill-warning", "fill-failed"]) {
    found[name] = probe(name);
  }
  canvas.style.color = "";
  return { ...found, font: style.fontFamily };
}

// Lanes by name: those of instances, and one for what has none.
function lanesOf(records, since) {
  const lanes = new Map();
  const lane = (name) => {
    if (!lanes.has(name)) lanes.set(name, { name, records: [], instance: undefined });
    return lanes.get(name);
  };
  for (const instance of state().instances.values()) {
    if ((instance.endedMs ?? Infinity) > since) lane(laneOf(instance)).instance = instance;
  }
  for (const record of records) {
    if (!record.functionName || record.startedMs === null) continue;
    const { functionName, instance } = record;
    lane(instance === null ? functionName : `${functionName} #${instance}`).records.push(record);
  }
  return [...lanes.values()].sort((one, two) => one.name.localeCompare(two.name, "en", { numeric: true }));
}

function paint(canvas, records, { since, until }, now) {
  const span = until - since;
  const lanes = lanesOf(records, since);
  const shown = lanes.slice(0, LANES_MAX);
  const width = canvas.clientWidth;
  const height = AXIS + Math.max(1, shown.length) * LANE;
  const scale = devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  const colour = colours(canvas);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `12px ${colour.font}`;
  pen.textBaseline = "middle";
  const label = width < 500 ? 72 : LABEL;
  const x = (ms) => label + ((ms - since) / span) * (width - label - 4);
  axis(pen, colour, { since, span, x, height, width, label });
  const bars = [];
  shown.forEach((lane, index) => {
    const y = AXIS + index * LANE;
    pen.fillStyle = colour.muted;
    pen.fillText(cut(pen, plainly(lane.name), label - 8), 0, y + LANE / 2);
    drawIdle(pen, colour, lane.instance, { y, x, since, now });
    // Bars of one outcome in one place look like one.
    let last;
    for (const record of lane.records) {
      const place = `${Math.round(x(record.startedMs))} ${record.state}`;
      if (place === last && !record.fault) continue;
      last = place;
      bars.push(drawBar(pen, colour, record, { y, x, since, now }));
    }
  });
  if (lanes.length > LANES_MAX) {
    pen.fillStyle = colour.muted;
    pen.fillText(t("live.moreLanes", lanes.length - LANES_MAX), label, 8);
  }
  return bars;
}

function cut(pen, text, width) {
  let short = text;
  while (pen.measureText(short).width > width && short.length > 3) {
    short = `${short.slice(0, Math.max(1, short.length - 3))}…`;
  }
  return short;
}

function axis(pen, colour, { since, span, x, height, width, label }) {
  const step = [1e3, 5e3, 10e3, 30e3, 60e3, 300e3, 600e3].find((each) => span / each <= 8) ?? 600e3;
  const room = (step / span) * (width - label);
  pen.strokeStyle = colour.line;
  pen.fillStyle = colour.muted;
  for (let at = Math.ceil(since / step) * step; at < since + span; at += step) {
    pen.beginPath();
    pen.moveTo(x(at), AXIS - 4);
    pen.lineTo(x(at), height);
    pen.stroke();
    if (room > 64 || Math.round(at / step) % 2 === 0) {
      pen.fillText(clock(at), Math.min(x(at) + 3, width - 56), 8);
    }
  }
}

// A thin line while the instance lives; a cross where it ended.
function drawIdle(pen, colour, instance, { y, x, since, now }) {
  if (!instance) return;
  const end = instance.endedMs ?? now;
  pen.strokeStyle = colour.idle;
  pen.beginPath();
  pen.moveTo(x(Math.max(instance.startedMs, since)), y + LANE / 2);
  pen.lineTo(x(end), y + LANE / 2);
  pen.stroke();
  if (instance.endedMs) {
    pen.fillStyle = colour.idle;
    pen.fillText("▪", x(end) - 4, y + LANE / 2);
  }
}

function drawBar(pen, colour, record, { y, x, since, now }) {
  const start = Math.max(record.startedMs, since);
  const startUp = record.startUpMs ?? 0;
  const outcome = outcomeOf(record);
  const end = outcome === "running" ? now : (record.endedMs ?? record.startedMs + startUp + record.durationMs);
  const left = x(start);
  const width = Math.max(x(end) - left, 2);
  const [top, tall] = [y + 4, LANE - 8];
  const startWidth = Math.min(width, Math.max(0, x(record.startedMs + startUp) - left));
  if (startUp) hatch(pen, colour, left, top, startWidth, tall);
  pen.fillStyle = colour[{ ok: "fill-ok", running: "fill-running", failed: "fill-failed" }[outcome]];
  pen.fillRect(left + startWidth, top, Math.max(width - startWidth, 2), tall);
  if (outcome === "running") {
    pen.setLineDash([3, 2]);
    pen.strokeStyle = colour.text;
    pen.strokeRect(left + width - 2, top, 1, tall);
    pen.setLineDash([]);
  }
  pen.fillStyle = colour.panel;
  if (outcome === "failed" && width > 12) pen.fillText("✕", left + width - 11, y + LANE / 2);
  if (record.fault) {
    pen.fillStyle = colour["fill-warning"];
    pen.fillText("▲", left, y + 4);
  }
  return { x: left, y, width, record };
}

function hatch(pen, colour, left, top, width, tall) {
  pen.strokeStyle = colour["fill-warning"];
  pen.strokeRect(left + 0.5, top + 0.5, Math.max(width - 1, 1), tall - 1);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, tall);
  pen.clip();
  pen.beginPath();
  for (let at = left - tall; at < left + width; at += 5) {
    pen.moveTo(at, top + tall);
    pen.lineTo(at + tall, top);
  }
  pen.stroke();
  pen.restore();
}
