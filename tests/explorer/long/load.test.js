// Thousands of calls while Live is open: a thousand in a minute, and twenty
// thousand as fast as they go.

import assert from "node:assert/strict";
import { send, visit } from "../explorer.js";

/** Calls the function again, so many times, from `lanes` at once, each no sooner than `pauseMs` after the one before. */
const again = (page, times, lanes, pauseMs = 0) =>
  page.evaluate(
    async ([count, width, pause]) => {
      const { invocations } = await (await fetch("api/emulator/invocations?limit=1")).json();
      const [{ requestId }] = invocations;
      let left = count;
      const lane = async () => {
        while (left > 0) {
          left -= 1;
          const due = pause && new Promise((resolve) => setTimeout(resolve, pause));
          const answer = await fetch(`api/emulator/invocations/${requestId}/again`, { method: "POST" });
          if (!answer.ok) throw new Error(await answer.text());
          await due;
        }
      };
      await Promise.all(Array.from({ length: width }, lane));
    },
    [times, lanes, pauseMs],
  );

const count = (page) => page.locator(".list .table").getAttribute("aria-rowcount").then((rows) => Number(rows) - 1);

visit("1,000 calls in a minute are all shown, and the page draws no more often for them", {}, async (page) => {
  await send(page, { functionName: "hello", event: "{}" });
  await page.locator("#nav-live").click();
  await page.locator(".light.live").waitFor();
  await page.evaluate(() => {
    globalThis.drawings = 0;
    const own = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      globalThis.drawings += 1;
      return own.apply(this, box);
    };
    globalThis.begun = performance.now();
  });
  // Four at once, each every 240 ms: 1,000 in 60 s.
  await again(page, 1000, 4, 240);
  await page.waitForFunction(() => Number(document.querySelector(".list .table").ariaRowCount) === 1002);
  const { drawings, seconds } = await page.evaluate(() => ({
    drawings: globalThis.drawings,
    seconds: (performance.now() - globalThis.begun) / 1000,
  }));
  assert.ok(seconds >= 60, `${seconds} s`);
  // Four a second for what is new, two for the time that goes on.
  assert.ok(drawings <= 6 * seconds + 6, `${drawings} drawings in ${seconds} s`);
  console.log(`1,000 calls in ${seconds.toFixed(0)} s, ${drawings} drawings`);
  await page.reload();
  await page.locator(".light.live").waitFor();
  assert.ok((await count(page)) >= 1000, "a reload shows them again");
});

visit("20,000 calls take no more memory than 10,000", {}, async (page, context) => {
  const session = await context.newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  };
  await send(page, { functionName: "hello", event: "{}" });
  await page.locator("#nav-live").click();
  await page.locator(".light.live").waitFor();
  await page.locator("#live-last").selectOption("1h");
  // The emulator keeps 10,000, and so does the page.
  await again(page, 10_000, 8);
  await page.waitForFunction(() => Number(document.querySelector(".list .table").ariaRowCount) === 10_001);
  const full = await heap();
  await again(page, 10_000, 8);
  const after = await heap();
  console.log(`heap: ${(full / 1e6).toFixed(1)} MB after 10,000 calls, ${(after / 1e6).toFixed(1)} MB after 20,000`);
  assert.ok(after < 1.1 * full, `${full} bytes, then ${after}`);
  assert.equal(await count(page), 10_000);
  // A key is still answered at once: in the time of a few drawings of an empty page.
  const [busy, calm] = await page.evaluate(async () => {
    const store = await import("/js/live/store.js");
    const measure = () => {
      const times = Array.from({ length: 9 }, () => {
        const begun = performance.now();
        document.querySelector("#pause").click();
        document.querySelector("#pause").click();
        document.querySelector(".list-body").getBoundingClientRect();
        return performance.now() - begun;
      });
      return Math.min(...times) / 2;
    };
    const full = measure();
    store.present().records.clear();
    return [full, measure()];
  });
  console.log(`a key takes ${busy.toFixed(1)} ms with 10,000 calls, ${calm.toFixed(1)} ms with none`);
  assert.ok(busy < 100 || busy < 60 * calm, `${busy} ms beside ${calm} ms`);
});
