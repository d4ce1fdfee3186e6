// JSON as it is written: numbers and names stay as they came.

/** The tokens of `text`, which is JSON: pairs of a kind and the text itself. */
export function* tokens(text) {
  let at = 0;
  const space = () => {
    while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  };
  for (;;) {
    space();
    if (at >= text.length) return;
    const start = at;
    const c = text[at];
    if ("{}[],:".includes(c)) {
      at += 1;
      yield [c, c];
    } else if (c === '"') {
      const end = endOfString(text, at);
      at = end;
      space();
      yield [text[at] === ":" ? "key" : "string", text.slice(start, end)];
    } else {
      while (at < text.length && !" \t\n\r,]}".includes(text[at])) at += 1;
      yield [/[-\d]/.test(c) ? "number" : "word", text.slice(start, at)];
    }
  }
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

/** `text`, which is JSON, laid out over lines. */
export function pretty(text) {
  const parts = [];
  let depth = 0;
  let before = "";
  const line = () => "\n" + "  ".repeat(depth);
  for (const [kind, token] of tokens(text)) {
    const opens = before === "{" || before === "[";
    if (kind === "}" || kind === "]") {
      depth -= 1;
      parts.push(opens ? "" : line(), token);
    } else {
      if (opens) parts.push(line());
      if (kind === "{" || kind === "[") depth += 1;
      parts.push(token);
      if (kind === ",") parts.push(line());
      if (kind === ":") parts.push(" ");
    }
    before = kind;
  }
  return parts.join("");
}

/**
 * The tree of `text`, which is JSON: a node has its `kind`, and `text` or
 * `children`, which are pairs of a name (undefined in a list) and a node.
 */
export function tree(text) {
  const root = { children: [] };
  const open = [root];
  let name;
  for (const [kind, token] of tokens(text)) {
    if (kind === "key") {
      name = JSON.parse(token);
    } else if (kind === "}" || kind === "]") {
      open.pop();
    } else if (kind !== "," && kind !== ":") {
      const isList = kind === "{" || kind === "[";
      const node = isList ? { kind, children: [] } : { kind, text: token };
      open.at(-1).children.push([name, node]);
      name = undefined;
      if (isList) open.push(node);
    }
  }
  return root.children[0][1];
}

/** True where the text is JSON. */
export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
