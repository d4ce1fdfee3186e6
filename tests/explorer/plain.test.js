// Text of others looks as it is: neither markup in it is taken, nor does it turn the
// direction of what stands around it.

import assert from "node:assert/strict";
import { fill, open, send, tab, visit } from "./explorer.js";

const TURN = "\u202e";
const SHOWN = "⟨U+202E⟩";

/** The texts and labels of the page that have a character which turns the direction. */
const turned = (page) =>
  page.evaluate(() => {
    const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (turning.test(walker.currentNode.data)) found.push(walker.currentNode.data);
    for (const each of document.querySelectorAll("[aria-label], [title]")) {
      if (turning.test(each.ariaLabel) || turning.test(each.title)) found.push(each.outerHTML);
    }
    return found;
  });

visit("what turns the direction of text is shown by its number, wherever it stands", {}, async (page) => {
  const shows = async (selector) => {
    await page.locator(selector).filter({ hasText: SHOWN }).first().waitFor();
    assert.deepEqual(await turned(page), [], selector);
  };
  const event = JSON.stringify({ message: `a${TURN}b`, [`n${TURN}`]: 1 });
  await send(page, { functionName: "echo", event });
  await shows("#panel-result .tree");
  await page.getByRole("searchbox", { name: "Find in the result" }).fill("a");
  await shows("#panel-result .tree .leaf");
  await page.getByRole("button", { name: "As text" }).click();
  await shows("#panel-result pre");
  await page.locator("#event-state").filter({ hasText: "turn the direction of text" }).waitFor();
  await send(page, { event: JSON.stringify([`${TURN}other`]) });
  await page.getByRole("button", { name: "Compare with the result shown" }).nth(1).click();
  await shows(".compare td");
  for (const name of ["code", "example"]) {
    await tab(page, name);
    assert.deepEqual(await turned(page), [], name);
  }
  await send(page, { functionName: "fail", event });
  await shows("#panel-result details pre");
  await page.locator("#nav-live").click();
  await page.locator(".rows [role=row]").first().waitFor();
  await page.keyboard.press("j");
  await shows(".inspector pre");
  await open(page, `#/call/Invoke?signing=${encodeURIComponent(`tc3${TURN}`)}`);
  await shows(".notice");
});

visit("names with markup in them are names", {}, async (page) => {
  const markup = '<img src="x" onerror="alert(1)"><b>bold</b>';
  await send(page, { functionName: "echo", event: JSON.stringify({ [markup]: markup }) });
  await page.locator("#panel-result .tree").filter({ hasText: "onerror" }).waitFor();
  await send(page, { functionName: "fail", event: JSON.stringify({ message: markup }) });
  await fill(page, { qualifier: "$LATEST", namespace: markup });
  for (const name of ["signature", "code", "example"]) await tab(page, name);
  await page.locator("#nav-live").click();
  await page.locator(".rows [role=row]").first().waitFor();
  await page.keyboard.press("j");
  await page.locator(".inspector h4").first().waitFor();
  await open(page, `#/live?${new URLSearchParams({ status: markup, fn: markup })}`);
  await page.locator(".notice").filter({ hasText: "onerror" }).waitFor();
  assert.equal(await page.locator("img:not(.brand img), b").count(), 0);
});
