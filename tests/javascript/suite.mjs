// The package's promises, in any place that runs JavaScript.
import { agreement } from "./agreement.mjs";
import { errors } from "./errors.mjs";
import { input } from "./input.mjs";
import { outcomes } from "./outcomes.mjs";
import { observed } from "./observed.mjs";
import { relayed } from "./relay.mjs";
import { trouble } from "./trouble.mjs";
import { equal, rejects } from "./assert.mjs";

export async function run(scf, context, vectors, ...more) {
    const failures = [];
    let passed = 0;
    const groups = [calls, trouble, input, errors, observed, outcomes, relayed, agreement, ...more];
    const all = Object.assign({}, ...groups.map((group) => group(scf, context, vectors)));
    for (const [name, test] of Object.entries(all)) {
        try {
            await test();
            passed++;
        } catch (error) {
            failures.push(`${name}: ${error?.stack ?? error}`);
        }
    }
    return { passed, failures };
}

function calls({ Client, FunctionError }, context) {
    const { endpoint, host, secret, temporary } = context;
    const client = (options) => new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host, ...options });
    return {
        async "a value comes back as it went"() {
            const event = { name: "wörld 😀", list: [1, 2.5, null, true], text: '"\\\n\u0001' };
            const { result, resultText, requestId, functionRequestId, durationMs, memoryBytes } = await client().invoke("echo", event);
            equal(result, event);
            equal(JSON.parse(resultText), event);
            equal([requestId.length, functionRequestId.length], [36, 36]);
            equal([typeof durationMs, typeof memoryBytes], ["number", "number"]);
        },
        async "text and bytes are JSON text"() {
            equal((await client().invoke("echo", '{"a":1}')).resultText, '{"a":1}');
            equal((await client().invoke("echo", new TextEncoder().encode('["é"]'))).result, ["é"]);
            equal((await client().invoke("echo", new TextEncoder().encode("7").buffer)).result, 7);
        },
        async "a result that is not JSON is text"() {
            equal((await client().invoke("release", 0)).result, "released");
        },
        async "the log is there where it is asked for"() {
            equal((await client().invoke("echo", 1, { logType: "Tail" })).log.includes("echoing"), true);
        },
        async "InvokeFunction, defaults, and all options"() {
            const options = { qualifier: "$LATEST", namespace: "default", routingKey: { k: "v" }, language: "en-US", timeoutMs: 0, attempts: 1 };
            equal((await client(options).invokeFunction("echo", 1)).result, 1);
            equal((await client().invoke("echo", 1, { ...options, invocationType: "RequestResponse" })).result, 1);
        },
        async "an asynchronous call is accepted"() {
            const accepted = await client().invoke("echo", 1, { invocationType: "Event" });
            equal([accepted.result, accepted.resultText, accepted.functionRequestId.length], [undefined, "", 36]);
            equal([accepted.durationMs, accepted.billedDurationMs, accepted.memoryBytes], [undefined, undefined, undefined]);
        },
        async "a function that fails"() {
            const error = await rejects(client().invoke("fail"), FunctionError);
            equal([error.code, error.delivery, error.retryable, error.statusCode], ["FunctionFailed", "executed", false, 430]);
            equal(error.stackTrace.includes("as asked"), true);
            equal(error.requestId.length, 36);
        },
        async "a signed request for one's own fetch"() {
            for (const action of ["Invoke", "InvokeFunction"]) {
                const request = await client().sign("echo", { a: 1 }, { action });
                const answer = await (await fetch(request)).json();
                equal(answer.Response.Result.RetMsg, '{"a":1}');
            }
        },
        async "a URL that runs a function"() {
            const url = await client().presign("echo", ["it's (me)!*~ +&=%#/é😀"]);
            const answer = await (await fetch(url)).json();
            equal(JSON.parse(answer.Response.Result.RetMsg), ["it's (me)!*~ +&=%#/é😀"]);
        },
        async "a day key in place of the secret"() {
            const dayKey = await makeDayKey(secret, new Date().toISOString().slice(0, 10));
            equal((await client({ credentials: { dayKey } }).invoke("echo", 1)).result, 1);
        },
        async "temporary credentials"() {
            equal((await client({ credentials: temporary }).invoke("echo", 1)).result, 1);
        },
        async "a function's credentials are asked for once, and anew when they expire"() {
            let asked = 0;
            let ahead = 0;
            const credentials = async () => ({ ...(asked++ % 2 ? temporary : secret), expiresAt: Date.now() + 120000 });
            // Within what the server tolerates, but past the margin.
            const rotating = client({ credentials, now: () => Date.now() + ahead });
            const many = () => Promise.all(Array.from({ length: 20 }, (_, index) => rotating.invoke("echo", index)));
            for (const expected of [1, 2, 3]) {
                equal((await many()).map(({ result }) => result), [...Array(20).keys()]);
                equal(asked, expected);
                ahead += 70000;
            }
        },
        async "credentials that were refused as expired are asked for anew"() {
            let asked = 0;
            const credentials = () => (asked++ ? temporary : { ...temporary, token: "old" });
            equal((await client({ credentials }).invoke("echo", 1)).result, 1);
            equal(asked, 2);
        },
        async "a result of 6 MB"() {
            const { resultText: text } = await client().invoke("big", 5000000);
            equal(text.length, 5000000);
            equal(text.slice(0, 8), 'é"\\\né"\\\n');
            equal(text.slice(-8), 'é"\\\né"\\\n');
        },
        async "an event of 6 MiB"() {
            const event = '"' + "0123456789abcdef".repeat(393216 - 1) + '"';
            const { resultText: text } = await client().invoke("echo", event);
            equal(text.length, event.length);
            equal(text == event, true);
        },
        async "many large calls at the same time"() {
            const events = Array.from({ length: 6 }, (_, index) => JSON.stringify(String(index).repeat(200000) + "é\"\\"));
            const texts = await Promise.all(events.map((event) => client().invoke("echo", event)));
            equal(texts.every(({ resultText: text }, index) => text == events[index]), true);
        },
    };
}

// As a backend makes it.
export async function makeDayKey({ secretId, secretKey }, date) {
    const encoder = new TextEncoder();
    const mac = async (key, text) => {
        const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
        return crypto.subtle.sign("HMAC", imported, encoder.encode(text));
    };
    let key = encoder.encode("TC3" + secretKey);
    for (const text of [date, "scf", "tc3_request"]) key = await mac(key, text);
    const hex = [...new Uint8Array(key)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${secretId}/${date}/scf/${hex}`;
}
