// Hooks, loggers, options and many events, as a program uses them.
import { equal, rejects } from "./assert.mjs";

export function observed({ Client, ConfigError, ScfError }, { endpoint, host, secret, temporary }) {
    const client = (options) => new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host, ...options });
    const answer = (Response_, headers) => new Response(JSON.stringify({ Response: Response_ }), { headers });
    const good = () => answer({ Result: { RetMsg: "1" }, RequestId: "r" });
    const busy = (headers) => answer({ Error: { Code: "RequestLimitExceeded", Message: "slow" }, RequestId: "r" }, headers);
    // A fetch that gives one response after the other, and keeps what it was given.
    const scripted = (...responses) => {
        const seen = [];
        const fetch = async (url, init) => {
            seen.push({ url, ...init });
            return responses.shift()();
        };
        return { fetch, seen };
    };

    return {
        async "hooks see each request, retry and end"() {
            const seen = [];
            const hooks = Object.fromEntries(["onRequest", "onRetry", "onReply"].map((name) => [name, (about) => seen.push([name, about])]));
            const { fetch } = scripted(busy, good);
            await client({ fetch, credentials: temporary, ...hooks }).invoke("echo", { private: 1 });
            equal(seen.map(([name, { functionName, attempt, attempts }]) => [name, functionName, attempt ?? attempts]), [
                ["onRequest", "echo", 1], ["onRetry", "echo", 1], ["onRequest", "echo", 2], ["onReply", "echo", 2],
            ]);
            equal([seen[1][1].error.code, seen[1][1].waitMs > 0], ["RequestLimitExceeded", true]);
            equal([seen[3][1].reply.result, seen[3][1].elapsedMs > 0], [1, true]);
            const { headers } = seen[0][1];
            equal([headers["X-TC-Action"], headers["X-TC-Token"], headers.Authorization.endsWith("Signature=…")], ["Invoke", "…", true]);
        },
        async "a hook that throws breaks nothing"() {
            const { error } = console;
            const logged = [];
            console.error = (...words) => logged.push(words);
            try {
                const onReply = () => {
                    throw new Error("mine");
                };
                equal((await client({ onReply }).invoke("echo", 1)).result, 1);
            } finally {
                console.error = error;
            }
            equal([logged.length, logged[0][1].message], [1, "mine"]);
        },
        async "a logger gets what its level lets through, and no secret"() {
            const lines = { debug: [], info: [], warn: [], error: [] };
            const logger = Object.fromEntries(Object.keys(lines).map((level) => [level, (...words) => lines[level].push(words)]));
            const counted = () => Object.values(lines).map(({ length }) => length);
            const call = (logLevel, ...responses) => client({ fetch: scripted(...responses).fetch, credentials: temporary, logger, logLevel });
            const withResult = () => answer({ Result: { RetMsg: "\"private\"", Log: "private", FunctionRequestId: "the run" }, RequestId: "r" });
            await call("debug", busy, withResult).invoke("echo", "\"private\"");
            equal(counted(), [2, 1, 1, 0]);
            await call(undefined, busy, good).invoke("echo");
            equal(counted(), [2, 2, 2, 0]);
            await call("error", good).invoke("echo");
            await rejects(call("error", busy).invoke("echo", 1, { attempts: 1 }), ScfError);
            equal(counted(), [2, 2, 2, 1]);
            const all = JSON.stringify(lines);
            equal(all.includes("the run"), true);
            for (const secret of [temporary.secretKey, temporary.token, "private"]) equal(all.includes(secret), false, secret);
        },
        async "headers and fetch options, of the client and of a call"() {
            const { fetch, seen } = scripted(good, good);
            const made = client({ fetch, headers: { "X-TC-TraceId": "a", "X-Own": "b" }, fetchOptions: { keepalive: false, cache: "no-store" } });
            await made.invoke("echo", 1, { headers: { "X-Own": "c" }, fetchOptions: { keepalive: true } });
            const { url, method, redirect, headers, keepalive, cache } = seen[0];
            equal([typeof url, method, redirect, headers["X-TC-TraceId"], headers["X-Own"], keepalive, cache], ["string", "POST", "manual", "a", "c", true, "no-store"]);
            await made.invoke("echo");
            equal([seen[1].headers["X-Own"], seen[1].keepalive], ["b", false]);
            for (const [option, value] of [
                ["headers", { Authorization: "x" }], ["headers", { "x-tc-region": "x" }], ["headers", { "X-Own": "a\r\nb: c" }], ["headers", { "a b": "c" }],
                ["fetchOptions", { method: "GET" }], ["fetchOptions", "none"], ["logLevel", "loud"], ["onReply", 1],
            ])
                equal((await rejects(made.invoke("echo", 1, { [option]: value }), ConfigError)).option, option);
        },
        async "Retry-After is waited for, and given up where it is past the timeout"() {
            const waits = [];
            const onRetry = ({ waitMs }) => waits.push(waitMs);
            const asks = (text) => () => busy({ "Retry-After": text });
            const called = (responses, options) => client({ fetch: scripted(...responses).fetch, onRetry, ...options }).invoke("echo");
            equal((await called([asks("1"), good])).result, 1);
            equal(waits, [1000]);
            await called([asks(new Date(Date.now() + 2000).toUTCString()), good]);
            equal(waits[1] > 0 && waits[1] <= 2000, true, waits[1]);
            await called([asks(new Date(0).toUTCString()), good]);
            equal(waits[2] <= 500, true, waits[2]);
            const error = await rejects(called([asks("60"), good], { timeoutMs: 5000 }), ScfError);
            equal([error.code, waits.length], ["RequestLimitExceeded", 3]);
        },
        async "a function with options of its own"() {
            const echo = client().function("echo", { logType: "Tail" });
            const { result, log } = await echo({ a: 1 });
            equal([result, log.includes("echoing")], [{ a: 1 }, true]);
            equal((await echo({ a: 1 }, { logType: "None" })).log, undefined);
            equal((await echo()).resultText, (await client().invoke("echo")).resultText);
            await rejects(() => client().function("9"), ConfigError);
        },
        async "many events, so many at a time"() {
            let running = 0;
            let most = 0;
            const fetch = async (...parameters) => {
                most = Math.max(most, ++running);
                return globalThis.fetch(...parameters).finally(() => running--);
            };
            async function* events() {
                for (let event = 0; event < 40; event++) yield event;
            }
            const seen = [];
            for await (const { index, event, reply } of client({ fetch }).map("echo", events(), { concurrency: 5 })) {
                equal([event, reply.result], [index, index]);
                seen.push(index);
            }
            equal(seen.sort((a, b) => a - b), [...Array(40).keys()]);
            equal(most, 5);
        },
        async "one event that fails is an item with its error"() {
            const items = [];
            for await (const item of client().function("fail").map([1, 2])) items.push(item);
            equal(items.map(({ error, reply }) => [error.code, reply]), [["FunctionFailed", undefined], ["FunctionFailed", undefined]]);
        },
        async "who leaves the loop, or aborts, ends what is under way"() {
            // The first call is answered once the two beside it have begun; those end when they are aborted.
            let begun = 0;
            let aborted = 0;
            let bothBegun;
            const both = new Promise((resolve) => (bothBegun = resolve));
            const fetch = async (url, { signal, body }) => {
                if (new TextDecoder().decode(body).endsWith('"0"}')) return both.then(good);
                if (++begun == 2) bothBegun();
                await new Promise((resolve) => signal.addEventListener("abort", resolve));
                aborted++;
                throw signal.reason;
            };
            let closed = false;
            function* events() {
                try {
                    for (let event = 0; ; event++) yield event;
                } finally {
                    closed = true;
                }
            }
            for await (const { event } of client({ fetch }).map("echo", events(), { concurrency: 3 })) {
                equal(event, 0);
                break;
            }
            equal([closed, aborted], [true, 2]);
            const controller = new AbortController();
            const all = (async () => {
                for await (const { index } of client({ fetch }).map("echo", [0, 1, 2], { signal: controller.signal })) if (!index) controller.abort("enough");
            })();
            equal(await all.catch((reason) => reason), "enough");
        },
        async "a fetch that takes no Request, as undici's and mocks"() {
            const fetch = (url, init, ...others) => {
                equal([typeof url, Object.getPrototypeOf(init.headers) == Object.prototype, init.body instanceof Uint8Array, others.length], ["string", true, true, 0]);
                return globalThis.fetch(url, init);
            };
            equal((await client({ fetch }).invoke("echo", 1)).result, 1);
        },
        async "a page that is given a secret key is warned, unless it is on this machine"() {
            const there = Object.getOwnPropertyDescriptor(globalThis, "document");
            // A window's own document cannot be taken away.
            if (there && !there.configurable) return;
            const warned = (hostname, options) => {
                const lines = [];
                Object.defineProperty(globalThis, "document", { value: { location: { hostname } }, configurable: true });
                client({ logger: { warn: (text) => lines.push(text) }, ...options });
                return lines.length;
            };
            try {
                equal(warned("app.example"), 1);
                equal(warned("app.example", { credentials: temporary }), 0);
                for (const own of ["localhost", "127.0.0.1", "[::1]"]) equal(warned(own), 0);
            } finally {
                if (there) Object.defineProperty(globalThis, "document", there);
                else delete globalThis.document;
            }
        },
        async "a clock at 0"() {
            const request = await client({ now: () => 0 }).sign("echo");
            equal(request.headers.get("x-tc-timestamp"), "0");
            // It is corrected by the server's, and goes on from there.
            const made = client({ now: () => 0 });
            equal([(await made.invoke("echo", 1)).result, (await made.invoke("echo", 2, { attempts: 1 })).result], [1, 2]);
        },
    };
}
