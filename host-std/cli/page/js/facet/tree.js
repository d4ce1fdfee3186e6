// A JSON value as a tree that opens and closes; numbers are spelt as they came.

import { button, element } from "../dom.js";
import { t } from "../i18n.js";
import { tree } from "../json.js";

// Children that are shown at once.
const PAGE = 200;
const FOUND_MAX = 100;
const OPEN_LEVELS = 2;

/** The tree of `text`, which is JSON, with a search. */
export function jsonTree(text) {
  const root = tree(text);
  const view = element("div", { className: "tree", role: "region", tLabel: "result.tree", tabIndex: 0 });
  view.append(node(undefined, root, 0));
  const found = element("p", { className: "note", role: "status" });
  const search = element("input", { type: "search", tPlaceholder: "result.find", tLabel: "result.find" });
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    const matches = wanted ? [...paths(root, "", wanted)] : [];
    view.replaceChildren(...(wanted ? matches.map(row) : [node(undefined, root, 0)]));
    found.textContent = wanted ? t("result.found", matches.length) : "";
  });
  return { view, search, found };
}

const row = ([path, text]) =>
  element("div", { className: "leaf" }, element("span", { className: "key" }, path), `: ${text}`);

// The paths whose name or value has the text, without recursion.
function* paths(root, start, wanted) {
  const open = [[start, root]];
  let count = 0;
  while (open.length && count < FOUND_MAX) {
    const [path, { text, children = [] }] = open.shift();
    const name = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
    if (path && (name.includes(wanted) || text?.toLowerCase().includes(wanted))) {
      count += 1;
      yield [path, text ?? `{${children.length}}`];
    }
    children.forEach(([key, child], index) => {
      open.push([key === undefined ? `${path}[${index}]` : `${path}.${key}`, child]);
    });
  }
}

function node(name, { kind, text, children }, level) {
  const label = name === undefined ? [] : [element("span", { className: "key" }, name), ": "];
  if (!children) {
    return element("div", { className: "leaf" }, ...label, element("span", { className: kind }, text));
  }
  const close = kind === "{" ? "}" : "]";
  const count = element("span", { className: "muted" }, `${kind}${children.length}${close}`);
  if (!children.length) return element("div", { className: "leaf" }, ...label, count);
  const details = element("details", {}, element("summary", {}, ...label, count));
  let shown = 0;
  const more = () => {
    const next = children.slice(shown, shown + PAGE).map(([key, child], index) => {
      return node(key ?? String(shown + index), child, level + 1);
    });
    shown += next.length;
    details.append(...next);
    if (shown < children.length) {
      const rest = button(["result.more", children.length - shown], () => {
        rest.remove();
        more();
      }, { className: "quiet" });
      details.append(rest);
    }
  };
  // Children are made when they are first seen.
  details.addEventListener("toggle", () => details.open && !shown && more());
  if (level < OPEN_LEVELS && children.length <= PAGE) {
    details.open = true;
    more();
  }
  return details;
}
