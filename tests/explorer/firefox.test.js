// The main flows in Firefox, as it is installed, by WebDriver BiDi.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FUNCTIONS, puppeteer, start } from "./explorer.js";
import { stop } from "../browser/process.js";

let server;
let browser;
let page;
const broken = [];

before(async () => {
  server = await start(FUNCTIONS);
  browser = await puppeteer().launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    protocolTimeout: 0,
  });
  page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on("pageerror", (error) => broken.push(String(error)));
  await page.goto(server.address);
  await reached("#send");
});
after(async () => {
  await browser.close();
  await stop(server);
});

// A page with a strict policy lets nobody wait inside of it.
async function until(found) {
  while (!(await found())) await new Promise((resolve) => setTimeout(resolve, 50));
}
const shows = (selector, text = "") =>
  page.evaluate(
    (wanted, words) => [...document.querySelectorAll(wanted)].some(({ textContent }) => textContent.includes(words)),
    selector,
    text,
  );
const reached = (selector, text) => until(() => shows(selector, text));
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.down(key);
  for (const key of keys.reverse()) await page.keyboard.up(key);
};

test("a call, its signature, its program, and Live", async () => {
  await press("Control", "Enter");
  await reached(".outcome.succeeded h3", "Succeeded");
  await reached(".tree", '"hello world"');
  for (const [name, selector, text] of [
    ["signature", "#panel-signature .step", "Canonical request"],
    ["code", "#panel-code pre", "hello"],
    ["example", "#panel-example pre", "FunctionName"],
    ["docs", "#panel-docs th", "RoutingKey"],
  ]) {
    await (await page.$(`#tab-${name}`)).click();
    await reached(selector, text);
  }
  await (await page.$("#nav-live")).click();
  await reached(".light.live", "Live");
  await reached(".rows", "hello");
  await (await page.$("#nav-apis")).click();
  await reached("#area-apis th", "RequestLimitExceeded");
  await press("Control", "k");
  await reached("dialog[open].search", "Esc");
  await press("Escape");
  await until(async () => !(await shows("dialog[open]")));
  assert.deepEqual(broken, []);
});

const click = async (selector) => (await page.$(selector)).click();
const choose = (selector, value) =>
  page.evaluate(
    (wanted, chosen) => {
      const select = document.querySelector(wanted);
      select.value = chosen;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    selector,
    value,
  );

test("a failure, the history, a fault, a range, and Chinese", async () => {
  await page.evaluate(() => (location.hash = "#/call/Invoke?fn=fail&event=%7B%22message%22%3A%22luck%22%7D"));
  await reached("#tab-result");
  await press("Control", "Enter");
  await reached(".outcome.failed h3", "status 430");
  await reached(".outcome.failed dd", "Yes.");
  await reached(".history-list .name", "fail");
  await click(".history-list li:last-child .entry");
  await until(() => page.evaluate(() => document.querySelector("#field-functionName").value === "hello"));
  await click("#nav-live");
  await choose("#live-status", "failed");
  await until(() => page.evaluate(() => [...document.querySelectorAll(".rows [role=row]")].every((row) => row.textContent.includes("fail"))));
  await choose("#fault-kind", "status");
  await click(".fault-form button");
  await reached(".armed", "status=502");
  await click(".armed button");
  await reached(".armed", "None is armed.");
  await (await page.$(".density")).focus();
  await press("ArrowLeft");
  await until(() => page.evaluate(() => location.hash.includes("from=")));
  await press("Escape");
  await until(() => page.evaluate(() => !location.hash.includes("from=")));
  await choose("#live-status", "");
  await page.evaluate(() => [...document.querySelectorAll("#top button")].find(({ textContent }) => textContent === "中文").click());
  await reached("#nav-call", "调用");
  await press("?");
  await reached("dialog[open].help", "键盘");
  assert.deepEqual(broken, []);
});
