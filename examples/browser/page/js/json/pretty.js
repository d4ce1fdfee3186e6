// Lays JSON out over lines without reading its values, so that numbers and
// names stay as they came: 1.0, 12345678901234567890, a name given twice.

/**
 * The parts of `text`, which is JSON, laid out: pairs of a kind ("key",
 * "string", "number", "word" or "") and the text itself.
 */
export function* layout(text) {
  let depth = 0;
  let at = 0;
  const line = () => "\n" + "  ".repeat(depth);
  const skipSpace = () => {
    while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  };
  for (;;) {
    skipSpace();
    if (at >= text.length) return;
    const c = text[at];
    if (c === "{" || c === "[") {
      at += 1;
      skipSpace();
      if (text[at] === "}" || text[at] === "]") {
        yield ["", c + text[at]];
        at += 1;
      } else {
        depth += 1;
        yield ["", c + line()];
      }
    } else if (c === "}" || c === "]") {
      at += 1;
      depth -= 1;
      yield ["", line() + c];
    } else if (c === ",") {
      at += 1;
      yield ["", "," + line()];
    } else if (c === ":") {
      at += 1;
      yield ["", ": "];
    } else if (c === '"') {
      const end = endOfString(text, at);
      const string = text.slice(at, end);
      at = end;
      skipSpace();
      yield [text[at] === ":" ? "key" : "string", string];
    } else {
      const start = at;
      while (at < text.length && !" \t\n\r,]}".includes(text[at])) at += 1;
      yield [/[-\d]/.test(c) ? "number" : "word", text.slice(start, at)];
    }
  }
}

/** `text`, which is JSON, laid out over lines. */
export function pretty(text) {
  const parts = [];
  for (const [, part] of layout(text)) parts.push(part);
  return parts.join("");
}

function endOfString(text, start) {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}
