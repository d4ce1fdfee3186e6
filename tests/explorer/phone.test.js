// A narrow screen, and one on which all is twice as large.

import assert from "node:assert/strict";
import { fill, send, tab, visit } from "./explorer.js";

visit("the form folds once it is sent, and unfolds to be edited", { width: 390, height: 844 }, async (page) => {
  const event = page.locator("#field-event");
  await send(page, { functionName: "echo", event: '{"n":1}' });
  assert.equal(await event.isVisible(), false);
  assert.equal(await page.locator("#send").isVisible(), true);
  const line = page.getByRole("button", { name: "Invoke · echo · ap-guangzhou Edit" });
  assert.equal(await line.evaluate((each) => each === document.activeElement), true, "the focus is not lost");
  const top = await page.locator("#panel-result .outcome").evaluate((each) => each.getBoundingClientRect().top);
  assert.ok(top < 500, "the outcome is in sight");
  await line.click();
  assert.equal(await event.evaluate((each) => each === document.activeElement), true);
  assert.equal(await event.inputValue(), '{"n":1}');
  // What the history writes into the form is shown.
  await send(page, { event: '{"n":2}' });
  assert.equal(await event.isVisible(), false);
  await page.locator("button.entry").last().click();
  assert.equal(await event.inputValue(), '{"n":1}');
  assert.equal(await event.isVisible(), true);
  await fill(page, { event: "{" });
  await page.keyboard.press("Control+Enter");
  assert.equal(await event.isVisible(), true, "a mistake is shown where it is");
});

// A browser that enlarges a page to 200 % gives it half of the pixels.
visit("at 200 % nothing is lost, and nothing scrolls sideways", { width: 640, height: 450, deviceScaleFactor: 2 }, async (page) => {
  const sideways = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await send(page, { functionName: "hello", event: "{}" });
  for (const name of ["result", "signature", "code", "example", "docs"]) {
    await tab(page, name);
    assert.equal(await sideways(), 0, name);
  }
  for (const area of ["call", "apis", "live"]) {
    await page.locator(`#nav-${area}`).click();
    await page.locator(`#area-${area}`).waitFor();
    assert.equal(await sideways(), 0, area);
    // Each control can be brought into sight, and nothing fixed covers it.
    const covered = await page.evaluate(() => {
      const controls = [...document.querySelectorAll("main :is(button, input, select, textarea, summary)")];
      return controls
        .filter((each) => each.checkVisibility() && !each.closest("[hidden]"))
        .filter((each) => {
          each.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
          const { left, top, width, height } = each.getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + height / 2);
          return !found || !(each.contains(found) || found.contains(each) || each.labels?.[0]?.contains(found));
        })
        .map((each) => each.outerHTML.slice(0, 100));
    });
    assert.deepEqual(covered, [], area);
  }
});
