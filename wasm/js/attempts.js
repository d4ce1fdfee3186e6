// One call, until it has a reply, or nothing is worth another attempt.
import { attemptsOf } from "./core.js";
import { DELIVERIES, ScfError, TimeoutError } from "./errors.js";
import { STOPPED, exchange } from "./exchange.js";
import { redacted, tell } from "./observe.js";
import { conclude, membersOf } from "./outcome.js";
import { content as contentOf, random, sign } from "./request.js";

// Runs a call with its client's endpoint, clock and credentials.
export async function run(call, client) {
    const { signal, timeoutMs } = call;
    signal?.throwIfAborted();
    const controller = new AbortController();
    const state = { deadline: timeoutMs ? performance.now() + timeoutMs : Infinity };
    const stopped = new Promise((_, reject) => {
        state.stop = (reason) => {
            reject(reason);
            controller.abort(reason);
        };
    });
    const abort = () => state.stop(signal.reason);
    signal?.addEventListener("abort", abort);
    const expire = () => {
        // Before there is a core, nothing was sent.
        const delivery = DELIVERIES[state.end?.({ how: STOPPED, isSent: state.sent })[0][1] ?? 0];
        state.stop(new TimeoutError(`no reply within ${timeoutMs} ms`, { code: "Timeout", delivery, retryable: !state.sent }));
    };
    const timer = timeoutMs && setTimeout(expire, timeoutMs);
    const begun = performance.now();
    const ended = (level, text, about) =>
        tell(call, "onReply", level, text, { ...about, attempts: state.made, elapsedMs: performance.now() - begun });
    try {
        const reply = await Promise.race([stopped, attempts(call, client, controller.signal, state)]);
        ended("info", `${call.functionName} replied`, { reply });
        return reply;
    } catch (error) {
        ended("error", `${call.functionName} failed: ${error?.message ?? error}`, { error });
        throw error;
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        // A request that is still under way is of no use.
        controller.abort();
    }
}

async function attempts(call, client, signal, state) {
    const core = await client.core();
    const made = attemptsOf(core, call.attempts);
    const { clock } = client;
    let content, local, signed;
    // Returns the core's outcome of an attempt that ended so.
    state.end = ({ how, isSent, turnedAwayBy, status, response }) => {
        const headers = response?.headers;
        const server = Date.parse(headers?.get("date")) / 1000;
        const members = membersOf(made.texts);
        const times = [clock.offset, local, signed, server, retryAfter(headers)];
        return [made.end([how, turnedAwayBy ?? status, isSent, call.isAsync, ...times, random(), ...members.decisive], members.code), members];
    };
    for (let number = 1; ; number++) {
        state.made = number;
        state.sent = false;
        const url = client.url();
        const credentials = await client.credentials();
        content ??= await contentOf(core, call);
        signal.throwIfAborted();
        local = clock.local();
        signed = clock.now();
        const init = sign(core, call, content, credentials, { host: client.host, now: signed, signal });
        tell(call, "onRequest", "debug", "POST " + url, { attempt: number, url: url.href, headers: redacted(init.headers) });
        state.sent = true;
        const ended = await exchange(made, call, url.href, init);
        signal.throwIfAborted();
        const outcome = state.end(ended);
        const [, , , next, waitMs, offset] = outcome[0];
        clock.offset = offset;
        const reached = await conclude(call, core.advice, made, ended, outcome);
        if (!(reached instanceof ScfError)) return reached;
        if (!next || (next == 2 && !client.renew(credentials)) || performance.now() + waitMs >= state.deadline) throw reached;
        tell(call, "onRetry", "warn", `${reached.message}; again in ${waitMs} ms`, { attempt: number, error: reached, waitMs });
        if (waitMs) await new Promise((resolve) => setTimeout(resolve, waitMs));
        signal.throwIfAborted();
    }
}

// Returns the time that the server asks to wait, in seconds; one that is over is none to the core.
function retryAfter(headers) {
    const text = headers?.get("retry-after");
    return /^\d+$/.test(text) ? +text : Math.ceil((Date.parse(text) - Date.now()) / 1000);
}
