// The page's texts: each in both languages, and none asked for that is not there.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "../browser/process.js";
import { fill, send, visit } from "./explorer.js";

const PAGE = path.join(ROOT, "host-std/cli/page/js");
const TABLES = ["shell", "call", "parameter", "facet", "failure", "live"];

async function sources() {
  const names = await readdir(PAGE, { recursive: true });
  const files = names.filter((name) => name.endsWith(".js") && !name.startsWith("texts"));
  return Promise.all(files.map(async (name) => [name, await readFile(path.join(PAGE, name), "utf8")]));
}

async function texts() {
  const tables = await Promise.all(TABLES.map((name) => import(path.join(PAGE, `texts/${name}.js`))));
  return tables.map((table, index) => table[TABLES[index]]);
}

test("each text stands once, in English and in Chinese", async () => {
  const seen = new Set();
  for (const table of await texts()) {
    for (const [key, pair] of Object.entries(table)) {
      assert.ok(!seen.has(key), `${key} stands twice`);
      seen.add(key);
      assert.equal(pair.length, 2, key);
      assert.ok(pair.every((text) => text.trim() !== ""), key);
      const holes = pair.map((text) => [...text.matchAll(/\{\d\}/g)].map(([hole]) => hole).sort());
      assert.deepEqual(holes[0], holes[1], `${key} takes the same values in both`);
      assert.ok(!/[\u4e00-\u9fff]/.test(pair[0]) || key === "shell.language", `${key} is English`);
    }
  }
});

test("each text that is asked for is there", async () => {
  const known = new Set((await texts()).flatMap((table) => Object.keys(table)));
  const areas = [...new Set([...known].map((key) => key.split(".")[0]))].join("|");
  const key = new RegExp(`"((?:${areas})\\.[\\w-]+)"`, "g");
  for (const [name, source] of await sources()) {
    const asked = [...source.matchAll(key)].map(([, each]) => each);
    // The others are names of files.
    const keys = asked.filter((each) => !/\.(txt|json)$/.test(each));
    for (const each of keys) assert.ok(known.has(each), `${name} asks for ${each}`);
  }
});

visit("each sentence of the command's tables is translated", {}, async (page) => {
  const missing = await page.evaluate(async () => {
    const { core } = await import("/js/texts/core.js");
    const { errors, statuses, triggers } = await (await fetch("api/catalogue")).json();
    const said = [
      ...errors.map(({ advice }) => advice),
      ...statuses.map(({ meaning }) => meaning),
      ...triggers.map(({ help }) => help),
    ];
    return said.filter((text) => !(text in core));
  });
  assert.deepEqual(missing, []);
});

visit("the language follows the browser, and a switch keeps draft and focus", { locale: "zh-CN" }, async (page) => {
  await page.getByRole("link", { name: "调用" }).waitFor();
  await send(page, { functionName: "echo", event: '{"n":1}' });
  await page.getByText("成功").first().waitFor();
  await fill(page, { event: '{"n":2}' });
  await page.getByRole("button", { name: "English" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Call" }).waitFor();
  assert.equal(await page.locator("#field-event").inputValue(), '{"n":2}');
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByText("Succeeded").first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "中文");
  for (const area of ["call", "apis", "live"]) {
    await page.locator(`#nav-${area}`).click();
    const left = await page.locator("main").innerText();
    assert.ok(!/[\u4e00-\u9fff]/.test(left), `nothing Chinese is left: ${left.match(/.*[\u4e00-\u9fff].*/)}`);
  }
});
