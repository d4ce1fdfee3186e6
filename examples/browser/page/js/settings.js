// The settings that the page starts with: those of its deployment, and over them
// what this browser remembers. Nothing secret is remembered, and no event,
// for what is in an event only its author knows.

const REMEMBERED = [
  "functionName",
  "region",
  "namespace",
  "qualifier",
  "invocationType",
  "logType",
  "timeout",
  "language",
  "endpoint",
  "host",
  "credentialKind",
];
const STORED_AS = "scf-invoke";

/** The settings beside the page: see `settings.json`. */
export async function deployed() {
  const answer = await fetch("settings.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`settings.json: HTTP status ${answer.status}`);
  return answer.json();
}

/** The remembered fields. */
export function recall() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED_AS)) ?? {};
    return Object.fromEntries(
      REMEMBERED.filter((name) => typeof stored[name] === "string").map((name) => [
        name,
        stored[name],
      ]),
    );
  } catch {
    // Storage is switched off, or holds something else.
    return {};
  }
}

/** Remembers those of the form's values that are to be. */
export function remember(values) {
  try {
    localStorage.setItem(
      STORED_AS,
      JSON.stringify(Object.fromEntries(REMEMBERED.map((name) => [name, values[name]]))),
    );
  } catch {
    // Then the next visit starts afresh.
  }
}
