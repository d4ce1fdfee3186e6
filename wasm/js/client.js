// The module first: it compresses better at the beginning of a bundle.
import { body, bodyHash, core, load, signature, signatureV1 } from "./module.js";
import { ConfigError, TimeoutError, refuse } from "./errors.js";
import { eventText } from "./event.js";
import { exchange } from "./exchange.js";
import { callOptions, checkCredentials, checkFunctionName, clientOptions, routingKey, test, time } from "./options.js";

const VERSION = "2018-04-16";
// Refusals that new credentials may help against.
const EXPIRED = /^AuthFailure\.(TokenFailure|SecretIdNotFound)$/;
// A difference between clocks, in seconds, that is no cause of a refusal.
const TOLERANCE = 60;

const random = () => crypto.getRandomValues(new Uint32Array(1))[0];

// The UTC date of a time.
const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

export class Client {
    #options;
    #url;
    #host;
    #source;
    #asked;
    #until;
    #given;
    // What the server's clock is ahead, in seconds.
    #ahead = 0;

    constructor(options) {
        this.#options = { now: Date.now, timeoutMs: 310000, attempts: 3, ...clientOptions(options) };
        const { region, credentials, endpoint, host } = this.#options;
        const apiHost = `scf.${region.endsWith("-fsi") ? region + "." : ""}tencentcloudapi.com`;
        try {
            this.#url = new URL(endpoint ?? "https://" + apiHost, globalThis.document?.baseURI ?? globalThis.location?.href);
            if (!/^https?:$/.test(this.#url.protocol) || this.#url.username) throw undefined;
        } catch (error) {
            refuse("endpoint", "must be an http(s) URL", error);
        }
        this.#host = host ?? (/^\w+:/.test(endpoint) ? this.#url.host : apiHost);
        this.#source = typeof credentials == "function" ? credentials : checkCredentials(credentials);
    }

    invoke(functionName, ...rest) {
        return this.#call(functionName, rest, "Invoke");
    }

    invokeFunction(functionName, ...rest) {
        return this.#call(functionName, rest, "InvokeFunction");
    }

    async sign(functionName, ...rest) {
        const call = this.#prepare(functionName, rest);
        const [request] = await this.#sign(call, await this.#credentials(), call.signal);
        return request;
    }

    async presign(functionName, ...rest) {
        const call = this.#prepare(functionName, rest);
        const { secretId, secretKey, token } = await this.#credentials();
        if (!secretKey) refuse("credentials.dayKey", "cannot sign a URL");
        await load(this.#options.module);
        // This checks the event.
        body("", call.event, "", 32768, call.unchecked);
        const parameters = {
            ...call.parameters,
            ...(call.event && { [call.eventName]: call.event }),
            Action: call.action,
            Version: VERSION,
            Region: this.#options.region,
            Timestamp: this.#now(),
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
        const signed = signatureV1([secretKey, `GET${this.#host}/?` + join((value) => value)]);
        return this.#url.origin + this.#url.pathname + "?" + query + "&Signature=" + encode(signed);
    }

    // The corrected time, in whole seconds.
    #now() {
        const now = Math.floor(this.#options.now() / 1000) + this.#ahead;
        test("now", now, [(now) => now >= 0 && now < 253402300800, "a clock in milliseconds"]);
        return now;
    }

    // Checks the arguments of a call; nothing has happened yet.
    #prepare(functionName, rest, only) {
        checkFunctionName(functionName);
        const options = { ...this.#options, ...callOptions(rest[1], only) };
        const { action = only ?? "Invoke", invocationType, qualifier, logType, namespace } = options;
        const isInvoke = action == "Invoke";
        const call = {
            ...options,
            action,
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

    // Signs a call: a request, and the time that is signed.
    async #sign(call, { secretId, secretKey, dayKey, token }, signal) {
        await load(this.#options.module);
        const { action, event, language } = call;
        let head = JSON.stringify(call.parameters).slice(0, -1);
        if (event !== undefined) head += `,"${call.eventName}":"`;
        const limit = call.invocationType == "Event" ? 131072 : 6291456;
        const bytes = body(head, event, event === undefined ? "}" : '"}', limit, call.unchecked);
        // The digest takes a copy first, and may go on while the request takes its own.
        const digest = crypto.subtle?.digest("SHA-256", bytes) ?? bodyHash(bytes);
        const request = new Request(this.#url, {
            method: "POST",
            body: bytes,
            redirect: "manual",
            signal,
        });
        const hash = new Uint8Array(await digest);
        const now = this.#now();
        const [keyId, date, , key] = dayKey?.split("/") ?? [secretId, day(now)];
        if (date != day(now)) refuse("credentials.dayKey", "is not of today, " + day(now));
        const hex = signature(hash, this.#host, action, secretKey, key, now);
        const headers = {
            "Content-Type": "application/json",
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": this.#options.region,
            "X-TC-Timestamp": now,
            "X-TC-Token": token,
            "X-TC-Language": language,
            Authorization: `TC3-HMAC-SHA256 Credential=${keyId}/${date}/scf/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=${hex}`,
        };
        for (const name in headers) if (headers[name]) request.headers.set(name, headers[name]);
        return [request, now];
    }

    // The credentials, asked for where they come from a function and are not known or too old.
    async #credentials() {
        if (typeof this.#source != "function") return this.#source;
        if (this.#until <= this.#now()) this.#asked = undefined;
        return (this.#asked ??= this.#ask());
    }

    async #ask() {
        this.#until = Infinity;
        try {
            const given = checkCredentials(await Promise.resolve().then(this.#source));
            if (given.dayKey) this.#until = time(given.dayKey.split("/")[1]) / 1000 + 86400;
            if (given.expiresAt) this.#until = time(given.expiresAt) / 1000 - 60;
            return (this.#given = given);
        } catch (error) {
            this.#asked = undefined;
            if (error instanceof ConfigError) throw error;
            refuse("credentials", "could not be got", error);
        }
    }

    // One call, until it ends by itself, by the caller's signal or by the timeout.
    async #call(functionName, rest, action) {
        const call = this.#prepare(functionName, rest, action);
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
            const details = { retryable: !state.sent };
            state.stop(new TimeoutError(`no answer within ${timeoutMs} ms`, "Timeout", state.sent ? 2 : 0, details));
        };
        const timer = timeoutMs && setTimeout(expire, timeoutMs);
        try {
            return await Promise.race([stopped, this.#attempts(call, controller.signal, state)]);
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener("abort", abort);
            // What is still under way is of no use.
            controller.abort();
        }
    }

    // Makes attempts until one has an answer, or none is worth another.
    async #attempts(call, signal, state) {
        for (let made = 1, corrected, renewed; ; ) {
            state.sent = false;
            const credentials = await this.#credentials();
            const local = this.#options.now() / 1000;
            const [request, signed] = await this.#sign(call, credentials, signal);
            signal.throwIfAborted();
            state.sent = true;
            const { result, error, retry, date } = await exchange(this.#options.fetch ?? fetch, request, call.invocationType == "Event");
            if (!error) return result;
            if (retry == 2 && !corrected && date) {
                corrected = true;
                // A call beside this one may have learnt it first.
                if (Math.abs(local + this.#ahead - date) > TOLERANCE) this.#ahead = Math.round(date - local);
                if (Math.abs(local + this.#ahead - signed) > TOLERANCE) continue;
            }
            if (typeof this.#source == "function" && !renewed && EXPIRED.test(error.code)) {
                renewed = true;
                if (this.#given == credentials) this.#asked = undefined;
                continue;
            }
            const wait = retry == 1 ? core.wait_ms(made++, call.attempts, random()) : -1;
            if (wait < 0 || performance.now() + wait >= state.deadline) throw error;
            await new Promise((resolve) => setTimeout(resolve, wait));
            signal.throwIfAborted();
        }
    }
}
