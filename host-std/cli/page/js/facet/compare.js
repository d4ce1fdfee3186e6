// Two results side by side, line by line.

import { button, element } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { isJson, pretty } from "../json.js";

// Above this the lines are compared in their order alone.
const LINES_MAX = 1500;

let other;

/** The entry of the history that the shown result is compared with. */
export const comparedWith = () => other;

/** Compares with this entry from now on, or with none. */
export const compareWith = (entry) => (other = entry);

const lines = (text) => (isJson(text) ? pretty(text) : text).split("\n");

/** The elements of the comparison. */
export function compare(entry, value) {
  const [left, right] = [lines(entry.value.resultText ?? ""), lines(value.resultText ?? "")];
  const rows = pairs(left, right);
  const differing = rows.filter(([one, two]) => one !== two).length;
  const panel = element("section", { className: "compare" });
  const close = button("shell.close", () => {
    other = undefined;
    panel.remove();
  }, { className: "quiet" });
  const table = element("table", {});
  const header = element(
    "tr",
    {},
    element("th", { scope: "col" }, t("compare.of", clock(entry.at))),
    element("th", { scope: "col" }, t("compare.shown")),
  );
  table.append(element("thead", {}, header), element("tbody", {}, ...rows.map(row)));
  panel.append(
    element(
      "div",
      { className: "bar" },
      element("h4", {}, differing ? t("compare.differ", differing) : t("compare.same")),
      close,
    ),
    element("div", { className: "scroll", tabIndex: 0, role: "region", tLabel: "compare.title" }, table),
  );
  return [panel];
}

function row([one, two]) {
  const isSame = one === two;
  const cell = (text, mark) =>
    element("td", {}, isSame || text === undefined ? "" : `${mark} `, text ?? "");
  return element("tr", { className: isSame ? "" : "differs" }, cell(one, "−"), cell(two, "+"));
}

/** Pairs of lines that belong together, by their longest common sequence. */
export function pairs(left, right) {
  if (left.length > LINES_MAX || right.length > LINES_MAX) {
    const length = Math.max(left.length, right.length);
    return Array.from({ length }, (_, index) => [left[index], right[index]]);
  }
  const width = right.length + 1;
  const common = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        left[i] === right[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const rows = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      rows.push([left[i], right[j]]);
      i += 1;
      j += 1;
    } else if (j >= right.length || (i < left.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      rows.push([left[i], undefined]);
      i += 1;
    } else {
      rows.push([undefined, right[j]]);
      j += 1;
    }
  }
  return rows;
}
