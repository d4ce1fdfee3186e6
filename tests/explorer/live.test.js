// Live: what the emulator does comes to the page, and faults go from it.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { FUNCTIONS, KEY, command, fill, inPage, send, start, visit } from "./explorer.js";
import { stop } from "../browser/process.js";

const FAILED = /Failed to load resource|ERR_/;

const rows = (page) => page.locator(".rows [role=row]");
const live = async (page) => {
  await page.getByRole("link", { name: "Live" }).click();
  await page.locator(".light.live").waitFor();
};

/** Where the emulator listens that a page works with. */
async function endpoint(page) {
  const catalogue = await page.evaluate(async () => (await fetch("api/catalogue")).json());
  return catalogue.local.endpoint;
}

const invoke = (url, ...more) =>
  command(
    ...["invoke", "hello", "{}", "--endpoint", url, "--region", "ap-guangzhou", "--quiet"],
    ...["--secret-id", KEY.id, "--secret-key", KEY.secret, ...more],
  );

visit("a call of the command line appears, with its event and log", {}, async (page) => {
  await live(page);
  await invoke(await endpoint(page), "--event", '{"name":"cli"}').catch(() => {});
  const url = await endpoint(page);
  await command(
    ...["invoke", "hello", '{"name":"cli"}', "--endpoint", url, "--region", "ap-guangzhou"],
    ...["--secret-id", KEY.id, "--secret-key", KEY.secret],
  );
  await rows(page).filter({ hasText: "hello" }).filter({ hasText: "Succeeded" }).first().waitFor();
  await page.keyboard.press("j");
  const inspector = page.getByRole("complementary", { name: "Invocation" });
  await inspector.getByText('"name": "cli"').waitFor();
  await inspector.getByText("greeting cli").waitFor();
  await page.waitForFunction(() => location.hash.includes("run="));
  await page.reload();
  await inspector.getByText('"name": "cli"').waitFor();
  await page.keyboard.press("r");
  await page.locator("#area-call").waitFor();
  assert.match(await page.locator("#field-event").inputValue(), /cli/);
});

visit("an armed fault hits so many calls, is marked, and is cleared", {}, async (page) => {
  await live(page);
  await page.getByLabel("Function", { exact: true }).last().selectOption("echo");
  await page.locator("#fault-kind").selectOption("status");
  await page.locator("#fault-times").fill("1");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("▲ status=502 · echo · 1 left").waitFor();
  await page.getByRole("link", { name: "Call" }).click();
  const hit = await send(page, { functionName: "echo", event: "{}" });
  assert.notEqual(hit.kind, "succeeded");
  assert.equal((await send(page)).kind, "succeeded", "the one after is as usual");
  await live(page);
  await rows(page).filter({ hasText: "▲ status=502" }).first().waitFor();
  await page.locator("#fault-kind").selectOption("throttle");
  await page.locator("#fault-times").fill("");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("▲ throttle").waitFor();
  await page.getByRole("button", { name: "Clear" }).last().click();
  await page.getByText("None is armed.").waitFor();
  await page.locator("#fault-times").fill("0");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("A whole number above 0").waitFor();
});

visit("a pause freezes what is shown, and loses nothing", {}, async (page) => {
  await live(page);
  const url = await endpoint(page);
  const shown = () => page.locator(".list .table").getAttribute("aria-rowcount").then(Number);
  await page.keyboard.press("p");
  await page.locator(".light.paused").waitFor();
  const before = await shown();
  await invoke(url);
  await page.waitForFunction(
    async (id) => (await (await fetch("api/emulator/invocations?limit=1")).json()).invocations[0].requestId !== id,
    "",
  );
  assert.equal(await shown(), before);
  await page.keyboard.press("p");
  await page.waitForFunction((rows) => Number(document.querySelector(".list .table").getAttribute("aria-rowcount")) > rows, before);
});

visit("new rows wait while somebody reads further down", {}, async (page) => {
  const url = await endpoint(page);
  await live(page);
  await page.evaluate(async () => {
    const { invocations } = await (await fetch("api/emulator/invocations")).json();
    const [{ requestId }] = invocations;
    for (let number = 0; number < 30; number += 1) {
      await fetch(`api/emulator/invocations/${requestId}/again`, { method: "POST" });
    }
  });
  await page.waitForFunction(() => document.querySelector(".rows").clientHeight > 900);
  await page.locator(".list-body").evaluate((body) => (body.scrollTop = 200));
  await invoke(url);
  await page.getByRole("button", { name: /^[1-9]\d* new$/ }).click();
  assert.equal(await page.locator(".list-body").evaluate((body) => body.scrollTop), 0);
});

visit("filters stay in the address", {}, async (page) => {
  await send(page, { functionName: "fail", event: "{}" });
  await live(page);
  await page.locator("#live-fn").selectOption("fail");
  await page.locator("#live-status").selectOption("failed");
  await rows(page).first().waitFor();
  await page.waitForFunction(() => location.hash.includes("fn=fail") && location.hash.includes("status=failed"));
  await page.reload();
  await page.locator(".light.live").waitFor();
  assert.equal(await page.locator("#live-fn").inputValue(), "fail");
  await rows(page).first().waitFor();
  for (const text of await rows(page).allInnerTexts()) assert.match(text, /fail/);
});

test("a new function shows up, and an emulator that ends is told", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "explorer-"));
  await cp(path.join(FUNCTIONS, "hello"), path.join(folder, "hello"), { recursive: true });
  const server = await start(folder);
  try {
    await inPage("functions come and go", { at: server, noise: [FAILED] }, async (page) => {
      await live(page);
      await mkdir(path.join(folder, "added"));
      await writeFile(path.join(folder, "added/index.py"), "def main_handler(event, context):\n    return 1\n");
      await page.locator(".functions").getByText("added", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Call" }).click();
      await page.getByRole("button", { name: "added" }).click();
      assert.equal((await send(page)).kind, "succeeded");
      await fill(page, { event: '{"typed":true}' });
      await live(page);
      await stop(server, "SIGKILL");
      await page.locator(".light.lost").waitFor();
      await page.getByRole("link", { name: "Call" }).click();
      assert.equal(await page.locator("#field-event").inputValue(), '{"typed":true}');
    });
  } finally {
    await stop(server);
    await rm(folder, { recursive: true });
  }
});

visit("10,000 invocations leave the page quick", {}, async (page) => {
  await live(page);
  const slowest = await page.evaluate(async () => {
    const { invocations } = await (await fetch("api/emulator/invocations?limit=1")).json();
    const store = await import("/js/live/store.js");
    const now = Date.now();
    for (let number = 0; number < 10_000; number += 1) {
      const receivedMs = now - (number % 290_000);
      store.present().records.set(`r${number}`, { ...invocations[0], requestId: `r${number}`, receivedMs, startedMs: receivedMs });
    }
    const times = [];
    for (let round = 0; round < 5; round += 1) {
      const begun = performance.now();
      document.querySelector("#pause").click();
      document.querySelector("#pause").click();
      document.querySelector(".list-body").getBoundingClientRect();
      times.push((performance.now() - begun) / 2);
    }
    return Math.min(...times);
  });
  assert.ok(slowest < 100, `a drawing takes ${slowest} ms`);
  assert.ok((await rows(page).count()) < 80, "only rows in sight are made");
});
