// The size that a page or a function ships: this package and others, bundled,
// minified and compressed the same way. What a page loads at first counts;
// beside it stands what it loads later, if ever.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundle } from "./bundles.mjs";

// The most that this package may have, in bytes.
const LIMIT = 14100;

const BUNDLES = [
    ["scf-invoke", 'export * from "scf-invoke";', "browser"],
    ["scf-invoke/js", 'export * from "scf-invoke/js";', "browser"],
    ["scf-invoke/relay", 'export * from "scf-invoke/relay";', "neutral"],
    ["aws4fetch", 'export * from "aws4fetch";', "browser"],
    ["@aws-sdk/client-lambda", 'export { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";', "browser"],
    ["tencentcloud-sdk-nodejs-scf", 'export * from "tencentcloud-sdk-nodejs-scf";', "node"],
];

// Bundles a file, and returns the bytes of the scripts that are loaded at once, and of the others.
async function bundled(setting, from, platform) {
    const folder = setting.work + "/sizes";
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await bundle(setting, ["--minify", "--splitting", `--platform=${platform}`, from, "--outdir=" + folder, `--metafile=${folder}/meta.json`]);
    const { outputs } = JSON.parse(readFileSync(folder + "/meta.json"));
    const [entry] = Object.keys(outputs).filter((path) => outputs[path].entryPoint?.endsWith("size.mjs"));
    const atOnce = new Set([entry]);
    for (const path of atOnce) for (const { path: imported, kind } of outputs[path].imports) if (kind == "import-statement" && outputs[imported]) atOnce.add(imported);
    const compressed = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
    const brotli = (path) => brotliCompressSync(readFileSync(path)).length;
    const sum = (paths, size) => paths.reduce((total, path) => total + size(path), 0);
    const later = Object.keys(outputs).filter((path) => !atOnce.has(path));
    return { bytes: sum([...atOnce], (path) => outputs[path].bytes), gzip: sum([...atOnce], compressed), brotli: sum([...atOnce], brotli), later: sum(later, compressed) };
}

export async function sizes(setting) {
    const { modules, work } = setting;
    const rows = [];
    for (const [name, source, platform] of BUNDLES) {
        // The package from where it is installed, the others from theirs.
        const folder = name.startsWith("scf-invoke") ? work : modules;
        const from = folder + "/size.mjs";
        writeFileSync(from, source);
        rows.push({ name, platform, ...(await bundled(setting, from, platform)) });
    }
    const lines = rows.map(
        ({ name, platform, bytes, gzip, brotli, later }) =>
            `  ${name.padEnd(28)} ${platform.padEnd(8)} ${String(bytes).padStart(8)} bytes, ${String(gzip).padStart(7)} compressed, ${String(brotli).padStart(7)} by brotli` + (later ? `, and ${later} when needed` : ""),
    );
    if (rows[0].gzip > LIMIT) throw new Error(`${lines.join("\n")}\n${rows[0].gzip} bytes are over ${LIMIT}`);
    return `at most ${LIMIT}\n${lines.join("\n")}`;
}
