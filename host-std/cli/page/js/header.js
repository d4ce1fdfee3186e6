// The header: areas, target, language, theme, help.

import { catalogue } from "./catalogue.js";
import { byId, button, element } from "./dom.js";
import { bind, current, onLanguage, t, use } from "./i18n.js";
import { onView, show, view } from "./route.js";
import * as search from "./search.js";
import { change, CHOICES, draft } from "./state.js";
import { keep, kept } from "./storage.js";
import { follow } from "./call/fields.js";

const AREAS = ["call", "apis", "live"];
const THEMES = ["Auto", "Light", "Dark"];
const KEYS = [
  ["Ctrl Enter", "help.send"],
  ["Esc", "help.cancel"],
  ["Ctrl K, /", "help.search"],
  ["g c, g a, g l", "help.areas"],
  ["1 – 5", "help.tabs"],
  ["j, k", "help.rows"],
  ["r", "help.replay"],
  ["p", "help.pause"],
  ["?", "help.help"],
];

const help = element("dialog", { className: "help", tLabel: "help.title" });
let theme = THEMES.includes(kept("theme")) ? kept("theme") : "Auto";

/** Opens the help. */
export function openHelp() {
  if (!help.open) help.showModal();
}

/** Makes the header. */
export function start() {
  const languageButton = button("shell.language", () => use(current() === "en" ? "zh" : "en"));
  const themeButton = element("button", { type: "button", className: "icon", onclick: nextTheme });
  const drawTheme = () => {
    document.documentElement.dataset.theme = theme.toLowerCase();
    themeButton.textContent = { Auto: "◐", Light: "☀", Dark: "☾" }[theme];
    const words = t("shell.theme", t(`shell.theme${theme}`));
    themeButton.setAttribute("aria-label", words);
    themeButton.title = words;
  };
  function nextTheme() {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    keep("theme", theme);
    drawTheme();
  }
  onLanguage(drawTheme);
  byId("top").append(
    areas(),
    element(
      "button",
      { type: "button", className: "searcher", onclick: search.open, "aria-keyshortcuts": "Control+K" },
      element("span", { t: "shell.search" }),
      element("kbd", { ariaHidden: "true" }, "Ctrl K"),
    ),
    target(),
    languageButton,
    themeButton,
    button("shell.help", openHelp, { className: "icon", tLabel: "shell.help", tTitle: "shell.help" }),
  );
  byId("top").lastChild.textContent = "?";
  delete byId("top").lastChild.dataset.t;
  drawTheme();
  makeHelp();
}

function areas() {
  const links = AREAS.map((area) =>
    element("a", {
      id: `nav-${area}`,
      href: `#/${area}`,
      t: `shell.${area}`,
      onclick: (event) => {
        event.preventDefault();
        show({ area, query: {} });
      },
    }),
  );
  const draw = () => {
    links.forEach((link, index) => {
      if (AREAS[index] === view.area) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      byId(`area-${AREAS[index]}`).hidden = AREAS[index] !== view.area;
    });
    document.body.dataset.area = view.area;
  };
  onView(draw);
  draw();
  return element("nav", { className: "areas", tLabel: "shell.areas" }, ...links);
}

function target() {
  const radios = CHOICES.target.map((name) => {
    const radio = element("input", { type: "radio", name: "target", value: name, id: `field-target-${name}` });
    radio.disabled = name === "local" && !catalogue.local;
    radio.addEventListener("change", () => radio.checked && change({ target: name }, "target"));
    const label = element("label", {}, radio, element("span", { t: `shell.${name}` }));
    bind(label, "title", radio.disabled ? "shell.noEmulator" : `shell.${name}Help`);
    return [radio, label];
  });
  follow("target", () => {
    for (const [radio] of radios) radio.checked = radio.value === draft.target;
    document.body.dataset.target = draft.target;
  });
  return element(
    "fieldset",
    { className: "segments", id: "field-target" },
    element("legend", { className: "sr", t: "shell.target" }),
    ...radios.map(([, label]) => label),
  );
}

function makeHelp() {
  const rows = KEYS.flatMap(([keys, what]) => [
    element("dt", {}, element("kbd", {}, keys)),
    element("dd", { t: what }),
  ]);
  help.append(
    element("h2", { t: "help.title" }),
    element("dl", { className: "facts" }, ...rows),
    element("p", { className: "note", t: "help.privacy" }),
    button("shell.close", () => help.close()),
  );
  document.body.append(help);
}
