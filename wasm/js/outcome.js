// The outcome of an attempt: a reply, or an error.
import { ApiError, DELIVERIES, FunctionError, NetworkError } from "./errors.js";
import { parse } from "./json.js";

// Returns the status in the result of a function that failed.
export const functionStatus = ({ texts }) => parse(texts?.[0])?.statusCode;

export async function conclude(call, adviceOn, attempts, ended, [numbers, [requestId, functionRequestId, apiCode]]) {
    const { url, response, status, excerpt, relay, problem, cause } = ended;
    const [kind, delivery, isRetryable, , , , ...figures] = numbers;
    const [resultText, log, apiMessage, functionMessage] = attempts.texts;
    const judged = { delivery: DELIVERIES[delivery], retryable: !!isRetryable, response };
    const failed = (code, message) => new NetworkError(`${message} (${url})`, { code, ...judged, url, status, excerpt, cause });
    if (problem) return { error: failed(ended.code, problem) };
    if (relay) return { error: failed(apiCode || "Relay", "the relay: " + apiMessage) };
    if (kind == 3)
        return { error: status == 200 ? failed("NotAnAnswer", "no answer of the API came: " + excerpt) : failed("HttpStatus", `status ${status} came: ${excerpt}`) };
    if (!attempts.valid) return { error: failed("InvalidUtf8", "the result is not UTF-8") };
    if (kind == 2) return { error: new ApiError(apiCode + ": " + apiMessage, { code: apiCode, requestId, ...judged, advice: await adviceOn(apiCode).catch(() => {}) }) };
    // The figures of a run are unknown while the function is yet to run.
    const [durationMs, billedDurationMs, memoryBytes] = figures.map((figure) => (call.isAsync || isNaN(figure) ? undefined : figure));
    const run = { resultText, log: log || undefined, requestId, functionRequestId, durationMs, billedDurationMs, memoryBytes };
    const value = parse(resultText);
    if (!kind) {
        const reply = { result: value === undefined ? resultText || value : value, ...run };
        // A Response can not be cloned, so it does not show.
        return { reply: Object.defineProperty(reply, "response", { value: response }) };
    }
    const { errorMessage, statusCode, stackTrace } = value ?? {};
    const trace = [stackTrace ?? ""].flat().join("\n");
    // Behind the frames of a Python trace, and before those of a Node.js one.
    const thrown = trace.match(/^\S.*(\n\S.*)*/gm)?.pop();
    const why = thrown || errorMessage || functionMessage || "the function failed";
    return { error: new FunctionError(why, { code: "FunctionFailed", ...judged, ...run, statusCode, stackTrace: trace || undefined }) };
}
