import { ApiError, DELIVERIES, FunctionError, NetworkError } from "./errors.js";
import { Reader } from "./core.js";
import { failure } from "./sent.js";

const parse = (text) => {
    try {
        return JSON.parse(text);
    } catch {}
};

// One request and its response: a reply, or an error and what could make another
// attempt succeed (0 nothing, 1 time, 2 the right time of day, by the server's date).
// Where the function runs later, the numbers of its run are not known yet.
export async function exchange(core, fetch, url, init, later) {
    const offline = globalThis.navigator?.onLine === false;
    const reader = new Reader(core);
    let response, first;
    let excerpt = "";
    const failed = (message, code, delivery, retry, cause) => {
        const fields = { code, delivery: DELIVERIES[delivery], retryable: !!retry, url, status: response?.status, excerpt, cause, response };
        return { error: new NetworkError(`${message} (${url})`, fields), retry, response };
    };
    try {
        response = await fetch(url, init);
        // A browser says no more of a redirect.
        if (response.type == "opaqueredirect" || /^3/.test(response.status))
            return failed("a redirect came", "Redirect", 2, 0);
        const stream = response.body?.getReader();
        for (let chunk; stream && !(chunk = await stream.read()).done; ) {
            first ??= new TextDecoder().decode(chunk.value.subarray(0, 1024));
            excerpt ||= first.slice(0, 64).replace(/\p{C}+/gu, " ");
            reader.push(chunk.value);
        }
    } catch (cause) {
        const { message, unsent: unconnected } = failure(cause);
        const unsent = !response && (offline || unconnected);
        return failed("no answer: " + message, offline && unsent ? "Offline" : "FetchFailed", unsent ? 0 : 2, +unsent, cause);
    }
    const { status, headers } = response;
    const [[kind, delivery, retry, ...numbers], [requestId, functionRequestId, code, message]] = reader.end(status, later, parse(reader.text)?.statusCode);
    const relay = headers.get("x-scf-relay");
    if (relay) {
        const got = ["not-sent", "refused"].indexOf(relay);
        return failed("the relay: " + message, code || "Relay", got < 0 ? 2 : got, +(!got || (got > 0 && headers.has("retry-after"))));
    }
    if (kind == 3)
        return status == 200
            ? failed("no answer of the API came: " + excerpt, "NotAnAnswer", delivery, retry)
            : failed(`status ${status} came: ${excerpt}`, "HttpStatus", delivery, retry);
    if (!reader.valid) return failed("the result is not UTF-8", "InvalidUtf8", delivery, 0);
    const ids = { requestId, response };
    const judged = { delivery: DELIVERIES[delivery], retryable: !!retry };
    if (kind == 2) {
        // What the core has cut is whole where it came in one piece.
        const whole = message.endsWith("…") && parse(first)?.Response?.Error?.Message;
        return { error: new ApiError(code + ": " + (whole || message), { code, ...judged, ...ids }), retry, response };
    }
    const { text, log } = reader;
    const value = parse(text);
    const [durationMs, billedDurationMs, memoryBytes] = numbers.map((number) => (later || isNaN(number) ? undefined : number));
    const run = { resultText: text, log: log || undefined, requestId, functionRequestId, durationMs, billedDurationMs, memoryBytes };
    if (!kind) {
        const reply = { result: value === undefined ? text || value : value, ...run };
        // A Response can not be cloned, so it does not show.
        return { reply: Object.defineProperty(reply, "response", { value: response }), response };
    }
    const { errorMessage, statusCode, stackTrace } = value ?? {};
    const trace = [stackTrace ?? ""].flat().join("\n");
    // Behind the frames of a Python trace, and before those of a Node.js one.
    const thrown = trace.match(/^\S.*(\n\S.*)*/gm)?.pop();
    const why = thrown || errorMessage || message || "the function failed";
    return { error: new FunctionError(why, { code: "FunctionFailed", ...judged, ...run, statusCode, stackTrace: trace || undefined, response }), retry, response };
}
