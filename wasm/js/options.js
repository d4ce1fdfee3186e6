// What options may be. Values are never shown: one may be a secret.
import { ConfigError } from "./errors.js";

// A text without control characters and halves of surrogate pairs.
const name = [/^[^\0-\x1f\x7f-\x9f\ud800-\udfff]+$/u, "a text without control characters, or be left out"];
const graphic = [/^[!-~]{1,8192}$/, "a text without spaces and line breaks: copy it again"];
const callback = [(value) => typeof value == "function", "a function"];

const rules = {
    namespace: name,
    qualifier: name,
    logType: [/^(None|Tail)$/, "None or Tail"],
    routingKey: [isRoutingKey, "an object of texts, in JSON at most 1024 bytes"],
    language: [/^(zh-CN|en-US)$/, "zh-CN or en-US"],
    timeoutMs: [(value) => value >= 0 && value < 2 ** 31, "a number of milliseconds below 2^31"],
    attempts: [(value) => value >= 1 && Number.isInteger(value), "1 or more"],
};
const clientRules = {
    ...rules,
    region: [/^[a-z\d-]{1,32}$/, "a name such as ap-guangzhou"],
    credentials: [(value) => value && /object|function/.test(typeof value), "an object or a function"],
    endpoint: [(value) => value, "a URL"],
    host: [/^[a-z\d.:_[\]-]+$/, "a host name in lowercase"],
    fetch: callback,
    now: callback,
    module: [(value) => value instanceof WebAssembly.Module, "a compiled module"],
};
const callRules = {
    ...rules,
    signal: [(value) => typeof value?.aborted == "boolean", "an AbortSignal"],
    invocationType: [/^(RequestResponse|Event)$/, "RequestResponse or Event"],
    action: [/^Invoke(Function)?$/, "Invoke or InvokeFunction"],
};
const secretRules = {
    secretId: graphic,
    secretKey: graphic,
    token: graphic,
    expiresAt: [(value) => time(value) > 1e11, "a Date, a text of one, or milliseconds since 1970"],
};
const dayKeyRules = {
    dayKey: [/^[!-.0-~]+\/\d{4}-\d\d-\d\d\/scf\/[\da-f]{64}$/, "of the form SECRETID/YYYY-MM-DD/scf/HEX"],
    token: graphic,
};

function isRoutingKey(value) {
    try {
        const texts = typeof value == "string" ? JSON.parse(value) : value;
        return (
            texts.constructor == Object &&
            Object.values(texts).every((text) => typeof text == "string") &&
            new TextEncoder().encode(routingKey(value)).length <= 1024 &&
            name[0].test(routingKey(value))
        );
    } catch {}
}

export const routingKey = (value) => (typeof value == "object" ? JSON.stringify(value) : value);

export const time = (value) => (typeof value == "number" ? value : +new Date(value));

export function test(option, value, [rule, text]) {
    if (!(rule.test ? typeof value == "string" && rule.test(value) : rule(value)))
        throw new ConfigError(option, "must be " + text);
}

// The options that are set, all of them known and right.
function check(options, known, required, prefix = "") {
    const set = {};
    if (!options || typeof options != "object") throw new ConfigError(prefix ? prefix.slice(0, -1) : "options", "must be an object");
    for (const option of [...required, ...Object.keys(options)]) {
        const value = options[option];
        if (!Object.hasOwn(known, option)) throw new ConfigError(prefix + option, "is not an option");
        if (value !== undefined || required.includes(option)) test(prefix + option, (set[option] = value), known[option]);
    }
    return set;
}

export const clientOptions = (options) => check(options, clientRules, ["region", "credentials"]);

export function callOptions(defaults, options, action) {
    const set = { ...defaults, ...check(options, callRules, []), ...(action && { action }) };
    if (set.invocationType == "Event") {
        if (set.action == "InvokeFunction") throw new ConfigError("invocationType", "must not be Event: InvokeFunction is synchronous");
        if (set.logType) throw new ConfigError("logType", "must be left out with invocationType Event");
    }
    return set;
}

export const checkCredentials = (given) =>
    given && given.dayKey !== undefined
        ? check(given, dayKeyRules, ["dayKey"], "credentials.")
        : check(given, secretRules, ["secretId", "secretKey"], "credentials.");

export const checkFunctionName = (value) =>
    test("functionName", value, [/^[a-z](?:[\w-]{0,58}[a-z\d])?$/i, "1 to 60 letters, digits, - and _, from a letter to a letter or digit"]);
