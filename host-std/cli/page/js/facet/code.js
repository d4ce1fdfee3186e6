// The draft as a program, in each language.

import { post } from "../api.js";
import { catalogue } from "../catalogue.js";
import { element } from "../dom.js";
import { onLanguage } from "../i18n.js";
import { highlight } from "../highlight.js";
import { toSend } from "../state.js";
import { keep, kept } from "../storage.js";
import { fetched } from "./fetched.js";
import { textBlock, textButtons } from "./text.js";

const STORED_AS = "code-language";

// Not the runtime that most have.
const triedWith = (language) => (language === "csharp" ? [" ", element("span", { t: "code.mono" })] : []);

/** The tab's content. */
export function code() {
  const holder = element("div", {});
  const choice = element("select", { id: "code-language", tLabel: "code.language" });
  choice.append(
    ...catalogue.languages.map(({ name, title }) => element("option", { value: name }, title)),
  );
  const stored = kept(STORED_AS);
  if (catalogue.languages.some(({ name }) => name === stored)) choice.value = stored;
  const ask = (signal) => {
    // The key is none of a program's: it takes it from the environment.
    const draft = { ...toSend(), key: undefined };
    return post("code", { draft, language: choice.value }, signal);
  };
  const put = ({ file, text }) =>
    holder.replaceChildren(
      element("div", { className: "bar" }, element("h3", {}, file), ...textButtons(() => text, file)),
      element("p", { className: "note" }, element("span", { t: "code.tried" }), ...triedWith(choice.value)),
      ...textBlock(text, { label: "code.program", className: "program", parts: highlight(text, choice.value) }),
    );
  const load = fetched("code", holder, ask, put);
  choice.addEventListener("change", () => {
    keep(STORED_AS, choice.value);
    load();
  });
  onLanguage(load);
  return element(
    "div",
    {},
    element(
      "div",
      { className: "bar choice" },
      element("label", { htmlFor: "code-language", t: "code.language" }),
      choice,
    ),
    holder,
  );
}
