// A module that is inside of the script, or the one that is handed in.
import deflated from "./scf_invoke_wasm.js";
import { refuse } from "./errors.js";
import { unpack } from "./unpack.js";

const inflate = (text) => new Response(new Response(unpack(text)).body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();

// The exports of the module.
export const inline = async (module, text = deflated) => {
    try {
        const made = await WebAssembly.instantiate(module ?? (await inflate(text)), {});
        // Of bytes comes an instance with its module, of a module the instance itself.
        return (made.instance ?? made).exports;
    } catch (cause) {
        const fix = `allow 'wasm-unsafe-eval' in script-src, import from "scf-invoke/js", or hand in "scf-invoke/scf.wasm", compiled`;
        refuse("module", `is missing where scripts may not compile WebAssembly: ${fix} (${cause.message})`, cause, "WebAssemblyBlocked");
    }
};
