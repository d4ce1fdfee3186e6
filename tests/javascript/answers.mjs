// The suite in a worker of any kind, which is asked by message.
import { run } from "./suite.mjs";

export async function outcome(scf, context, ...more) {
    const vectors = await (await fetch(origin + "/vectors.json")).json();
    return run(scf, { ...context, base: origin }, vectors, ...more);
}

// `more` are tests of that place alone.
export const answers = (scf, ...more) =>
    globalThis.addEventListener("message", (event) => {
        const answered = outcome(scf, event.data, ...more).then((data) => (event.source ?? globalThis).postMessage(data));
        event.waitUntil?.(answered);
    });
