// The suite in workerd, which finds the compiled module by the package's own condition.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { bundle } from "./bundles.mjs";

export async function workerd(setting) {
    const { here, work, modules, installed, direct } = setting;
    const { Miniflare } = createRequire(modules + "/")("miniflare");
    await bundle(setting, [here + "/worker.mjs", `--outfile=${work}/worker/index.mjs`, "--conditions=workerd", "--external:*.wasm"]);
    const worker = new Miniflare({
        modules: [
            { type: "ESModule", path: "index.mjs", contents: readFileSync(work + "/worker/index.mjs", "utf8") },
            ...["scf.wasm", "extra.wasm"].map((path) => ({ type: "CompiledWasm", path, contents: readFileSync(`${installed}/${path}`) })),
        ],
        compatibilityDate: "2025-09-01",
    });
    try {
        const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(direct) });
        const text = await response.text();
        if (response.status != 200) throw new Error(text);
        const { passed, failures } = JSON.parse(text);
        if (failures.length) throw new Error(failures.join("\n"));
        return `${passed} passed, 0 failed`;
    } finally {
        await worker.dispose();
    }
}
