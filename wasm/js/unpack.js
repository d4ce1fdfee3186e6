// The module as text. Its characters have 6 or 7 bits each: those have 6 that
// are frequent in scripts, for a bundle is compressed as one text, by one code.

// Of its 88 characters, which are these from & to } with a space for the backslash,
// the 40 from a on, and from & on behind the last, have 6 bits.
export function unpack(text) {
    const bytes = [];
    let bits = 0;
    let count = 0;
    for (const char of text) {
        const place = ((char == " " ? 92 : char.charCodeAt()) - 9) % 88;
        bits = place < 40 ? (bits << 6) | place : (bits << 7) | (place + 40);
        count += place < 40 ? 6 : 7;
        if (count > 7) bytes.push(bits >> (count -= 8));
    }
    return Uint8Array.from(bytes);
}
