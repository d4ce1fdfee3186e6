// The request of a call: its body, made once, and the headers of each attempt.
import { refuse } from "./errors.js";
import { eventText } from "./event.js";
import { parse } from "./json.js";
import { checkCall, checkFunctionName, routingKey } from "./options.js";

const encoder = new TextEncoder();

export const VERSION = "2018-04-16";

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

// The characters of an event that the platform encodes as fast as is noticed.
const SHORT = 65536;

// Makes the body of a call, and returns what is made of it at once: it may be overwritten by the next.
// A short event is encoded by the platform. One that is long, or may be wrong, is for the part of the
// core that is fast and says where: it is loaded, where a script may load one.
export async function encode(core, { parameters, eventName, event, unchecked }, limit, use) {
    const isJson = () => !unchecked || parse(event) !== undefined;
    const isShort = event === undefined || (event.length < SHORT && !(unchecked && /\\ud/i.test(event)) && isJson());
    const extra = !isShort && event.length <= limit && (await core.extra().catch(() => {}));
    let body, total;
    if (extra) {
        [body, total] = extra.write(JSON.stringify(parameters).slice(0, -1) + `,"${eventName}":"`, event, '"}', limit, unchecked);
    } else {
        if (!isShort && !isJson()) refuse("event", "is not JSON");
        total = event && encoder.encode(event).length;
        body = encoder.encode(JSON.stringify({ ...parameters, [eventName]: event }));
    }
    if (total > limit) refuse("event", `has over ${limit} bytes`);
    if (body.length > 10485760) refuse("event", "makes a request of over 10 MiB");
    return use(body);
}

// The body of a call, and its hash.
export async function content(core, call) {
    const { subtle } = crypto;
    const { hash } = subtle ? {} : await core.extra();
    return encode(core, call, call.isAsync ? 131072 : 6291456, async (shown) => {
        // The digest takes a copy first, and may go on while another is taken.
        const digest = hash ? hash(shown) : subtle.digest("SHA-256", shown);
        return { body: shown.slice(), hash: new Uint8Array(await digest) };
    });
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
