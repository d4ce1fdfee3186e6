// Runs the suite in this process: Node or Deno. What it talks to is in the
// environment, and the package in the folder of that name.
import { run } from "./suite.mjs";

const variables = globalThis.process.env;
const context = JSON.parse(variables.CONTEXT);
let scf = await import(variables.PACKAGE);
if (context.fetchOf) {
    const { default: whole, fetch = whole } = await import(context.fetchOf);
    const Client = class extends scf.Client {
        constructor(options) {
            super({ fetch, ...options });
        }
    };
    scf = { ...scf, Client };
}
const vectors = await (await fetch(context.base + "/vectors.json")).json();
const { passed, failures } = await run(scf, context, vectors);
for (const failure of failures) console.error(failure);
console.log(`${passed} passed, ${failures.length} failed`);
globalThis.process.exitCode = failures.length ? 1 : 0;
