// The core behind its exports, and what crosses over to it.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

// The bytes of a response that are taken at a time.
const PIECE = 16384;
// The bytes of the scratch, and of each text behind it.
const ROOM = 3 * PIECE;
const TEXT = PIECE + 16;
// The members of a response, see outcome.js.
const TEXTS = 14;
// The place of the call that is being made, before the scratch.
const CALL = -256;

export function coreOf(exports) {
    const { memory } = exports;
    const start = exports.scratch();
    // A part of the scratch. Memory is looked at anew each time, for what is seen of it is
    // lost when it grows.
    const scratch = (at, length) => new Uint8Array(memory.buffer, start + at, length);
    return {
        // They take and give plain numbers.
        exports,
        scratch,

        // Numbers into the front of the scratch.
        putNumbers: (numbers) => new Float64Array(memory.buffer, start, numbers.length).set(numbers),

        // The signature of a POST, by a secret key, or by the hexadecimal digits of a day key.
        signature(bodyHash, host, action, secretKey, dayKey, timestamp) {
            scratch(0, 32).set(bodyHash);
            if (dayKey) scratch(32, 32).set(dayKey.match(/../g).map((byte) => parseInt(byte, 16)));
            // None of the texts has the character that parts them.
            const { written } = encoder.encodeInto([host, action, secretKey].join("\0"), scratch(64, ROOM - 64));
            exports.sign(64 + written, !!dayKey, timestamp);
            return decoder.decode(scratch(0, 64));
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
            // Of an id, a message and a number what is short does not count.
            if (index < 2 || attempts.texts[index].length > 64) attempts.size += length;
            try {
                // A defect of the log, or of a message, never costs the reply.
                decoders[index] ??= new TextDecoder("utf-8", { fatal: !index, ignoreBOM: true });
                attempts.texts[index] += decoders[index].decode(scratch(ROOM + index * TEXT, length), { stream });
            } catch {
                attempts.valid = false;
            }
        });

    const attempts = {
        texts: [],

        // Begins the response of the next attempt.
        begin() {
            step("response_begin");
            // `true` where the result is UTF-8.
            attempts.valid = true;
            // The bytes of result and log, and of what is too long beside them.
            attempts.size = 0;
            attempts.texts = Array(TEXTS).fill("");
            decoders = [];
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

        // Returns the outcome of an attempt that ended so, with that code of the API.
        end(numbers, code = "") {
            putNumbers(numbers);
            const at = 8 * numbers.length;
            step("attempt_end", at + encoder.encodeInto(code, scratch(at, ROOM - at)).written);
            return [...new Float64Array(scratch(0, 48).slice().buffer)];
        },
    };
    return attempts;
}
