// The core in its WebAssembly module, and what crosses over to it.
import deflated from "./scf_invoke_wasm.js";
import { refuse } from "./errors.js";
import { unpack } from "./unpack.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// The characters of an event, and the bytes of an answer, that are taken at a time.
const PIECE = 16384;
// The bytes of one text in the scratch.
const ROOM = 3 * PIECE;
// The numbers of an outcome.
const NUMBERS = 6;

let memory, start, free, loading;

// The exports, which take and give plain numbers.
export let core;

export const load = (module) =>
    (loading ??= instantiate(module).catch((error) => {
        loading = undefined;
        throw error;
    }));

async function instantiate(module) {
    if (!module) {
        const inflated = new Response(unpack(deflated)).body.pipeThrough(new DecompressionStream("deflate"));
        module = await WebAssembly.compile(await new Response(inflated).arrayBuffer());
    }
    core = (await WebAssembly.instantiate(module, {})).exports;
    memory = core.memory;
    start = core.scratch();
    // Behind all that is the module's own.
    free = memory.buffer.byteLength;
}

// Memory is looked at anew each time, for what is seen of it is lost when it grows.
const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
const put = (text, at, room) => encoder.encodeInto(text, bytes(at, room)).written;
const text = (at, length) => decoder.decode(bytes(at, length));

// Texts into the scratch. None of them has the character that parts them.
const putTexts = (at, texts) => at + put(texts.join("\0"), at, start + ROOM - at) - start;

// Writes a body around the event, and shows it: what is shown is overwritten
// by whoever comes next, so it has to be used at once.
export function body(before, event, after, limit, unchecked) {
    let length = 0;
    let total = 0;
    // Where the next bytes go, of which there are so many at most.
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
        const verdict = unchecked ? core.check(to, count, !at) : -1;
        if (verdict >= 0) refuse("event", "is not JSON from byte " + verdict);
        if ((total += count) > limit) refuse("event", `has over ${limit} bytes`);
        // What needs no escapes is in its place already.
        length += verdict == -2 ? count : core.escape(to, count);
    }
    add(after);
    if (length > 10485760) refuse("event", "makes a request of over 10 MiB");
    return bytes(free, length);
}

// The hash of the body that was written last, for places without SubtleCrypto.
export function bodyHash(body) {
    core.hash(free, body.length);
    return bytes(start, 32).slice();
}

// The signature of a POST, by a secret key, or by the hexadecimal digits of a day key.
export function signature(bodyHash, host, action, secretKey, dayKey, timestamp) {
    bytes(start, 32).set(bodyHash);
    if (dayKey) bytes(start + 32, 32).set(dayKey.match(/../g).map((byte) => parseInt(byte, 16)));
    core.sign(putTexts(start + 64, [host, action, secretKey]), !!dayKey, timestamp);
    return text(start, 64);
}

export function signatureV1(texts) {
    core.sign_v1(putTexts(start, texts));
    return btoa(String.fromCharCode(...bytes(start, 32)));
}

// Reads one answer, besides others: between two pieces its state is not in the module.
export class Answer {
    text = "";
    log = "";
    #decoders = ["", ""].map(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }));
    #size = core.answer_begin();
    #state = this.#place().slice();

    #place() {
        return bytes(start + 3 * ROOM, this.#size);
    }

    #decode(index, length) {
        return this.#decoders[index].decode(bytes(start + (index + 1) * ROOM, length), { stream: true });
    }

    push(chunk) {
        for (let at = 0; at < chunk.length; at += PIECE) {
            const piece = chunk.subarray(at, at + PIECE);
            this.#place().set(this.#state);
            bytes(start, piece.length).set(piece);
            const lengths = core.answer_push(piece.length);
            this.#state = this.#place().slice();
            this.text += this.#decode(0, lengths & 65535);
            this.log += this.#decode(1, lengths >>> 16);
        }
    }

    // What the core makes of it: numbers, and texts. Fails where a text is not UTF-8.
    end(status) {
        for (const decoder of this.#decoders) decoder.decode();
        this.#place().set(this.#state);
        const length = core.answer_end(status);
        const numbers = [...new Float64Array(memory.buffer, start, NUMBERS)];
        const texts = [];
        const seen = bytes(start, length);
        for (let from = 8 * NUMBERS, end; (end = seen.indexOf(255, from)) > 0; from = end + 1)
            texts.push(text(start + from, end - from));
        return [numbers, texts];
    }
}
