// Calls without an answer: cancelled, too late, or nobody there.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { test } from "node:test";
import { PAGE, inPage, visit } from "./browser.js";
import { fill, invoke, outcome } from "./form.js";
import { SCF, example, nobody, serve, stop } from "./process.js";

const FETCH = /Failed to load resource/;

async function cancelled(page) {
  const seen = await outcome(page);
  assert.equal(seen.title, "Cancelled");
  assert.equal(seen.Code, "AbortError");
  assert.match(seen["Did it run?"], /^Perhaps\./);
  await page.getByRole("status").filter({ hasText: "Cancelled" }).waitFor({ state: "attached" });
}

/** Runs `body` with the address of a service that takes calls, and answers none. */
async function silent(body) {
  const server = http
    .createServer((request, response) => {
      response
        .setHeader("Access-Control-Allow-Origin", "*")
        .setHeader("Access-Control-Allow-Headers", "*, Authorization");
      if (request.method === "OPTIONS") response.end();
    })
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A test in the page, with a call that runs until it is cancelled. */
const visitRunning = (name, body) =>
  visit(name, {}, (page) =>
    silent(async (endpoint) => {
      await fill(page, { endpoint });
      await body(page);
    }),
  );

visitRunning("a person cancels", async (page) => {
  const cancel = page.getByRole("button", { name: "Cancel" });
  assert.equal(await cancel.isDisabled(), true);
  const sent = page.waitForRequest((request) => request.method() === "POST");
  const ended = page.waitForEvent("requestfailed");
  await page.getByRole("button", { name: "Invoke" }).click();
  await sent;
  await page.getByText("Running hello").first().waitFor();
  await cancel.click();
  await cancelled(page);
  assert.equal((await ended).failure().errorText, "net::ERR_ABORTED");
  assert.equal(
    await page.evaluate(() => document.activeElement.id),
    "invoke",
    "the focus does not get lost",
  );
  assert.equal((await invoke(page, { endpoint: "/scf" })).good, true);
});

visitRunning("a person cancels by Escape", async (page) => {
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await page.keyboard.press("Control+Enter");
  await sent;
  await page.keyboard.press("Escape");
  await cancelled(page);
});

visitRunning("no second call while one is running", async (page) => {
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Invoke" }).click({ force: true });
  await page.keyboard.press("Escape");
  await cancelled(page);
  assert.equal(page.sent.length, 1);
});

visit("the timeout is over", {}, async (page) => {
  // The time that it takes to load the package's module is not to be measured.
  await invoke(page);
  const seen = await invoke(page, {
    functionName: "slow",
    event: { seconds: 2.9 },
    timeout: "1.5",
  });
  assert.equal(seen.title, "No answer in time");
  assert.match(seen["What happened"], /1\.5 s/);
  assert.match(seen["Did it run?"], /^Perhaps\./);
});

visit("the machine is offline", { noise: [FETCH] }, async (page, context) => {
  await context.setOffline(true);
  const seen = await invoke(page);
  assert.equal(seen.title, "This machine is offline");
  assert.match(seen["Did it run?"], /^No\./);
  await context.setOffline(false);
  assert.equal((await invoke(page)).good, true);
});

test("the relay is gone", async () => {
  const relay = await example();
  try {
    await inPage("the relay is gone", { at: relay.address, noise: [FETCH] }, async (page) => {
      await stop(relay);
      const seen = await invoke(page);
      assert.equal(seen.title, "No connection");
      assert.match(seen["Did it run?"], /^Perhaps\./);
      assert.match(seen["What to do"], /relay is running/);
    });
  } finally {
    await stop(relay);
  }
});

visit("the relay is there, and the service behind it is not", { noise: [FETCH] }, async (page) => {
  const relay = await serve(
    SCF,
    [
      "relay",
      "--endpoint",
      await nobody(),
      "--host",
      "scf.tencentcloudapi.com",
      "--origin",
      PAGE,
      "--quiet",
    ],
    /on (\S+)\n/,
  );
  try {
    const seen = await invoke(page, {
      endpoint: `${relay.address}/scf`,
      host: "scf.tencentcloudapi.com",
    });
    assert.equal(seen.title, "The relay has no answer of the service");
    assert.equal(seen.Code, "Relay.Unreachable");
    assert.match(seen["Did it run?"], /^No\./);
  } finally {
    await stop(relay);
  }
});

visit("a relay that does not know this page", { noise: [FETCH, /CORS policy/] }, async (page) => {
  const relay = await serve(
    SCF,
    ["relay", "--emulator", "examples/functions", "--quiet"],
    /on (\S+)\n/,
  );
  try {
    const seen = await invoke(page, { endpoint: `${relay.address}/scf` });
    assert.equal(seen.good, false);
    assert.match(seen["What to do"], /--origin/);
  } finally {
    await stop(relay);
  }
});

visit("something else answers", { noise: [FETCH] }, async (page) => {
  const server = http
    .createServer((request, response) => {
      response
        .setHeader("Access-Control-Allow-Origin", "*")
        .setHeader("Access-Control-Allow-Headers", "*, Authorization");
      response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Sign in</title>");
    })
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const seen = await invoke(page, { endpoint: `http://127.0.0.1:${server.address().port}/` });
    assert.equal(seen.title, "Something else answered");
    assert.match(seen["What happened"], /Sign in/);
    assert.equal(seen.Code, "NotAnAnswer");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

visit(
  "an address that the page's policy does not allow",
  { noise: [/Content Security Policy/] },
  async (page) => {
    const seen = await invoke(page, { endpoint: "https://relay.example/scf" });
    assert.equal(seen.title, "This page may not send there");
    assert.match(seen["Did it run?"], /^No\./);
    assert.match(seen["What to do"], /connect-src/);
  },
);
