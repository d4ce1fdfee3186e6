// The Explorer ends and is started again, while its page stays open.

import assert from "node:assert/strict";
import { ENDLESS, FUNCTIONS, fill, inPage, plain, send, start, trial } from "./explorer.js";
import { stop } from "../browser/process.js";

const BROKEN = /Failed to load resource|ERR_/;

trial("a page goes on with an Explorer that was started anew, once its address is opened", {}, async () => {
  const first = await start(FUNCTIONS);
  let second;
  try {
    await inPage("started anew", { at: first, noise: [BROKEN] }, async (page, context) => {
      await fill(page, { functionName: "waits", event: ENDLESS });
      await page.keyboard.press("Control+Enter");
      await page.locator("#nav-live").click();
      await page.locator(".rows .symbol.running").waitFor();
      await stop(first, "SIGKILL");
      await page.locator(".light.lost").waitFor();
      const { host } = new URL(first.address);
      second = await start(FUNCTIONS, "--listen", host);
      assert.equal(plain(second), plain(first));
      // The new one has a new key, which the page cannot know.
      await page.locator(".notice").filter({ hasText: "started anew, with a new key" }).waitFor();
      const other = await context.newPage();
      await other.goto(second.address);
      await other.locator("#send").waitFor({ state: "attached" });
      await page.locator(".light.live").waitFor();
      await page.locator(".notice").waitFor({ state: "detached" });
      // What ran has ended with the emulator that it ran in.
      await page.locator(".rows .symbol.abandoned").waitFor();
      await page.locator("#nav-call").click();
      assert.equal(await page.locator("#field-event").inputValue(), ENDLESS);
      // The key and the endpoint are those of the new emulator.
      const { local } = await page.evaluate(async () => (await fetch("api/catalogue")).json());
      await page.locator("#field-endpoint-note").filter({ hasText: local.endpoint }).waitFor({ state: "attached" });
      assert.equal((await send(page, { functionName: "hello", event: "{}" })).kind, "succeeded");
    });
  } finally {
    await stop(first);
    if (second) await stop(second);
  }
});
