import type { ScfError } from "./errors.js";
import type { FetchOptions, ModuleType, RequestType, ResponseType, SignalType, URLType } from "./platform.js";

export * from "./errors.js";

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/**
 * The event of an invocation, at most 6 MiB of JSON text (128 KiB with
 * `invocationType: "Event"`):
 *
 * - a **string** is JSON text, sent as it is: `'{"name":"world"}'`. For a text
 *   as a JSON value pass `JSON.stringify(text)`;
 * - **bytes** are JSON text in UTF-8, sent as they are;
 * - any other **value** is turned into JSON by the rules of `JSON.stringify`.
 *
 * A value without a JSON form (a cycle, a `BigInt`, `undefined`, a function, text
 * with half a surrogate pair) is a {@link ConfigError} with option `event`,
 * and so is text that is not JSON.
 *
 * Leave the argument out to send no event: `invoke("hello")`, and with options
 * `invoke("hello", undefined, options)`. Without options an `undefined` is
 * taken for a mistake, as above.
 */
export type Event = Json | object | ArrayBuffer | Uint8Array;

/** A secret: long-term, or temporary with its token. */
export interface Secret {
    /** The public part, `AKID…`. */
    secretId: string;
    /** The secret key. Never give it to a page: see {@link DayKey}. */
    secretKey: string;
    /** The token of temporary credentials. */
    token?: string;
    /**
     * When temporary credentials expire: a `Date`, a text that `Date.parse`
     * reads (`Expiration` of the token service), or **milliseconds** since
     * 1970. A credentials function is called again 60 s before.
     */
    expiresAt?: Date | string | number;
    dayKey?: undefined;
}

/**
 * A key that signs for SCF on one UTC day and is worthless after it, so that
 * no secret has to reach the page. A credentials function is called again on
 * the next day.
 */
export interface DayKey {
    /** `SECRETID/YYYY-MM-DD/scf/HEX`, as `tscf day-key` prints it. */
    dayKey: string;
    /** The token, where the key was derived from temporary credentials. */
    token?: string;
    secretId?: undefined;
    secretKey?: undefined;
    expiresAt?: undefined;
}

/** The key that requests are signed with. */
export type Credentials = Secret | DayKey;

/** The options of one call; given to {@link Client}, they are the defaults of each. */
export interface CallOptions {
    /** The function's namespace; the service takes `default`. */
    namespace?: string;
    /** Version or alias; the service takes `$LATEST` (`invoke`) or `$DEFAULT` (`invokeFunction`). */
    qualifier?: string;
    /** `Tail` asks for the last 4 KB of the log. Not with `invocationType: "Event"`. */
    logType?: "None" | "Tail";
    /** Routes the traffic: an object of strings, or the same as JSON text; at most 1024 bytes. */
    routingKey?: string | Readonly<Record<string, string>>;
    /** The language of the service's error messages. */
    language?: "zh-CN" | "en-US";
    /**
     * The longest time of the whole call, attempts and waits included, in
     * milliseconds; 310,000 by default, since a function may run 300 s. 0 sets
     * no limit. After it the call ends with a {@link TimeoutError}.
     */
    timeoutMs?: number;
    /**
     * The largest number of attempts; 3 by default, 1 never repeats a request.
     * Only a request that surely was not executed is repeated: one refused by a
     * rate limit, for example. Correcting a wrong clock is not counted.
     */
    attempts?: number;
    /** The longest result and log together, in bytes; 16 MiB by default. What is longer is a {@link NetworkError} with code `ReplyTooLarge`. */
    replyLimit?: number;
    /** More headers. Those that this package sets are a {@link ConfigError}; a relay passes on only `X-TC-*`. */
    headers?: Readonly<Record<string, string>>;
    /** Further options of `fetch`, such as `keepalive`, `priority`, or undici's `dispatcher`. */
    fetchOptions?: FetchOptions & { readonly [name: string]: unknown };
    /** Called before each attempt. A hook that throws does not break the call. */
    onRequest?: (request: RequestInfo) => void;
    /** Called before each wait for another attempt. */
    onRetry?: (retry: RetryInfo) => void;
    /** Called once when the call has ended, with its reply or error. */
    onReply?: (end: ReplyInfo) => void;
    /**
     * Gets a text and an object for each request (`debug`), reply (`info`),
     * retry (`warn`) and failure (`error`); `console` is one. Signatures,
     * tokens and events are left out, and the results and logs of functions
     * that succeeded.
     */
    logger?: Logger;
    /** The lowest level that is logged; `info` by default. */
    logLevel?: "debug" | "info" | "warn" | "error";
}

/** The argument of {@link CallOptions.onRequest}. */
export interface RequestInfo {
    functionName: string;
    /** 1 for the first. */
    attempt: number;
    url: string;
    /** The headers, with `Authorization` and `X-TC-Token` cut short. */
    headers: Record<string, string>;
}

/** The argument of {@link CallOptions.onRetry}. */
export interface RetryInfo {
    functionName: string;
    /** The attempt that failed. */
    attempt: number;
    error: ScfError;
    /** Until the next attempt, in milliseconds. */
    waitMs: number;
}

/** The argument of {@link CallOptions.onReply}. */
export interface ReplyInfo {
    functionName: string;
    reply?: Reply;
    /** An {@link ScfError}, or the reason of an aborted signal. */
    error?: unknown;
    /** The attempts that were made. */
    attempts: number;
    /** From the call to its end, in milliseconds. */
    elapsedMs: number;
}

/** The destination of log lines. */
export interface Logger {
    debug?(text: string, details: object): void;
    info?(text: string, details: object): void;
    warn?(text: string, details: object): void;
    error?(text: string, details: object): void;
}

/** Options of {@link Client.invokeFunction}. */
export interface InvokeFunctionOptions extends CallOptions {
    /** Ends the call; it then rejects with the signal's `reason`, the platform's `AbortError` by default. */
    signal?: SignalType;
}

/** Options of {@link Client.invoke}. */
export interface InvokeOptions extends InvokeFunctionOptions {
    /** `Event` returns once the event is accepted; the function runs later. `RequestResponse` waits for its result. */
    invocationType?: "RequestResponse" | "Event";
}

/** Options of {@link Client.map}. */
export interface MapOptions extends InvokeOptions {
    /** The number of calls made at the same time; 8 by default. */
    concurrency?: number;
}

/** Options of {@link Client.sign}. */
export interface SignOptions extends CallOptions {
    /** The action; `Invoke` by default. */
    action?: "Invoke" | "InvokeFunction";
    /** As for {@link InvokeOptions}; `Invoke` only. */
    invocationType?: "RequestResponse" | "Event";
    /** Becomes the request's own. */
    signal?: SignalType;
}

/** Options of {@link Client.presign}. */
export interface PresignOptions extends CallOptions {
    /** The action; `Invoke` by default. */
    action?: "Invoke" | "InvokeFunction";
    /** As for {@link InvokeOptions}; `Invoke` only. */
    invocationType?: "RequestResponse" | "Event";
}

/** Options of {@link Client}. A name that is not here is a {@link ConfigError}. */
export interface ClientOptions extends CallOptions {
    /** The functions' region, such as `ap-guangzhou`. */
    region: string;
    /**
     * The credentials, or a function that returns them. The function is called
     * at the first use, once for calls made at the same time, and again when
     * its credentials have expired or, unless `attempts` is 1, the service refused
     * them as expired.
     */
    credentials: Credentials | (() => Credentials | Promise<Credentials>);
    /**
     * The URL that requests are sent to: the API by default. In a browser a
     * relay, since the API answers no cross-origin request; a path such as
     * `/scf` is on the page's own origin, by which the first call resolves it.
     */
    endpoint?: string | URLType;
    /**
     * The host that requests are signed for. By default that of `endpoint` where
     * it is a whole URL, and otherwise the API's. With a relay on another origin give
     * the API's: `scf.tencentcloudapi.com`.
     */
    host?: string;
    /** Used in place of the global `fetch`, such as undici's. It gets a URL as text, and an object. */
    fetch?: (url: string, init: any) => PromiseLike<any>;
    /**
     * The clock, in milliseconds since 1970; `Date.now` by default. A clock
     * that is wrong is corrected by the server's `Date` header, which a relay
     * on another origin has to expose.
     */
    now?: () => number;
    /**
     * The compiled `scf-invoke/scf.wasm`, for hosts that do not let a script
     * compile WebAssembly. Workerd finds it by itself; elsewhere it is
     * embedded in the script. `scf-invoke/js` needs none.
     */
    module?: ModuleType;
}

/** The reply of a function that succeeded. */
export interface Reply<Res = unknown> {
    /** The result: parsed where it is JSON, text otherwise; `undefined` where there was none. */
    result: Res;
    /** The result as it came. */
    resultText: string;
    /** The last 4 KB of the log, where `logType: "Tail"` asked for it. */
    log?: string;
    /** The id of the request, which the service's support asks for. */
    requestId: string;
    /** The id of the run, to find it in the function's logs. */
    functionRequestId: string;
    /**
     * The time that the function ran, in milliseconds. This and the two below are
     * `undefined` with `invocationType: "Event"`: the function runs later.
     */
    durationMs?: number;
    /** The time that is billed, in milliseconds. */
    billedDurationMs?: number;
    /** The memory that the run took, in bytes. */
    memoryBytes?: number;
    /** The response itself, whose body has been read. Not enumerable, so that a reply can be cloned and printed. */
    readonly response: ResponseType;
}

/** One event of {@link Client.map}, and its reply or error. */
export type MapItem<Req, Res> = { index: number; event: Req } & ({ reply: Reply<Res>; error?: undefined } | { reply?: undefined; error: ScfError });

/** A function that is called with the same options again and again; see {@link Client.function}. */
export interface Handle<Req extends Event, Res> {
    /** As {@link Client.invoke}. */
    (event?: Req, options?: InvokeOptions): Promise<Reply<Res>>;
    /** As {@link Client.map}. */
    map<R extends Req>(events: Iterable<R> | AsyncIterable<R>, options?: MapOptions): AsyncGenerator<MapItem<R, Res>, void, undefined>;
}

/** Runs functions. One client serves any number of calls at the same time. */
export class Client {
    /** @throws {ConfigError} An option is missing, unknown or of the wrong type. */
    constructor(options: ClientOptions);

    /**
     * Runs a function by the action `Invoke`.
     *
     * @throws {FunctionError} The function ran and failed, or did not start.
     * @throws {ApiError} The service answered with an error.
     * @throws {NetworkError} There was no response, or not the API's.
     * @throws {TimeoutError} There was no reply within `timeoutMs`.
     * @throws {CredentialsError} The `credentials` function failed; nothing was sent.
     * @throws {ConfigError} An argument is wrong; nothing was sent.
     * @throws The `reason` of `signal`, an `AbortError` by default: whether
     * the function runs on is then not known.
     */
    invoke<Req extends Event = Event, Res = unknown>(functionName: string, event?: Req, options?: InvokeOptions): Promise<Reply<Res>>;

    /** Runs a function by the action `InvokeFunction`, synchronous only. Otherwise as {@link invoke}. */
    invokeFunction<Req extends Event = Event, Res = unknown>(functionName: string, event?: Req, options?: InvokeFunctionOptions): Promise<Reply<Res>>;

    /** Returns a function that invokes the one of this name, with types and options of its own. */
    function<Req extends Event = Event, Res = unknown>(functionName: string, options?: InvokeOptions): Handle<Req, Res>;

    /**
     * Runs a function for each event, `concurrency` of them at a time, and
     * yields each reply or error as it comes. One that fails does not end the
     * others: it is an item with an `error`. Events are taken as they are
     * needed, so there may be any number. Leaving the loop aborts what is still
     * under way.
     *
     * @throws The `reason` of `signal`.
     * @throws {TypeError} Its script, which the first use loads, cannot be loaded.
     */
    map<Req extends Event = Event, Res = unknown>(functionName: string, events: Iterable<Req> | AsyncIterable<Req>, options?: MapOptions): AsyncGenerator<MapItem<Req, Res>, void, undefined>;

    /**
     * Signs a request without sending it: a `Request` for your own `fetch`, valid
     * for five minutes. Its headers and body must be sent unchanged.
     *
     * @throws {ConfigError} An argument is wrong.
     * @throws {CredentialsError} The `credentials` function failed.
     */
    sign(functionName: string, event?: Event, options?: SignOptions): Promise<RequestType>;

    /**
     * Returns a URL that runs the function for whoever fetches it within five
     * minutes, once or more; by signature version 1, which needs the secret (a
     * day key cannot make it). It has at most 32 KiB, the event included.
     *
     * @throws {ConfigError} An argument is wrong, or the URL would be longer.
     * @throws {CredentialsError} The `credentials` function failed.
     * @throws {TypeError} Its script, which the first use loads, cannot be loaded.
     */
    presign(functionName: string, event?: Event, options?: PresignOptions): Promise<string>;
}
