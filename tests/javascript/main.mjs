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
vectors.signatures = readFileSync(root + "/core/tests/signing.tsv", "utf8");
writeFileSync(work + "/vectors.json", JSON.stringify(vectors));
const folders = { "/package/": installed + "/", "/vectors.json": work + "/vectors.json", "/built/": work + "/built/", "/": here + "/" };
const hosts = [];

// The places, with an emulator that no other lane talks to.
async function laneOf() {
    const host = await start(target + "/debug/javascript_server", vectors, folders);
    hosts.push(host);
    const { base, emulator } = host.context;
    const refused = "http://127.0.0.1:" + (await freePort());
    const direct = { ...host.context, endpoint: emulator, refused };
    // Chromium and Deno send a request again by themselves where a connection that
    // they had kept is closed. Only a page does not say that nobody was there.
    const proxied = { ...host.context, endpoint: "/scf", host: new URL(emulator).host, refused, resends: true };
    const setting = { filename, root, here, work, modules, target, run, installed, base, emulator, direct, proxied };
    return [published, programs, pages, bundles, recipes].map((places) => places(setting));
}

async function freePort() {
    const { createServer } = await import("node:net");
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

let failed = 0;
async function play(lane, place) {
    const begun = performance.now();
    const seconds = () => Math.round((performance.now() - begun) / 1000) + " s";
    try {
        const found = lane.find((group) => group[place]);
        if (!found) throw new Error("there is no such place; there are: " + lane.flatMap(Object.keys).join(" "));
        const said = await found[place]();
        console.log(`${place}: ${said}${MEASURED.includes(place) ? "" : " (" + seconds() + ")"}`);
    } catch (error) {
        failed++;
        console.log(`${place}: FAILED after ${seconds()}\n${error.message}`);
    }
}

// These measure, so nothing else runs meanwhile.
const MEASURED = ["sizes", "start", "signing"];

// Two lanes share the others, for most wait for what they have started. Places of one
// group share files, so they stay in one lane.
const lanes = [await laneOf()];
const asked = wanted.length ? wanted : lanes[0].flatMap(Object.keys);
const unmeasured = asked.filter((place) => !MEASURED.includes(place));
const groupOf = (place) => lanes[0].findIndex((group) => group[place]);
const waiting = [...new Set(unmeasured.map(groupOf))].map((index) => unmeasured.filter((place) => groupOf(place) == index));
waiting.sort((a, b) => b.length - a.length);
if (waiting.length > 1) lanes.push(await laneOf());
await Promise.all(
    lanes.map(async (lane) => {
        for (let group; (group = waiting.shift()); ) for (const place of group) await play(lane, place);
    }),
);
for (const place of asked.filter((place) => MEASURED.includes(place))) await play(lanes[0], place);
for (const host of hosts) host.stop();
process.exit(failed ? 1 : 0);
