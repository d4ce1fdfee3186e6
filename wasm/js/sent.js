// The error codes of Node, Deno and Bun for a request that failed before there was a
// connection.
const UNCONNECTED =
    /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|client error \(Connect\))/;

// Describes an error of fetch: its message, and whether the request surely did not leave.
export function failure(cause) {
    const { message, code } = cause?.cause ?? cause ?? {};
    return { message: message || String(cause), unsent: UNCONNECTED.test(code + " " + message) };
}
