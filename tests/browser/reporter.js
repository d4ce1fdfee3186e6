// What a run of tests prints: a line for each test, what a failed one stood at,
// and at the end the failed ones again in a line each, since of a long log the end
// alone may be seen.

import { readFileSync } from "node:fs";

const LINES_MAX = 15;
const WIDTH = 240;
// A file's own end tells nothing but that a test in it has failed.
const OF_A_FILE = "subtestsFailed";

export default async function* report(events) {
  const failed = [];
  let passed = 0;
  for await (const { type, data } of events) {
    if (type === "test:pass") {
      if (isFile(data)) continue;
      passed += 1;
      yield `✔ ${data.name} (${seconds(data)})\n`;
    } else if (type === "test:fail") {
      const { error } = data.details;
      if (error.failureType === OF_A_FILE) continue;
      const lines = story(error.cause ?? error);
      failed.push(`${data.name}: ${lines.slice(0, 2).join(": ")}`);
      yield `✖ ${data.name} (${seconds(data)})\n${lines.map((line) => `    ${line}\n`).join("")}`;
    } else if (type === "test:stdout" || type === "test:stderr") {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed.length} failed\n`;
  for (const line of failed) yield `✖ ${cut(line)}\n`;
}

// The whole of a file is a test too, and named by its path.
const isFile = ({ name, nesting }) => nesting === 0 && name.endsWith(".js");

const seconds = ({ details }) => `${(details.duration_ms / 1000).toFixed(1)} s`;

const cut = (line) => (line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line);

// The step of the test where it stood, and what it says.
function story(error) {
  const { message = String(error), stack = "" } = error;
  const lines = plain(message).split("\n").filter((line) => line.trim() !== "");
  return [step(stack), ...lines].filter(Boolean).map(cut).slice(0, LINES_MAX);
}

// Without the colours that a terminal has.
const plain = (text) => text.replace(/\u001b\[[\d;]*m/g, "");

function step(stack) {
  const found = /(?:file:\/\/)?(\/\S+\/([\w-]+\.test\.js)):(\d+):\d+/.exec(stack);
  if (!found) return undefined;
  const [, file, name, line] = found;
  return `${name}:${line}: ${sourceLine(file, Number(line))}`;
}

function sourceLine(file, number) {
  try {
    return readFileSync(file, "utf8").split("\n")[number - 1].trim();
  } catch {
    return "";
  }
}
