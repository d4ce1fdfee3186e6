// The package as it is published: its types, what tools say of it, its size and speed.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { browse } from "./browser.mjs";
import { inProcess } from "./programs.mjs";
import { sizes } from "./sizes.mjs";
import { start } from "./start.mjs";

export function published(setting) {
    const { root, here, work, modules, run, installed, base, direct } = setting;
    const failWithOutput = (error) => {
        throw new Error(error.stdout + error.stderr);
    };
    const tsc = (file, ...options) =>
        run(process.execPath, [`${modules}/node_modules/typescript/bin/tsc`, "--strict", "--noEmit", "--skipLibCheck", "false", ...options, file], { cwd: work }).catch(failWithOutput);
    return {
        types: async () => {
            cpSync(here + "/types", work + "/types", { recursive: true });
            const node16 = ["--module", "nodenext", "--types", ""];
            await tsc("types/calls.ts", "--target", "es2022", "--lib", "es2022,dom", ...node16);
            await tsc("types/calls.ts", "--target", "es2022", "--lib", "es2022,dom", "--module", "esnext", "--moduleResolution", "bundler", "--types", "");
            // A program without the types of a page or of Node.
            await tsc("types/bare.ts", "--target", "es2022", "--lib", "es2022", ...node16);
            await tsc("types/required.cts", "--target", "es2022", "--lib", "es2022,dom", ...node16);
            return "every call type-checks, and every mistake is found";
        },
        published: async () => {
            const { publint } = await import(`${modules}/node_modules/publint/src/index-node.js`);
            const { messages } = await publint({ pkgDir: installed, strict: true });
            if (messages.length) throw new Error(JSON.stringify(messages, null, 2));
            const attw = createRequire(modules + "/").resolve("@arethetypeswrong/cli/package.json").replace("package.json", "dist/index.js");
            const tarball = work + "/" + setting.filename;
            const { stdout } = await run(process.execPath, [attw, tarball, "--no-emoji", "--format", "ascii"], { env: { ...process.env, FORCE_COLOR: "0" } }).catch(failWithOutput);
            if (!stdout.includes("No problems found")) throw new Error(stdout);
            return "publint and arethetypeswrong have nothing to say";
        },
        lists: async () => {
            // The codes that the types list are those of the Rust sources.
            const types = readFileSync(installed + "/errors.d.ts", "utf8");
            const listed = (name) => [...types.split(`export type ${name} =`)[1].split(";")[0].matchAll(/"([^"]+)"/g)].map(([, code]) => code).sort();
            const source = (file) => readFileSync(root + "/" + file, "utf8");
            const relay = [...source("host-std/relay/src/refusal.rs").matchAll(/=> "(Relay\.\w+)"/g)].map(([, code]) => code).sort();
            if (String(listed("RelayCode")) != String(relay)) throw new Error(`RelayCode: the relay has ${relay}`);
            const table = source("core/src/reply/error_code.rs").split("codes! {")[1].split("\n}")[0];
            const sentences = new Map([...source("core/src/reply/error_code.rs").matchAll(/^ {4}(\w+) = "([^"]+)",/gm)].map(([, name, text]) => [name, text]));
            const known = new Map();
            let family;
            for (const [, code, name] of table.matchAll(/^\s+"([\w.]+)" [^{,]*?(\w+)(?=,| \{)/gm))
                known.set(code.startsWith(".") ? family + code : (family = code), sentences.get(name));
            const { advice } = await import(installed + "/advice.js");
            const all = [...known, [family + ".Brand.New", known.get(family)], ["Brand.New", sentences.get("Maybe")]];
            for (const [code, text] of all) if (advice(code) != text) throw new Error(`advice: of ${code} the core says ${text}`);
            const strange = listed("ApiErrorCode").filter((code) => !known.has(code));
            if (strange.length) throw new Error("ApiErrorCode: the core does not know " + strange);
            return `${known.size} codes have the core's advice; ${relay.length} codes of the relay and ${listed("ApiErrorCode").length} of the API are those of the sources`;
        },
        // The build says what is missing, and how to get it.
        build: async () => {
            const tools = { zopfli: "apt-get install zopfli", "wasm-bindgen": "cargo binstall wasm-bindgen-cli@" };
            const folder = work + "/tools";
            mkdirSync(folder);
            for (const name of ["bash", "dirname", "sed", "ls", "cargo", "rustc", "node", "npm"]) {
                const { stdout } = await run("bash", ["-c", "command -v " + name]);
                // Some look at the name that they are called by.
                writeFileSync(`${folder}/${name}`, `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
            }
            const said = await run(root + "/wasm/build", [], { env: { ...process.env, PATH: folder } }).then(
                () => "nothing",
                ({ code, stderr }) => code + stderr,
            );
            for (const [name, advice] of Object.entries(tools))
                if (!said.startsWith("1") || !said.split("\n").some((line) => line.includes("missing " + name) && line.includes(advice))) throw new Error(said);
            return `what is missing of ${Object.keys(tools).join(" and ")} is said, and how to get it`;
        },
        sizes: () => sizes(setting),
        start: () => start(setting),
        signing: async () => {
            const node = await inProcess(setting, process.execPath, [], direct, "/signing.mjs");
            const chromium = await browse(modules, base + "/page.html?" + new URLSearchParams({ place: "signing", context: "{}" }));
            return `times, and those behind the bar in digests\n  Node\n${node}\n  Chromium\n${chromium}`;
        },
    };
}
