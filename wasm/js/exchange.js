import { ApiError, FunctionError, NetworkError } from "./errors.js";
import { Answer } from "./module.js";

// Failures of Node's fetch before there was a connection.
const UNCONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;

const parse = (text) => {
    try {
        return JSON.parse(text);
    } catch {}
};

// One request and its answer: a result, or an error and what could make another
// attempt succeed (0 nothing, 1 time, 2 the right time of day, by the server's date).
// Where the function runs later, the numbers of its run are not known yet.
export async function exchange(fetch, request, later) {
    const { url } = request;
    const offline = globalThis.navigator?.onLine === false;
    const answer = new Answer();
    let response, outcome, first;
    let excerpt = "";
    const failed = (message, code, delivery, retry, cause) => {
        const details = { url, status: response?.status, excerpt, cause, retryable: !!retry };
        return { error: new NetworkError(`${message} (${url})`, code, delivery, details), retry };
    };
    try {
        response = await fetch(request);
        // A browser says no more of a redirect.
        if (response.type == "opaqueredirect" || /^3/.test(response.status))
            return failed("a redirect came", "Redirect", 2, 0);
        const reader = response.body?.getReader();
        for (let chunk; reader && !(chunk = await reader.read()).done; ) {
            first ??= new TextDecoder().decode(chunk.value);
            excerpt ||= first.slice(0, 64).replace(/\p{C}+/gu, " ");
            answer.push(chunk.value);
        }
        outcome = answer.end(response.status);
    } catch (cause) {
        const { code, message = cause?.message } = cause?.cause ?? {};
        const unsent = !response && (offline || UNCONNECTED.test(code));
        return failed("no answer: " + message, offline && unsent ? "Offline" : "FetchFailed", unsent ? 0 : 2, +unsent, cause);
    }
    const { status, headers } = response;
    const [[kind, delivery, retry, ...numbers], [requestId, functionRequestId, code, message]] = outcome;
    const relay = headers.get("x-scf-relay");
    if (relay) {
        const got = ["not-sent", "refused"].indexOf(relay);
        return failed("the relay: " + message, code || "Relay", got < 0 ? 2 : got, +(!got || (got > 0 && headers.has("retry-after"))));
    }
    if (kind == 3)
        return status == 200
            ? failed("no answer of the API came: " + excerpt, "NotAnAnswer", delivery, retry)
            : failed(`status ${status} came: ${excerpt}`, "HttpStatus", delivery, retry);
    const details = { requestId, retryable: !!retry };
    const date = Date.parse(headers.get("date")) / 1000;
    if (kind == 2) {
        // What the core has cut is whole where the answer came in one piece.
        const whole = message.endsWith("…") && parse(first)?.Response?.Error?.Message;
        return { error: new ApiError(code + ": " + (whole || message), code, delivery, details), retry, date };
    }
    const { text, log } = answer;
    const [durationMs, billedMs, memoryBytes] = numbers.map((number) => (later || isNaN(number) ? undefined : number));
    const run = { text, log: log || undefined, requestId, functionRequestId, durationMs, billedMs, memoryBytes };
    const value = parse(text);
    if (!kind) return { result: { result: value === undefined ? text || value : value, ...run } };
    const { errorMessage, statusCode, stackTrace } = value ?? {};
    const why = errorMessage || message || "the function failed";
    return { error: new FunctionError(why, "FunctionFailed", delivery, { ...details, ...run, statusCode, stackTrace }) };
}
