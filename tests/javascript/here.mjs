// The suite in a browser: for a window by import, in workers by message.
import * as scf from "/package/index.js";
import { run } from "./suite.mjs";

export async function here(context) {
    const vectors = await (await fetch(origin + "/vectors.json")).json();
    return run(scf, { ...context, base: origin }, vectors);
}

if (!globalThis.document)
    globalThis.addEventListener("message", (event) => {
        const answered = here(event.data).then((outcome) => (event.source ?? globalThis).postMessage(outcome));
        event.waitUntil?.(answered);
    });
