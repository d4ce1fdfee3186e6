import { ApiError, DELIVERIES, FunctionError, NetworkError } from "./errors.js";
import { Answer } from "./module.js";

// Failures of Node's fetch before there was a connection.
const UNCONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
const EXCERPT = 64;

// What the relay says of itself: how far the request got.
const RELAYED = { "not-sent": 0, refused: 1 };

const parse = (text) => {
    try {
        return JSON.parse(text);
    } catch {}
};
const known = (number) => (isNaN(number) ? undefined : number);
const nonEmpty = (text) => text || undefined;

// One request and its answer: a result, or an error and what could make another
// attempt succeed (1 time, 2 the right time of day, 0 nothing), with the
// server's time in seconds and the least wait in milliseconds.
export async function exchange(fetch, request) {
    const { url } = request;
    const offline = globalThis.navigator?.onLine === false;
    const answer = new Answer();
    let response;
    let begin = "";
    const failed = (message, code, delivery, retry, details) => ({
        error: new NetworkError(`${message} (${url})`, code, DELIVERIES[delivery], {
            url,
            status: response?.status,
            excerpt: nonEmpty(begin),
            retryable: retry > 0,
            ...details,
        }),
        retry,
        after: 1000 * (response?.headers.get("retry-after") | 0),
    });
    try {
        response = await fetch(request);
        // A browser does not say more of a redirect.
        if (response.type == "opaqueredirect" || (response.status >= 300 && response.status < 400))
            return failed("the answer is a redirect", "Redirect", 2, 0);
        const reader = response.body?.getReader();
        for (let chunk; reader && !(chunk = await reader.read()).done; ) {
            if (begin.length < EXCERPT) begin += new TextDecoder().decode(chunk.value.subarray(0, 4 * EXCERPT));
            answer.push(chunk.value);
        }
        begin = [...begin].slice(0, EXCERPT).join("").replace(/\p{C}+/gu, " ");
    } catch (cause) {
        if (answer.undecodable) return failed("the function's result or log is not UTF-8", "NotAnAnswer", 3, 0, { cause });
        const unsent = !response && (offline || UNCONNECTED.test(cause?.cause?.code));
        const code = offline && unsent ? "Offline" : "FetchFailed";
        return failed("no answer: " + (cause?.cause?.message || cause?.message), code, unsent ? 0 : 2, +unsent, { cause });
    }
    const { status, headers } = response;
    const [[kind, delivery, retry, ...numbers], texts] = answer.end(status);
    const [durationMs, billedMs, memoryBytes] = numbers.map(known);
    const [requestId, functionRequestId, code, message] = texts;
    const relay = headers.get("x-scf-relay");
    if (relay) {
        const got = RELAYED[relay] ?? 2;
        const again = got == 0 || (got == 1 && headers.has("retry-after"));
        return failed("the relay says: " + message, code || "Relay", got, +again);
    }
    if (kind == 3) {
        const came = status == 200 ? "no answer of the API" : "HTTP status " + status;
        return failed(`${came} came, ${begin ? "beginning with: " + begin : "and it is empty"}`, status == 200 ? "NotAnAnswer" : "HttpStatus", delivery, retry);
    }
    const details = { requestId, retryable: retry > 0 };
    if (kind == 2) {
        const date = Date.parse(headers.get("date")) / 1000;
        return { error: new ApiError(`${code}: ${message}`, code, DELIVERIES[delivery], details), retry, date, after: 0 };
    }
    const { text } = answer;
    const run = { text, log: nonEmpty(answer.log), requestId, functionRequestId, durationMs, billedMs, memoryBytes };
    const value = parse(text);
    if (kind == 0) return { result: { result: value === undefined ? nonEmpty(text) : value, ...run } };
    const why = nonEmpty(value?.errorMessage) ?? nonEmpty(message) ?? "the function failed";
    return {
        error: new FunctionError(why, "FunctionFailed", DELIVERIES[delivery], {
            ...run,
            ...details,
            statusCode: value?.statusCode,
            stackTrace: nonEmpty(value?.stackTrace),
        }),
        retry,
    };
}
