// Thousands of calls while Live is open: a thousand in a minute, and twenty
// thousand as fast as they go.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FUNCTIONS, KEY, command, inPage, send, start, trial, visit } from "../explorer.js";
import { stop } from "../../browser/process.js";

/** Runs `hello` so many times by `tscf map`, with so many calls at once and so many in a second. */
async function calls(page, times, { jobs = 8, rate = 10_000 } = {}) {
  const { local } = await page.evaluate(async () => (await fetch("api/catalogue")).json());
  const folder = await mkdtemp(path.join(tmpdir(), "explorer-"));
  try {
    const events = path.join(folder, "events.jsonl");
    await writeFile(events, "{}\n".repeat(times));
    await command(
      ...["map", "hello", events, "--endpoint", local.endpoint, "--region", "ap-guangzhou", "--quiet"],
      ...["--secret-id", KEY.id, "--secret-key", KEY.secret, "--jobs", String(jobs), "--rate", String(rate)],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Waits until the list has so many rows, and the last of them has ended. */
const listed = (page, count) =>
  page.waitForFunction((wanted) => {
    const rows = Number(document.querySelector(".list .table").ariaRowCount) - 1;
    return rows === wanted && !document.querySelector(".rows .symbol:is(.received, .queued, .running)");
  }, count);

const watch = async (page) => {
  await send(page, { functionName: "hello", event: "{}" });
  await page.locator("#nav-live").click();
  await page.locator(".light.live").waitFor();
  await page.locator("#live-last").selectOption("1h");
};

visit("1,000 calls in a minute are all shown, and the page draws no more often for them", { only: "chromium" }, async (page) => {
  await watch(page);
  await page.evaluate(() => {
    globalThis.drawings = 0;
    const own = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      globalThis.drawings += 1;
      return own.apply(this, box);
    };
    globalThis.begun = performance.now();
  });
  await calls(page, 1000, { rate: 17 });
  await listed(page, 1001);
  const { drawings, seconds } = await page.evaluate(() => ({
    drawings: globalThis.drawings,
    seconds: (performance.now() - globalThis.begun) / 1000,
  }));
  // Four a second for what is new, two for the time that goes on.
  assert.ok(drawings <= 6 * seconds + 6, `${drawings} drawings in ${seconds} s`);
  console.log(`1,000 calls in ${seconds.toFixed(0)} s, ${drawings} drawings`);
  await page.reload();
  await page.locator(".light.live").waitFor();
  await listed(page, 1001);
});

// A record has 1 KB in the page, and the page keeps 10,000, as the emulator does.
const RECORD_MAX = 1500;
const NOISE = 1_000_000;

trial("memory grows with the calls that are kept, and not with those before", { only: "chromium" }, async () => {
  // An emulator of its own, which has no call of another test.
  const server = await start(FUNCTIONS);
  try {
    await inPage("memory", { at: server }, memory);
  } finally {
    await stop(server);
  }
});

async function memory(page, context) {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const collected = async () => {
    // After a drawing, which lets go of the picture before.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (wanted) => metrics.find(({ name }) => name === wanted).value;
    return { heap: usedSize, nodes: of("Nodes"), listeners: of("JSEventListeners") };
  };
  // A picture that was replaced may take more than one collection.
  const measure = async () => {
    for (let last = await collected(); ; ) {
      const next = await collected();
      if (next.heap >= last.heap && next.nodes >= last.nodes) return last;
      last = next;
    }
  };
  await watch(page);
  const figures = {};
  let made = 1;
  for (const count of [2000, 5000, 10_000, 20_000]) {
    await calls(page, count - made);
    made = count;
    await listed(page, Math.min(count, 10_000));
    figures[count] = await measure();
    const { heap, nodes, listeners } = figures[count];
    console.log(`${count} calls: heap ${(heap / 1e6).toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners`);
  }
  const grown = (from, to, name) => figures[to][name] - figures[from][name];
  assert.ok(grown(2000, 5000, "heap") < 3000 * RECORD_MAX + NOISE);
  // Half of what came between these two is kept.
  assert.ok(grown(5000, 20_000, "heap") < 5000 * RECORD_MAX + NOISE);
  assert.ok(grown(10_000, 20_000, "heap") < NOISE);
  assert.ok(grown(5000, 20_000, "nodes") < 200);
  assert.ok(grown(5000, 20_000, "listeners") < 50);
}
