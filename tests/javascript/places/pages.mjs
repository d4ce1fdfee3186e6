// The suite in browsers: windows and workers of each kind.
import { browse, browseFirefox } from "./browser.mjs";
import { bundle } from "./bundles.mjs";

export function pages(setting) {
    const { modules, base, proxied, here, work } = setting;
    const url = (place, page = "page") => `${base}/${page}.html?` + new URLSearchParams({ place, context: JSON.stringify(proxied) });
    const chromium = (...parameters) => () => browse(modules, url(...parameters));
    return {
        window: chromium("window"),
        worker: chromium("worker"),
        service: chromium("service"),
        blob: chromium("blob"),
        // Under a policy that does not let scripts compile WebAssembly.
        strict: chromium("strict", "strict"),
        firefox: async () => {
            const ended = [];
            // Its service workers take no modules.
            await bundle(setting, [here + "/classic.mjs", "--format=iife", `--outfile=${work}/built/classic.js`]);
            for (const place of ["window", "worker", "blob", "classic"]) ended.push(`${place} ${await browseFirefox(modules, url(place))}`);
            return ended.join("; ");
        },
    };
}
