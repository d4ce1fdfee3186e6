// The servers that the suite talks to: the emulator behind the page's own
// origin, a relay there too, and places that answer strangely. Serves the page's files as well.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";

const TYPES = { html: "text/html", mjs: "text/javascript", js: "text/javascript", json: "application/json", wasm: "application/wasm" };

// `folders` maps the beginnings of paths to folders.
export async function start(program, vectors, folders) {
    let others;
    const server = createServer((incoming, outgoing) => {
        const { pathname, searchParams } = new URL(incoming.url, "http://host");
        const [, first, second] = pathname.split("/");
        if (first == "scf") return pass(others.url, "/", incoming, outgoing);
        if (first == "relay") return pass(others.relays.own, "/relay", incoming, outgoing, incoming.headers.host);
        incoming.resume();
        if (first == "answer") {
            const { status, body } = vectors.answers[second];
            outgoing.writeHead(status).end(body);
        } else if (first == "strange") {
            strange(second, searchParams, outgoing);
        } else {
            serve(pathname, folders, outgoing);
        }
    });
    // On a slow machine a connection may be kept for long, and is not to be closed when it is used again.
    server.keepAliveTimeout = 0;
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${server.address().port}`;
    const emulator = spawn(program, [base], { stdio: ["pipe", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: emulator.stdout }));
    others = JSON.parse(line);
    const { url, ...rest } = others;
    return {
        context: { base, emulator: url, ...rest },
        stop() {
            emulator.stdin.end();
            server.close();
            server.closeAllConnections();
        },
    };
}

const once = (lines) => new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve([line]));
    lines.once("close", () => reject(new Error("the emulator did not start")));
});

// Passes a request on, as a server in front does.
function pass(url, path, incoming, outgoing, host = new URL(url).host) {
    const target = new URL(url + path + new URL(incoming.url, url).search);
    const headers = { ...incoming.headers, host };
    const passed = request(target, { method: incoming.method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.rawHeaders);
        answer.on("error", () => outgoing.destroy()).pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
}

function strange(kind, parameters, outgoing) {
    const answers = {
        html: () => outgoing.writeHead(200, { "Content-Type": "text/html" }).end("<html>\n<title>Welcome</title>"),
        redirect: () => outgoing.writeHead(302, { Location: "/elsewhere" }).end(),
        empty: () => outgoing.writeHead(200).end(),
        status: () => outgoing.writeHead(+parameters.get("status")).end("out of order"),
        latin1: () => outgoing.end(Buffer.from('{"Response":{"Result":{"RetMsg":"\xe9"},"RequestId":"r"}}', "latin1")),
        relay: () =>
            outgoing
                .writeHead(+parameters.get("status"), { "X-SCF-Relay": parameters.get("says") })
                .end('{"Response":{"Error":{"Code":"Relay.Test","Message":"as asked"},"RequestId":""}}'),
        drop: () => outgoing.destroy(),
        // Says nothing.
        hold: () => {},
    };
    answers[kind]();
}

async function serve(pathname, folders, outgoing) {
    const beginning = Object.keys(folders).find((beginning) => pathname.startsWith(beginning));
    try {
        const body = await readFile(folders[beginning] + pathname.slice(beginning.length));
        outgoing.writeHead(200, { "Content-Type": TYPES[pathname.split(".").pop()] }).end(body);
    } catch {
        outgoing.writeHead(404).end("no such file");
    }
}
