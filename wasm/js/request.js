// The request of a call: its body, made once, and the headers of each attempt.
import { refuse } from "./errors.js";
import { eventText } from "./event.js";
import { checkCall, checkFunctionName, routingKey } from "./options.js";

const VERSION = "2018-04-16";

// No secret hangs on these numbers.
export const random = () => Math.floor(Math.random() * 2 ** 32);

// The UTC date of a time in seconds.
const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

// Checks the arguments of a call; nothing has happened yet.
export function prepare(defaults, functionName, rest, only) {
    checkFunctionName(functionName);
    const set = checkCall(rest[1], only);
    const options = { ...defaults, ...set };
    const { action = only ?? "Invoke", invocationType, qualifier, logType, namespace } = options;
    const isInvoke = action == "Invoke";
    const call = {
        ...options,
        headers: { ...defaults.headers, ...set.headers },
        fetchOptions: { ...defaults.fetchOptions, ...set.fetchOptions },
        functionName,
        action,
        isAsync: invocationType == "Event",
        eventName: isInvoke ? "ClientContext" : "Event",
        // In the order of the core.
        parameters: {
            FunctionName: functionName,
            InvocationType: isInvoke ? invocationType : undefined,
            Qualifier: qualifier,
            LogType: logType,
            Namespace: namespace,
            RoutingKey: routingKey(options.routingKey),
        },
    };
    // With options behind it, undefined is how an argument is left out.
    if (rest.length && (rest[0] !== undefined || !rest[1])) [call.event, call.unchecked] = eventText(rest[0]);
    return call;
}

// The body of a call, and its hash.
export async function encode(core, { parameters, eventName, event, isAsync, unchecked }) {
    let head = JSON.stringify(parameters).slice(0, -1);
    if (event !== undefined) head += `,"${eventName}":"`;
    const shown = core.body(head, event, event === undefined ? "}" : '"}', isAsync ? 131072 : 6291456, unchecked);
    // The digest takes a copy first, and may go on while another is taken.
    const digest = crypto.subtle?.digest("SHA-256", shown) ?? core.bodyHash(shown);
    const body = shown.slice();
    return { body, hash: new Uint8Array(await digest) };
}

// Returns the options of fetch for a signed request.
export function sign(core, call, { body, hash }, { secretId, secretKey, dayKey, token }, { host, now, signal }) {
    const { action, language, region } = call;
    const [keyId, date, , key] = dayKey?.split("/") ?? [secretId, day(now)];
    if (date != day(now)) refuse("credentials.dayKey", "is not of today, " + day(now));
    const hex = core.signature(hash, host, action, secretKey, key, now);
    const headers = {
        ...call.headers,
        "Content-Type": "application/json",
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Region": region,
        "X-TC-Timestamp": String(now),
        ...(token && { "X-TC-Token": token }),
        ...(language && { "X-TC-Language": language }),
        Authorization: `TC3-HMAC-SHA256 Credential=${keyId}/${date}/scf/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=${hex}`,
    };
    return { ...call.fetchOptions, method: "POST", headers, body, redirect: "manual", signal };
}

// A URL that makes the call.
export function presign(core, call, { secretId, secretKey, token }, { url, host, now }) {
    if (!secretKey) refuse("credentials.dayKey", "cannot sign a URL: that takes the secret");
    // This checks the event.
    core.body("", call.event, "", 32768, call.unchecked);
    const parameters = {
        ...call.parameters,
        ...(call.event && { [call.eventName]: call.event }),
        Action: call.action,
        Version: VERSION,
        Region: call.region,
        Timestamp: now,
        Nonce: 1 + (random() % 0x7fffffff),
        SecretId: secretId,
        SignatureMethod: "HmacSHA256",
        Token: token,
        Language: call.language,
    };
    const set = Object.keys(parameters).filter((name) => parameters[name] !== undefined).sort();
    const join = (encode) => set.map((name) => name + "=" + encode(parameters[name])).join("&");
    const encode = (value) =>
        encodeURIComponent(value).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt().toString(16).toUpperCase());
    const query = join(encode);
    if (query.length > 32768 - 64) refuse("event", "makes a URL of over 32 KiB");
    const signed = core.signatureV1([secretKey, `GET${host}/?` + join((value) => value)]);
    return url.origin + url.pathname + "?" + query + "&Signature=" + encode(signed);
}
