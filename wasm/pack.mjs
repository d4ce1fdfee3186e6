// Makes the core small and puts it into the package, in two parts: what every call
// needs, and the extra part that is loaded when it is needed. Each as a module, as a module that is text, and
// as plain JavaScript. Then the package in CommonJS.
//
//   node pack.mjs WORK FOLDER_OF_NODE_MODULES PACKAGE
//
// WORK holds what wasm-bindgen made of the core: in vectors/ with vectors of 128
// bits, in plain/ without.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unpack } from "./js/unpack.js";

const [work, modules, out] = process.argv.slice(2);
const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
const binaryen = (name, ...args) => run(process.execPath, `${modules}/binaryen/bin/${name}`, "--all-features", ...args);
const { buildSync, transformSync } = await import(`${modules}/esbuild/lib/main.js`);

// Takes a part out of a folder: those exports and what they call. wasm-bindgen's own helpers and
// wrappers serve types that nothing here has.
function keep(folder, part, exports) {
    const kept = ["memory", ...exports];
    const graph = [{ name: "script", root: true, reaches: kept }, ...kept.map((name) => ({ name, export: name }))];
    const [from, to] = [`${work}/${folder}/scf_invoke_wasm_bg.wasm`, `${work}/${folder}/${part}`];
    writeFileSync(to + ".json", JSON.stringify(graph));
    binaryen("wasm-metadce", `--graph-file=${to}.json`, from, "-o", to + ".wasm");
    return to + ".wasm";
}

const OPTIMIZE = ["-Oz", "--converge", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];

function packModule(kept, name, script) {
    const module = `${out}/${name}.wasm`;
    binaryen("wasm-opt", ...OPTIMIZE, "--reorder-functions", "--reorder-locals", kept, "-o", module);
    const wasm = readFileSync(module);
    if (WebAssembly.Module.imports(new WebAssembly.Module(wasm)).length) throw new Error("the module has imports");
    const zopfli = execFileSync("zopfli", ["--i100", "--zlib", "-c", module]);
    const text = pack(zopfli);
    if (!zopfli.equals(unpack(text))) throw new Error("the text is not what it was made of");
    writeFileSync(`${out}/${script}`, `// ${name}.wasm, deflated, in the code of unpack.js.\nexport default "${text}";\n`);
    console.error(`${name}.wasm: ${wasm.length} bytes, ${text.length} as text`);
}

// The text that unpack.js reads.
function pack(bytes) {
    let bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
    let text = "";
    while (bits) {
        const short = parseInt(bits.slice(0, 6).padEnd(6, "0"), 2);
        const length = short < 40 ? 6 : 7;
        const place = length == 6 ? short : parseInt(bits.slice(0, 7).padEnd(7, "0"), 2) - 40;
        const code = 38 + ((place + 59) % 88);
        text += code == 92 ? " " : String.fromCharCode(code);
        bits = bits.slice(length);
    }
    return text;
}

function packScript(kept, name, to) {
    const [lowered, script] = [`${work}/lowered.wasm`, `${work}/script.js`];
    binaryen("wasm-opt", "--llvm-nontrapping-fptoint-lowering", "--signext-lowering", ...OPTIMIZE, kept, "-o", lowered);
    binaryen("wasm2js", "-Oz", lowered, "-o", script);
    // It makes its memory when it is asked to, not when it is imported.
    const [whole, ...others] = readFileSync(script, "utf8").split("var retasmFunc = ");
    if (others.length != 1) throw new Error("wasm2js has written something new");
    const source = `export function instantiate() {\n${whole}\nreturn asmFunc({});\n}\n`;
    const { code } = transformSync(source, { minify: true, format: "esm" });
    writeFileSync(`${out}/${to}`, `// ${name}.wasm as plain JavaScript, by binaryen's wasm2js.\n${code}`);
    console.error(`${to}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} compressed`);
}

const ENTRIES = ["index", "js", "whole", "relay", "advice"];

// For import in Node, where each file is opened by itself: as few files as can be.
function packNode() {
    const entryPoints = ENTRIES.map((entry) => `${out}/${entry}.js`);
    buildSync({ entryPoints, outdir: `${out}/node`, bundle: true, splitting: true, format: "esm", platform: "node", logLevel: "error" });
}

// For require: each entry in one file, and the types under the names that belong to it.
function packCommonJs() {
    for (const entry of ENTRIES) {
        const outfile = `${out}/${entry}.cjs`;
        buildSync({ entryPoints: [`${out}/${entry}.js`], outfile, bundle: true, format: "cjs", platform: "node", logLevel: "error" });
        // publint would take this for the beginning of a comment, and find no CommonJS behind it.
        const modules = /"[^"\n]{3000,}"/g;
        writeFileSync(outfile, readFileSync(outfile, "utf8").replace(modules, (text) => text.replaceAll("/*", "/\\x2a")));
    }
    for (const name of readdirSync(out).filter((name) => name.endsWith(".d.ts"))) {
        const types = readFileSync(join(out, name), "utf8").replace(/(from "\.\/\w+)\.js"/g, '$1.cjs"');
        writeFileSync(join(out, name.replace(/ts$/, "cts")), types);
    }
}

const CALLS = ["attempt_end", "call_begin", "response_begin", "response_push", "scratch", "sign"];
const EXTRA = ["event_begin", "event_escape", "event_scan", "hash", "scratch", "sign_v1"];
packModule(keep("plain", "calls", CALLS), "scf", "scf_invoke_wasm.js");
packModule(keep("vectors", "extra", EXTRA), "extra", "scf_extra_wasm.js");
packScript(keep("plain", "calls", CALLS), "scf", "scf_invoke_js.js");
packScript(keep("plain", "extra", EXTRA), "extra", "scf_extra_js.js");
packNode();
packCommonJs();
