// A small app, bundled in several ways, in Chromium.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { browse } from "./browser.mjs";

// Bundles by esbuild what finds the package where it is installed.
export const bundle = ({ run, modules, work }, parameters) =>
    run(createRequire(modules + "/").resolve("@esbuild/linux-x64/bin/esbuild"), ["--bundle", "--format=esm", "--log-level=error", ...parameters], {
        env: { ...process.env, NODE_PATH: work + "/node_modules" },
    });

// A source map leads to the package's scripts with their comments, of which none is left in the bundle.
function checkSourceMap(script) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(script + ".map"));
    for (const name of ["client.js", "attempts.js", "errors.js"]) {
        const text = sourcesContent[sources.findIndex((path) => path.endsWith("/scf-invoke/" + name))];
        if (!/^\/\/ /m.test(text)) throw new Error(`the source map has no ${name}`);
    }
    const comments = readFileSync(script, "utf8").match(/^\/\/(?!# sourceMappingURL).*/m);
    if (comments) throw new Error("a comment is left: " + comments[0]);
}

export function bundles(setting) {
    const { here, work, modules, run, base, proxied } = setting;
    const parameters = "?" + new URLSearchParams({ context: JSON.stringify(proxied) });
    const app = () => {
        mkdirSync(work + "/app", { recursive: true });
        cpSync(here + "/app", work + "/app", { recursive: true });
    };
    const page = (folder) => writeFileSync(`${work}/built/${folder}/index.html`, '<!doctype html><script type="module" src="main.js"></script>');
    const open = (folder) => browse(modules, `${base}/built/${folder}/index.html${parameters}`);
    return {
        esbuild: async () => {
            app();
            const script = work + "/built/esbuild/main.js";
            await bundle(setting, ["--minify", "--sourcemap", work + "/app/main.js", `--outfile=${script}`]);
            checkSourceMap(script);
            page("esbuild");
            return `${await open("esbuild")}; its source map has the package's scripts as they are written`;
        },
        vite: async () => {
            app();
            await run(process.execPath, [`${modules}/node_modules/vite/bin/vite.js`, "build", "--base", "./", "--outDir", work + "/built/vite", "--logLevel", "error"], { cwd: work + "/app" });
            return open("vite");
        },
        webpack: async () => {
            app();
            const webpack = createRequire(modules + "/")("webpack");
            const result = await promisify(webpack)({ mode: "production", context: work + "/app", entry: "./main.js", output: { path: work + "/built/webpack", filename: "main.js" } });
            if (result.hasErrors() || result.hasWarnings()) throw new Error(result.toString());
            page("webpack");
            return open("webpack");
        },
    };
}
