// The signed request as a command for a shell.

import { mask } from "./mask.js";

// The bytes that one argument of a command may hold on Linux, with room to spare.
const ARGUMENT_MAX = 100_000;

/** The command; `reveal` shows the signature and the token in it. */
export function curl(request, reveal) {
  const lines = [`curl ${quote(request.url)}`];
  for (const [name, value] of request.headers) {
    lines.push(`-H ${quote(`${name}: ${mask(name, value, reveal)}`)}`);
  }
  lines.push(
    request.body.length > ARGUMENT_MAX
      ? "--data-binary @body.json"
      : `--data-raw ${quote(request.body)}`,
  );
  return lines.join(" \\\n  ");
}

/** Returns `true` if the command takes its body from the file `body.json`. */
export const needsFile = (request) => request.body.length > ARGUMENT_MAX;

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
