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
 * What has no JSON form (a cycle, a `BigInt`, `undefined`, a function, text
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
     * 1970. A credentials function is asked again 60 s before.
     */
    expiresAt?: Date | string | number;
    dayKey?: undefined;
}

/**
 * A key that signs for SCF on one UTC day and is worthless after it, so that
 * no secret need reach the page. A credentials function is asked again on the
 * next day.
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

/** What requests are signed with. */
export type Credentials = Secret | DayKey;

/** What concerns one call; given to {@link Client}, it is the default of each. */
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
     * How long the call may take in all, attempts and waits included, in
     * milliseconds; 310 000 by default, for a function may run 300 s. 0 sets
     * no limit. Past it the call ends with a {@link TimeoutError}.
     */
    timeoutMs?: number;
    /**
     * How often a request is made at most; 3 by default, 1 never repeats it.
     * Only what surely was not executed is repeated: refused by a rate limit,
     * for example. Correcting a wrong clock is not counted.
     */
    attempts?: number;
}

/** Options of {@link Client.invokeFunction}, and of {@link Client.presign} but `signal`. */
export interface InvokeFunctionOptions extends CallOptions {
    /** Ends the call; it then rejects with the signal's `reason`, the platform's `AbortError` by default. */
    signal?: AbortSignal;
}

/** Options of {@link Client.invoke}. */
export interface InvokeOptions extends InvokeFunctionOptions {
    /** `Event` returns once the event is accepted; the function runs later. `RequestResponse` waits for its result. */
    invocationType?: "RequestResponse" | "Event";
}

/** Options of {@link Client.sign}. */
export interface SignOptions extends CallOptions {
    /** The action; `Invoke` by default. */
    action?: "Invoke" | "InvokeFunction";
    /** As for {@link InvokeOptions}; `Invoke` only. */
    invocationType?: "RequestResponse" | "Event";
    /** Becomes the request's own. */
    signal?: AbortSignal;
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
     * What to sign with, or a function that gives it. The function is called
     * at the first use, once for calls made at the same time, and again when
     * what it gave has expired or was refused as expired.
     */
    credentials: Credentials | (() => Credentials | Promise<Credentials>);
    /**
     * Where requests are sent: the API by default. In a browser a relay, for
     * the API answers no cross-origin request; a path such as `/scf` is on the
     * page's own origin.
     */
    endpoint?: string | URL;
    /**
     * The host that is signed. By default that of `endpoint` where it is a
     * whole URL, and otherwise the API's. With a relay on another origin give
     * the API's: `scf.tencentcloudapi.com`.
     */
    host?: string;
    /** Used in place of the global `fetch`. */
    fetch?: typeof globalThis.fetch;
    /**
     * The clock, in milliseconds since 1970; `Date.now` by default. A clock
     * that is wrong is corrected by the server's `Date` header, which a relay
     * on another origin has to expose.
     */
    now?: () => number;
    /**
     * The compiled `scf-invoke/scf.wasm`, for hosts that do not let a script
     * compile WebAssembly (workerd). Elsewhere it is inside of the script.
     */
    module?: WebAssembly.Module;
}

/** What a function that succeeded gave back. */
export interface Invocation<T = any> {
    /** The result: parsed where it is JSON, text otherwise; `undefined` where there was none. */
    result: T;
    /** The result as it came. */
    text: string;
    /** The last 4 KB of the log, where `logType: "Tail"` asked for it. */
    log?: string;
    /** The id of the request, which the service's support asks for. */
    requestId: string;
    /** The id of the run, to find it in the function's logs. */
    functionRequestId: string;
    /**
     * How long the function ran, in milliseconds. This and the two below are
     * `undefined` with `invocationType: "Event"`: the function runs later.
     */
    durationMs?: number;
    /** The time that is billed, in milliseconds. */
    billedMs?: number;
    /** The memory that the run took, in bytes. */
    memoryBytes?: number;
}

/** Runs functions. One client serves any number of calls at the same time. */
export class Client {
    /** @throws {ConfigError} An option is missing, unknown or of the wrong type. */
    constructor(options: ClientOptions);

    /**
     * Runs a function by the action `Invoke`.
     *
     * @throws {FunctionError} The function ran and failed.
     * @throws {ApiError} The service answered with an error.
     * @throws {NetworkError} There was no answer, or not the API's.
     * @throws {TimeoutError} `timeoutMs` is over.
     * @throws {ConfigError} An argument is wrong; nothing was sent.
     * @throws The `reason` of `signal`, an `AbortError` by default: whether
     * the function runs on is then not known.
     */
    invoke<T = any>(functionName: string, event?: Event, options?: InvokeOptions): Promise<Invocation<T>>;

    /** Runs a function by the action `InvokeFunction`, synchronous only. Otherwise as {@link invoke}. */
    invokeFunction<T = any>(functionName: string, event?: Event, options?: InvokeFunctionOptions): Promise<Invocation<T>>;

    /**
     * Signs a call without making it: a `Request` for your own `fetch`, good
     * for five minutes. Its headers and body must be sent unchanged.
     */
    sign(functionName: string, event?: Event, options?: SignOptions): Promise<Request>;

    /**
     * A URL that runs the function for whoever fetches it within five minutes,
     * once or more; by signature version 1, which needs the secret (a day key
     * cannot make it). At most 32 KiB, the event included.
     */
    presign(functionName: string, event?: Event, options?: PresignOptions): Promise<string>;
}

/**
 * How far a request got. `Invoke` is not idempotent, so this decides whether
 * it may be made again.
 *
 * - `not sent`: it surely was not executed;
 * - `refused`: the service or a relay said no, so it was not executed;
 * - `unknown`: it was sent, and the function may have run;
 * - `executed`: the function ran.
 */
export type Delivery = "not sent" | "refused" | "unknown" | "executed";

/** What all errors of this package have. */
export class ScfError extends Error {
    /** What went wrong, for a program; see the classes. */
    readonly code: string;
    /** The id of the request, where there was an answer. */
    readonly requestId?: string;
    /** How far the request got. */
    readonly delivery: Delivery;
    /** Whether another try can succeed without running the function twice. */
    readonly retryable: boolean;
}

/**
 * The service answered with an error. `code` is its code, such as
 * `ResourceNotFound.Function`, and `message` is code and explanation. A long
 * one whose answer came in pieces is cut after 128 bytes, and ends with `…`.
 */
export class ApiError extends ScfError {}

/** The function ran and failed; what it was to do may be half done. `code` is `FunctionFailed`. */
export class FunctionError extends ScfError {
    /** The platform's status, such as 433 for a timeout. */
    readonly statusCode?: number;
    /** Where in the function it happened, where the platform tells. */
    readonly stackTrace?: string;
    /** What the platform says of the failure, as it came: mostly JSON. */
    readonly text: string;
    /** As in {@link Invocation}. */
    readonly log?: string;
    /** As in {@link Invocation}. */
    readonly functionRequestId: string;
    /** As in {@link Invocation}. */
    readonly durationMs?: number;
    /** As in {@link Invocation}. */
    readonly billedMs?: number;
    /** As in {@link Invocation}. */
    readonly memoryBytes?: number;
}

/**
 * There was no answer, or it was not the API's. `code` is one of
 *
 * - `FetchFailed`: `fetch` rejected (no connection, CORS, a broken transfer);
 *   what it said is the error's `cause`;
 * - `Offline`: the platform said so before anything was sent;
 * - `Redirect`, `HttpStatus`, `NotAnAnswer`: something between here and there
 *   answered in the API's place;
 * - the relay's own code, such as `Relay.RateLimited`.
 */
export class NetworkError extends ScfError {
    /** Where the answer came from. */
    readonly url: string;
    /** Its HTTP status, where there was an answer. */
    readonly status?: number;
    /** How it began, at most 64 characters. */
    readonly excerpt?: string;
}

/** `timeoutMs` is over. `code` is `Timeout`. */
export class TimeoutError extends ScfError {}

/** An option or argument is wrong, and nothing was sent. `code` is `InvalidOption`. */
export class ConfigError extends ScfError {
    /** The option's name, such as `region`, `credentials.secretKey`, `event`. */
    readonly option: string;
}
