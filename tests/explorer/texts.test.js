// The page's texts: each in both languages, and none asked for that is not there.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { ROOT, SCF, serve, stop } from "../browser/process.js";
import { fill, send, trial, visit } from "./explorer.js";

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

trial("each text stands once, in English and in Chinese", { only: "chromium" }, async () => {
  const seen = new Set();
  for (const table of await texts()) {
    for (const [key, pair] of Object.entries(table)) {
      assert.ok(!seen.has(key), `${key} stands twice`);
      seen.add(key);
      assert.equal(pair.length, 2, key);
      assert.ok(pair.every((text) => text.trim() !== ""), key);
      const places = pair.map((text) => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort());
      assert.deepEqual(places[0], places[1], `${key} takes the same values in both`);
      assert.ok(!/[\u4e00-\u9fff]/.test(pair[0]) || key === "shell.language", `${key} is English`);
    }
  }
});

trial("each text that is asked for is there", { only: "chromium" }, async () => {
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

visit("each sentence of the command's tables is translated", { only: "chromium" }, async (page) => {
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

trial("each error of the core and the client has words in Chinese", { only: "chromium" }, async () => {
  const { numbers, codes } = await import(path.join(PAGE, "texts/problem.js"));
  const read = (file) => readFile(path.join(ROOT, file), "utf8");
  const listed = [...(await read("core/src/error/codes.md")).matchAll(/^\| (\d+) \|/gm)].map(([, number]) => number);
  assert.ok(listed.length > 50);
  assert.deepEqual(listed.filter((number) => !numbers[number]), []);
  for (const [file, name, prefix] of [
    ["host-std/client/src/connection/error.rs", "StreamErrorKind", ""],
    ["host-std/client/src/error/configuration.rs", "ConfigurationError", ""],
    ["host-std/client/src/endpoint.rs", "EndpointError", "Endpoint."],
  ]) {
    const [, body] = new RegExp(`pub enum ${name} \\{([^]*?)\n\\}`).exec(await read(file));
    const variants = [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, variant]) => prefix + variant);
    assert.ok(variants.length > 5);
    assert.deepEqual(variants.filter((variant) => !codes[variant]), []);
  }
  for (const text of [...Object.values(numbers), ...Object.values(codes)]) assert.match(text, /[\u4e00-\u9fff].*。$/);
});

trial("each code that service, relay, emulator and Explorer answer has words in Chinese", { only: "chromium" }, async () => {
  const { answers } = await import(path.join(PAGE, "texts/answer.js"));
  const missing = [];
  for (const [folder, pattern, atLeast] of [
    ["core/src/reply", /^ +"(\w+(?:\.\w+)?)" \w+ (?:No|Maybe) /gm, 50],
    ["host-std/relay/src", /"(Relay\.\w+)"/g, 15],
    ["host-std/emulator/src", /ApiError::new\(\s*"([\w.]+)"|refuse\(\s*[\w:]+,\s*"([\w.]+)"|wrong\("(Control\.\w+)"/g, 25],
    ["host-std/cli/src/explorer", /(?:Refused|Self)::new\(\s*[\w:]+,\s*"(\w+)"|"code": "(\w+)"/g, 9],
  ]) {
    const found = new Set();
    for (const name of await readdir(path.join(ROOT, folder), { recursive: true })) {
      if (!name.endsWith(".rs")) continue;
      const source = await readFile(path.join(ROOT, folder, name), "utf8");
      for (const [, ...codes] of source.matchAll(pattern)) found.add(codes.find(Boolean));
    }
    assert.ok(found.size >= atLeast, `${folder}: ${[...found].join(" ")}`);
    missing.push(...[...found].filter((code) => !answers[code]));
  }
  assert.deepEqual(missing, []);
  for (const text of Object.values(answers)) assert.match(text, /[\u4e00-\u9fff].*。$/);
});

visit("answers of the service, of a relay and of a function are told in Chinese", { noise: [/Failed to load resource/], locale: "zh-CN" }, async (page) => {
  const happened = async (values) => (await send(page, values)).facts["发生了什么"];
  assert.match(await happened({ functionName: "nosuch" }), /^函数不存在。.*nosuch/s);
  assert.match(await happened({ functionName: "fail", event: '{"message":"no luck"}' }), /^用户代码抛出异常。.*user code exception/s);
  await page.locator("#tab-signature").click();
  await fill(page, { host: "a b" });
  await page.locator("#panel-signature .empty").filter({ hasText: "Host 缺失或格式错误。" }).waitFor();
  await fill(page, { host: "" });
  await page.locator("#nav-live").click();
  await page.locator("#fault-kind").selectOption("delay");
  await page.locator("#fault-value").fill("soon");
  await page.locator(".fault-form button").click();
  await page.getByText(/^故障或其值不正确。/).waitFor();
  const relay = await serve(SCF, ["relay", "--endpoint", "http://127.0.0.1:1", "--quiet"], /(http:\/\/\S+)/);
  try {
    await page.locator("#nav-call").click();
    await page.getByText("云端", { exact: true }).click();
    const key = { secretId: "AKIDX", secretKey: "k" };
    assert.match(await happened({ ...key, functionName: "hello", event: "{}", endpoint: relay.address }), /^relay 连不上服务。/);
  } finally {
    await stop(relay);
  }
});

visit("an error of the core is told in Chinese, its own text beside it", { locale: "zh-CN" }, async (page) => {
  await page.getByText("云端", { exact: true }).click();
  const key = { secretId: "AKIDX", secretKey: "k" };
  const { facts } = await send(page, { ...key, functionName: "hello", endpoint: "http://127.0.0.1:1" });
  assert.match(facts["发生了什么"], /^连接被拒绝/);
  assert.match(facts["发生了什么"], /the connection was refused/);
  const wrong = await send(page, { endpoint: "https://a b" });
  assert.match(wrong.facts["发生了什么"], /^接入点含空格/);
  const long = await send(page, { endpoint: "", host: "a b" });
  assert.match(long.facts["发生了什么"], /^Host/);
});

visit("the language follows the browser, and a switch keeps draft and focus", { main: true, locale: "zh-CN" }, async (page) => {
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
