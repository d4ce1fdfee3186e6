// One call, until it has a reply, or nothing is worth another attempt.
import { DELIVERIES, TimeoutError } from "./errors.js";
import { exchange } from "./exchange.js";
import { redacted, tell } from "./observe.js";
import { encode, random, sign } from "./request.js";

// Refusals that new credentials may help against.
const EXPIRED = /^AuthFailure\.(TokenFailure|SecretIdNotFound)$/;

// What a call takes of its client: where it goes, the clock, and the credentials.
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
        const fields = { code: "Timeout", delivery: DELIVERIES[state.sent ? 2 : 0], retryable: !state.sent };
        state.stop(new TimeoutError(`no answer within ${timeoutMs} ms`, fields));
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
        // What is still under way is of no use.
        controller.abort();
    }
}

async function attempts(call, client, signal, state) {
    let content, corrected, renewed;
    for (let made = 1; ; ) {
        state.made = made;
        state.sent = false;
        const url = client.url();
        const credentials = await client.credentials();
        const core = await client.core();
        content ??= await encode(core, call);
        signal.throwIfAborted();
        const now = client.clock.now();
        const init = sign(core, call, content, credentials, { host: client.host, now, signal });
        tell(call, "onRequest", "debug", "POST " + url, { attempt: made, url: url.href, headers: redacted(init.headers) });
        state.sent = true;
        const { reply, error, retry, response } = await exchange(core, call.fetch ?? fetch, url.href, init, call.isAsync);
        if (reply) return reply;
        signal.throwIfAborted();
        const again = (waitMs) =>
            tell(call, "onRetry", "warn", `${error.message}; again in ${waitMs} ms`, { attempt: made, error, waitMs });
        const date = Date.parse(response?.headers.get("date")) / 1000;
        if (retry == 2 && !corrected && date && client.clock.learn(date, now)) {
            corrected = true;
            again(0);
            continue;
        }
        if (!renewed && EXPIRED.test(error.code) && client.renew(credentials)) {
            renewed = true;
            again(0);
            continue;
        }
        const backoff = retry == 1 ? core.exports.wait_ms(made, call.attempts, random()) : -1;
        const wait = Math.max(backoff, retryAfter(response));
        if (backoff < 0 || performance.now() + wait >= state.deadline) throw error;
        again(wait);
        await new Promise((resolve) => setTimeout(resolve, wait));
        signal.throwIfAborted();
        made++;
    }
}

// How long the server asks to wait, in milliseconds.
function retryAfter(response) {
    const text = response?.headers.get("retry-after");
    return (text && (/^\d+$/.test(text) ? text * 1000 : Date.parse(text) - Date.now())) || 0;
}
