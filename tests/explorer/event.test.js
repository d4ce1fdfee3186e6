// Events of megabytes: typing goes on, and one that is too long is refused.

import assert from "node:assert/strict";
import { fill, send, visit } from "./explorer.js";

const MEGABYTE = 1 << 20;
const eventOf = (megabytes) => JSON.stringify({ text: "x".repeat(megabytes * MEGABYTE) });

/** Puts the event into the form as one that is pasted. */
const paste = (page, event) =>
  page.evaluate((text) => {
    const editor = document.querySelector("#field-event");
    editor.value = text;
    editor.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  }, event);

visit("an event of 3 MB is checked beside the typing, not in its way", {}, async (page) => {
  await paste(page, eventOf(3));
  const state = page.locator("#event-state");
  await state.filter({ hasText: /^Valid JSON, 3/ }).waitFor();
  // What goes through the whole text while the page takes keys is noted.
  const done = await page.evaluate((long) => {
    const editor = document.querySelector("#field-event");
    const noted = [];
    const isLong = (value) => typeof value === "string" && value.length > long;
    const note = (owner, name) => {
      const own = owner[name];
      owner[name] = function (...parameters) {
        const result = own.apply(this, parameters);
        if ([...parameters, parameters[1]?.body, result].some(isLong)) noted.push(name);
        return result;
      };
      return () => (owner[name] = own);
    };
    const restore = [
      note(JSON, "parse"),
      note(JSON, "stringify"),
      note(TextEncoder.prototype, "encode"),
      note(Storage.prototype, "setItem"),
      note(window, "fetch"),
    ];
    for (let key = 0; key < 20; key += 1) {
      editor.setRangeText("[", 0, 0);
      editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    for (const each of restore) each();
    return noted;
  }, MEGABYTE);
  assert.deepEqual(done, []);
  await state.filter({ hasText: /^Line 1, column/ }).waitFor();
  // The picture of megabytes takes half a minute.
  await paste(page, "{}");
});

visit("an event of 7 MB is refused, and what was typed stays", {}, async (page) => {
  const event = eventOf(7);
  const calls = [];
  page.on("request", (request) => request.url().endsWith("/api/call") && calls.push(request.url()));
  await fill(page, { functionName: "echo", qualifier: "$LATEST" });
  await paste(page, event);
  await page.locator("#event-state").filter({ hasText: "over the limit of" }).waitFor();
  assert.equal(await page.locator("#send").getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.activeElement.id === "field-event");
  assert.deepEqual(calls, []);
  assert.equal(await page.locator("#field-event").inputValue(), event);
  assert.equal(await page.locator("#field-functionName").inputValue(), "echo");
  assert.equal(await page.locator("#field-qualifier").inputValue(), "$LATEST");

  await paste(page, "[1]");
  assert.equal((await send(page)).kind, "succeeded");
});

visit("who types on while the event is checked keeps the caret, and sends nothing", {}, async (page) => {
  const calls = [];
  page.on("request", (request) => request.url().endsWith("/api/call") && calls.push(request.url()));
  const editor = page.locator("#field-event");
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/api/check", async (route) => {
    await held;
    await route.continue();
  });
  await editor.fill('{"typed":1}');
  await page.keyboard.press("Control+Enter");
  await editor.fill('{"typed":"on"}');
  release();
  await page.locator("#event-state").filter({ hasText: /^Valid JSON, 14 B/ }).waitFor();
  assert.deepEqual(calls, []);
  assert.equal(await editor.evaluate(({ selectionStart }) => selectionStart), 14);
  assert.equal((await send(page)).kind, "succeeded");
});
