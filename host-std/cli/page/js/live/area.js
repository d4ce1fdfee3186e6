// The area Live.

/** Makes the area. */
export function start() {
  return undefined;
}
