// Processes for a test: each ends with the test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** the command `tscf`, which `examples/browser/run` has built. */
export const SCF = path.join(
  process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"),
  "debug/tscf",
);

/** Starts a server and waits for what `pattern` finds in its output; the server, with it as `address`. */
export async function serve(command, args, pattern) {
  const server = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  server.exited = once(server, "exit");
  server.stdout.setEncoding("utf8");
  let text = "";
  let complaints = "";
  server.stderr.setEncoding("utf8").on("data", (part) => (complaints += part));
  for await (const part of server.stdout.iterator({ destroyOnReturn: false })) {
    text += part;
    const found = pattern.exec(text);
    if (!found) continue;
    server.address = found[1];
    server.stdout.resume();
    return server;
  }
  throw new Error(`${command} did not start: ${complaints || text}`);
}

/** Starts the example page anew. */
export const example = () => serve("examples/browser/run", [], /open (http:\S+?)\/ /);

/** Ends a server, unless it has ended. */
export async function stop(server, signal = "SIGTERM") {
  if (server.exitCode === null && server.signalCode === null) server.kill(signal);
  return server.exited;
}

/** Returns `true` if something listens at `address`. */
export async function listens(address) {
  const { hostname, port } = new URL(address);
  const socket = net.connect(port, hostname);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** An address where nothing listens. */
export async function nobody() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}
