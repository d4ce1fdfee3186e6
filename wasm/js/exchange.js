import { failure } from "./sent.js";

// The ends of an attempt, in the order of the core.
const RESPONSE = 0;
const LOST = 1;
export const STOPPED = 2;
const TURNED_AWAY = 3;
const TOO_LARGE = 4;

// One request and its response: its end, for the core, and the details for an error.
export async function exchange(attempts, { fetch = globalThis.fetch, replyLimit }, url, init) {
    const offline = globalThis.navigator?.onLine === false;
    let response;
    let excerpt = "";
    const ended = (how, isSent, more) => ({ how, isSent, url, response, status: response?.status, excerpt, ...more });
    const lost = (isSent, code, problem, cause) => ended(LOST, isSent, { code, problem, cause });
    attempts.begin();
    try {
        response = await fetch(url, init);
        // A browser says no more of a redirect.
        if (response.type == "opaqueredirect" || /^3/.test(response.status)) return lost(true, "Redirect", "a redirect came");
        // The stream of node-fetch is one of Node's, which its Response takes.
        const stream = (response.body?.getReader ? response : new Response(response.body)).body?.getReader();
        for (let chunk; stream && !(chunk = await stream.read()).done; ) {
            excerpt ||= new TextDecoder().decode(chunk.value.subarray(0, 256)).slice(0, 64).replace(/\p{C}+/gu, " ");
            attempts.push(chunk.value);
            if (attempts.size > replyLimit) return ended(TOO_LARGE, true, { code: "ReplyTooLarge", problem: `over ${replyLimit} bytes came, the limit of replyLimit` });
        }
        attempts.finish();
    } catch (cause) {
        const { message, unsent } = failure(cause);
        const isSent = !!response || !(offline || unsent);
        return lost(isSent, offline && !isSent ? "Offline" : "FetchFailed", "no response: " + message, cause);
    }
    const { headers } = response;
    const relay = headers.get("x-scf-relay");
    if (!relay) return ended(RESPONSE, true);
    if (relay != "refused") return ended(LOST, relay != "not-sent", { relay });
    // A refusal of a relay without a time to come again is for good.
    return ended(TURNED_AWAY, true, { relay, turnedAwayBy: headers.has("retry-after") ? 429 : 403 });
}
