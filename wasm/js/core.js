// The core behind its exports, and what crosses over to it.
import { refuse } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// The characters of an event, and the bytes of a response, that are taken at a time.
const PIECE = 16384;
// The bytes of one text in the scratch.
const ROOM = 3 * PIECE;
// The numbers of an outcome.
const NUMBERS = 6;

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
        // Where the next bytes go, of which there are so many at most.
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
            // What needs no escapes is in its place already.
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

// Reads one response, besides others: between two pieces its state is not in the core.
export class Reader {
    text = "";
    log = "";
    #core;
    #state;
    // A defect of the log never costs the reply.
    #decoders = [true, false].map((fatal) => new TextDecoder("utf-8", { fatal, ignoreBOM: true }));
    // Whether the text is UTF-8.
    valid = true;

    constructor(core) {
        this.#core = core;
        this.#state = core.scratch(3 * ROOM, core.exports.answer_begin()).slice();
    }

    #resume() {
        this.#core.scratch(3 * ROOM, this.#state.length).set(this.#state);
    }

    #decode(index, length, stream) {
        try {
            return this.#decoders[index].decode(this.#core.scratch((index + 1) * ROOM, length), { stream });
        } catch {
            this.valid = false;
            return "";
        }
    }

    push(chunk) {
        for (let at = 0; at < chunk.length; at += PIECE) {
            const piece = chunk.subarray(at, at + PIECE);
            this.#resume();
            this.#core.scratch(0, piece.length).set(piece);
            const lengths = this.#core.exports.answer_push(piece.length);
            this.#state = this.#core.scratch(3 * ROOM, this.#state.length).slice();
            this.text += this.#decode(0, lengths & 65535, true);
            this.log += this.#decode(1, lengths >>> 16, true);
        }
    }

    // What the core makes of it: numbers, and texts.
    end(status, later, functionStatus) {
        this.text += this.#decode(0, 0);
        this.log += this.#decode(1, 0);
        this.#resume();
        const length = this.#core.exports.answer_end(status, later, functionStatus);
        const seen = this.#core.scratch(0, length).slice();
        const numbers = [...new Float64Array(seen.buffer, 0, NUMBERS)];
        const texts = [];
        for (let from = 8 * NUMBERS, end; (end = seen.indexOf(255, from)) > 0; from = end + 1)
            texts.push(decoder.decode(seen.subarray(from, end)));
        return [numbers, texts];
    }
}
