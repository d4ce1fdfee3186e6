// From a page to the API, without a key: a function from Request to Response.
import { test } from "./options.js";
import { check, passedOn } from "./relay_check.js";
import { Load } from "./relay_load.js";
import { Buckets, network } from "./relay_rate.js";
import { Refusal, refuse } from "./relay_refusal.js";
import { failure } from "./sent.js";

const BODY_LIMIT = 10485760;
const ORIGIN = /^https?:\/\/([\da-z._-]+|\[[\da-f:.]+\])(:[1-9]\d{0,4})?$/;
const EXPOSED = "Date, Retry-After, X-SCF-Relay, X-TC-RequestId";

const positive = [(value) => value >= 1, "1 or more"];
const milliseconds = [(value) => value >= 1 && value < 2 ** 31, "milliseconds below 2^31"];
const rules = {
    endpoint: [(value) => /^https?:\/\/[^/?#@]+\/?$/.test(value), "an http(s) URL without a path"],
    origins: [(value) => Array.isArray(value) && value.every((origin) => ORIGIN.test(origin)), "a list of origins such as https://app.example"],
    path: [/^(\/|(\/[\w.-]+)+)$/, "a path such as /scf"],
    hosts: [(value) => Array.isArray(value) && value.every((host) => /^[\da-z._[\]:-]+$/.test(host)), "a list of hosts such as app.example or localhost:8080"],
    client: [(value) => typeof value == "function", "a function"],
    rate: positive,
    perClient: positive,
    concurrency: positive,
    memory: positive,
    bodyRate: positive,
    timeoutMs: milliseconds,
    pauseMs: milliseconds,
    fetch: [(value) => typeof value == "function", "a function"],
};

const DEFAULTS = {
    endpoint: "https://scf.tencentcloudapi.com",
    origins: [],
    rate: 20,
    perClient: 32,
    concurrency: 256,
    memory: 268435456,
    bodyRate: 8192,
    timeoutMs: 310000,
    pauseMs: 30000,
};

export function relay(given = {}) {
    for (const name of Object.keys(given))
        test(name, given[name], Object.hasOwn(rules, name) ? rules[name] : [() => false, "left out: it is no option"]);
    const options = { ...DEFAULTS, ...given };
    const buckets = new Buckets(options.rate);
    const load = new Load(options);

    async function answer(request, source, others) {
        const client = accept(request, source, options, buckets, others);
        if (request.method == "OPTIONS") return preflight(request, source);
        const headers = check(request.headers);
        const length = declared(request.headers);
        const deadline = AbortSignal.timeout(options.timeoutMs);
        const own = load.begin(client, length);
        try {
            const body = await received(request, length, options, deadline, own);
            // A body that is still on its way has no place among those that are sent.
            own.start();
            return await pass(options, headers, body, deadline, request.signal, own);
        } catch (error) {
            own.end();
            throw error;
        }
    }

    return async (request, ...others) => {
        const source = sourceOf(request, options.origins);
        let response;
        try {
            response = await answer(request, source, others);
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            response = error.response();
        }
        response.headers.set("Vary", "Origin");
        response.headers.set("X-Content-Type-Options", "nosniff");
        if (source.named) {
            response.headers.set("Access-Control-Allow-Origin", source.named);
            response.headers.set("Access-Control-Expose-Headers", EXPOSED);
        }
        return response;
    };
}

// Returns the source of a request: a page of the relay's own origin, or no browser;
// a page that is named; or a foreign one.
function sourceOf(request, origins) {
    const origin = request.headers.get("origin");
    if (origin === null) return {};
    if (origins.includes(origin)) return { named: origin };
    if (!ORIGIN.test(origin)) return { foreign: "" };
    const own = origin.startsWith("https:") ? /:443$/ : /:80$/;
    // The scheme is not compared: a proxy in front may have taken the TLS away.
    return origin.split("://")[1] == hostOf(request).replace(own, "") ? {} : { foreign: origin };
}

const hostOf = (request) => (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();

// Returns the client that the request counts for, where clients are told apart.
function accept(request, { foreign }, { hosts, path, client }, buckets, others) {
    if (hosts && !hosts.includes(hostOf(request)))
        refuse("Host", 400, "This relay does not answer to that host: name it in hosts to allow it.");
    const { pathname, search } = new URL(request.url);
    if (path && pathname != "/" && pathname.replace(/\/$/, "") != path)
        refuse("Target", 404, `Nothing is relayed here: send requests to ${path} or to /.`);
    if (foreign) refuse("Origin", 403, `Pages of ${foreign} may not use this relay: name it in origins to allow them.`);
    if (foreign === "") refuse("Origin", 403, "A page without a proper origin, such as a file or a sandboxed frame, may not use this relay.");
    if (request.method == "OPTIONS") return;
    const caller = client && network(client(request, ...others));
    const wait = client && buckets.take(caller, performance.now());
    if (wait) refuse("RateLimit", 429, "Too many requests in a second; wait and try again.", { retryAfter: wait });
    if (request.method != "POST") refuse("Method", 405, "Only POST is relayed: parameters in a URL would end up in logs.", { allow: true });
    if (search) refuse("Target", 404, "A query is not relayed: the parameters of Invoke go into the body, as JSON.");
    return caller;
}

function preflight(request, { named }) {
    const headers = { Allow: "POST, OPTIONS" };
    if (named) {
        headers["Access-Control-Allow-Methods"] = "POST";
        headers["Access-Control-Max-Age"] = "7200";
        const asked = (request.headers.get("access-control-request-headers") ?? "").split(",").map((name) => name.trim().toLowerCase());
        const granted = asked.filter(passedOn).join(", ");
        if (granted) headers["Access-Control-Allow-Headers"] = granted;
    }
    return new Response(null, { status: 204, headers });
}

// The length is known beforehand, so that a request that is cut is never taken for a whole one.
function declared(headers) {
    const text = headers.get("content-length") ?? "";
    if (!/^\d+$/.test(text)) refuse("Length", 411, "The body's length must be declared.");
    if (+text > BODY_LIMIT) refuse("TooLarge", 413, `The body has ${text} bytes; the API takes ${BODY_LIMIT} at most.`);
    return +text;
}

// Memory is taken for what has come, and not for what was declared.
async function received(request, length, { pauseMs, bodyRate }, deadline, own) {
    const broken = (message) => refuse("Body", 400, message, { delivery: "not-sent" });
    const pieces = [];
    const reader = request.body?.getReader();
    const begun = performance.now();
    let taken = 0;
    let timer;
    try {
        while (reader) {
            const leftMs = begun + pauseMs + (taken / bodyRate) * 1000 - performance.now();
            const stopped = new Promise((_, reject) => {
                timer = setTimeout(reject, Math.max(0, Math.min(pauseMs, leftMs)));
                deadline.onabort = reject;
            });
            // What drips may be there before a timer is, each time.
            const { done, value } = await (leftMs > 0 ? Promise.race([reader.read(), stopped]) : stopped);
            clearTimeout(timer);
            if (done) break;
            if (taken + value.length > length) broken("The body is longer than was declared.");
            own.hold(value.length);
            pieces.push(value);
            taken += value.length;
        }
    } catch (error) {
        if (error instanceof Refusal) throw error;
        reader.cancel().catch(() => {});
        broken("The body broke off, or came too slowly; nothing was sent.");
    } finally {
        clearTimeout(timer);
    }
    if (taken < length) broken("The body is shorter than was declared; nothing was sent.");
    const body = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
        body.set(piece, at);
        at += piece.length;
    }
    return body;
}

async function pass({ fetch = globalThis.fetch, endpoint }, headers, body, deadline, gone, own) {
    // A client that is gone waits for nothing, where the platform says so.
    const signal = (gone && AbortSignal.any?.([deadline, gone])) ?? deadline;
    let response;
    try {
        // The client has signed the path /, wherever the relay itself is.
        response = await fetch(new URL("/", endpoint).href, { method: "POST", headers, body, redirect: "manual", signal });
    } catch (cause) {
        if (deadline.aborted) refuse("Timeout", 504, "The relay's endpoint did not answer in time; the function may have run.", { delivery: "unknown" });
        if (failure(cause).unsent) refuse("Unreachable", 502, "The relay cannot connect to its endpoint; nothing was sent.", { delivery: "not-sent" });
        refuse("Broken", 502, "The connection to the relay's endpoint broke before its answer; the function may have run.", { delivery: "unknown" });
    }
    own.free();
    const { status } = response;
    // A redirect is not followed: what was signed is meant for the endpoint alone.
    if (response.type == "opaqueredirect" || (status >= 300 && status < 400))
        refuse("BadAnswer", 502, "The relay's endpoint answered with a redirect, as the API never does; whether the function ran is not known.", { delivery: "unknown" });
    const kept = new Headers();
    for (const name of ["content-type", "date", "retry-after", "x-tc-requestid"])
        if (response.headers.has(name)) kept.set(name, response.headers.get(name));
    if (!response.body) own.end();
    return new Response(response.body && until(response.body.getReader(), deadline, own.end), { status, headers: kept });
}

// A body that is passed on; says when it has ended in whatever way.
function until(reader, deadline, end) {
    deadline.addEventListener("abort", end);
    return new ReadableStream({
        async pull(controller) {
            try {
                const { done, value } = await reader.read();
                if (!done) return controller.enqueue(value);
                controller.close();
            } catch (error) {
                // Nobody takes an answer that breaks off for a whole one.
                controller.error(error);
            }
            end();
        },
        cancel(reason) {
            end();
            return reader.cancel(reason);
        },
    });
}
