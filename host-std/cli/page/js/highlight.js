// Colours for programs: comments, texts, numbers and words, whatever the language.

import { element } from "./dom.js";

const HASH = ["python", "curl", "tscf"];
const WORDS = new Set(
  ("and as async await auto break case catch char class const continue def do else except fn for foreach " +
    "from func if import in int let main match mut new null package pub public return static " +
    "struct throw try use using var void while with String True False None true false").split(" "),
);
const STRINGS = /"""[\s\S]*?"""|r(#+)"[\s\S]*?"\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/y;
const SLASHES = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const HASHES = /#[^\n]*/y;
const NUMBER = /\b\d[\w.]*/y;
const NAME = /[A-Za-z_]\w*/y;

/** The program's text as elements. */
export function highlight(text, language) {
  const comment = HASH.includes(language) ? HASHES : SLASHES;
  const rules = [
    [comment, "comment"],
    [STRINGS, "string"],
    [NUMBER, "number"],
    [NAME, "name"],
  ];
  const parts = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const [kind, length] = match(rules, text, at);
    const part = text.slice(at, at + length);
    at += length;
    if (!kind || (kind === "name" && !WORDS.has(part))) {
      plain += part;
      continue;
    }
    if (plain) parts.push(plain);
    plain = "";
    parts.push(element("span", { className: kind === "name" ? "word" : kind }, part));
  }
  if (plain) parts.push(plain);
  return parts;
}

function match(rules, text, at) {
  for (const [pattern, kind] of rules) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return [kind, found[0].length];
  }
  return [undefined, 1];
}
