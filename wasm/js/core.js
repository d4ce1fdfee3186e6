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

export class Core {
    #memory;
    #start;
    #free;

    // The exports take and give plain numbers.
    constructor(exports) {
        this.exports = exports;
        this.#memory = exports.memory;
        this.#start = exports.scratch();
        // Behind all that is the module's own.
        this.#free = this.#memory.buffer.byteLength;
    }

    // Memory is looked at anew each time, for what is seen of it is lost when it grows.
    bytes(at, length) {
        return new Uint8Array(this.#memory.buffer, at, length);
    }

    // A part of the scratch.
    scratch(at, length) {
        return this.bytes(this.#start + at, length);
    }

    // Numbers into the front of the scratch.
    putNumbers(numbers) {
        new Float64Array(this.#memory.buffer, this.#start, numbers.length).set(numbers);
    }

    #put(text, at, room) {
        return encoder.encodeInto(text, this.bytes(at, room)).written;
    }

    text(at, length) {
        return decoder.decode(this.scratch(at, length));
    }

    // Texts into the scratch. None of them has the character that parts them.
    #putTexts(at, texts) {
        return at + this.#put(texts.join("\0"), this.#start + at, ROOM - at);
    }

    // Writes a body around the event, and shows it: what is shown is overwritten
    // by whoever comes next, so it has to be used at once.
    body(before, event, after, limit, unchecked) {
        const { check, escape } = this.exports;
        let length = 0;
        let total = 0;
        // Returns the place for the next bytes, `most` at most.
        const place = (most) => {
            const missing = this.#free + length + most - this.#memory.buffer.byteLength;
            if (missing > 0) this.#memory.grow((missing >> 16) + 1);
            return this.#free + length;
        };
        const add = (part) => (length += this.#put(part, place(3 * part.length), 3 * part.length));
        add(before);
        // The last piece is empty, which tells the check that the event has ended.
        for (let at = 0, end, count = event != undefined; count; at = end) {
            end = at + PIECE;
            // A pair of surrogates stays together.
            if (event.charCodeAt(end - 1) >> 10 == 54) end--;
            const to = place(6 * ROOM);
            count = this.#put(event.slice(at, end), to, ROOM);
            const checked = unchecked ? check(to, count, !at) : -1;
            if (checked >= 0) refuse("event", "is not JSON from byte " + checked);
            if ((total += count) > limit) refuse("event", `has over ${limit} bytes`);
            // Text without escapes is in its place already.
            length += checked == -2 ? count : escape(to, count);
        }
        add(after);
        if (length > 10485760) refuse("event", "makes a request of over 10 MiB");
        return this.bytes(this.#free, length);
    }

    // The hash of the body that was written last, for places without SubtleCrypto.
    bodyHash(body) {
        this.exports.hash(this.#free, body.length);
        return this.scratch(0, 32).slice();
    }

    // The signature of a POST, by a secret key, or by the hexadecimal digits of a day key.
    signature(bodyHash, host, action, secretKey, dayKey, timestamp) {
        this.scratch(0, 32).set(bodyHash);
        if (dayKey) this.scratch(32, 32).set(dayKey.match(/../g).map((byte) => parseInt(byte, 16)));
        this.exports.sign(this.#putTexts(64, [host, action, secretKey]), !!dayKey, timestamp);
        return this.text(0, 64);
    }

    signatureV1(texts) {
        this.exports.sign_v1(this.#putTexts(0, texts));
        return btoa(String.fromCharCode(...this.scratch(0, 32)));
    }
}

// The attempts of one call, besides others: between two steps its state is not in the core.
export class Attempts {
    #core;
    #state;
    #decoders;
    // `true` where the result is UTF-8.
    valid;
    texts;
    // The bytes of all texts.
    size;

    constructor(core, limit) {
        this.#core = core;
        this.#state = core.scratch(CALL, core.exports.call_begin(limit)).slice();
    }

    // Calls an export in the middle of this call.
    #step(name, length) {
        const place = this.#core.scratch(CALL, this.#state.length);
        place.set(this.#state);
        const result = this.#core.exports[name](length);
        this.#state.set(place);
        return result;
    }

    // Begins the response of the next attempt.
    begin() {
        this.#step("response_begin");
        this.valid = true;
        this.size = 0;
        this.texts = Array(TEXTS).fill("");
        // A defect of the log, or of a message, never costs the reply.
        this.#decoders = this.texts.map((_, index) => new TextDecoder("utf-8", { fatal: !index, ignoreBOM: true }));
    }

    #decode(lengths, stream) {
        lengths.forEach((length, index) => {
            this.size += length;
            try {
                this.texts[index] += this.#decoders[index].decode(this.#core.scratch((index + 1) * ROOM, length), { stream });
            } catch {
                this.valid = false;
            }
        });
    }

    push(chunk) {
        for (let at = 0; at < chunk.length; at += PIECE) {
            const piece = chunk.subarray(at, at + PIECE);
            this.#core.scratch(0, piece.length).set(piece);
            this.#step("response_push", piece.length);
            this.#decode(new Uint32Array(this.#core.scratch(0, 4 * TEXTS).slice().buffer), true);
        }
    }

    // Ends the response, whose texts are whole then.
    finish() {
        this.#decode(Array(TEXTS).fill(0));
    }

    // Returns the outcome of an attempt that ended so: numbers, and texts.
    end(numbers) {
        this.#core.putNumbers(numbers);
        const { buffer } = this.#core.scratch(0, this.#step("attempt_end")).slice();
        const whole = new Uint32Array(buffer, 0, WHOLE);
        return [[...whole, ...new Float64Array(buffer, 24, FRACTIONS)], decoder.decode(new Uint8Array(buffer, 24 + 8 * FRACTIONS)).split("\0")];
    }
}
