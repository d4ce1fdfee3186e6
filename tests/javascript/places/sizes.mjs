// The size that a page or a function ships: this package and others, bundled,
// minified and compressed the same way.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { bundle } from "./bundles.mjs";

// The most that this package may have, in bytes.
const LIMIT = 17550;

const BUNDLES = [
    ["scf-invoke", 'export * from "scf-invoke";', "browser"],
    ["scf-invoke/js", 'export * from "scf-invoke/js";', "browser"],
    ["scf-invoke/relay", 'export * from "scf-invoke/relay";', "neutral"],
    ["aws4fetch", 'export * from "aws4fetch";', "browser"],
    ["@aws-sdk/client-lambda", 'export { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";', "browser"],
    ["tencentcloud-sdk-nodejs-scf", 'export * from "tencentcloud-sdk-nodejs-scf";', "node"],
];

export async function sizes(setting) {
    const { modules, work } = setting;
    mkdirSync(work + "/sizes", { recursive: true });
    const rows = [];
    for (const [name, source, platform] of BUNDLES) {
        // The package from where it is installed, the others from theirs.
        const folder = name.startsWith("scf-invoke") ? work : modules;
        const [from, to] = [`${folder}/size.mjs`, `${work}/sizes/out.js`];
        writeFileSync(from, source);
        await bundle(setting, ["--minify", `--platform=${platform}`, from, `--outfile=${to}`, "--allow-overwrite"]);
        const bundled = readFileSync(to);
        rows.push({ name, platform, bytes: bundled.length, gzip: gzipSync(bundled, { level: 9 }).length });
    }
    const lines = rows.map(({ name, platform, bytes, gzip }) => `  ${name.padEnd(28)} ${platform.padEnd(8)} ${String(bytes).padStart(8)} bytes, ${String(gzip).padStart(7)} compressed`);
    if (rows[0].gzip > LIMIT) throw new Error(`${lines.join("\n")}\n${rows[0].gzip} bytes are over ${LIMIT}`);
    return `at most ${LIMIT}\n${lines.join("\n")}`;
}
