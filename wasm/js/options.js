// The values that options may have. None is ever shown: it may be a secret.
import { refuse } from "./errors.js";

const one = (values) => [RegExp(`^(${values})$`), values];
// Without control characters and halves of surrogate pairs.
const plain = /^[^\0-\x1f\x7f-\x9f\ud800-\udfff]+$/u;
const name = [plain, "plain text"];
const graphic = [/^[!-~]{1,8192}$/, "text without spaces"];
const count = [(value) => value >= 1 && Number.isInteger(value), "1 or more"];
const callback = [(value) => typeof value == "function", "a function"];

const own = /^(authorization|content-(type|length)|host|x-tc-(action|version|region|timestamp|token|language))$/i;
// Headers refuse a name that is none.
const isHeaders = (value) => Object.entries(value).every(([name, text]) => new Headers([[name, ""]]) && !own.test(name) && /^[ -~]*$/.test(text));
const isFetchOptions = (value) => typeof value == "object" && !Object.keys(value).some((name) => /^(method|headers|body|redirect|signal)$/.test(name));

const callRules = {
    namespace: name,
    qualifier: name,
    logType: one("None|Tail"),
    routingKey: [isRoutingKey, "an object of texts, 1024 bytes as JSON"],
    language: one("zh-CN|en-US"),
    timeoutMs: [(value) => value >= 0 && value < 2 ** 31, "milliseconds below 2^31"],
    attempts: count,
    replyLimit: count,
    headers: [isHeaders, "an object of texts, without those that this package sets"],
    fetchOptions: [isFetchOptions, "an object without method, headers, body, redirect and signal"],
    onRequest: callback,
    onRetry: callback,
    onReply: callback,
    logger: [(value) => typeof value == "object", "an object such as console"],
    logLevel: one("debug|info|warn|error"),
};
const clientRules = {
    ...callRules,
    region: [/^[a-z\d-]{1,32}$/, "a name such as ap-guangzhou"],
    credentials: [(value) => value && /^[of]/.test(typeof value), "an object or function"],
    endpoint: [Boolean, "a URL"],
    host: [/^[a-z\d.:_[\]-]+$/, "a lowercase host name"],
    fetch: callback,
    now: callback,
    module: [Boolean, "a WebAssembly.Module"],
};
const optionRules = {
    ...callRules,
    signal: [(value) => value.aborted != null, "an AbortSignal"],
    invocationType: one("RequestResponse|Event"),
    action: one("Invoke|InvokeFunction"),
};
const secretRules = {
    secretId: graphic,
    secretKey: graphic,
    token: graphic,
    expiresAt: [(value) => time(value) > 1e11, "a Date, or milliseconds since 1970"],
};
const dayKeyRules = {
    dayKey: [/^[!-.0-~]+\/\d{4}-\d\d-\d\d\/scf\/[\da-f]{64}$/, "SECRETID/YYYY-MM-DD/scf/HEX"],
    token: graphic,
};

function isRoutingKey(value) {
    const text = routingKey(value);
    const texts = JSON.parse(text);
    return (
        texts.constructor == Object &&
        Object.values(texts).every((text) => typeof text == "string") &&
        plain.test(text) &&
        new TextEncoder().encode(text).length <= 1024
    );
}

export const routingKey = (value) => (typeof value == "object" ? JSON.stringify(value) : value);

// In milliseconds.
export const time = (value) => +new Date(value);

// A rule that throws is not met.
export function test(option, value, [rule, text]) {
    try {
        if (rule.test ? typeof value == "string" && rule.test(value) : rule(value)) return;
    } catch {}
    refuse(option, "must be " + text);
}

// The word as it is, and without any one of its letters.
const shortened = (word) => [...word, ""].map((_, at) => (word.slice(0, at) + word.slice(at + 1)).toLowerCase());

// Returns whether two names differ by case or by one letter that is wrong, missing, too much or elsewhere.
const isNear = (wrong, name) => shortened(wrong).some((word) => shortened(name).includes(word));

// The options that are set, all of them known and right.
function check(rules, options, required, prefix = "") {
    if (typeof options != "object") refuse(prefix || "options", "must be an object");
    const set = {};
    const full = (option) => (prefix ? prefix + "." + option : option);
    for (const option of Object.keys(options)) {
        if (!Object.hasOwn(rules, option)) {
            const near = Object.keys(rules).find((name) => isNear(option, name));
            refuse(full(option), "is no option" + (near ? `: is ${near} meant?` : ""));
        }
    }
    for (const option of new Set([...required, ...Object.keys(options)])) {
        const value = options[option];
        if (value !== undefined) test(full(option), (set[option] = value), rules[option]);
        else if (required.includes(option)) refuse(full(option), `is missing: give ${rules[option][1]}`);
    }
    return set;
}

export const checkClient = (options) => check(clientRules, options ?? {}, ["region", "credentials"]);

export function checkCall(options, action) {
    const set = check(optionRules, options ?? {}, []);
    if (set.invocationType == "Event") {
        if ((action ?? set.action) == "InvokeFunction") refuse("invocationType", "must not be Event with InvokeFunction");
        if (set.logType) refuse("logType", "must be left out with Event");
    }
    return set;
}

export const checkCredentials = (given) =>
    given?.dayKey
        ? check(dayKeyRules, given, ["dayKey"], "credentials")
        : check(secretRules, given ?? {}, ["secretId", "secretKey"], "credentials");

export const checkFunctionName = (value) =>
    test("functionName", value, [/^[a-z](?:[\w-]{0,58}[a-z\d])?$/i, "1 to 60 letters, digits, - and _"]);
