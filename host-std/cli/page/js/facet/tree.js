// A JSON value as a tree that opens and closes; numbers are spelt as they came.

import { button, element, put } from "../dom.js";
import { bytes, sizeOf } from "../format.js";
import { t } from "../i18n.js";
import { tree } from "../json.js";
import { pieces } from "./text.js";

// Children that are shown at once.
const PAGE = 200;
const FOUND_MAX = 100;
const OPEN_LEVELS = 2;
// The characters of a text that are shown at once.
const LEAF_MAX = 4000;
// A search takes the page for so many milliseconds at a time, and looks at so many
// nodes before it reads the clock.
const SLICE = 12;
const STRIDE = 500;

/** The tree of `text`, which is JSON, with a search. */
export function jsonTree(text) {
  const root = tree(text);
  const view = element("div", { className: "tree", role: "region", tLabel: "result.tree", tabIndex: 0 });
  view.append(node(undefined, root, 0));
  const found = element("p", { className: "note", role: "status" });
  const search = element("input", { type: "search", tPlaceholder: "result.find", tLabel: "result.find" });
  let searching;
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    searching = wanted;
    if (!wanted) {
      view.replaceChildren(node(undefined, root, 0));
      found.textContent = "";
      return;
    }
    found.textContent = t("result.searching");
    const matches = [];
    const walk = paths(root, wanted);
    const go = () => {
      if (searching !== wanted) return;
      const end = performance.now() + SLICE;
      // A for loop over it would end it when it stops.
      for (let step = walk.next(); !step.done; step = walk.next()) {
        if (step.value) matches.push(step.value);
        else if (performance.now() > end) {
          setTimeout(go);
          return;
        }
      }
      view.replaceChildren(...matches.map(row));
      found.textContent = t(matches.length < FOUND_MAX ? "result.found" : "result.foundFirst", matches.length);
    };
    go();
  });
  return { view, search, found };
}

const row = ([path, text]) =>
  element("div", { className: "leaf" }, element("span", { className: "key" }, path), ": ", ...leafText("", text));

// A long text is cut until a person wants all of it: a browser takes seconds to lay
// out megabytes.
function leafText(className, text) {
  const span = element("span", { className });
  if (text.length <= LEAF_MAX) {
    put(span, text);
    return [span];
  }
  put(span, text.slice(0, LEAF_MAX), "…");
  const all = button(["facet.showAll", bytes(sizeOf(text))], () => {
    span.replaceChildren(...pieces(text));
    all.remove();
  }, { className: "quiet" });
  return [span, " ", all];
}

// The paths whose name or value has the text, and now and then nothing, so that
// whoever asks can stop. Without recursion, as nesting is the function's to choose.
function* paths(root, wanted) {
  const open = [{ name: undefined, node: root, parent: undefined }];
  let count = 0;
  for (let at = 0; at < open.length && count < FOUND_MAX; at += 1) {
    const entry = open[at];
    const { name, node } = entry;
    const isNamed = typeof name === "string" && name.toLowerCase().includes(wanted);
    if (isNamed || node.text?.toLowerCase().includes(wanted)) {
      count += 1;
      yield [pathOf(entry), node.text ?? `{${node.children.length}}`];
    } else if (at % STRIDE === 0) {
      yield undefined;
    }
    node.children?.forEach(([key, child], index) => open.push({ name: key ?? index, node: child, parent: entry }));
  }
}

function pathOf(entry) {
  const parts = [];
  for (let each = entry; each.parent; each = each.parent) {
    parts.push(typeof each.name === "number" ? `[${each.name}]` : `.${each.name}`);
  }
  return parts.reverse().join("");
}

function node(name, { kind, text, children }, level) {
  const label = name === undefined ? [] : [element("span", { className: "key" }, name), ": "];
  if (!children) {
    return element("div", { className: "leaf" }, ...label, ...leafText(kind, text));
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
