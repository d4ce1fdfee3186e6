// A browser for the tests of a file, and pages in it that complain of nothing
// but what a test expects.

import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import path from "node:path";
import { CHROMIUM, PATIENCE, pictured, saysNothingElse } from "./chromium.js";

const place = process.env.BROWSER_TESTS;
const require = createRequire(path.join(place, "package.json"));
const { chromium } = require("playwright-core");

/** The address of the running example. */
export const PAGE = process.env.SCF_PAGE;

/** The source of axe-core, for a page to run. */
export const axe = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let browser;
before(async () => {
  // A browser of its own has a clipboard of its own, while other files run.
  browser = await chromium.launch(CHROMIUM);
});
after(() => browser.close());

/** A test that is `inPage`. */
export function visit(name, options, body) {
  test(name, () => inPage(name, options, body));
}

/**
 * Runs `body` with the page in a profile of its own. `options` are the address `at`, `width`, `height`, `colorScheme`,
 * how far the machine's clock is `ahead` in seconds, and `noise`: patterns of
 * what the console may say. `body` gets the page, and as `page.sent` the
 * calls that it made.
 */
export async function inPage(name, options, body) {
  const {
    at = PAGE,
    width = 1280,
    height = 900,
    colorScheme = "light",
    ahead = 0,
    noise = [],
  } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: "reduce",
  });
  try {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: at });
    if (ahead) await context.addInitScript(setClock, ahead * 1000);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const said = [];
    page.on(
      "console",
      (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()),
    );
    page.on("pageerror", (error) => said.push(String(error)));
    page.sent = [];
    page.on("request", (request) => request.method() === "POST" && page.sent.push(request));
    await page.goto(at);
    await page.getByText("No call yet").waitFor();
    const file = path.join(place, "screenshots", `${name.replace(/\W+/g, "-")}.png`);
    await pictured(page, file, said, () => body(page, context));
    saysNothingElse(said, noise);
  } finally {
    await context.close();
  }
}

// Runs in the page before all else: its clock is wrong.
function setClock(ahead) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) {
      super(...(given.length ? given : [Real.now() + ahead]));
    }
    static now() {
      return Real.now() + ahead;
    }
  };
}
