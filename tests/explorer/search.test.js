// The search, and the reference that it opens: by keys alone.

import assert from "node:assert/strict";
import { visit } from "./explorer.js";

visit("the right entry comes first, in either language", {}, async (page) => {
  for (const [wanted, name] of [
    ["invk", "Invoke"],
    ["调用", "Invoke"],
    ["AuthFailure.SignatureExpire", "AuthFailure.SignatureExpire"],
    ["signatureexp", "AuthFailure.SignatureExpire"],
    ["430", "430"],
    ["clientc", "ClientContext"],
    ["hello", "hello"],
    ["frankfurt", "eu-frankfurt"],
    ["cos", "cos"],
  ]) {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText(wanted);
    const first = page.locator("#search-0");
    assert.equal(await first.locator(".name").innerText(), name, wanted);
    await page.keyboard.press("Escape");
  }
});

visit("an entry is opened from the keyboard alone", { main: true }, async (page) => {
  // However late the second of two keys comes.
  await page.clock.install();
  await page.reload();
  await page.locator("#send").waitFor();
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.insertText("requestlimit");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id.startsWith("error-RequestLimitExceeded."));
  await page.waitForFunction(() => location.hash.startsWith("#/apis?at=error-"));
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.locator("#area-live").waitFor();
  await page.clock.resume();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
});

visit("nothing is called so", {}, async (page) => {
  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.insertText("qqqqq");
  await page.getByText("Nothing is called so.").waitFor();
});

visit("the search answers before the next key, and makes no more than it shows", {}, async (page) => {
  await page.keyboard.press("Control+k");
  const { shown, made } = await page.evaluate(() => {
    const box = document.querySelector("#search-box");
    let count = 0;
    const own = document.createElement;
    document.createElement = (name) => {
      count += 1;
      return own.call(document, name);
    };
    // The widest search there is: an e is in nearly every entry.
    box.value = "e";
    box.dispatchEvent(new Event("input"));
    delete document.createElement;
    // Neither a timer nor a frame has come between.
    return { shown: document.querySelectorAll("#search-list li").length, made: count };
  });
  assert.equal(shown, 12);
  assert.ok(made <= 5 * shown, `${made} elements`);
});
