// For who uses a keyboard, a screen reader, a phone, a dark room.

import assert from "node:assert/strict";
import { axe, visit } from "./browser.js";
import { fill, invoke, outcome, settled, view } from "./form.js";

// Returns what axe-core finds against WCAG 2.2 AA and its best practices.
async function violations(page) {
  await page.evaluate(axe());
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
  );
}

const overflow = (page) =>
  page.evaluate(() => {
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (right > document.documentElement.clientWidth + 0.5 || left < -0.5);
    });
    return [
      document.documentElement.scrollWidth > document.documentElement.clientWidth,
      wide.map((element) => element.outerHTML.slice(0, 80)),
    ];
  });

const LONG = "Averylongwordwithoutaplacetobreak".repeat(20);
const STATES = {
  "at first": async () => {},
  "all groups open": (page) => fill(page, { secretKey: "x", namespace: "default", host: "h" }),
  "what is missing": async (page) => {
    await fill(page, { functionName: "", secretKey: "" });
    await page.getByRole("button", { name: "Invoke" }).click();
  },
  "an event that is not JSON": async (page) => {
    await fill(page, { event: "{" });
    await page.getByRole("button", { name: "Go there" }).waitFor();
  },
  "a call that runs": async (page) => {
    await fill(page, { functionName: "slow" });
    // Nobody answers, however long the check takes.
    await page.route("**/scf", () => {});
    await page.getByRole("button", { name: "Invoke" }).click();
    await page.getByText("Running slow").first().waitFor();
  },
  "a success": (page) =>
    invoke(page, { functionName: "echo", event: { [LONG]: [LONG, 1.5, null] } }),
  "a failed function": (page) => invoke(page, { functionName: "fail", event: { message: LONG } }),
  "its log": async (page) => {
    await invoke(page, { functionName: "fail", event: { message: LONG } });
    await view(page, "Log", "log");
  },
  "a refusal": (page) => invoke(page, { secretKey: "wrong" }),
  "the request": async (page) => {
    await fill(page, { event: { [LONG]: LONG }, token: LONG });
    await view(page, "Request", "body");
    await page.getByRole("checkbox", { name: "Show secrets" }).check();
    await settled(page);
  },
  "the curl command": (page) => view(page, "curl", "curl command"),
  "the Rust program": (page) => view(page, "Rust", "Rust program"),
  "a result of a megabyte": (page) =>
    invoke(page, { functionName: "big", event: { bytes: 1_000_000 } }),
};

for (const [mode, options] of Object.entries({
  light: {},
  dark: { colorScheme: "dark" },
  "on a phone": { width: 360, height: 740 },
})) {
  for (const [state, reach] of Object.entries(STATES)) {
    visit(`accessible ${mode}: ${state}`, options, async (page) => {
      await reach(page);
      assert.deepEqual(await overflow(page), [false, []]);
      assert.deepEqual(await violations(page), []);
    });
  }
}

visit("a call by keyboard alone", {}, async (page) => {
  const { keyboard } = page;
  const focus = () =>
    page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  const tabTo = async (id) => {
    for (let steps = 0; (await focus()) !== id; steps += 1) {
      assert.ok(steps < 40, `Tab reaches ${id}`);
      await keyboard.press("Tab");
    }
  };
  await keyboard.press("Tab");
  assert.equal(await focus(), "Skip to the result");
  await tabTo("functionName");
  await keyboard.press("Control+A");
  await keyboard.type("hello");
  await tabTo("event");
  await keyboard.press("Control+A");
  await keyboard.type('{"name":"keys"}');
  await keyboard.press("Control+Enter");
  assert.equal((await outcome(page)).title, "hello succeeded");
  assert.equal(await focus(), "event", "the focus stays where one types");
  await tabTo("invoke");
  await keyboard.press("Enter");
  assert.equal((await outcome(page)).title, "hello succeeded");
  assert.equal(await focus(), "invoke");
  await tabTo("tab-result");
  await keyboard.press("ArrowRight");
  assert.equal(await focus(), "tab-log");
  assert.match(await page.getByRole("region", { name: "log" }).textContent(), /greeting keys/);
  await keyboard.press("End");
  assert.equal(await focus(), "tab-rust");
  await keyboard.press("ArrowRight");
  assert.equal(await focus(), "tab-result");
  // Past the button that shows the JSON as it came.
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  assert.equal(
    await page.evaluate(() => document.activeElement.getAttribute("aria-label")),
    "Copy result",
  );
  await keyboard.press("Space");
  await page.getByText("Copied", { exact: true }).first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '"hello keys"');
});

for (const width of [1280, 360]) {
  visit(
    `whatever has the focus is seen, ${width} pixels wide`,
    { width, height: 740 },
    async (page) => {
      await fill(page, { secretKey: "x", namespace: "default", host: "h" });
      await view(page, "Request", "body");
      // As a keyboard gets there, at the page's beginning.
      await page.locator("#functionName").click();
      while (!(await page.evaluate(() => document.activeElement.matches(".skip"))))
        await page.keyboard.press("Shift+Tab");
      const seen = new Set();
      for (;;) {
        const stop = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === document.body) return undefined;
          // The radio buttons are drawn by the text beside them.
          const drawn = element.type === "radio" ? element.nextElementSibling : element;
          const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
          const box = drawn.getBoundingClientRect();
          const top = document.elementFromPoint(
            box.left + Math.min(box.width / 2, 20),
            Math.min(Math.max(box.top, 0) + 4, innerHeight - 1),
          );
          return {
            what: element.outerHTML.slice(0, 100),
            outlined: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
            covered: !(drawn.contains(top) || top?.contains(drawn)),
          };
        });
        if (!stop || seen.has(stop.what)) break;
        seen.add(stop.what);
        assert.ok(stop.outlined, `no outline: ${stop.what}`);
        assert.ok(!stop.covered, `covered: ${stop.what}`);
        await page.keyboard.press("Tab");
      }
      assert.ok(seen.size > 20, `${seen.size} stops`);
    },
  );
}

visit("the answer comes into sight on a phone", { width: 360, height: 740 }, async (page) => {
  await invoke(page);
  await page.waitForFunction(
    () => document.querySelector("#outcome").getBoundingClientRect().top < innerHeight / 2,
  );
});

visit("nothing moves when the answer comes", {}, async (page) => {
  const boxes = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("form button, form input, [role=tab]")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return element.getAttribute("role") === "tab" ? [x, width, height] : [x, y, width, height];
      }),
    );
  const before = await boxes();
  await invoke(page);
  assert.deepEqual(await boxes(), before);
});
