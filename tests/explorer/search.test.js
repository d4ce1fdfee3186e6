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

visit("an entry is opened from the keyboard alone", {}, async (page) => {
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.insertText("requestlimit");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id.startsWith("error-RequestLimitExceeded."));
  await page.waitForFunction(() => location.hash.startsWith("#/apis?at=error-"));
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.locator("#area-live").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
});

visit("nothing is called so", {}, async (page) => {
  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.insertText("qqqqq");
  await page.getByText("Nothing is called so.").waitFor();
});

visit("the search answers within 50 ms", {}, async (page) => {
  await page.keyboard.press("Control+k");
  // As the page itself measures it, so that what drives it is not counted; the best of several.
  const times = await page.evaluate(() => {
    const box = document.querySelector("#search-box");
    return Array.from({ length: 10 }, () => {
      const begun = performance.now();
      box.value = "e";
      box.dispatchEvent(new Event("input"));
      return performance.now() - begun;
    });
  });
  assert.ok(Math.min(...times) < 50, `${times}`);
});
