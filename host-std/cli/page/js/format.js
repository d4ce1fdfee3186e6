// Quantities and times as a person reads them.

const round = (number, digits) => Number(number.toFixed(digits)).toString();

/** Milliseconds: "0.83 ms", "1.25 s", "2 min 5 s". */
export function duration(ms) {
  if (ms < 10) return `${round(ms, 2)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1000, 2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Bytes, in powers of 1024 as the service counts: "17 B", "16.8 MB". */
export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${round(count / 1024, 1)} KB`;
  return `${round(count / 1024 ** 2, 1)} MB`;
}

/** Returns the number of bytes that a text has in UTF-8. */
export const sizeOf = (text) => new Blob([text]).size;

// Characters that turn the direction of the text after them, and show nothing themselves.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const ALL_TURNING = new RegExp(TURNING, "g");

/** True where a text would look other than it is. */
export const turns = (text) => TURNING.test(text);

/** The text with the characters that turn its direction by their numbers: "⟨U+202E⟩". */
export function plainly(text) {
  if (!turns(text)) return text;
  return text.replace(ALL_TURNING, (each) => `⟨U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** The time of a day: "10:41:05". */
export function clock(ms) {
  return new Date(ms).toTimeString().slice(0, 8);
}
