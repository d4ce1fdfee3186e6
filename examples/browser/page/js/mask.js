// Masks the parts that a shown request hides unless they are asked for.

const HIDDEN = "••••••••";

/** A header's value, without what would let a reader act in your name. */
export function mask(name, value, reveal) {
  if (reveal) return value;
  switch (name.toLowerCase()) {
    case "authorization":
      return value.replace(/Signature=\w+/, `Signature=${HIDDEN}`);
    case "x-tc-token":
      return HIDDEN;
    default:
      return value;
  }
}
