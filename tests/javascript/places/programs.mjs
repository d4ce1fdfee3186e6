// Programs outside of a browser: the suite in each, and what they install the package with.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { workerd } from "./workerd.mjs";

// Runs a script with what it talks to in its environment.
export async function inProcess({ run, root, here, installed }, command, parameters, context, script = "/node.mjs", entry = "node/index.js") {
    const environment = { ...process.env, CONTEXT: JSON.stringify(context), PACKAGE: `${installed}/${entry}`, ROOT: root };
    const { stdout } = await run(command, [...parameters, here + script], { env: environment }).catch((error) => {
        throw new Error(error.stdout + error.stderr);
    });
    return stdout.trimEnd();
}

export function programs(setting) {
    const { work, modules, run, emulator, direct } = setting;
    const known = { ...direct, refusedIsKnown: true };
    const node = (...parameters) => inProcess(setting, process.execPath, [], known, ...parameters);
    const deno = (context, ...parameters) =>
        inProcess(setting, `${modules}/node_modules/@deno/linux-x64-glibc/deno`, ["run", "--allow-all", "--quiet"], context, ...parameters);
    const bun = (context, ...parameters) => inProcess(setting, `${modules}/node_modules/@oven/bun-linux-x64/bin/bun`, ["run"], context, ...parameters);
    return {
        node: () => node(),
        javascript: async () => "the core in plain JavaScript: " + (await node("/node.mjs", "node/js.js")),
        require: async () => {
            const script = `const { Client } = require("scf-invoke"), { relay } = require("scf-invoke/relay"); console.log(typeof Client, typeof relay, typeof require("scf-invoke/js").Client, typeof require("scf-invoke/whole").Client);`;
            const { stdout } = await run(process.execPath, ["--input-type=commonjs", "-e", script], { cwd: work });
            if (stdout != "function function function function\n") throw new Error(stdout);
            return "as CommonJS: " + (await node("/node.mjs", "index.cjs"));
        },
        deno: () => deno({ ...known, resends: true }),
        bun: () => bun({ ...known, resends: true }),
        workerd: () => workerd(setting),
        // The suite with the fetch of others in place of the platform's.
        fetches: async () => {
            const ended = [];
            for (const name of ["undici", "node-fetch"]) {
                const context = { ...known, fetchOf: createRequire(modules + "/").resolve(name) };
                ended.push(`${name} ${await inProcess(setting, process.execPath, [], context)}`);
            }
            return ended.join("; ");
        },
        relay: async () => {
            const cases = "/relay_cases.mjs";
            return `Node ${await node(cases)}; Deno ${await deno(known, cases)}; Bun ${await bun(known, cases)}`;
        },
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
        // No key stays in the memory of a module.
        wiped: async () => {
            const script = `
                const { instantiate } = WebAssembly;
                const memories = [];
                WebAssembly.instantiate = async (...parameters) => {
                    const made = await instantiate(...parameters);
                    memories.push((made.instance ?? made).exports.memory);
                    return made;
                };
                const { Client } = await import("scf-invoke");
                const { secretId, secretKey } = ${JSON.stringify(direct.secret)};
                const client = new Client({ region: "ap-guangzhou", credentials: { secretId, secretKey } });
                const { searchParams } = new URL(await client.presign("echo", { a: 1 }));
                const request = await client.sign("echo", { a: 1 });
                const found = (text) => memories.filter(({ buffer }) => Buffer.from(buffer).includes(text)).length;
                const [signature] = request.headers.get("authorization").match(/[^=]*$/);
                console.log(found(signature), found(Buffer.from(searchParams.get("Signature"), "base64")), found(secretKey));`;
            const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: work });
            if (stdout != "1 1 0\n") throw new Error("modules with the signatures, and with the secret: " + stdout);
            return "two modules have made signatures, and none has the secret";
        },
        code: () => printed(setting),
    };
}

// Runs what `tscf code js` prints, with the package.
async function printed({ run, work, target, emulator, direct }) {
    const secret = { TENCENTCLOUD_SECRET_ID: direct.secret.secretId, TENCENTCLOUD_SECRET_KEY: direct.secret.secretKey };
    const call = async (...parameters) => {
        const { stdout } = await run(target + "/debug/tscf", ["code", "js", ...parameters, "--region", "ap-guangzhou", "--endpoint", emulator]);
        writeFileSync(work + "/code.mjs", stdout);
        return run(process.execPath, ["code.mjs"], { cwd: work, env: { ...process.env, ...secret } });
    };
    const text = "it's \"二\" \\ $HOME `x` ${1} \u200b\u2028 </script>";
    for (const parameters of [["echo", JSON.stringify(text)], ["echo", JSON.stringify(text), "--action", "InvokeFunction"]]) {
        const { stdout } = await call(...parameters);
        if (stdout != text + "\n") throw new Error(`${parameters}: ${stdout}`);
    }
    const { stdout: found } = await call("echo", '{"__proto__": {"n": 1}, "list": [true,\n null]}', "--tail");
    if (!found.includes("__proto__")) throw new Error(found);
    for (const parameters of [["echo"], ["echo", "--tail"]]) await call(...parameters);
    const { stdout: id } = await call("echo", "12345678901234567890", "--async", "--namespace", "default", "--qualifier", "$LATEST");
    if (!/^[0-9a-f-]{36}\n$/.test(id)) throw new Error(id);
    for (const [parameters, why] of [[["fail", "1"], "as asked"], [["echo2"], "ResourceNotFound.Function"]]) {
        const failed = await call(...parameters).catch((error) => error);
        if (failed.code != 1 || !failed.stderr.includes(why)) throw new Error(`${parameters}: ${failed.stderr}`);
    }
    return "what tscf code js prints runs";
}
