// The relay in JavaScript, by the table that it shares with the one in Rust,
// and by what can go wrong behind it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { equal, rejects } from "./assert.mjs";

const { process } = globalThis;
const { ROOT, PACKAGE } = process.env;
const { base, cases } = JSON.parse(readFileSync(ROOT + "/host-std/relay/tests/cases.json"));
const { relay } = await import(PACKAGE.replace("index", "relay"));
const HELLO = '{"Response":{}}';

function request(changes = {}) {
    const { method, target, body } = { ...base, ...changes };
    const headers = new Headers({ "Content-Length": String(body?.length ?? 0) });
    for (const [name, value] of Object.entries({ ...base.headers, ...changes.headers }))
        value === null ? headers.delete(name) : headers.set(name, value);
    const hasBody = body && !["GET", "HEAD"].includes(method);
    return new Request("http://relay.example" + target, { method, headers, body: hasBody ? body : undefined, duplex: "half" });
}

async function seen(response, headers = {}) {
    const text = await response.text();
    return {
        status: response.status,
        relay: response.headers.get("x-scf-relay"),
        code: response.headers.has("x-scf-relay") ? JSON.parse(text).Response.Error.Code : null,
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, response.headers.get(name)])),
    };
}

// Returns the answer of a relay with an endpoint that does that.
async function own(fetch, options, changes) {
    const { status, relay: delivery, code } = await seen(await relay({ fetch, ...options })(request(changes)));
    return [status, delivery, code];
}

const hello = async () => new Response(HELLO);
const refused = (code) => async () => {
    throw Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("why"), { code }) });
};

const tests = {
    async "the shared cases"() {
        const handler = relay({ origins: ["https://app.example"], path: "/scf", fetch: hello });
        for (const { name, expect, ...changes } of cases) {
            const { status, headers = {}, code = null } = expect;
            const expected = { status, relay: expect["X-SCF-Relay"] ?? null, code, headers };
            equal(await seen(await handler(request(changes)), headers), expected, name);
        }
    },
    async "what arrives is what was sent, and nothing else"() {
        let sent;
        const fetch = async (url, init) => {
            sent = { url, ...init };
            return new Response("body", { status: 503, headers: { "Retry-After": "7", "X-TC-RequestId": "id", "Set-Cookie": "a=b", "X-SCF-Relay": "refused" } });
        };
        const response = await relay({ fetch, endpoint: "http://127.0.0.1:9" })(request({ headers: { Cookie: "session", "User-Agent": "test" } }));
        equal([sent.url, sent.method, sent.redirect, new TextDecoder().decode(sent.body)], ["http://127.0.0.1:9/", "POST", "manual", base.body]);
        const { Host, ...expected } = base.headers;
        equal(Object.keys(sent.headers).sort(), Object.keys(expected).map((name) => name.toLowerCase()).sort());
        equal([response.status, await response.text()], [503, "body"]);
        equal(["retry-after", "x-tc-requestid", "set-cookie", "x-scf-relay"].map((name) => response.headers.get(name)), ["7", "id", null, null]);
    },
    async "an endpoint that fails"() {
        equal(await own(refused("ECONNREFUSED")), [502, "not-sent", "Relay.Unreachable"]);
        equal(await own(refused("ECONNRESET")), [502, "unknown", "Relay.Broken"]);
        equal(await own(async () => new Response(null, { status: 302, headers: { Location: "/" } })), [502, "unknown", "Relay.BadAnswer"]);
        const never = (url, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        equal(await own(never, { timeoutMs: 20 }), [504, "unknown", "Relay.Timeout"]);
    },
    async "a body that does not come as declared"() {
        let fetched = 0;
        const fetch = async () => fetched++;
        const streamed = (pull) => new ReadableStream({ pull });
        const broken = (body, length = "10") => own(fetch, { pauseMs: 20 }, { body, headers: { "Content-Length": length } });
        const expected = [400, "not-sent", "Relay.Body"];
        equal(await broken("short"), expected);
        equal(await broken("longer than it says"), expected);
        equal(await broken(streamed((controller) => controller.error(new Error("gone")))), expected);
        // It stops coming.
        equal(await broken(streamed(() => new Promise(() => {}))), expected);
        equal(await broken("x", "10485761"), [413, "refused", "Relay.TooLarge"]);
        equal(fetched, 0);
    },
    async "clients are told apart by what the server says of them"() {
        const handler = relay({ fetch: hello, rate: 1, client: (request, { address }) => address });
        const from = async (address) => seen(await handler(request(), { address }), { "Retry-After": "" });
        equal((await from("a")).status, 200);
        const second = await from("a");
        equal([second.status, second.relay, second.code, second.headers["Retry-After"]], [429, "refused", "Relay.RateLimit", "1"]);
        equal((await from("b")).status, 200);
    },
    async "so many at once, until an answer has ended or nobody wants it"() {
        const busy = [503, "refused", "Relay.Busy"];
        const handler = relay({ fetch: async () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })), concurrency: 1 });
        const first = await handler(request());
        const other = await seen(await handler(request()));
        equal([other.status, other.relay, other.code], busy);
        await first.body.cancel();
        equal((await handler(request())).status, 200);
        const failing = relay({ fetch: refused("ECONNREFUSED"), concurrency: 1 });
        for (let made = 0; made < 3; made++) equal((await failing(request())).status, 502);
    },
    async "a client that is gone leaves its place"() {
        let asked;
        const begun = new Promise((resolve) => (asked = resolve));
        const fetch = (url, { signal }) =>
            new Promise((_, reject) => {
                signal.throwIfAborted();
                signal.addEventListener("abort", () => reject(signal.reason));
                asked();
            });
        const handler = relay({ fetch, concurrency: 1 });
        const controller = new AbortController();
        const first = handler(new Request(request(), { signal: controller.signal }));
        await begun;
        equal((await seen(await handler(request()))).code, "Relay.Busy");
        controller.abort();
        equal((await seen(await first)).relay, "unknown");
        const next = new AbortController();
        const third = handler(new Request(request(), { signal: next.signal }));
        next.abort();
        equal((await seen(await third)).code, "Relay.Broken");
    },
    async "a body that comes, but too slowly"() {
        const pull = async (controller) => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            controller.enqueue(new Uint8Array(1));
        };
        const changes = () => ({ body: new ReadableStream({ pull }), headers: { "Content-Length": "1000000" } });
        equal(await own(hello, { pauseMs: 50, bodyRate: 1000000 }, changes()), [400, "not-sent", "Relay.Body"]);
    },
    async "so many in progress of one client, and so much memory, while bodies come"() {
        const busy = [503, "refused", "Relay.Busy"];
        for (const [options, other] of [
            [{ perClient: 1 }, 200],
            [{ memory: base.body.length + 4 }, 503],
        ]) {
            const handler = relay({ fetch: hello, client: (request, address) => address, ...options });
            const from = async (address, changes) => {
                const { status, relay: delivery, code } = await seen(await handler(request(changes), address));
                return [status, delivery, code];
            };
            // A body of which 5 bytes come. Who asks for more has taken them.
            let [source, pulled, askedForMore] = [undefined, 0];
            const taken = new Promise((resolve) => (askedForMore = resolve));
            const pull = (controller) => {
                source = controller;
                if (pulled++) askedForMore();
                else controller.enqueue(new Uint8Array(5));
            };
            const body = new ReadableStream({ pull }, { highWaterMark: 0 });
            const first = from("a", { body, headers: { "Content-Length": "10" } });
            await taken;
            equal(await from("a"), busy);
            equal((await from("b"))[0], other);
            source.error(new Error("gone"));
            equal(await first, [400, "not-sent", "Relay.Body"]);
            equal([(await from("a"))[0], (await from("b"))[0]], [200, 200]);
        }
    },
    async "the addresses of one IPv6 network are one client"() {
        const handler = relay({ fetch: hello, client: (request, address) => address, rate: 1 });
        const from = async (address) => (await handler(request(), address)).status;
        const others = ["2001:db8:0:1::1", "::ffff:10.0.0.1", "::ffff:10.0.0.2", "10.0.0.1", "session:1", "session:2"];
        for (const address of ["2001:db8::1", ...others]) equal(await from(address), 200, address);
        for (const address of ["2001:db8::2", "2001:DB8:0:0:3::", "2001:db8:0:0:4:5:6:7"]) equal(await from(address), 429, address);
    },
    async "a quarter of the memory for the bodies of one client"() {
        const { length } = base.body;
        let source;
        const pull = (controller) => void (source = controller);
        const dripping = { body: new ReadableStream({ pull }, { highWaterMark: 0 }), headers: { "Content-Length": String(length) } };
        const handler = relay({ fetch: hello, client: (request, address) => address, memory: 4 * length });
        const from = async (address, changes) => seen(await handler(request(changes), address));
        const first = from("a", dripping);
        equal([(await from("a")).code, (await from("b")).status], ["Relay.Busy", 200]);
        source.error(new Error("gone"));
        equal([(await first).code, (await from("a")).status], ["Relay.Body", 200]);
    },
    async "a list of hosts"() {
        const hosts = ["relay.example", "localhost:8080"];
        equal((await own(hello, { hosts }, { headers: { Host: "LOCALHOST:8080", Origin: null } }))[0], 200);
        // A name that somebody has made to lead here.
        equal(await own(hello, { hosts }, { headers: { Host: "rebound.example" } }), [400, "refused", "Relay.Host"]);
    },
    async "options that are wrong"() {
        for (const options of [
            { endpoint: "ftp://x" }, { endpoint: "https://api.example/path" }, { origins: "https://app.example" }, { origins: ["https://app.example/"] },
            { origins: ["*"] }, { path: "scf" }, { path: "/scf/" }, { path: "/a//b" }, { client: 1 }, { rate: 0 }, { hosts: ["http://x"] }, { memory: 0 }, { bodyRate: 0 }, { nonsense: 1 },
        ])
            equal((await rejects(() => relay(options), Error)).option, Object.keys(options)[0]);
    },
    async "in a server, in front of the emulator"() {
        const { emulator, secret } = JSON.parse(process.env.CONTEXT);
        const { Client } = await import(PACKAGE);
        const handler = relay({ endpoint: emulator });
        const server = createServer(async (incoming, outgoing) => {
            const headers = new Headers(Object.entries(incoming.headers));
            const response = await handler(new Request("http://" + incoming.headers.host + incoming.url, { method: incoming.method, headers, body: incoming, duplex: "half" }));
            outgoing.writeHead(response.status, Object.fromEntries(response.headers));
            outgoing.end(Buffer.from(await response.arrayBuffer()));
        });
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
        const endpoint = `http://127.0.0.1:${server.address().port}/api/scf`;
        const client = new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host: new URL(emulator).host });
        equal((await client.invoke("echo", { a: "é".repeat(100000) })).result, { a: "é".repeat(100000) });
        equal((await rejects(client.invoke("nowhere"), Error)).code, "ResourceNotFound.Function");
        server.close();
        server.closeAllConnections();
    },
};

// A server has its sockets to stay for; a timeout of a signal alone does not keep Node.
const stay = setInterval(() => {}, 1000);
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
    try {
        await test();
    } catch (error) {
        failed++;
        console.log(`${name}: ${error.stack}`);
    }
}
clearInterval(stay);
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
