// Calls that are answered: by the function, or by the service.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PAGE, visit } from "./browser.js";
import { invoke, view } from "./form.js";
import { SCF } from "./process.js";

const SECRET = {
  TENCENTCLOUD_SECRET_ID: "AKIDEMULATORDEVELOPMENTONLY",
  TENCENTCLOUD_SECRET_KEY: "emulator-development-key",
};
const ID = /^[0-9a-f-]{36}$/;
const emulator = async () => (await (await fetch(`${PAGE}/settings.json`)).json()).endpoints[1];

visit("a function succeeds", {}, async (page) => {
  const seen = await invoke(page, { functionName: "hello", event: { name: "Ada" } });
  assert.equal(seen.title, "hello succeeded");
  assert.match(seen.Duration, /^[\d.]+ m?s$/);
  assert.match(seen.Billed, /^\d+ m?s$/);
  assert.match(seen.Memory, /^[\d.]+ MB$/);
  assert.match(seen["Round trip"], /^[\d.]+ m?s$/);
  assert.match(seen["Request id"], ID);
  assert.match(seen["Run id"], ID);
  assert.equal(await view(page, "Result", "result"), '"hello Ada"');
  assert.match(await view(page, "Log", "log"), /greeting Ada/);
  assert.match(
    await page.getByRole("status").filter({ hasText: "succeeded" }).textContent(),
    /^hello succeeded after/,
  );
});

visit("JSON comes laid out, as it came, and by the clipboard", {}, async (page) => {
  const event = '{"exact": 12345678901234567890, "twice": 1.0, "twice": [], "text": "a\\"b\\\\中"}';
  await invoke(page, { functionName: "echo", event });
  const laidOut = await view(page, "Result", "result");
  assert.match(laidOut, /^\{\n  "exact": 12345678901234567890,\n/);
  await page.getByRole("button", { name: "Copy result" }).click();
  await page.getByText("Copied", { exact: true }).first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), laidOut);
  await page.getByRole("button", { name: "Raw" }).click();
  const raw = await page.getByRole("region", { name: "result" }).textContent();
  assert.deepEqual(JSON.parse(raw), JSON.parse(event));
  assert.ok(!raw.includes("\n"));
});

visit("a function fails", {}, async (page) => {
  const seen = await invoke(page, { functionName: "fail", event: { message: "no luck today" } });
  assert.equal(seen.title, "The function failed with status 430");
  assert.match(seen["What happened"], /^ValueError: no luck today$/);
  assert.match(seen["Did it run?"], /^Yes\./);
  assert.match(seen["Run id"], ID);
  assert.match(await view(page, "Result", "stack trace"), /ValueError: no luck today/);
  assert.ok((await view(page, "Log", "log")).includes(seen["Run id"]));
});

visit("a function runs into its time limit", {}, async (page) => {
  const seen = await invoke(page, { functionName: "slow", event: { seconds: 10 } });
  assert.equal(seen.title, "The function failed with status 433");
  assert.match(seen["What to do"], /time limit/);
});

visit("the service knows no such function", {}, async (page) => {
  const seen = await invoke(page, { functionName: "nowhere", event: {} });
  assert.equal(seen.title, "The service refused the call");
  assert.match(seen.Code, /^ResourceNotFound\.Function/);
  assert.match(seen["Did it run?"], /^No\./);
  assert.match(seen["What to do"], /name, its namespace and the region/);
  assert.match(seen["Request id"], ID);
});

visit("a wrong secret", {}, async (page) => {
  const seen = await invoke(page, { secretKey: "not-the-key" });
  assert.equal(seen.title, "The service does not accept these credentials");
  assert.equal(seen.Code, "AuthFailure.SignatureFailure");
  assert.match(seen["What happened"], /^The signature does not match/);
  assert.match(seen["Did it run?"], /^No\./);
});

visit("all parameters are sent", {}, async (page) => {
  const seen = await invoke(page, {
    functionName: "custom-runtime",
    event: { n: 1 },
    namespace: "default",
    qualifier: "live",
    logType: "None",
    language: "zh-CN",
    routingKey: { user: "42" },
    timeout: "30",
    region: "ap-shanghai",
  });
  assert.equal(seen.title, "custom-runtime succeeded");
  const [request] = page.sent;
  const body = request.postDataJSON();
  assert.equal(body.FunctionName, "custom-runtime");
  assert.equal(body.Namespace, "default");
  assert.equal(body.Qualifier, "live");
  assert.deepEqual(JSON.parse(body.RoutingKey), { user: "42" });
  assert.deepEqual(JSON.parse(body.ClientContext), { n: 1 });
  const headers = request.headers();
  assert.equal(headers["x-tc-region"], "ap-shanghai");
  assert.equal(headers["x-tc-language"], "zh-CN");
  await page.getByRole("tab", { name: "Log" }).click();
  await page.getByText("No log was asked for").waitFor();
});

visit("a call that does not wait", {}, async (page) => {
  const seen = await invoke(page, { functionName: "hello", invocationType: "Event" });
  assert.equal(seen.title, "hello was accepted");
  assert.equal("Duration" in seen, false);
  assert.match(seen["Run id"] ?? seen["Request id"], ID);
});

visit("an empty event", {}, async (page) => {
  const seen = await invoke(page, { functionName: "echo", event: "" });
  assert.equal(seen.good, true);
  assert.equal(await view(page, "Result", "result"), "{}");
});

visit("a day key in place of the secret", {}, async (page) => {
  const dayKey = execFileSync(SCF, ["day-key"], {
    env: { ...process.env, ...SECRET },
    encoding: "utf8",
  }).trim();
  const seen = await invoke(page, {
    secretId: "",
    secretKey: "",
    credentialKind: "dayKey",
    dayKey,
  });
  assert.equal(seen.title, "hello succeeded");
  assert.equal(
    await page.locator("#credentials-summary").textContent(),
    `day key of ${dayKey.split("/")[1]}`,
  );
});

visit("a reply of 6 MiB", {}, async (page) => {
  const bytes = 6 * 1024 * 1024;
  const seen = await invoke(page, { functionName: "big", event: { bytes: bytes - 2 } });
  assert.equal(seen.title, "big succeeded");
  const shown = await view(page, "Result", "result");
  assert.ok(shown.length < bytes / 10, "not all of it is laid out at once");
  await page.getByText("JSON, 6 MB").waitFor();
  await page.getByRole("button", { name: "Show all 6 MB" }).click();
  assert.equal((await page.getByRole("region", { name: "result" }).textContent()).length, bytes);
});

visit("JSON that is long", {}, async (page) => {
  const event = Array.from({ length: 5000 }, (_, id) => ({ id, name: `item ${id}`, tags: [] }));
  await invoke(page, { functionName: "echo", event });
  const shown = await view(page, "Result", "result");
  const whole = JSON.stringify(event, null, 2);
  assert.ok(shown.length > 60_000 && shown.length < 70_000, `${shown.length} characters`);
  assert.ok(shown.endsWith("…") && whole.startsWith(shown.slice(0, -1)));
  await page.getByRole("button", { name: "Show all" }).click();
  assert.equal(await page.getByRole("region", { name: "result" }).textContent(), whole);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save result as result.json" }).click();
  assert.equal(readFileSync(await (await download).path(), "utf8"), whole);
});

visit("a clock that is an hour ahead", { ahead: 3600 }, async (page) => {
  assert.equal((await invoke(page)).title, "hello succeeded");
  assert.equal(page.sent.length, 2, "refused once, then signed by the service's clock");
  assert.equal((await invoke(page)).title, "hello succeeded");
  assert.equal(page.sent.length, 3, "what was learnt is kept");
});

visit("a clock that is an hour behind", { ahead: -3600 }, async (page) => {
  assert.equal((await invoke(page)).title, "hello succeeded");
  assert.equal(page.sent.length, 2);
});

visit("to the emulator without a relay", {}, async (page) => {
  const seen = await invoke(page, { endpoint: await emulator(), event: { name: "direct" } });
  assert.equal(seen.title, "hello succeeded");
  assert.equal(new URL(page.sent[0].url()).origin, await emulator());
  assert.equal(await view(page, "Result", "result"), '"hello direct"');
});

visit(
  "to the emulator without a relay, by a clock that is wrong",
  { ahead: 3600 },
  async (page) => {
    const seen = await invoke(page, { endpoint: await emulator() });
    assert.equal(seen.title, "hello succeeded");
    assert.equal(page.sent.length, 2);
  },
);
