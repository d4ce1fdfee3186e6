// Packs the package, and tests it everywhere: see the places at the end.
//
//   node main.mjs ROOT PACKAGE MODULES [PLACE...]
import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { browse } from "./browser.mjs";
import { start } from "./host.mjs";
import { sizes } from "./sizes.mjs";

const [root, built, modules, ...wanted] = process.argv.slice(2);
const here = import.meta.dirname;
const work = `${modules}/work`;
const target = process.env.CARGO_TARGET_DIR ?? root + "/target";
const run = promisify(execFile);

// The tarball, installed as a user does.
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const { stdout: packed } = await run("npm", ["pack", "--json", "--pack-destination", work, built]);
const [{ filename }] = JSON.parse(packed);
writeFileSync(work + "/package.json", '{ "private": true, "type": "module" }');
await run("npm", ["install", "--no-audit", "--no-fund", "--offline", `./${filename}`], { cwd: work });
const installed = work + "/node_modules/scf-invoke";

const vectors = JSON.parse((await run(target + "/debug/javascript_vectors", { maxBuffer: 1 << 30 })).stdout);
vectors.outcomes = readFileSync(root + "/core/tests/outcomes.tsv", "utf8");
writeFileSync(work + "/vectors.json", JSON.stringify(vectors));
const host = await start(target + "/debug/javascript_server", vectors, {
    "/package/": installed + "/",
    "/vectors.json": work + "/vectors.json",
    "/built/": work + "/built/",
    "/": here + "/",
});
const { base, emulator } = host.context;
const refused = "http://127.0.0.1:" + (await freePort());
const direct = { ...host.context, endpoint: emulator, refused };
// Chromium and Deno send a request again by themselves where a connection that
// they had kept is closed. Only a page does not say that nobody was there.
const proxied = { ...host.context, endpoint: "/scf", host: new URL(emulator).host, refused, resends: true };

async function freePort() {
    const { createServer } = await import("node:net");
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

async function inProcess(command, parameters, context, script = "/node.mjs") {
    const environment = { ...process.env, CONTEXT: JSON.stringify(context), PACKAGE: installed + "/index.js", ROOT: root };
    const { stdout } = await run(command, [...parameters, here + script], { env: environment }).catch((error) => {
        throw new Error(error.stdout + error.stderr);
    });
    return stdout.trimEnd();
}

const bin = (name) => `${modules}/node_modules/.bin/${name}`;
const esbuild = (...parameters) => run(createRequire(modules + "/").resolve("@esbuild/linux-x64/bin/esbuild"), parameters);

// A small app, through a bundler, to be loaded by /app.html or by Node.
function app() {
    mkdirSync(work + "/app", { recursive: true });
    cpSync(here + "/app", work + "/app", { recursive: true });
}

const places = {
    types: async () => {
        cpSync(here + "/types", work + "/types", { recursive: true });
        const { stdout } = await run(process.execPath, [`${modules}/node_modules/typescript/bin/tsc`, "--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom", work + "/types/calls.ts"]).catch((error) => { throw new Error(error.stdout); });
        return stdout + "every call type-checks, and every mistake is found";
    },
    node: () => inProcess(process.execPath, [], { ...direct, refusedIsKnown: true }),
    deno: () => inProcess(`${modules}/node_modules/@deno/linux-x64-glibc/deno`, ["run", "--allow-all", "--quiet"], { ...direct, resends: true, refusedIsKnown: true }),
    relay: () => inProcess(process.execPath, [], direct, "/relay_cases.mjs"),
    module: async () => {
        // A host that hands in the compiled module, and cannot unpack one.
        const script = `
            import { readFileSync } from "node:fs";
            import { Client } from "scf-invoke";
            const module = new WebAssembly.Module(readFileSync(new URL(import.meta.resolve("scf-invoke/scf.wasm"))));
            delete globalThis.DecompressionStream;
            const client = new Client({ region: "ap-guangzhou", credentials: ${JSON.stringify(direct.secret)}, endpoint: "${emulator}", module });
            console.log((await client.invoke("echo", '"a module"')).result);`;
        const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: work });
        if (stdout != "a module\n") throw new Error(stdout);
        return "a compiled module is taken";
    },
    esbuild: async () => {
        app();
        await esbuild("--bundle", "--minify", "--format=esm", work + "/app/main.js", `--outfile=${work}/built/esbuild/main.js`, "--log-level=error");
        writeFileSync(work + "/built/esbuild/index.html", '<!doctype html><script type="module" src="main.js"></script>');
        return browse(modules, base + "/built/esbuild/index.html?" + new URLSearchParams({ context: JSON.stringify(proxied) }));
    },
    vite: async () => {
        app();
        await run(process.execPath, [`${modules}/node_modules/vite/bin/vite.js`, "build", "--base", "./", "--outDir", work + "/built/vite", "--logLevel", "error"], { cwd: work + "/app" });
        return browse(modules, base + "/built/vite/index.html?" + new URLSearchParams({ context: JSON.stringify(proxied) }));
    },
    window: () => browse(modules, base + "/page.html?" + new URLSearchParams({ place: "window", context: JSON.stringify(proxied) })),
    worker: () => browse(modules, base + "/page.html?" + new URLSearchParams({ place: "worker", context: JSON.stringify(proxied) })),
    service: () => browse(modules, base + "/page.html?" + new URLSearchParams({ place: "service", context: JSON.stringify(proxied) })),
    sizes: () => sizes(modules, work, esbuild),
    signing: async () => {
        const node = await inProcess(process.execPath, [], direct, "/signing.mjs");
        const chromium = await browse(modules, base + "/page.html?" + new URLSearchParams({ place: "signing", context: "{}" }));
        return `times, and those behind the bar in digests\n  Node\n${node}\n  Chromium\n${chromium}`;
    },
};

let failed = 0;
for (const place of wanted.length ? wanted : Object.keys(places)) {
    try {
        console.log(`${place}: ${await places[place]()}`);
    } catch (error) {
        failed++;
        console.log(`${place}: FAILED\n${error.message}`);
    }
}
host.stop();
process.exit(failed ? 1 : 0);
