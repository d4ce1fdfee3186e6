// What the browser keeps for the page. A person may have turned that off, and it
// may be full: then the page keeps its state for itself alone.

/** The kept text of that name; `area` is "localStorage", or "sessionStorage" for this tab's. */
export function kept(name, area = "localStorage") {
  try {
    return window[area].getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text, or forgets it where it is undefined. Where it cannot be kept, nothing older is. */
export function keep(name, text, area = "localStorage") {
  try {
    window[area].removeItem(name);
    if (text !== undefined) window[area].setItem(name, text);
    return true;
  } catch {
    // Storage is full or off.
    return false;
  }
}
