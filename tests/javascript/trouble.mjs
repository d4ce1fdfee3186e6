// Failures on the way: whether the function may have run is always reported.
import { equal, rejects } from "./assert.mjs";

export function trouble({ Client, ApiError, NetworkError, TimeoutError }, context) {
    const { base, endpoint, host, secret, refused, refusedIsKnown, resends } = context;
    const client = (options) => new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host, ...options });
    const at = (path) => client({ endpoint: base + "/strange/" + path });
    const fault = (kind, more) => client().invoke("fault", { kind, ...more });
    const count = async () => (await client().invoke("count")).result;
    const facts = ({ code, delivery, retryable }) => [code, delivery, retryable];

    return {
        async "an error of the API"() {
            const error = await rejects(client().invoke("nowhere"), ApiError);
            equal(facts(error), ["ResourceNotFound.Function", "refused", false]);
            equal([error.name, error.requestId.length], ["ApiError", 36]);
            equal(error.advice, "Check function name, namespace and region.");
        },
        async "an error that says much"() {
            const Message = "é".repeat(100);
            const whole = new TextEncoder().encode(JSON.stringify({ Response: { Error: { Code: "InternalError", Message }, RequestId: "r" } }));
            const message = async (...pieces) => {
                const body = new ReadableStream({
                    start(controller) {
                        for (const piece of pieces) controller.enqueue(piece);
                        controller.close();
                    },
                });
                return (await rejects(client({ fetch: async () => new Response(body) }).invoke("echo"), ApiError)).message;
            };
            equal(await message(whole), "InternalError: " + Message);
            equal(await message(whole.subarray(0, 99), whole.subarray(99)), "InternalError: " + Message);
        },
        async "a wrong secret"() {
            const error = await rejects(client({ credentials: { ...secret, secretKey: "wrong" } }).invoke("echo"), ApiError);
            equal(facts(error), ["AuthFailure.SignatureFailure", "refused", false]);
        },
        async "a rate limit is waited for"() {
            await fault("api", { code: "RequestLimitExceeded", times: 2 });
            equal((await client().invoke("echo", 1)).result, 1);
        },
        async "but not longer than is wanted"() {
            await fault("api", { code: "RequestLimitExceeded", times: 1 });
            const error = await rejects(client().invoke("echo", 1, { attempts: 1 }), ApiError);
            equal(facts(error), ["RequestLimitExceeded", "refused", true]);
            await fault("api", { code: "RequestLimitExceeded", times: 1 });
            equal((await rejects(client().invoke("echo", 1, { timeoutMs: 200 }), ApiError)).code, "RequestLimitExceeded");
        },
        async "what may have run is not repeated"() {
            const before = await count();
            await fault("api", { code: "InternalError" });
            equal(facts(await rejects(client().invoke("count"), ApiError)), ["InternalError", "unknown", false]);
            equal(await count(), before + 1);
            let fetched = 0;
            const counting = (request) => (fetched++, globalThis.fetch(request));
            const dropped = client({ endpoint: base + "/strange/drop", fetch: counting });
            equal(facts(await rejects(dropped.invoke("count"), NetworkError)), ["FetchFailed", "unknown", false]);
            equal(fetched, 1);
        },
        async "a connection that breaks before and within the answer"() {
            for (const kind of resends ? ["cut"] : ["close before", "close after", "cut"]) {
                const before = await count();
                await fault(kind);
                equal(facts(await rejects(client().invoke("count"), NetworkError)), ["FetchFailed", "unknown", false], kind);
                equal(await count(), before + (kind == "close before" ? 1 : 2), kind);
            }
        },
        async "a clock that is off by an hour"() {
            const behind = client({ now: () => Date.now() - 3600000 });
            // All are refused once, and learn from the first who hears of it.
            const results = await Promise.all([1, 2, 3].map((event) => behind.invoke("echo", event)));
            equal(results.map(({ result }) => result), [1, 2, 3]);
            // The corrected clock is kept for the next call.
            equal((await behind.invoke("echo", 4, { attempts: 1 })).result, 4);
        },
        async "a server's clock that is off"() {
            const known = client();
            await known.invoke("clock", 3600);
            try {
                equal((await known.invoke("echo", 1)).result, 1);
            } finally {
                await known.invoke("clock", 0);
            }
            equal((await known.invoke("echo", 1)).result, 1);
        },
        async "an abort before and while waiting"() {
            const error = await rejects(client().invoke("count", 1, { signal: AbortSignal.abort() }), DOMException);
            equal(error.name, "AbortError");
            const controller = new AbortController();
            const call = client().invoke("wait", 1, { signal: controller.signal });
            await client().invoke("begun", 1);
            controller.abort("enough");
            equal(await call.catch((reason) => reason), "enough");
            await client().invoke("release", 1);
        },
        async "a timeout"() {
            const error = await rejects(at("hold").invoke("echo", 1, { timeoutMs: 100 }), TimeoutError);
            equal(facts(error), ["Timeout", "unknown", false]);
            const credentials = () => new Promise(() => {});
            const unsent = await rejects(client({ credentials }).invoke("echo", 1, { timeoutMs: 10 }), TimeoutError);
            equal(facts(unsent), ["Timeout", "not sent", true]);
        },
        async "nobody there"() {
            const error = await rejects(client({ endpoint: refused }).invoke("echo", 1, { attempts: 2 }), NetworkError);
            equal(facts(error), ["FetchFailed", ...(refusedIsKnown ? ["not sent", true] : ["unknown", false])]);
            equal([error.url, error.status], [refused + "/", undefined]);
        },
        async "no network at all"() {
            const there = Object.getOwnPropertyDescriptor(globalThis, "navigator");
            Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
            try {
                const fetch = () => Promise.reject(new TypeError("offline"));
                const error = await rejects(client({ fetch }).invoke("echo", 1, { attempts: 1 }), NetworkError);
                equal(facts(error), ["Offline", "not sent", true]);
            } finally {
                if (there) Object.defineProperty(globalThis, "navigator", there);
                else delete globalThis.navigator;
            }
        },
        async "somebody else answers"() {
            const html = await rejects(at("html").invoke("echo", 1), NetworkError);
            equal([...facts(html), html.status], ["NotAnAnswer", "unknown", false, 200]);
            equal([html.excerpt, html.url], ["<html> <title>Welcome</title>", base + "/strange/html"]);
            equal(html.message.includes("<title>Welcome"), true);
            const empty = await rejects(at("empty").invoke("echo", 1), NetworkError);
            equal([...facts(empty), empty.excerpt], ["NotAnAnswer", "unknown", false, ""]);
            const redirect = await rejects(at("redirect").invoke("echo", 1), NetworkError);
            equal(facts(redirect), ["Redirect", "unknown", false]);
            for (const [status, delivery] of [[502, "unknown"], [404, "refused"]]) {
                const error = await rejects(at("status?status=" + status).invoke("echo", 1), NetworkError);
                equal([...facts(error), error.status, error.excerpt], ["HttpStatus", delivery, false, status, "out of order"]);
            }
        },
        async "a result that is not UTF-8"() {
            const error = await rejects(at("latin1").invoke("echo", 1), NetworkError);
            equal([...facts(error), error.status], ["InvalidUtf8", "executed", false, 200]);
        },
        async "a reply that is longer than is wanted"() {
            const event = JSON.stringify("é".repeat(50000));
            const error = await rejects(client({ replyLimit: 100000 }).invoke("echo", event), NetworkError);
            equal(facts(error), ["ReplyTooLarge", "executed", false]);
            equal(error.message.includes("over 100000 bytes came, the limit of replyLimit"), true, error.message);
            equal((await client().invoke("echo", event, { replyLimit: 100002 })).resultText, event);
        },
        async "a page that is long where a reply should be"() {
            const piece = new Uint8Array(65536).fill(32);
            const long = (status, start) => {
                let left = 320;
                const pull = (controller) => (left-- ? controller.enqueue(piece) : controller.close());
                const fetch = async () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(start)), pull }), { status });
                return rejects(client({ fetch, attempts: 1 }).invoke("echo"), NetworkError);
            };
            equal(facts(await long(200, "<html>")), ["NotAnAnswer", "unknown", false]);
            equal(facts(await long(403, "<html>")), ["HttpStatus", "refused", false]);
            const error = '{"Response":{"Error":{"Code":"InternalError","Message":"';
            equal(facts(await long(200, error)), ["ReplyTooLarge", "unknown", false]);
        },
        async "a relay says what became of the request"() {
            for (const [says, status, ...expected] of [
                ["refused", 403, "refused", false],
                ["not-sent", 502, "not sent", true],
                ["unknown", 504, "unknown", false],
            ]) {
                const error = await rejects(at(`relay?says=${says}&status=${status}`).invoke("echo", 1, { attempts: 1 }), NetworkError);
                equal(facts(error), ["Relay.Test", ...expected]);
                equal(error.status, status);
            }
        },
    };
}
