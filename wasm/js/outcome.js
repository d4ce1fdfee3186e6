// The outcome of an attempt: a reply, or an error.
import { ApiError, DELIVERIES, FunctionError, NetworkError } from "./errors.js";
import { parse } from "./json.js";

// Returns the members of a response, whose texts come in this order. All numbers but the duration are
// whole, and undefined where they are not. `decisive` are those by which the core decides.
export function membersOf([resultText, log, requestId, functionRequestId, code, oldCodeText, message, oldMessage, functionMessage, ...texts]) {
    const [memoryBytes, billedDurationMs, durationMs, ...numbers] = texts
        .map(parse)
        .map((value, at) => (at == 2 ? Number.isFinite(value) && value >= 0 : Number.isInteger(value)) ? value : undefined);
    const value = parse(resultText);
    return {
        run: { resultText, log: log || undefined, requestId, functionRequestId },
        figures: { durationMs, billedDurationMs, memoryBytes },
        value,
        code: code || oldCodeText,
        message: message || oldMessage,
        functionMessage,
        decisive: [value?.statusCode, durationMs > 0 || billedDurationMs > 0 || memoryBytes > 0, ...numbers],
    };
}

// Returns the reply, or the error.
export async function conclude(call, adviceOn, attempts, ended, [numbers, members]) {
    const { url, response, status, excerpt, relay, problem, cause } = ended;
    const [kind, delivery, isRetryable] = numbers;
    const { code: apiCode, message: apiMessage, value, functionMessage } = members;
    const judged = { delivery: DELIVERIES[delivery], retryable: !!isRetryable, response };
    const failed = (code, message) => new NetworkError(`${message} (${url})`, { code, ...judged, url, status, excerpt, cause });
    if (problem) return failed(ended.code, problem);
    if (relay) return failed(apiCode || "Relay", "the relay: " + apiMessage);
    if (kind == 3) return status == 200 ? failed("NotAnAnswer", "no answer of the API came: " + excerpt) : failed("HttpStatus", `status ${status} came: ${excerpt}`);
    if (!attempts.valid) return failed("InvalidUtf8", "the result is not UTF-8");
    const { resultText, requestId } = members.run;
    if (kind == 2) return new ApiError(apiCode + ": " + apiMessage, { code: apiCode, requestId, ...judged, advice: await adviceOn(apiCode).catch(() => {}) });
    // The figures of a run are unknown while the function is yet to run.
    const run = { ...members.run, ...(!call.isAsync && members.figures) };
    if (!kind) {
        const reply = { result: value === undefined ? resultText || value : value, ...run };
        // A Response can not be cloned, so it does not show.
        return Object.defineProperty(reply, "response", { value: response });
    }
    const { errorMessage, statusCode, stackTrace } = value ?? {};
    const trace = [stackTrace ?? ""].flat().join("\n");
    // Behind the frames of a Python trace, and before those of a Node.js one.
    const thrown = trace.match(/^\S.*(\n\S.*)*/gm)?.pop();
    const why = thrown || errorMessage || functionMessage || "the function failed";
    return new FunctionError(why, { code: "FunctionFailed", ...judged, ...run, statusCode, stackTrace: trace || undefined });
}
