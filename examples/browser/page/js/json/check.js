// Finds where a text stops being JSON, with a place and words for a person.
// JSON.parse decides whether it is; its own messages differ from browser to
// browser, and not all of them have a place.

/** The first mistake of `text`, or undefined where it is JSON. */
export function findMistake(text) {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return place(text, scan(text));
  }
}

function place(text, { offset, message }) {
  const before = text.slice(0, offset).split("\n");
  return { offset, message, line: before.length, column: [...before.at(-1)].length + 1 };
}

const WORD = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

function scan(text) {
  let at = 0;
  // The brackets that are open, from the outermost on; counted in a list of
  // our own, so that deep nesting is not recursed into.
  const open = [];
  let expect = "value";
  // The offset of the last comma.
  let comma;
  const mistake = (message, offset = at) => ({ offset, message });
  const skip = (pattern) => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };

  for (;;) {
    skip(SPACE);
    const c = text[at];
    if (c === undefined) {
      const inside = open.length
        ? `the ${open.at(-1) === "{" ? "object" : "list"} is not closed`
        : "a value is missing";
      return mistake(`The text ends too early: ${inside}.`);
    }
    switch (expect) {
      case "name or end":
      case "name":
        if (c === "}") {
          if (expect === "name") return mistake("Nothing follows this comma: leave it out.", comma);
          open.pop();
          expect = "after value";
          at += 1;
          break;
        }
        if (c === ",") return mistake("A name is missing before this comma.");
        if (c !== '"') return mistake("A name in double quotes is expected here.");
        {
          const wrong = string();
          if (wrong) return wrong;
        }
        expect = ":";
        break;
      case ":":
        if (c !== ":") return mistake("A colon is expected after the name.");
        at += 1;
        expect = "value";
        break;
      case "value":
      case "value or end":
        if (c === "]" && open.at(-1) === "[") {
          if (expect === "value")
            return mistake("Nothing follows this comma: leave it out.", comma);
          open.pop();
          expect = "after value";
          at += 1;
        } else if (c === "{" || c === "[") {
          open.push(c);
          expect = c === "{" ? "name or end" : "value or end";
          at += 1;
        } else {
          const wrong = scalar(c);
          if (wrong) return wrong;
          expect = "after value";
        }
        break;
      case "after value": {
        const bracket = open.at(-1);
        if (!bracket) return mistake("Nothing may follow the value.");
        const end = bracket === "{" ? "}" : "]";
        if (c === ",") {
          comma = at;
          expect = bracket === "{" ? "name" : "value";
        } else if (c === end) {
          open.pop();
        } else {
          return mistake(`A comma or ${end} is expected here.`);
        }
        at += 1;
        break;
      }
    }
  }

  function scalar(c) {
    if (c === '"') return string();
    if (c === "'") return mistake("Texts stand in double quotes, not single ones.");
    if (c === "-" || (c >= "0" && c <= "9")) {
      const start = at;
      if (!skip(NUMBER)) return mistake("A number needs a digit after its sign.");
      if (/[\w.+-]/.test(text[at] ?? ""))
        return mistake("This is not how a number is written.", start);
      return undefined;
    }
    const start = at;
    if (skip(WORD) && !/\w/.test(text[at] ?? "")) return undefined;
    return mistake(
      "A value is expected here: text in double quotes, number, true, false, null, { or [.",
      start,
    );
  }

  function string() {
    const start = at;
    at += 1;
    for (;;) {
      const c = text[at];
      if (c === undefined) return mistake("This text has no closing quote.", start);
      if (c === '"') {
        at += 1;
        return undefined;
      }
      if (c === "\\") {
        if (!skip(ESCAPE))
          return mistake("There is no such escape; a backslash itself is written \\\\.");
      } else if (c < " ") {
        return mistake(
          c === "\n" || c === "\r"
            ? "A line break inside of a text is written \\n."
            : "A control character inside of a text is written \\u00….",
        );
      } else {
        at += 1;
      }
    }
  }
}
