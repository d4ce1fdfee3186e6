// Makes the module small and puts it into the package, whole and as text.
//
//   node pack.mjs FOLDER_OF_WASM_BINDGEN FOLDER_OF_BINARYEN PACKAGE
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const [work, binaryen, out] = process.argv.slice(2);
const tool = (name, ...args) => execFileSync(process.execPath, [`${binaryen}/bin/${name}`, "--all-features", ...args], { stdio: ["ignore", "ignore", "inherit"] });

// Only what the script calls stays; wasm-bindgen's own helpers serve types that
// nothing here has.
const bindings = readFileSync(`${work}/scf_wasm_bg.js`, "utf8");
const names = [...bindings.matchAll(/^export function (\w+)/gm)].map(([, name]) => name).filter((name) => !name.startsWith("__"));
const kept = ["memory", ...names];
const graph = [{ name: "script", root: true, reaches: kept }, ...kept.map((name) => ({ name, export: name }))];
writeFileSync(`${work}/graph.json`, JSON.stringify(graph));
tool("wasm-metadce", `--graph-file=${work}/graph.json`, `${work}/scf_wasm_bg.wasm`, "-o", `${work}/kept.wasm`);
tool("wasm-opt", "-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features", `${work}/kept.wasm`, "-o", `${out}/scf.wasm`);

const wasm = readFileSync(`${out}/scf.wasm`);
if (WebAssembly.Module.imports(new WebAssembly.Module(wasm)).length) throw new Error("the module has imports");
const zopfli = execFileSync("zopfli", ["--i100", "--zlib", "-c", `${out}/scf.wasm`]);
const text = zopfli.toString("base64");
writeFileSync(`${out}/scf_wasm.js`, `// scf.wasm, deflated, in base64.\nexport default "${text}";\n`);
copyFileSync(`${work}/scf_wasm_bg.js`, `${out}/scf_wasm_bg.js`);
console.error(`scf.wasm: ${wasm.length} bytes, ${text.length} as text`);
