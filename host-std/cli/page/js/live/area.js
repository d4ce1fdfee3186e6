// The area Live: what the emulator does now and did in the last minutes.

import { catalogue, onCatalogue } from "../catalogue.js";
import { button, byId, element } from "../dom.js";
import { bytes, duration } from "../format.js";
import { onLanguage, problem, t } from "../i18n.js";
import { liveKeys } from "../keys.js";
import { tell } from "../notice.js";
import { onView, show, view, writeSoon } from "../route.js";
import { charts } from "./charts.js";
import { density } from "./density.js";
import { faults } from "./faults.js";
import { inspect, inspector, refresh, toDraft } from "./inspector.js";
import { list } from "./list.js";
import { strip } from "./strip.js";
import * as store from "./store.js";
import { timeline } from "./timeline.js";

const STATUSES = ["ok", "failed", "running", "answered"];
// Running bars grow, and the window moves on.
const TICK = 500;

const light = element("span", { className: "light", role: "status" });
const pauseButton = element("button", { type: "button", id: "pause", onclick: togglePause });
const functions = element("ul", { className: "functions" });
let bars;
let dense;
let figures;
let rows;
let frozenAt;

/** Makes the area, and gives the strip for Call; nothing without an emulator. */
export function start() {
  if (!catalogue.local) {
    byId("area-live").append(
      element(
        "div",
        { className: "panel empty" },
        element("p", { t: "live.noEmulator" }),
        element("p", {}, element("code", {}, "tscf explorer DIR")),
      ),
    );
    return undefined;
  }
  bars = timeline(pick);
  dense = density(narrow);
  figures = charts();
  rows = list(pick);
  byId("area-live").append(
    element("h2", { className: "sr", t: "shell.live" }),
    element("div", { className: "panel pad live-main" }, toolbar(), figures.view, dense.view, bars.canvas, rows.view),
    element("div", { className: "live-side" }, inspector(), faults(), functionPanel()),
  );
  store.onLive(draw);
  store.onLive(refresh);
  onView(() => {
    if (view.area !== "live") return;
    leaveOutUnknown();
    fillFilters();
    draw();
    if (view.query.run) choose(view.query.run);
  });
  onLanguage(() => {
    fillFilters();
    drawPause();
    draw();
  });
  onCatalogue(fillFilters);
  onCatalogue(drawFunctions);
  setInterval(() => !document.hidden && !store.isPaused() && draw(), TICK);
  addEventListener("resize", draw);
  liveKeys({ j: () => rows.step(1), k: () => rows.step(-1), r: toDraft, p: togglePause });
  store.connect();
  drawPause();
  drawFunctions();
  return strip();
}

const filter = {};
function toolbar() {
  for (const name of ["fn", "status", "last"]) {
    filter[name] = element("select", { id: `live-${name}`, tLabel: `live.filter-${name}` });
    filter[name].addEventListener("change", () => {
      view.query = { ...view.query, [name]: filter[name].value };
      writeSoon();
      draw();
    });
  }
  fillFilters();
  return element("div", { className: "bar" }, light, ...Object.values(filter), pauseButton);
}

// What an address may say, and a person cannot choose, is left out and told.
function leaveOutUnknown() {
  const { last, status, from, to } = view.query;
  const unknown = [
    ["last", last && !store.WINDOW_NAMES.includes(last)],
    ["status", status && !STATUSES.includes(status)],
    ["from", (from || to) && !store.rangeOf(view.query)],
  ].filter(([, isWrong]) => isWrong);
  if (!unknown.length) return;
  tell(["shell.badValue", unknown.map(([name]) => `${name}=${view.query[name]}`).join(", ")]);
  for (const [name] of unknown) delete view.query[name];
  if (!view.query.from) delete view.query.to;
  writeSoon();
}

function fillFilters() {
  const fill = (select, pairs, chosen) => {
    select.replaceChildren(...pairs.map(([value, words]) => element("option", { value }, words)));
    select.value = pairs.some(([value]) => value === chosen) ? chosen : pairs[0][0];
  };
  const names = new Set([...store.functionNames(), view.query.fn].filter(Boolean));
  fill(filter.fn, [["", t("live.allFunctions")], ...[...names].map((name) => [name, name])], view.query.fn);
  fill(filter.status, [["", t("live.allStatuses")], ...STATUSES.map((name) => [name, t(`live.is-${name}`)])], view.query.status);
  fill(filter.last, store.WINDOW_NAMES.map((name) => [name, t(`live.last-${name}`)]), view.query.last ?? "5m");
}

function draw() {
  const { connection } = store.state();
  light.className = `light ${store.isPaused() ? "paused" : connection}`;
  const words = t(store.isPaused() ? "live.paused" : `live.${connection}`);
  if (light.textContent !== words) light.textContent = words;
  if (view.area !== "live") return;
  const now = store.isPaused() ? frozenAt : Date.now();
  const all = store.windowOf(view.query, now);
  const range = store.rangeOf(view.query);
  const recent = store.filtered(view.query, all);
  dense.draw(recent, all, range);
  const window = range ?? all;
  const records = range ? store.filtered(view.query, range) : recent;
  figures.draw(records, window);
  bars.draw(records, window, now);
  rows.show(records);
}

function narrow(range) {
  view.query = { ...view.query, from: range && String(range.since), to: range && String(range.until) };
  writeSoon();
  draw();
}

function togglePause() {
  frozenAt = Date.now();
  store.pause(!store.isPaused());
  drawPause();
}

function drawPause() {
  pauseButton.textContent = t(store.isPaused() ? "live.resume" : "live.pause");
  pauseButton.setAttribute("aria-pressed", String(store.isPaused()));
}

function choose(id) {
  rows.mark(id);
  inspect(id);
}

function pick({ requestId }) {
  view.query = { ...view.query, run: requestId };
  writeSoon();
  choose(requestId);
}

function functionPanel() {
  return element("section", { className: "panel pad" }, element("h3", { t: "call.functions" }), functions);
}

function drawFunctions() {
  functions.replaceChildren(
    ...catalogue.functions.map(({ name, runtime, handler, memoryMb, timeoutMs, error, code }) =>
      element(
        "li",
        {},
        element("code", {}, name),
        button("live.only", () => show({ query: { ...view.query, fn: name } }), {
          className: "quiet",
          tLabel: ["live.onlyOf", name],
        }),
        element(
          "span",
          { className: error ? "bad" : "muted" },
          error ? problem({ code, message: error }) : [runtime, handler, bytes(memoryMb * 2 ** 20), duration(timeoutMs)].filter(Boolean).join(" · "),
        ),
      ),
    ),
  );
  if (!catalogue.functions.length) functions.append(element("li", { className: "note", t: "live.noFunctions" }));
}

