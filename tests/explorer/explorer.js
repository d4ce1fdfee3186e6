// An Explorer for the tests of a file, and pages that complain of
// nothing but what a test expects.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { PATIENCE, pictured, saysNothingElse } from "../browser/chromium.js";
import { ROOT, SCF, serve, stop } from "../browser/process.js";

const place = process.env.BROWSER_TESTS;
const require = createRequire(path.join(place, "package.json"));
const playwright = require("playwright-core");

/** The browser that the tests run in: "chromium" or "firefox". */
export const BROWSER = process.env.BROWSER ?? "chromium";
const isFirefox = BROWSER === "firefox";

/** The functions of the repository's examples, and those of tests/explorer/functions. */
export const FUNCTIONS = path.join(place, "functions");

/** An event with which `waits` runs for as long as a test wants it to. */
export const ENDLESS = JSON.stringify({ file: path.join(FUNCTIONS, "no-such-file") });

/** The key that each Explorer of these tests takes. */
export const KEY = { id: "AKIDEMULATORDEVELOPMENTONLY", secret: "emulator-development-key" };

/** Starts `tscf explorer`, with what else it is given. */
export function start(...more) {
  const key = ["--secret-id", KEY.id, "--secret-key", KEY.secret];
  const args = ["explorer", ...more, "--no-open", "--quiet", ...(more.length ? key : [])];
  return serve(SCF, args, /listening on (\S+)/);
}

/** The address of an Explorer without its key. */
export const plain = ({ address }) => address.split("?")[0];

let browser;
let shared;

// Where there is a test at all: of a file without one, the hooks have no end.
function begin() {
  before(async () => {
    shared = await start(FUNCTIONS);
    browser = await playwright[BROWSER].connect(process.env.BROWSER_ENDPOINT);
  });
  after(async () => {
    await browser.close();
    await stop(shared);
  });
}
let hasBegun = false;

/**
 * A test. In Firefox, `tests/explorer/run` runs those that show a capability, with
 * `main`; `tests/explorer/run long` runs all there, but those with `only`, which ask
 * Chromium for what Firefox does not tell.
 */
export function trial(name, { main = false, only = BROWSER }, body) {
  if (only !== BROWSER || (isFirefox && !main && !process.env.ALL)) return;
  if (!hasBegun) begin();
  hasBegun = true;
  test(name, body);
}

/** A trial that is `inPage`. */
export function visit(name, options, body) {
  trial(name, options, () => inPage(name, options, body));
}

/**
 * Runs `body` with the page of an Explorer in a profile of its own. `options` are
 * another Explorer as `at`, a `hash`, `width`, `height`, `colorScheme`, `locale`,
 * `deviceScaleFactor`, and `noise`: patterns of what the console may say.
 * `page.elsewhere` lists requests that left the page's origin.
 */
export async function inPage(name, options, body) {
  const { at = shared, hash = "", width = 1280, height = 900, noise = [] } = options;
  const { colorScheme = "light", locale = "en-US", deviceScaleFactor } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale,
    deviceScaleFactor,
    reducedMotion: "reduce",
  });
  try {
    if (isFirefox) await choose(context, colorScheme);
    else await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: plain(at) });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const said = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    page.elsewhere = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isOwn = url.origin === new URL(at.address).origin || ["blob:", "data:"].includes(url.protocol);
      if (!isOwn) page.elsewhere.push(request.url());
    });
    await page.goto(at.address);
    if (hash) {
      // The page that was open would write its own address over this one.
      await page.goto("about:blank");
      await page.goto(plain(at) + hash);
    }
    await page.locator("#send").waitFor({ state: "attached" });
    const file = path.join(place, "explorer", `${name.replace(/\W+/g, "-")}.png`);
    await pictured(page, file, said, () => body(page, context));
    saysNothingElse(said, noise);
    assert.deepEqual(page.elsewhere, [], "no request leaves the origin");
  } finally {
    await context.close();
  }
}

// Firefox pretends no colour scheme: a person's own choice is kept in the page instead.
const choose = (context, colorScheme) =>
  context.addInitScript((theme) => {
    // A page of nobody has no storage.
    if (location.protocol === "http:") localStorage.setItem("theme", theme);
  }, colorScheme === "dark" ? "Dark" : "Light");

/** Fills fields of the form, by their names in the draft. */
export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`#field-${name}`);
    const group = page.locator("details.group", { has: field });
    if ((await group.count()) && !(await group.evaluate((each) => each.open))) {
      await group.locator("summary").click();
    }
    if ((await field.evaluate(({ tagName }) => tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
}

/** Sends by the one key, and gives the outcome: its kind, its title, and what is told. */
export async function send(page, values = {}) {
  await fill(page, values);
  // From here on the outcome of the call before is not shown.
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/call"));
  await page.keyboard.press("Control+Enter");
  await sent;
  return ended(page);
}

/** Waits for the end of the call that runs. */
export async function ended(page) {
  const head = page.locator("#panel-result .outcome");
  await page.waitForFunction(() => {
    const { classList } = document.querySelector("#panel-result .outcome");
    return classList.length > 1 && !classList.contains("running");
  });
  const kind = (await head.getAttribute("class")).split(" ")[1];
  const facts = await head.locator("dl.facts").evaluateAll((lists) =>
    Object.fromEntries(
      lists.flatMap((list) => [...list.querySelectorAll("dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent])),
    ),
  );
  return { kind, title: await head.locator("h3").innerText(), facts };
}

/** Opens an address within the page, once the page has read it. */
export const open = (page, hash) =>
  page.evaluate(
    (text) =>
      new Promise((resolve) => {
        const before = location.hash;
        addEventListener("hashchange", resolve, { once: true });
        location.hash = text;
        if (location.hash === before) resolve();
      }).then(() => {}),
    hash,
  );

/** Opens a tab of the call. */
export async function tab(page, name) {
  await page.locator(`#tab-${name}`).click();
  await page.locator(`#panel-${name}`).waitFor();
  await page.waitForFunction((id) => !document.querySelector(`#panel-${id} [aria-busy]`), name);
}

/** Asks until there is something; as long as the page's own waiting lasts. */
export async function eventually(found) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const value = await found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`this does not come: ${found}`);
}

/** Gives the path of the text file that the page saves by that name when `act` is done. */
export async function saved(page, name, act) {
  const file = path.join(place, "explorer", name);
  // The browser would take another name beside one of before.
  await rm(file, { force: true });
  if (isFirefox) {
    // Playwright learns of no download from it: the file comes by itself.
    await act();
    await eventually(async () => (await readFile(file, "utf8").catch(() => "")).endsWith("\n"));
  } else {
    const offered = page.waitForEvent("download");
    await act();
    await (await offered).saveAs(file);
  }
  return file;
}

/** The source of axe-core, for a page to run. */
export const axe = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Runs the command, and gives its output. */
export const command = (...args) => promisify(execFile)(SCF, args, { cwd: ROOT, maxBuffer: Infinity });
