// What a program waits for at first, beside aws4fetch: see start.mjs.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bundle } from "./bundles.mjs";
import { browseEach } from "./browser.mjs";

const ROUNDS = 9;

// The most that this package may take for import and first time together, in
// times of aws4fetch: it has a module to unpack, which is most of the difference.
const LIMIT = 5;

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

export async function start(setting) {
    const { here, work, modules, run, base, installed } = setting;
    const scripts = { "scf-invoke": installed + "/index.js", aws4fetch: createRequire(modules + "/").resolve("aws4fetch").replace(/[^/]*$/, "aws4fetch.esm.mjs") };
    for (const name in scripts) {
        writeFileSync(`${work}/start.mjs`, `export * from "${scripts[name]}";`);
        await bundle(setting, ["--minify", `${work}/start.mjs`, `--outfile=${work}/built/start/${name}.js`]);
    }
    const endpoint = base + "/answer/0";
    const inNode = async (name) => JSON.parse((await run(process.execPath, [here + "/start.mjs", name, scripts[name].replace("/index.js", "/node/index.js"), endpoint, "sign"])).stdout);
    const page = (name) => `${base}/start.html?` + new URLSearchParams([name, `/built/start/${name}.js`, endpoint, "call"].map((text) => ["parameter", text]));
    // In turns, so that what else runs hits both.
    const turns = Array.from({ length: ROUNDS }, () => Object.keys(scripts)).flat();
    const times = { Node: [], Chromium: (await browseEach(modules, turns.map(page))).map((text) => JSON.parse(text)) };
    for (const name of turns) times.Node.push(await inNode(name));

    const lines = [];
    let over = "";
    for (const [place, what] of [["Node", "signature"], ["Chromium", "call"]]) {
        lines.push(`  ${place.padEnd(12)}    import   first ${what.padEnd(9)}   the next, ms`);
        const totals = {};
        for (const name in scripts) {
            const own = times[place].filter((_, index) => turns[index] == name);
            totals[name] = own.map(([imported, first]) => imported + first);
            lines.push(`  ${name.padEnd(12)} ${[0, 1, 2].map((part) => median(own.map((parts) => parts[part])).toFixed(1).padStart(9)).join("      ")}`);
        }
        const ratio = median(totals["scf-invoke"].map((total, round) => total / totals.aws4fetch[round]));
        lines.push(`  import and first together: ${ratio.toFixed(2)} times aws4fetch's, at most ${LIMIT}`);
        if (ratio > LIMIT) over += `\n${place}: ${ratio.toFixed(2)} is over ${LIMIT}`;
    }
    if (over) throw new Error(lines.join("\n") + over);
    return "\n" + lines.join("\n");
}
