// How little the page asks for, and how few steps an edit takes: counted, so that
// a busy machine counts the same.

import assert from "node:assert/strict";
import { FUNCTIONS, fill, inPage, send, start, tab, trial, visit } from "./explorer.js";
import { stop } from "../browser/process.js";

const LIMIT = 150_000;
// As often as the first picture of an empty page.
const TIMES = 8;

visit("the first picture waits for the page and its styles alone", { only: "chromium" }, async (page) => {
  await page.reload();
  await page.locator("#send").waitFor({ state: "attached" });
  const found = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource");
    const size = ({ encodedBodySize }) => encodedBodySize;
    const [head] = performance.getEntriesByType("navigation");
    const blocking = entries.filter(({ renderBlockingStatus }) => renderBlockingStatus === "blocking");
    const own = entries.filter(({ name }) => !name.includes("/api/"));
    return {
      kinds: [...new Set(blocking.map(({ name }) => name.split(".").pop()))],
      blocking: [head, ...blocking].map(size).reduce((one, two) => one + two),
      all: [head, ...own].map(size).reduce((one, two) => one + two),
    };
  });
  assert.deepEqual(found.kinds, ["css"]);
  assert.ok(found.blocking < 15_000, `${found.blocking} bytes before the first picture`);
  console.log(`figure: ${found.all.toLocaleString("en")} bytes compressed, of at most ${LIMIT.toLocaleString("en")}`);
  assert.ok(found.all <= LIMIT, `${found.all} bytes in all`);
});

trial("the first picture takes no more than a few times that of an empty page", { only: "chromium" }, async () => {
  const server = await start(FUNCTIONS);
  try {
    await inPage("the first picture", { at: server, noise: [/404/] }, async (page) => {
      const painted = async (url) => {
        await page.goto("about:blank");
        await page.goto(url);
        return page.evaluate(async () => {
          const [known] = performance.getEntriesByName("first-paint");
          if (known) return known.startTime;
          return new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime)).observe({ type: "paint" });
          });
        });
      };
      const home = new URL("/", server.address).href;
      let [best, least] = [Infinity, Infinity];
      // In turn, so that what else the machine does hits both.
      for (let round = 0; round < 7; round += 1) {
        least = Math.min(least, await painted(new URL("/no-such-page", home).href));
        best = Math.min(best, await painted(home));
      }
      const times = `${(best / least).toFixed(1)} times that of a page of one line, of at most ${TIMES}`;
      console.log(`figure: first picture on loopback in ${best.toFixed(0)} ms, ${times}`);
      assert.ok(best < TIMES * least, times);
    });
  } finally {
    await stop(server);
  }
});

visit("the first send takes one key, and asks the server for nothing before it", {}, async (page) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await send(page);
  const before = asked.slice(0, asked.indexOf("/api/call"));
  // The strip of the last minute reads its tables by itself, whenever it is connected.
  const byItself = (path) => path === "/api/check" || path.startsWith("/api/emulator/");
  assert.deepEqual(before.filter((path) => path.startsWith("/api/") && !byItself(path)), []);
});

visit("the first call is made without a moment of waiting", {}, async (page) => {
  // The page's clock stands still from here on.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.reload();
  await page.locator("#send").waitFor();
  assert.equal((await send(page)).kind, "succeeded");
});

visit("an edit is in signature, code and example within 100 ms", {}, async (page) => {
  await page.clock.install();
  await page.reload();
  await page.locator("#send").waitFor();
  for (const [index, name] of ["signature", "code", "example"].entries()) {
    await tab(page, name);
    // Further than the page's clock has been set before.
    await page.clock.pauseAt(Date.now() + (index + 1) * 60_000);
    const shown = () => page.locator(`#panel-${name}`).innerText();
    const before = await shown();
    const asked = page.waitForRequest(/\/api\/(code|signature)$/);
    await page.locator("#field-event").fill(`{"tab":"${name}"}`);
    await page.clock.runFor(100);
    await asked;
    // The answer is shown as it comes: no more of the page's time passes.
    await page.waitForFunction(([id, old]) => document.querySelector(`#panel-${id}`).innerText !== old, [name, before]);
    await page.clock.resume();
  }
});

visit("an edit is one question for each tab in sight", {}, async (page) => {
  for (const name of ["signature", "code", "example"]) {
    await tab(page, name);
    const asked = [];
    const note = (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/api/")) asked.push(pathname);
    };
    page.on("request", note);
    const path = name === "code" ? "/api/code" : "/api/signature";
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path);
    await fill(page, { event: `{"tab":"${name}"}` });
    await answered;
    await page.waitForFunction((id) => !document.querySelector(`#panel-${id} [aria-busy]`), name);
    page.off("request", note);
    assert.deepEqual(asked.filter((each) => each !== "/api/check"), [path], name);
  }
});

visit("a signature counts down, and says when it is over", {}, async (page) => {
  await page.clock.install();
  await page.reload();
  await page.locator("#send").waitFor();
  await tab(page, "signature");
  const expiry = page.locator("#panel-signature .expiry");
  await expiry.filter({ hasText: /good for [45]:\d\d/ }).waitFor();
  await page.clock.runFor(240_000);
  await expiry.filter({ hasText: /good for 0:\d\d/ }).waitFor();
  await page.clock.runFor(61_000);
  await expiry.filter({ hasText: "no longer takes it. A call is signed anew" }).waitFor();
  assert.match(await expiry.getAttribute("class"), /bad/);
  await page.getByRole("button", { name: "Sign again" }).click();
});
