// The area APIs: what the API takes and answers, to be read and tried.

import { catalogue } from "./catalogue.js";
import { fillSample } from "./call/event.js";
import { button, byId, element } from "./dom.js";
import { onLanguage, sentence, t } from "./i18n.js";
import { parameterTable, table } from "./facet/docs.js";
import { tell } from "./notice.js";
import { show, view, onView } from "./route.js";
import { change } from "./state.js";

const SECTIONS = ["Invoke", "InvokeFunction", "errors", "statuses", "regions", "triggers"];

/** Opens the entry with this id. */
export function open(id) {
  show({ area: "apis", query: { at: id } });
}

/** Makes the area. */
export function start() {
  draw();
  onLanguage(draw);
  onView(goTo);
}

function goTo() {
  if (view.area !== "apis" || !view.query.at) return;
  const place = byId(view.query.at);
  if (!place || !byId("area-apis").contains(place)) {
    const { at, ...query } = view.query;
    show({ query });
    tell(["shell.badValue", `at=${at}`]);
    return;
  }
  for (const marked of document.querySelectorAll(".target")) marked.classList.remove("target");
  place.classList.add("target");
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
}

function draw() {
  const titles = {
    errors: "apis.errors",
    statuses: "apis.statuses",
    regions: "apis.regions",
    triggers: "apis.triggers",
  };
  const heading = (name) => (titles[name] ? t(titles[name]) : name);
  const contents = SECTIONS.map((name) =>
    element("li", {}, element("button", { type: "button", className: "quiet", onclick: () => open(`section-${name}`) }, heading(name))),
  );
  const content = { errors, statuses, regions, triggers };
  byId("area-apis").replaceChildren(
    element("nav", { className: "panel contents", tLabel: "apis.index" }, element("ul", {}, ...contents)),
    element(
      "div",
      { className: "panel reading" },
      element("h2", { t: "apis.title" }),
      ...SECTIONS.map((name) =>
        element(
          "div",
          {},
          element("h3", { id: `section-${name}`, tabIndex: -1 }, heading(name)),
          ...(content[name]?.() ?? action(name)),
        ),
      ),
    ),
  );
  goTo();
}

function action(name) {
  const tryIt = button("apis.tryIt", () => {
    change({ action: name }, "apis");
    show({ area: "call" });
  });
  return [
    element("div", { className: "bar" }, element("p", { t: `apis.${name}` }), tryIt),
    parameterTable(name),
  ];
}

const ran = (mayHaveRun) => t(mayHaveRun ? "apis.perhaps" : "docs.no");

function errors() {
  const rows = catalogue.errors.map(({ code, advice, mayHaveRun }) =>
    element(
      "tr",
      { id: `error-${code}`, tabIndex: -1 },
      element("th", { scope: "row" }, element("code", {}, code)),
      element("td", {}, ran(mayHaveRun)),
      element("td", {}, sentence(advice)),
    ),
  );
  return [table(["apis.code", "apis.ran", "apis.todo"], rows)];
}

function statuses() {
  const rows = catalogue.statuses.map(({ status, meaning, mayHaveRun }) =>
    element(
      "tr",
      { id: `status-${status}`, tabIndex: -1 },
      element("th", { scope: "row" }, element("code", {}, String(status))),
      element("td", {}, ran(mayHaveRun)),
      element("td", {}, sentence(meaning)),
    ),
  );
  return [table(["apis.status", "apis.ran", "apis.meaning"], rows)];
}

function regions() {
  const buttons = catalogue.regions.map((region) =>
    element("button", {
      type: "button",
      className: "chip",
      id: `region-${region}`,
      textContent: region,
      title: t("apis.useRegion", region),
      onclick: () => change({ region }, "apis"),
    }),
  );
  return [element("div", { className: "chips" }, ...buttons)];
}

function triggers() {
  return catalogue.triggers.map(({ name, help, event }) =>
    element(
      "details",
      { className: "part" },
      element("summary", { id: `trigger-${name}` }, element("code", {}, name), ` ${sentence(help)}`),
      button("apis.useTrigger", () => {
        fillSample(name);
        show({ area: "call" });
      }),
      element("pre", { tabIndex: 0 }, event),
    ),
  );
}
