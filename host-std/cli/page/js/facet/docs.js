// The parameters of the draft's action, in full.

import { element } from "../dom.js";
import { ofAction } from "../call/parameters.js";
import { follow } from "../call/fields.js";

/** A table of an action's parameters. */
export function parameterTable(action) {
  const rows = ofAction(action).map(({ name, header, required, options, fallback, limit }) => {
    const more = [
      options?.length && element("code", {}, options.filter(Boolean).join(" | ")),
      fallback && element("span", { t: ["call.default", fallback] }),
      limit && element("span", { t: limit }),
      header && element("span", { t: ["docs.header", header] }),
    ].filter(Boolean);
    return element(
      "tr",
      { id: `parameter-${action}-${name}`, tabIndex: -1 },
      element("th", { scope: "row" }, element("code", {}, name)),
      element("td", { t: required ? "docs.yes" : "docs.no" }),
      element(
        "td",
        {},
        element("span", { t: `parameter.${name}` }),
        element("div", { className: "muted" }, ...more.flatMap((each) => [each, " · "]).slice(0, -1)),
      ),
    );
  });
  return table(["docs.parameter", "docs.type", "docs.help"], rows);
}

/** A table with these heads. */
export function table(heads, rows) {
  return element(
    "div",
    { className: "scroll" },
    element(
      "table",
      { className: "reference" },
      element("thead", {}, element("tr", {}, ...heads.map((t) => element("th", { scope: "col", t })))),
      element("tbody", {}, ...rows),
    ),
  );
}

/** The tab's content. */
export function docs() {
  const holder = element("div", {});
  follow("action", (action) =>
    holder.replaceChildren(element("p", { t: `apis.${action}` }), parameterTable(action)),
  );
  return holder;
}
