import type { RequestType, ResponseType } from "./platform.js";

/** Options of {@link relay}. A name that is not here is an error. */
export interface RelayOptions {
    /** The API: `https://scf.tencentcloudapi.com` by default. */
    endpoint?: string;
    /**
     * The origins whose pages may use the relay, such as `https://app.example`.
     * Pages of the relay's own origin need not be named.
     */
    origins?: readonly string[];
    /**
     * The hosts that the relay answers to, as the `Host` header has them, such
     * as `localhost:8080`; all by default. Name them where the endpoint is an
     * emulator on your machine: a page can make a name of its own lead there.
     */
    hosts?: readonly string[];
    /** The one path that is relayed, beside `/`. Leave it out where the server's own routes decide. */
    path?: string;
    /**
     * Returns the sender of a request, as text: the address of its connection, for example.
     * It gets the request and what the handler got behind it. Without it neither
     * the rate nor `perClient` is counted: do that in front.
     */
    client?: (request: RequestType, ...others: any[]) => string;
    /** Requests a second from one client, and as many at once after a quiet second; 20 by default. */
    rate?: number;
    /** Requests in progress at once of one client, those whose body is still to come included; 32 by default. */
    perClient?: number;
    /** Requests under way at once, from all clients together; 256 by default. A request counts from when its body is here. */
    concurrency?: number;
    /** Bytes that the bodies of all requests may take of memory; 256 MiB by default. Give less where the host has less. */
    memory?: number;
    /** Bytes a second that a body has to come with on average; 8192 by default. */
    bodyRate?: number;
    /** From the request's head to the head of the answer, in milliseconds; 310 000 by default. */
    timeoutMs?: number;
    /** The longest pause of a client that sends a body, in milliseconds; 30 000 by default. */
    pauseMs?: number;
    /** Used in place of the global `fetch`. */
    fetch?: (url: string, init: any) => PromiseLike<any>;
}

/**
 * A relay as a handler of requests: it passes signed invocations on to the API,
 * and holds no key. It never throws for what a client sends: its own answers
 * have the header `X-SCF-Relay`, which says whether the function may have run.
 *
 * @throws {ConfigError} An option is wrong.
 */
export function relay(options?: RelayOptions): (request: RequestType, ...others: any[]) => Promise<ResponseType>;
