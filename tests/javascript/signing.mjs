// The time that signing 6 MiB takes, from the call to the fetch, beside SubtleCrypto's
// SHA-256 of the same body: in turns, so that what else runs hits both. Beside
// it what no way of signing does without, by the platform itself: the event's
// text, its bytes, and the request that takes the body; alone, and all of it
// with the digest, which is the floor. The native way also checks the event by
// JSON.parse and escapes it by JSON.stringify.
const ROUNDS = 31;
const PIECE = 16384;

// The most that signing may take, in times of the native way, which what else
// wants the machine slows as well. A value is made to text either way, which is
// most of the time.
const LIMITS = { "base64 as text": 0.75, "JSON as text": 0.75, "JSON as a value": 1.2 };

const length = 6291456;
const rows = Array.from({ length: 100000 }, (_, id) => ({ id, name: "user" + id, tags: ["a", "bb"], ok: true }));
const events = {
    "base64 as text": '"' + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".repeat(length / 64 - 1) + '"',
    "JSON as text": JSON.stringify(rows),
    "JSON as a value": rows,
};
const endpoint = "http://127.0.0.1:9/";
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const shown = (numbers) => numbers.map((number) => number.toFixed(2).padStart(11)).join("");

// The table; fails with it where a ratio is over its limit.
export async function signing({ Client }) {
    let fetched;
    const fetch = async () => {
        fetched = performance.now();
        throw new Error("enough");
    };
    const client = new Client({ region: "ap-guangzhou", credentials: { secretId: "i", secretKey: "k" }, endpoint, fetch });
    const encoder = new TextEncoder();
    const lines = [];
    let over = "";
    for (const [name, event] of Object.entries(events)) {
        const body = new Uint8Array(await (await client.sign("hello", event)).arrayBuffer());
        const target = new Uint8Array(body.length);
        const isText = typeof event == "string";
        const text = isText ? event : JSON.stringify(event);
        const digest = () => crypto.subtle.digest("SHA-256", body);
        const stringify = () => isText || JSON.stringify(event);
        const encode = () => {
            for (let at = 0; at < text.length; at += PIECE) encoder.encodeInto(text.slice(at, at + PIECE), target);
        };
        const request = () => new Request(endpoint, { method: "POST", body });
        const floor = () => {
            stringify();
            encode();
            const hashed = digest();
            request();
            return hashed;
        };
        const native = () => {
            const checked = isText ? JSON.parse(text) && text : JSON.stringify(event);
            const written = encoder.encode(`{"FunctionName":"hello","ClientContext":${JSON.stringify(checked)}}`);
            const hashed = crypto.subtle.digest("SHA-256", written);
            new Request(endpoint, { method: "POST", body: written });
            return hashed;
        };
        const sign = () => client.invoke("hello", event).catch(() => {});
        const parts = { digest, sign, stringify, encode, request, floor, native };
        const times = {};
        for (let round = 0; round < ROUNDS; round++)
            for (const part in parts) {
                const begun = performance.now();
                await parts[part]();
                const ended = part == "sign" ? fetched : performance.now();
                (times[part] ??= []).push(ended - begun);
            }
        const ratios = Object.values(times).map((all) => median(all.map((time, round) => time / times.digest[round])));
        const ratio = median(times.sign.map((time, round) => time / times.native[round]));
        lines.push(`  ${name.padEnd(15)} ${body.length} bytes${shown([median(times.digest), median(times.sign)])} |${shown(ratios.slice(1))} | ${ratio.toFixed(2)} of at most ${LIMITS[name].toFixed(2)}`);
        if (ratio > LIMITS[name]) over += `\n${name}: ${ratio.toFixed(2)} times the native way is over ${LIMITS[name]}`;
    }
    const names = ["SHA-256 ms", "signing ms", "| signing", "stringify", "encode", "request", "floor", "native"];
    const head = " ".repeat(31) + names.map((name, index) => name.padStart(index == 2 ? 13 : 11)).join("") + " | signing by native";
    const table = [head, ...lines].join("\n");
    if (over) throw new Error(table + over);
    return table;
}

if (globalThis.process) console.log(await signing(await import(globalThis.process.env.PACKAGE)));
