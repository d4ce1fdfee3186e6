// The quick search over all that the page knows.

import { catalogue } from "./catalogue.js";
import { ofAction } from "./call/parameters.js";
import { fillSample } from "./call/event.js";
import { element } from "./dom.js";
import { sentence, t, TEXTS } from "./i18n.js";
import { open as openReference } from "./apis.js";
import { show } from "./route.js";
import { change } from "./state.js";

const SHOWN = 12;

const box = element("input", {
  type: "search",
  id: "search-box",
  role: "combobox",
  tPlaceholder: "search.placeholder",
  tLabel: "shell.search",
  autocomplete: "off",
});
const list = element("ul", { id: "search-list", role: "listbox", tLabel: "shell.search" });
const none = element("p", { className: "note", role: "status" });
const dialog = element("dialog", { className: "search", tLabel: "shell.search" }, box, list, none, element("p", { className: "note", t: "search.hint" }));
let found = [];
let chosen = 0;

function* entries() {
  for (const action of ["Invoke", "InvokeFunction"]) {
    yield entry("action", action, `apis.${action}`, () => openReference(`section-${action}`), "调用 函数 运行");
    for (const { name } of ofAction(action)) {
      const go = () => openReference(`parameter-${action}-${name}`);
      yield entry("parameter", name, `parameter.${name}`, go, action);
    }
  }
  for (const { name } of catalogue.functions) {
    const go = () => {
      change({ functionName: name, target: "local" }, "search");
      show({ area: "call" });
    };
    yield { kind: "function", name, help: "", words: name, go };
  }
  for (const { code, advice } of catalogue.errors) {
    yield said("error", code, advice, () => openReference(`error-${code}`));
  }
  for (const { status, meaning } of catalogue.statuses) {
    yield said("status", String(status), meaning, () => openReference(`status-${status}`));
  }
  for (const name of catalogue.regions) {
    yield { kind: "region", name, help: "", words: name, go: () => change({ region: name }, "search") };
  }
  for (const { name, help } of catalogue.triggers) {
    const go = () => {
      fillSample(name);
      show({ area: "call" });
    };
    yield said("trigger", name, help, go);
  }
}

// Both languages are searched, whichever is shown.
const entry = (kind, name, key, go, more) => ({
  kind,
  name,
  help: t(key),
  words: `${TEXTS[key].join(" ")} ${more}`,
  go,
});
const said = (kind, name, help, go) => ({ kind, name, help: sentence(help), words: `${help} ${sentence(help)}`, go });

/** How well `name` fits what was typed: 0 is not at all. */
export function score(wanted, name, words) {
  const [want, have] = [wanted.toLowerCase(), name.toLowerCase()];
  if (have === want) return 100;
  if (have.startsWith(want)) return 80 - have.length / 100;
  if (have.includes(want)) return 60 - have.length / 100;
  if (words.toLowerCase().includes(want)) return 40 - have.length / 100;
  return isSubsequence(want, have) ? 20 - have.length / 100 : 0;
}

// Letters in their order, with others between: "invk" is in "invoke".
function isSubsequence(want, have) {
  let at = 0;
  for (const letter of have) if (letter === want[at]) at += 1;
  return want.length > 1 && at === want.length;
}

function search() {
  const wanted = box.value.trim();
  found = wanted
    ? [...entries()]
        .map((each) => [score(wanted, each.name, each.words), each])
        .filter(([points]) => points > 0)
        .sort(([one], [two]) => two - one)
        .slice(0, SHOWN)
        .map(([, each]) => each)
    : [];
  chosen = 0;
  draw();
  none.textContent = wanted && !found.length ? t("search.none") : "";
}

function draw() {
  list.replaceChildren(
    ...found.map(({ kind, name, help }, index) =>
      element(
        "li",
        {
          role: "option",
          id: `search-${index}`,
          ariaSelected: String(index === chosen),
          onclick: () => take(index),
        },
        element("span", { className: "kind" }, t(`search.${kind}`)),
        element("span", { className: "name" }, name),
        element("span", { className: "muted" }, help),
      ),
    ),
  );
  box.setAttribute("aria-expanded", String(found.length > 0));
  if (found.length) box.setAttribute("aria-activedescendant", `search-${chosen}`);
  else box.removeAttribute("aria-activedescendant");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function take(index) {
  const each = found[index];
  if (!each) return;
  dialog.close();
  each.go();
}

/** Opens the search. */
export function open() {
  if (dialog.open) return;
  box.value = "";
  search();
  dialog.showModal();
  box.focus();
}

/** Puts the search into the page. */
export function start() {
  box.setAttribute("aria-controls", "search-list");
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      chosen = (chosen + step + found.length) % found.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape") {
      // A search field would only be cleared.
      event.preventDefault();
      dialog.close();
    }
  });
  document.body.append(dialog);
}
