// Packs the package, and tests it everywhere: see the places in places/.
//
//   node main.mjs ROOT PACKAGE MODULES [PLACE...]
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { bundles } from "./places/bundles.mjs";
import { pages } from "./places/pages.mjs";
import { programs } from "./places/programs.mjs";
import { recipes } from "./places/recipes.mjs";
import { published } from "./places/published.mjs";
import { start } from "./host.mjs";

const [root, built, modules, ...wanted] = process.argv.slice(2);
if (!modules) throw new Error("main.mjs takes ROOT PACKAGE MODULES: see tests/javascript/run");
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

const setting = { filename, root, here, work, modules, target, run, installed, base, emulator, direct, proxied };
const places = { ...published(setting), ...programs(setting), ...pages(setting), ...bundles(setting), ...recipes(setting) };

let failed = 0;
for (const place of wanted.length ? wanted : Object.keys(places)) {
    try {
        if (!places[place]) throw new Error("there is no such place; there are: " + Object.keys(places).join(" "));
        console.log(`${place}: ${await places[place]()}`);
    } catch (error) {
        failed++;
        console.log(`${place}: FAILED\n${error.message}`);
    }
}
host.stop();
process.exit(failed ? 1 : 0);
