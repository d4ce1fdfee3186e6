// The suite in browsers: windows and workers of each kind.
import { browse, browseFirefox } from "./browser.mjs";

export function pages({ modules, base, proxied }) {
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
            for (const place of ["window", "worker", "blob"]) ended.push(`${place} ${await browseFirefox(modules, url(place))}`);
            return ended.join("; ");
        },
    };
}
