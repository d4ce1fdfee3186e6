// The core behind its exports, and what crosses over to it.
import { refuse } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// The characters of an event, and the bytes of a response, that are taken at a time.
const PIECE = 16384;
// The bytes of one text in the scratch.
const ROOM = 3 * PIECE;
// Result, log, and the messages of the API and of a function that failed.
const TEXTS = 4;
// The place of the call that is being made.
const CALL = (1 + TEXTS) * ROOM;
// The whole numbers of an outcome, in its first 24 bytes, and the others.
const WHOLE = 5;
const FRACTIONS = 4;

export function coreOf(exports) {
    const { memory, check, escape } = exports;
    const start = exports.scratch();
    // Behind all that is the module's own.
    const free = memory.buffer.byteLength;

    // Memory is looked at anew each time, for what is seen of it is lost when it grows.
    const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
    // A part of the scratch.
    const scratch = (at, length) => bytes(start + at, length);
    const put = (text, at, room) => encoder.encodeInto(text, bytes(at, room)).written;
    // Texts into the scratch. None of them has the character that parts them.
    const putTexts = (at, texts) => at + put(texts.join("\0"), start + at, ROOM - at);

    return {
        // They take and give plain numbers.
        exports,
        scratch,

        // Numbers into the front of the scratch.
        putNumbers: (numbers) => new Float64Array(memory.buffer, start, numbers.length).set(numbers),

        // Writes a body around the event, and shows it: what is shown is overwritten
        // by whoever comes next, so it has to be used at once.
        body(before, event, after, limit, unchecked) {
            let length = 0;
            let total = 0;
            // Returns the place for the next bytes, `most` at most.
            const place = (most) => {
                const missing = free + length + most - memory.buffer.byteLength;
                if (missing > 0) memory.grow((missing >> 16) + 1);
                return free + length;
            };
            const add = (part) => (length += put(part, place(3 * part.length), 3 * part.length));
            add(before);
            // The last piece is empty, which tells the check that the event has ended.
            for (let at = 0, end, count = event != undefined; count; at = end) {
                end = at + PIECE;
                // A pair of surrogates stays together.
                if (event.charCodeAt(end - 1) >> 10 == 54) end--;
                const to = place(6 * ROOM);
                count = put(event.slice(at, end), to, ROOM);
                const checked = unchecked ? check(to, count, !at) : -1;
                if (checked >= 0) refuse("event", "is not JSON from byte " + checked);
                if ((total += count) > limit) refuse("event", `has over ${limit} bytes`);
                // Text without escapes is in its place already.
                length += checked == -2 ? count : escape(to, count);
            }
            add(after);
            if (length > 10485760) refuse("event", "makes a request of over 10 MiB");
            return bytes(free, length);
        },

        // The hash of the body that was written last, for places without SubtleCrypto.
        bodyHash(body) {
            exports.hash(free, body.length);
            return scratch(0, 32).slice();
        },

        // The signature of a POST, by a secret key, or by the hexadecimal digits of a day key.
        signature(bodyHash, host, action, secretKey, dayKey, timestamp) {
            scratch(0, 32).set(bodyHash);
            if (dayKey) scratch(32, 32).set(dayKey.match(/../g).map((byte) => parseInt(byte, 16)));
            exports.sign(putTexts(64, [host, action, secretKey]), !!dayKey, timestamp);
            return decoder.decode(scratch(0, 64));
        },

        signatureV1(texts) {
            exports.sign_v1(putTexts(0, texts));
            return btoa(String.fromCharCode(...scratch(0, 32)));
        },
    };
}

// The attempts of one call, besides others: between two steps its state is not in the core.
export function attemptsOf({ exports, scratch, putNumbers }, limit) {
    const state = scratch(CALL, exports.call_begin(limit)).slice();
    let decoders;

    // Calls an export in the middle of this call.
    const step = (name, length) => {
        const place = scratch(CALL, state.length);
        place.set(state);
        const result = exports[name](length);
        state.set(place);
        return result;
    };
    const decode = (lengths, stream) =>
        lengths.forEach((length, index) => {
            attempts.size += length;
            try {
                attempts.texts[index] += decoders[index].decode(scratch((index + 1) * ROOM, length), { stream });
            } catch {
                attempts.valid = false;
            }
        });

    const attempts = {
        // Begins the response of the next attempt.
        begin() {
            step("response_begin");
            // `true` where the result is UTF-8.
            attempts.valid = true;
            // The bytes of all texts.
            attempts.size = 0;
            attempts.texts = Array(TEXTS).fill("");
            // A defect of the log, or of a message, never costs the reply.
            decoders = attempts.texts.map((_, index) => new TextDecoder("utf-8", { fatal: !index, ignoreBOM: true }));
        },

        push(chunk) {
            for (let at = 0; at < chunk.length; at += PIECE) {
                const piece = chunk.subarray(at, at + PIECE);
                scratch(0, piece.length).set(piece);
                step("response_push", piece.length);
                decode(new Uint32Array(scratch(0, 4 * TEXTS).slice().buffer), true);
            }
        },

        // Ends the response, whose texts are whole then.
        finish: () => decode(Array(TEXTS).fill(0)),

        // Returns the outcome of an attempt that ended so: numbers, and texts.
        end(numbers) {
            putNumbers(numbers);
            const { buffer } = scratch(0, step("attempt_end")).slice();
            const whole = new Uint32Array(buffer, 0, WHOLE);
            return [[...whole, ...new Float64Array(buffer, 24, FRACTIONS)], decoder.decode(new Uint8Array(buffer, 24 + 8 * FRACTIONS)).split("\0")];
        },
    };
    return attempts;
}
