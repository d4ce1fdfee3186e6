// The one command: it starts everything, and leaves nothing behind.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { ROOT, example, listens, stop } from "./process.js";

async function addresses(page) {
  const settings = await (await fetch(`${page}/settings.json`)).json();
  return [page, settings.endpoints[1]];
}

async function allGone(all) {
  for (const address of all) assert.equal(await listens(address), false, address);
}

test("Ctrl-C stops all that it started", async () => {
  const run = await example();
  try {
    const all = await addresses(run.address);
    assert.equal(all.length, 2);
    for (const address of all) assert.equal(await listens(address), true, address);
    const [code] = await stop(run, "SIGINT");
    assert.equal(code, 130);
    await allGone(all);
  } finally {
    await stop(run);
  }
});

test("it ends with the process that started it", async () => {
  const shell = spawn("bash", ["-c", "examples/browser/run & wait"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  shell.stdout.setEncoding("utf8");
  let text = "";
  let address;
  for await (const part of shell.stdout.iterator({ destroyOnReturn: false })) {
    text += part;
    address = /open (http:\S+?)\/ /.exec(text)?.[1];
    if (address) break;
  }
  const all = await addresses(address);
  shell.kill("SIGKILL");
  // The pipe closes when the last that writes to it has ended.
  shell.stdout.resume();
  await once(shell.stdout, "close");
  await allGone(all);
});
