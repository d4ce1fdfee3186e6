// The suite with the core in plain JavaScript, where WebAssembly is not allowed;
// and what is said where it would be needed.
import { Client, ConfigError } from "/package/index.js";
import * as scf from "/package/js.js";
import { equal, rejects } from "./assert.mjs";
import { run } from "./suite.mjs";

const context = JSON.parse(new URLSearchParams(location.search).get("context"));
const vectors = await (await fetch("/vectors.json")).json();
const { passed, failures } = await run(scf, { ...context, base: location.origin }, vectors);
try {
    const error = await rejects(new Client({ region: "ap-guangzhou", credentials: context.secret }).invoke("echo"), ConfigError);
    equal([error.code, error.option, error.delivery], ["WebAssemblyBlocked", "module", "not sent"]);
    for (const fix of ["'wasm-unsafe-eval'", '"scf-invoke/js"', '"scf-invoke/scf.wasm"']) equal(error.message.includes(fix), true, fix);
} catch (error) {
    failures.push("what is said of WebAssembly: " + error.stack);
}
globalThis.outcome = { passed: passed + 1, failures };
