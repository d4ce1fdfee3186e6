// The page's language: every text has a key, and stands in one table.

import { plainly } from "./format.js";
import { answers } from "./texts/answer.js";
import { call } from "./texts/call.js";
import { core } from "./texts/core.js";
import { facet } from "./texts/facet.js";
import { failure } from "./texts/failure.js";
import { live } from "./texts/live.js";
import { codes, numbers } from "./texts/problem.js";
import { parameter } from "./texts/parameter.js";
import { shell } from "./texts/shell.js";
import { keep, kept } from "./storage.js";

/** Each text by its key: English, and Chinese. */
export const TEXTS = { ...shell, ...call, ...parameter, ...facet, ...failure, ...live };

const LANGUAGES = ["en", "zh"];
const listeners = [];
let language = stored() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

function stored() {
  const found = kept("language");
  return LANGUAGES.includes(found) ? found : undefined;
}

/** "en" or "zh". */
export const current = () => language;

/** The text of that key, with `{0}`, `{1}` and so on replaced. */
export function t(key, ...values) {
  const pair = TEXTS[key];
  if (!pair) throw new Error(`there is no text ${key}`);
  return pair[LANGUAGES.indexOf(language)].replace(/\{(\d)\}/g, (_, index) => plainly(String(values[index])));
}

/** A sentence of the command's own tables, in the page's language. */
export const sentence = (english) => (language === "zh" ? (core[english] ?? english) : english);

const WORDS = { ...codes, ...answers };
const IS_CHINESE = /^[^a-z]*[\u4e00-\u9fff]/i;

/** The page's own words for an error, by its number, its code, or the code's family. */
export const wordsOf = ({ number, code }) => numbers[number] ?? WORDS[code] ?? WORDS[code?.split(".")[0]];

/**
 * What an error says, whoever made it. In Chinese the page has words of its own;
 * the error's own text is the detail, unless it is Chinese itself.
 */
export function problem(error) {
  const { message } = error;
  const own = language === "zh" && !IS_CHINESE.test(message) ? wordsOf(error) : undefined;
  return own ? `${own}\n${message}` : message;
}

/** Gives the element a text, or an attribute, that follows the language. */
export function bind(element, attribute, given) {
  const list = [given].flat();
  element.dataset[attribute ? `t${camel(attribute)}` : "t"] = JSON.stringify(list);
  put(element, attribute, list);
}

const ATTRIBUTES = ["aria-label", "placeholder", "title"];
const camel = (name) => name.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

function put(element, attribute, list) {
  if (attribute) element.setAttribute(attribute, t(...list));
  else element.textContent = t(...list);
}

function read(text) {
  return text.startsWith("[") ? JSON.parse(text) : [text];
}

/** Writes all bound texts of the document in the page's language. */
export function refresh() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]"))
    put(element, "", read(element.dataset.t));
  for (const attribute of ATTRIBUTES) {
    const name = `t${camel(attribute)}`;
    const selector = `[data-t-${attribute}]`;
    for (const element of document.querySelectorAll(selector))
      put(element, attribute, read(element.dataset[name]));
  }
}

/** Changes the language; what is typed and what has the focus stay. */
export function use(name) {
  language = name;
  keep("language", name);
  refresh();
  for (const listener of listeners) listener();
}

/** Calls this when the language has changed, for texts that are made anew. */
export const onLanguage = (listener) => listeners.push(listener);
