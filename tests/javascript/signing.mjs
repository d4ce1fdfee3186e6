// How long signing 6 MiB takes, from the call to the fetch, beside SubtleCrypto's
// SHA-256 of the same body: in turns, so that what else runs hits both. Beside
// it what no way of signing does without, by the platform itself: the event's
// text, its bytes, a copy of the body as a whole and the request that takes it.
const PAIRS = 31;
const PIECE = 16384;

// The ratios that are guarded. Both engines are slower where others want the machine.
const LIMITS = {
    "base64 as text": { node: 2.6, browser: 2.6 },
    "JSON as text": { node: 8, browser: 8 },
    "JSON as a value": { node: 10, browser: 10 },
};

const length = 6291456;
const rows = Array.from({ length: 100000 }, (_, id) => ({ id, name: "user" + id, tags: ["a", "bb"], ok: true }));
const events = {
    "base64 as text": '"' + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".repeat(length / 64 - 1) + '"',
    "JSON as text": JSON.stringify(rows),
    "JSON as a value": rows,
};
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

// The table, which fails where a ratio is over its limit.
export async function signing({ Client }, engine) {
    let fetched;
    const fetch = async () => {
        fetched = performance.now();
        throw new Error("enough");
    };
    const client = new Client({ region: "ap-guangzhou", credentials: { secretId: "i", secretKey: "k" }, endpoint: "http://127.0.0.1:9/", fetch });
    const encoder = new TextEncoder();
    const lines = ["", `  ${"".padEnd(16)}     body      SHA-256      signing  ratio  limit | stringify  encode  copy  request  floor`];
    let over = "";
    for (const [name, event] of Object.entries(events)) {
        const body = new Uint8Array(await (await client.sign("hello", event)).arrayBuffer());
        const copy = new Uint8Array(body.length);
        const text = typeof event == "string" ? event : JSON.stringify(event);
        const parts = {
            signing: async () => {
                await client.invoke("hello", event).catch(() => {});
                return fetched;
            },
            stringify: () => text == event || JSON.stringify(event),
            encode: () => {
                for (let at = 0; at < text.length; at += PIECE) encoder.encodeInto(text.slice(at, at + PIECE), copy);
            },
            copy: () => copy.set(body),
            request: () => new Request("http://127.0.0.1:9/", { method: "POST", body }),
        };
        const digests = [];
        const times = [];
        const ratios = {};
        for (let pair = 0; pair < PAIRS; pair++) {
            const begun = performance.now();
            await crypto.subtle.digest("SHA-256", body);
            const digest = performance.now() - begun;
            digests.push(digest);
            for (const part in parts) {
                const begun = performance.now();
                const ended = await parts[part]();
                const time = (part == "signing" ? ended : performance.now()) - begun;
                if (part == "signing") times.push(time);
                (ratios[part] ??= []).push(time / digest);
            }
        }
        const [ratio, ...others] = Object.values(ratios).map(median);
        // Where a digest has a thread of its own, the request is made meanwhile.
        const [stringify, encode, copied, request] = others;
        const floor = 1 + stringify + encode + copied + (engine == "node" ? 0 : request);
        const limit = LIMITS[name][engine];
        const shown = [ratio, limit].map((number) => number.toFixed(2).padStart(6)).join(" ");
        lines.push(`  ${name.padEnd(16)} ${body.length} ${median(digests).toFixed(1).padStart(9)} ms ${median(times).toFixed(1).padStart(9)} ms ${shown} |    ${others.map((number) => number.toFixed(2).padStart(6)).join("  ")} ${floor.toFixed(2).padStart(6)}`);
        if (ratio > limit) over += `\n${name}: ${ratio.toFixed(2)} is over ${limit}`;
    }
    if (over) throw new Error(lines.join("\n") + over);
    return lines.join("\n");
}

if (globalThis.process) console.log(await signing(await import(process.env.PACKAGE), "node"));
