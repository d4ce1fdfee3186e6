// The package and the core itself agree, on requests byte for byte.
import { equal } from "./assert.mjs";

export function agreement({ Client }, { base, secret }, vectors) {
    return {
        async "requests"() {
            const { random } = Math;
            Math.random = () => (vectors.nonce - 1) / 2 ** 32;
            try {
                for (const { client, now, functionName, event, options, headers, body, url } of vectors.requests) {
                    const { action, invocationType, ...others } = options;
                    const parameters = [functionName, event ?? undefined, options];
                    const made = new Client({ ...client, ...others, endpoint: "https://scf.tencentcloudapi.com/", now: () => now });
                    const request = await made.sign(...parameters);
                    equal(await request.text(), body);
                    for (const [name, value] of Object.entries(headers))
                        if (!["host", "content-length"].includes(name)) equal(request.headers.get(name), value, name);
                    if (url) equal(await made.presign(...parameters), url);
                    if (event === null && action == "Invoke" && !invocationType) equal(await (await made.sign(functionName)).text(), body);
                }
            } finally {
                Math.random = random;
            }
        },
        async "signatures, by the core's own table"() {
            const rows = vectors.signatures.split("\n").filter((row) => row && !row.startsWith("#"));
            for (const row of rows) {
                const [secretKey, timestamp, host, action, event, body, dayKey, signature] = row.split("\t");
                const day = new Date(timestamp * 1000).toISOString().slice(0, 10);
                for (const credentials of [{ secretId: "AKIDEXAMPLE", secretKey }, { dayKey: `AKIDEXAMPLE/${day}/scf/${dayKey}` }]) {
                    const made = new Client({ region: "ap-guangzhou", credentials, endpoint: "https://scf.tencentcloudapi.com/", host, now: () => timestamp * 1000 });
                    const request = await made.sign("hello", ...(event ? [event, { action }] : []));
                    equal([request.headers.get("authorization").endsWith("Signature=" + signature), await request.text()], [true, body], row);
                }
            }
            equal(rows.length > 10, true);
        },
        async "escapes, at every place of a vector and around a piece's end"() {
            const made = new Client({ region: "ap-guangzhou", credentials: secret, endpoint: "https://scf.tencentcloudapi.com/", now: () => 1.7e12 });
            const events = [];
            for (const before of [...Array(36).keys(), ...Array.from({ length: 20 }, (_, more) => 16370 + more)]) {
                for (const special of ['\\"', "\\\\", "\\n", "\\u0001", "é", "😀", "\u007f"])
                    events.push('"' + "a".repeat(before) + special + "b".repeat(33) + '"');
                for (const space of ["\t", "\n", "\r"]) events.push("[" + " ".repeat(before) + space + " ".repeat(33) + "]");
            }
            for (const event of events)
                equal(await (await made.sign("echo", event)).text(), `{"FunctionName":"echo","ClientContext":${JSON.stringify(event)}}`);
        },
        async "hashes, where the platform has none"() {
            const there = Object.getOwnPropertyDescriptor(globalThis, "crypto");
            const made = new Client({ region: "ap-guangzhou", credentials: secret, endpoint: "https://scf.tencentcloudapi.com/", now: () => 1.7e12 });
            const event = JSON.stringify("0123456789é".repeat(20000));
            const authorization = async () => (await made.sign("echo", event)).headers.get("authorization");
            const expected = await authorization();
            Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
            try {
                equal(await authorization(), expected);
            } finally {
                if (there) Object.defineProperty(globalThis, "crypto", there);
                else delete globalThis.crypto;
            }
        },
        async "answers"() {
            for (const [index, { status, body, expected }] of vectors.answers.entries()) {
                const made = new Client({ region: "ap-guangzhou", credentials: secret, endpoint: `${base}/answer/${index}`, attempts: 1 });
                const got = await made.invoke("echo").catch((error) => error);
                const seen = { error: got instanceof Error ? got.name : undefined };
                for (const name in expected) seen[name] ??= got[name];
                for (const name in expected) equal(seen[name] ?? null, expected[name], `${status} ${body} ${name}, of ${got}`);
            }
        },
    };
}
