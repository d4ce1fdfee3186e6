// The recipes of the README, as they stand there: only where they send is changed.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "./bundles.mjs";
import { visitText } from "./browser.mjs";

export function recipes(setting) {
    const { work, modules, run, emulator, installed, direct, base } = setting;
    const folder = work + "/recipes";
    const host = new URL(emulator).host;
    const { secretId, secretKey } = direct.secret;
    const date = new Date().toISOString().slice(0, 10);
    const mac = (key, text) => createHmac("sha256", key).update(text).digest();
    const dayKey = `${secretId}/${date}/scf/${[date, "scf", "tc3_request"].reduce(mac, "TC3" + secretKey).toString("hex")}`;
    const environment = { ...process.env, SCF_SECRET_ID: secretId, SCF_SECRET_KEY: secretKey, VITE_SCF_DAY_KEY: dayKey, PORT: "0", NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
    const bin = (name) => `${modules}/node_modules/${name}`;

    // Writes the files of a recipe, sent to the emulator in place of the API.
    function take(name) {
        const readme = readFileSync(installed + "/README.md", "utf8");
        for (const [, file, text] of readme.matchAll(/<!-- recipe: (\S+) -->\n```\w+\n([^]*?)```/g)) {
            if (!file.startsWith(name + "/")) continue;
            mkdirSync(dirname(`${folder}/${file}`), { recursive: true });
            const local = text
                .replace('endpoint: "/scf",', `$& host: "${host}",`)
                // The emulator lets in the pages of one origin.
                .replace('"https://scf.tencentcloudapi.com"', `"${emulator}"`)
                .replace("changeOrigin: true,", `$& headers: { origin: "${base}" },`)
                .replace("relay()", `relay({ endpoint: "${emulator}" })`)
                .replace("relay({ ", `$&endpoint: "${emulator}", `)
                .replace("relay({\n", `$&endpoint: "${emulator}",\n`)
                .replace(/(?=fetch,\n    fetchOptions)/, `endpoint: "${emulator}", `);
            writeFileSync(`${folder}/${file}`, local);
        }
        return { cwd: `${folder}/${name}`, env: environment };
    }

    // Starts a server, and hands the port that it prints to what is to be done meanwhile.
    async function served(command, parameters, options, pattern, act) {
        const server = spawn(command, parameters, { ...options, stdio: ["ignore", "pipe", "inherit"] });
        try {
            for await (const line of createInterface({ input: server.stdout })) {
                const port = pattern.exec(line)?.[1];
                if (port) return await act(port);
            }
            throw new Error("the server ended");
        } finally {
            server.kill();
        }
    }

    // Serves the folder of a recipe by Vite's own server, with the configuration of its recipe.
    function viteSays(name, expected) {
        const { cwd, env } = take(name);
        const config = take("vite").cwd + "/vite.config.js";
        writeFileSync(cwd + "/index.html", '<!doctype html><meta charset="utf-8" /><p>…</p><script type="module" src="main.js"></script>');
        const parameters = [bin("vite/bin/vite.js"), "--config", config, "--host", "127.0.0.1", "--port", "0"];
        return served(process.execPath, parameters, { cwd, env: { ...env, NO_COLOR: "1" } }, /http:\/\/127\.0\.0\.1:(\d+)/, (port) => pageSays(port, expected));
    }

    const pageSays = (port, expected) => visitText(modules, `http://127.0.0.1:${port}/`, expected);
    // Invokes through a relay.
    async function relays(endpoint, name, headers = {}) {
        const { Client } = await import(installed + "/index.js");
        const scf = new Client({ region: "ap-guangzhou", credentials: direct.secret, endpoint, host });
        const { result } = await scf.invoke("echo", { through: name }, { headers });
        return expectOutput("through " + result.through, "through " + name);
    }

    // Invokes through a relay that is a worker.
    async function relaysInWorkerd(entry, name, headers) {
        const { Miniflare } = createRequire(modules + "/")("miniflare");
        const scriptPath = entry.replace(/\.mjs$/, ".bundled.mjs");
        await bundle(setting, [entry, "--outfile=" + scriptPath, "--conditions=workerd"]);
        const worker = new Miniflare({ modules: true, scriptPath, compatibilityDate: "2025-09-01" });
        try {
            return await relays((await worker.ready).href + "scf", name, headers);
        } finally {
            await worker.dispose();
        }
    }

    const expectOutput = (output, expected) => {
        if (!output.includes(expected)) throw new Error(output);
        return expected;
    };
    const failWithOutput = (error) => {
        throw new Error(error.stdout + error.stderr);
    };

    return {
        next: async () => {
            const options = take("next");
            writeFileSync(options.cwd + "/app/layout.js", "export default ({ children }) => <html><body>{children}</body></html>;\n");
            writeFileSync(options.cwd + "/package.json", '{ "private": true }');
            const next = bin("next/dist/bin/next");
            await run(process.execPath, [next, "build", "--webpack"], options).catch(failWithOutput);
            return served(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", "0"], options, /http:\/\/127\.0\.0\.1:(\d+)/, (port) => pageSays(port, "from Next.js"));
        },
        proxied: () => viteSays("vite", "from Vite"),
        thread: () => viteSays("thread", "from a worker"),
        hono: async () => {
            const options = take("hono");
            const modulesOf = { NODE_PATH: `${work}/node_modules:${modules}/node_modules` };
            const bun = bin("@oven/bun-linux-x64/bin/bun");
            return served(bun, ["run", "server.mjs"], { ...options, env: { ...options.env, ...modulesOf } }, /^(\d+)$/, (port) => relays(`http://127.0.0.1:${port}/scf`, "Hono"));
        },
        express: async () => {
            const options = take("express");
            symlinkSync(work + "/node_modules", options.cwd + "/node_modules");
            return served(process.execPath, ["server.mjs"], options, /^(\d+)$/, (port) => pageSays(port, "from a plain page"));
        },
        denoRelay: async () => {
            const options = take("deno");
            symlinkSync(work + "/node_modules", options.cwd + "/node_modules");
            writeFileSync(options.cwd + "/package.json", '{ "private": true, "dependencies": { "scf-invoke": "*" } }');
            const parameters = ["run", "--quiet", "--allow-net", "--allow-env", "server.mjs"];
            return served(bin("@deno/linux-x64-glibc/deno"), parameters, options, /^(\d+)$/, (port) => relays(`http://127.0.0.1:${port}/scf`, "Deno"));
        },
        cloudflare: async () => {
            const { cwd } = take("worker");
            return relaysInWorkerd(cwd + "/index.mjs", "a worker", { Origin: "https://app.example" });
        },
        // What the platform calls is called in workerd, by the same names.
        edgeone: async () => {
            const { cwd } = take("edgeone");
            const entry = cwd + "/entry.mjs";
            writeFileSync(entry, 'import { onRequest } from "./functions/scf.js";\nexport default { fetch: (request, env) => onRequest({ request, env, params: {} }) };\n');
            return relaysInWorkerd(entry, "EdgeOne");
        },
        jest: async () => {
            const options = take("jest");
            writeFileSync(options.cwd + "/package.json", '{ "private": true }');
            const { stderr } = await run(process.execPath, [bin("jest/bin/jest.js"), "--ci", "--rootDir", options.cwd], options).catch(failWithOutput);
            return expectOutput(stderr, "1 passed");
        },
        vitest: async () => {
            const options = take("vitest");
            writeFileSync(options.cwd + "/package.json", '{ "private": true, "type": "module" }');
            const { stdout } = await run(process.execPath, [bin("vitest/vitest.mjs"), "run", "--root", options.cwd, "--no-color"], options).catch(failWithOutput);
            return expectOutput(stdout, "1 passed");
        },
        proxy: async () => {
            const options = take("proxy");
            let tunnels = 0;
            const proxy = createServer((incoming) => {
                incoming.once("data", (head) => {
                    const [, host, port] = /^CONNECT ([^ :]+):(\d+) /.exec(head.toString());
                    tunnels++;
                    const outgoing = connect(port, host, () => {
                        incoming.write("HTTP/1.1 200 OK\r\n\r\n");
                        incoming.pipe(outgoing).pipe(incoming);
                    });
                    for (const end of [incoming, outgoing]) end.on("error", () => {});
                });
            });
            await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
            try {
                const env = { ...options.env, HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}` };
                const { stdout } = await run(process.execPath, ["index.mjs"], { ...options, env }).catch(failWithOutput);
                expectOutput(stdout, "a proxy");
                return `through a proxy, ${tunnels} tunnel`;
            } finally {
                proxy.close();
            }
        },
    };
}
