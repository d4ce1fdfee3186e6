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
     * emulator on your machine: a page can point a name of its own there (DNS
     * rebinding).
     */
    hosts?: readonly string[];
    /** The one path that is relayed, besides `/`; all by default, for a server whose own routes decide. */
    path?: string;
    /**
     * Returns the sender of a request as text, such as the address of its connection.
     * It gets the handler's arguments. IPv6 addresses count by their first 64 bits.
     * Without it `rate` and `perClient` have no effect: limit clients in the server
     * in front.
     */
    client?: (request: RequestType, ...others: any[]) => string;
    /** Requests a second from one client, and as many at once after a quiet second; 20 by default. */
    rate?: number;
    /** Requests in progress at once of one client, including those whose body is still to come; 32 by default. */
    perClient?: number;
    /** Requests under way at once, from all clients together; 256 by default. A request counts once its body is whole. */
    concurrency?: number;
    /**
     * Bytes that the bodies of all requests may take of memory; those of one client
     * may take a quarter of it, or have one body. 256 MiB by default. Give less
     * where the host has less.
     */
    memory?: number;
    /** Bytes a second at which a body has to come on average, after a first `pauseMs`; 8192 by default. */
    bodyRate?: number;
    /** From the request's head to the last byte of the response, in milliseconds; 310,000 by default. */
    timeoutMs?: number;
    /** The longest pause of a client that sends a body, in milliseconds; 30,000 by default. */
    pauseMs?: number;
    /** Used in place of the global `fetch`. */
    fetch?: (url: string, init: any) => PromiseLike<any>;
}

/**
 * Returns a relay as a handler of requests, which passes signed invocations on
 * to the API and holds no key. It answers every request: its own responses have
 * the header `X-SCF-Relay`, which says whether the function may have run.
 *
 * @throws {ConfigError} An option is wrong.
 */
export function relay(options?: RelayOptions): (request: RequestType, ...others: any[]) => Promise<ResponseType>;
