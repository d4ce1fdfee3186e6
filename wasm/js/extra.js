// The extra part of the core: long events, version 1 signatures, hashes. It is loaded when there is
// need of it, and imports nothing of what is loaded before: a bundler would part that too.
const encoder = new TextEncoder();

// The characters of an event that are taken at a time, and the bytes that they may have.
const PIECE = 16384;
const ROOM = 3 * PIECE;

export function extraOf({ memory, scratch, hash, sign_v1, event_begin, event_scan, event_escape }, refuse) {
    const start = scratch();
    // Behind all that is the module's own.
    const free = memory.buffer.byteLength;

    // Memory is looked at anew each time, for what is seen of it is lost when it grows.
    const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
    // Returns a place behind so many bytes, for so many more.
    const place = (length, room) => {
        const missing = free + length + room - memory.buffer.byteLength;
        if (missing > 0) memory.grow((missing >> 16) + 1);
        return bytes(free + length, room);
    };

    return {
        // Writes a body around an event, and returns it with the bytes of the event. What is returned is
        // overwritten by whoever comes next, so it has to be used at once.
        write(before, event, after, limit, unchecked) {
            let length = 0;
            let total = 0;
            const put = (text, room) => encoder.encodeInto(text, place(length, room)).written;
            length += put(before, 3 * before.length);
            event_begin();
            // The last piece is empty, which says that the event has ended.
            for (let at = 0, end, count = 1; count && total <= limit; at = end) {
                end = at + PIECE;
                // A pair of surrogates stays together.
                if (event.charCodeAt(end - 1) >> 10 == 54) end--;
                count = put(event.slice(at, end), 6 * ROOM);
                total += count;
                const checked = unchecked ? event_scan(free + length, count) : -1;
                if (checked >= 0) refuse("event", "is not JSON from byte " + checked);
                // Text without escapes is in its place already.
                length += checked == -2 ? count : event_escape(free + length, count);
            }
            length += put(after, 3 * after.length);
            return [bytes(free, length), total];
        },

        // The SHA-256 of a body, for places without SubtleCrypto.
        hash(body) {
            place(0, body.length).set(body);
            hash(free, body.length);
            return bytes(start, 32).slice();
        },

        // The version 1 signature of a source.
        signatureV1(secretKey, source) {
            const text = secretKey + "\0" + source;
            sign_v1(encoder.encodeInto(text, bytes(start, ROOM)).written);
            return btoa(String.fromCharCode(...bytes(start, 32)));
        },
    };
}
