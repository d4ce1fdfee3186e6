// For who uses a keyboard, a screen reader, a phone, a dark room.

import assert from "node:assert/strict";
import { ENDLESS, axe, ended, fill, open, send, tab, visit } from "./explorer.js";

// Returns what axe-core finds against WCAG 2.2 AA and its best practices; of the dark
// colours, what they alone can change.
async function violations(page, colorScheme) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe());
  const rules = colorScheme === "dark" ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
  const { violations: found } = await page.evaluate(
    (options) => globalThis.axe.run(document, options),
    { ...rules, resultTypes: ["violations"] },
  );
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

// Whether the page scrolls sideways, and what is wider than it.
const overflow = (page) =>
  page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > clientWidth + 0.5)
      .map((each) => each.outerHTML.slice(0, 100));
  });

const LONG = "Averylongwordwithoutaplacetobreak".repeat(12);

const STATES = {
  "at first": async () => {},
  "all groups open": (page) => fill(page, { namespace: "default", secretId: "", host: "h" }),
  "an event that is not JSON": async (page) => {
    await fill(page, { event: "{" });
    await page.getByRole("button", { name: /Go there|定位/ }).waitFor();
  },
  "a success": (page) => send(page, { functionName: "echo", event: JSON.stringify({ [LONG]: [LONG, 1.5, null] }) }),
  "a failed function": (page) => send(page, { functionName: "fail", event: JSON.stringify({ message: LONG }) }),
  signature: async (page) => {
    await tab(page, "signature");
    await page.locator(".step").first().waitFor();
  },
  code: (page) => tab(page, "code"),
  example: (page) => tab(page, "example"),
  docs: (page) => tab(page, "docs"),
  apis: (page) => page.locator("#nav-apis").click(),
  live: async (page) => {
    await send(page, { functionName: "hello" });
    await page.locator("#nav-live").click();
    await page.locator(".rows [role=row]").first().waitFor();
    await page.keyboard.press("j");
    await page.locator(".inspector h4").first().waitFor();
  },
  search: async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("e");
    await page.locator("#search-0").waitFor();
  },
};

for (const [colorScheme, locale, widths] of [
  ["light", "en-US", [320, 768, 1280, 1920]],
  ["dark", "zh-CN", [390, 1280]],
]) {
  visit(`axe finds nothing, and nothing is cut, ${colorScheme}`, { colorScheme, locale }, async (page) => {
    for (const [name, reach] of Object.entries(STATES)) {
      await open(page, "#/call/Invoke?fn=hello");
      await reach(page);
      assert.deepEqual(await violations(page, colorScheme), [], name);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await overflow(page), [], `${name} at ${width} px`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
}

visit("a call is made and read by the keyboard alone", {}, async (page) => {
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await page.keyboard.press("Tab");
  assert.equal(await focus(), "Skip to the content");
  for (let steps = 0; (await focus()) !== "field-functionName"; steps += 1) {
    assert.ok(steps < 20, "the form is near");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("echo");
  await page.keyboard.press("Control+Enter");
  await page.locator(".outcome.succeeded").waitFor();
  await page.locator("#tab-result").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focus(), "tab-signature");
  await page.locator("#panel-signature").waitFor();
  await page.locator("h1").click();
  await page.keyboard.press("3");
  await page.locator("#panel-code").waitFor();
});

visit("the states are told apart without colour", {}, async (page) => {
  await send(page, { functionName: "hello" });
  await send(page, { functionName: "fail" });
  await send(page, { functionName: "nosuch" });
  await send(page, { functionName: "hello", invocationType: "Event" });
  await fill(page, { functionName: "waits", event: ENDLESS, invocationType: "RequestResponse" });
  await page.keyboard.press("Control+Enter");
  const running = await page.locator(".outcome.running .symbol").innerText();
  await page.keyboard.press("Escape");
  await ended(page);
  const symbols = await page.locator(".entry .symbol").allInnerTexts();
  assert.deepEqual([...symbols, running], ["▲", "◐", "⊘", "✕", "✓", "◐"]);
});

// Firefox pretends no colours of a person.
visit("with colours of a person's own, what is chosen and what is drawn are seen", { only: "chromium" }, async (page) => {
  await page.emulateMedia({ forcedColors: "active" });
  await send(page, { functionName: "hello", event: "{}" });
  // At once, as rows are made anew all the time.
  const styles = (name, ...selectors) =>
    page.evaluate(
      ([property, all]) => all.map((each) => getComputedStyle(document.querySelector(each))[property]),
      [name, selectors],
    );
  const differ = async (...pair) => assert.notEqual(...(await styles("backgroundColor", ...pair)), pair.join());
  await differ("#nav-call", "#nav-live");
  await differ("#tab-result", "#tab-code");
  await differ(".segments :checked + span", ".segments :not(:checked) + span");
  await differ('.chip[aria-pressed="true"]', '.chip[aria-pressed="false"]');
  await differ(".phase.run", "#panel-result");
  await differ(".seconds .second", "#panel-result");
  await page.locator("#nav-live").click();
  await page.locator(".rows [role=row]").first().waitFor();
  await page.keyboard.press("j");
  await differ(".rows .chosen", ".row-line.head");
  await differ(".density .bar-of", "#panel-result");
  assert.equal(...(await styles("color", ".rows .chosen .symbol", ".rows .chosen")));
});
