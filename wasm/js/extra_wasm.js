import { extraOf } from "./extra.js";
import deflated from "./scf_extra_wasm.js";

export async function extra(inline, refuse) {
    try {
        return extraOf(await inline(undefined, deflated), refuse);
    } catch {
        // Where a script may not compile WebAssembly, the other module has been handed in.
        return extraOf((await import("./scf_extra_js.js")).instantiate(), refuse);
    }
}
