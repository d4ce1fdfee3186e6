// Makes the module small and puts it into the package, whole and as text.
//
//   node pack.mjs FOLDER_OF_WASM_BINDGEN FOLDER_OF_BINARYEN PACKAGE
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { unpack } from "./js/unpack.js";

const [work, binaryen, out] = process.argv.slice(2);
const tool = (name, ...args) => execFileSync(process.execPath, [`${binaryen}/bin/${name}`, "--all-features", ...args], { stdio: ["ignore", "ignore", "inherit"] });

// Only what the script calls stays, and that directly: wasm-bindgen's own
// helpers and wrappers serve types that nothing here has.
const bindings = readFileSync(`${work}/scf_invoke_wasm_bg.js`, "utf8");
const names = [...bindings.matchAll(/^export function (\w+)/gm)].map(([, name]) => name).filter((name) => !name.startsWith("__"));
const kept = ["memory", ...names];
const graph = [{ name: "script", root: true, reaches: kept }, ...kept.map((name) => ({ name, export: name }))];
writeFileSync(`${work}/graph.json`, JSON.stringify(graph));
tool("wasm-metadce", `--graph-file=${work}/graph.json`, `${work}/scf_invoke_wasm_bg.wasm`, "-o", `${work}/kept.wasm`);
tool("wasm-opt", "-Oz", "--converge", "--low-memory-unused", "--reorder-functions", "--reorder-locals", "--strip-debug", "--strip-producers", "--strip-target-features", `${work}/kept.wasm`, "-o", `${out}/scf.wasm`);

const wasm = readFileSync(`${out}/scf.wasm`);
if (WebAssembly.Module.imports(new WebAssembly.Module(wasm)).length) throw new Error("the module has imports");
const zopfli = execFileSync("zopfli", ["--i100", "--zlib", "-c", `${out}/scf.wasm`]);
const text = pack(zopfli);
if (!zopfli.equals(unpack(text))) throw new Error("the text is not what it was made of");
writeFileSync(`${out}/scf_invoke_wasm.js`, `// scf.wasm, deflated, in the code of unpack.js.\nexport default "${text}";\n`);
console.error(`scf.wasm: ${wasm.length} bytes, ${text.length} as text`);

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
