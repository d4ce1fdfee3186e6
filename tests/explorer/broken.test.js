// What comes from elsewhere may be broken: links, what the browser has kept, a
// result of megabytes, a relay that refuses.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { fill, open, send, visit } from "./explorer.js";
import { SCF, serve, stop } from "../browser/process.js";

const NOTICE = ".notice";

visit("a value in a link that is not known is told and left out", { hash: "#/call/Invoke?signing=rot13&fn=echo" }, async (page) => {
  const notice = page.locator(NOTICE);
  await notice.filter({ hasText: "signing=rot13" }).waitFor();
  assert.equal(await page.locator("#field-signing").inputValue(), "tc3");
  assert.equal(await page.locator("#field-functionName").inputValue(), "echo");
  for (const [hash, named] of [
    ["#/call/Invoke?target=moon", "target=moon"],
    ["#/call/Invoke?constructor=1", "constructor=1"],
    ["#/live?last=ever&status=fine", "last=ever, status=fine"],
    ["#/live?from=9&to=8", "from=9"],
    ["#/apis?at=main", "at=main"],
    ["#/call?tab=unknown", "tab=unknown"],
    ["#/call/Invoke?fn=echo&tab=moon", "tab=moon"],
  ]) {
    await open(page, hash);
    await notice.filter({ hasText: named }).waitFor();
  }
  await page.locator("#panel-result").waitFor();
  assert.equal((await send(page, { event: "1" })).kind, "succeeded");
});

visit("a link that sends calls elsewhere says so", {}, async (page) => {
  const notice = page.locator(NOTICE);
  await page.getByText("Cloud", { exact: true }).click();
  await fill(page, { endpoint: "https://typed.example" });
  await page.waitForFunction(() => location.hash.includes("typed.example"));
  await page.reload();
  await page.locator("#send").waitFor();
  assert.equal(await notice.count(), 0, "what was typed here is not told");
  await open(page, "#/call/Invoke?target=cloud&endpoint=https%3A%2F%2Fevil.example");
  await notice.filter({ hasText: "sends calls to https://evil.example, signed with your key" }).waitFor();
});

visit("a history of another version, or of nobody, is read as far as it goes", {}, async (page) => {
  const good = { kind: "succeeded", kept: { functionName: "echo", event: "[1]" }, at: 1, value: { elapsedMs: 5, resultText: "[1]" } };
  for (const [stored, entries] of [
    ["not JSON", 0],
    ["{}", 0],
    [[null, 1, "x", {}, { ...good, value: undefined }, { ...good, kind: "toString" }, { ...good, at: "x" }, good], 1],
    [[{ ...good, kept: { functionName: {}, event: 5, signing: "rot13" }, value: { resultText: 5, elapsedMs: "x" } }], 1],
    [Array.from({ length: 300 }, () => good), 50],
  ]) {
    const text = typeof stored === "string" ? stored : JSON.stringify(stored);
    await page.evaluate((all) => localStorage.setItem("history-1", all), text);
    await page.reload();
    await page.locator("#send").waitFor();
    assert.equal(await page.locator("button.entry").count(), entries, text.slice(0, 80));
    if (entries) await page.locator("button.entry").first().click();
  }
  assert.equal(await page.locator("#field-functionName").inputValue(), "echo");
});

visit("a browser that keeps nothing loses nothing else", {}, async (page) => {
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    }
  });
  await page.reload();
  assert.equal((await send(page, { functionName: "hello", event: "{}" })).kind, "succeeded");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("link", { name: "调用" }).waitFor();
});

visit("storage that is full keeps the history as far as it goes, and what is typed", {}, async (page) => {
  await page.evaluate(() => {
    for (const area of [localStorage, sessionStorage]) {
      let text = "x".repeat(1 << 22);
      // Filled to the last characters.
      for (let number = 0; text; number += 1) {
        try {
          area.setItem(`full-${number}`, text);
        } catch {
          text = text.slice(text.length / 2 + 1);
        }
      }
    }
  });
  const event = JSON.stringify({ long: "y".repeat(5000) });
  await fill(page, { functionName: "echo", event });
  assert.equal((await send(page)).kind, "succeeded");
  await page.locator("button.entry").first().waitFor();
  // The browser asks before it leaves the event.
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => setTimeout(() => location.reload()));
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  assert.equal(await page.locator("#field-event").inputValue(), event);
  await fill(page, { event: "{}" });
});

visit("a reload in each state keeps what was typed", {}, async (page) => {
  const event = '{"seconds":2.5}';
  for (const reach of [
    async () => {},
    () => page.keyboard.press("Control+Enter"),
    () => page.keyboard.press("Control+k"),
    () => fill(page, { region: "ap-tokyo" }),
    () => fill(page, { event: "{" }).then(() => fill(page, { event })),
    () => page.locator("#tab-code").click(),
  ]) {
    await fill(page, { functionName: "slow", event });
    await reach();
    await page.waitForFunction((text) => location.hash.includes(encodeURIComponent(text)), "seconds");
    await page.reload();
    await page.locator("#send").waitFor();
    assert.equal(await page.locator("#field-event").inputValue(), event);
    assert.equal(await page.locator("#field-functionName").inputValue(), "slow");
  }
});

visit("a result of megabytes is read and searched", {}, async (page) => {
  const items = Array.from({ length: 60_000 }, (_, index) => `{"id":${index},"name":"item ${index}"}`);
  const event = `{"list":[${items.join()}],"text":"${"x".repeat(900_000)}end"}`;
  await page.evaluate((text) => {
    const editor = document.querySelector("#field-event");
    editor.value = text;
    editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, event);
  await fill(page, { functionName: "echo" });
  assert.equal((await send(page)).kind, "succeeded");
  await page.getByRole("button", { name: "As a tree" }).click();
  const tree = page.locator("#panel-result .tree");
  // Neither all of the list nor all of the text is laid out.
  assert.ok((await tree.evaluate(({ textContent }) => textContent.length)) < 20_000);
  const search = page.getByRole("searchbox", { name: "Find in the result" });
  await search.fill("item 59999");
  await page.getByText("1 found").waitFor();
  await tree.getByText("list[59999].name").waitFor();
  await search.fill("item");
  await page.getByText("The first 100 found").waitFor();
  await search.fill("");
  await page.evaluate(() => {
    const editor = document.querySelector("#field-event");
    editor.value = "";
    editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
});

/** Calls the cloud through what stands at `url`. */
async function sendTo(page, url) {
  await page.getByText("Cloud", { exact: true }).click();
  return send(page, { endpoint: url, secretId: "AKIDX", secretKey: "k", functionName: "hello", event: "{}" });
}

visit("a relay that refuses says what happened", {}, async (page) => {
  const relay = await serve(SCF, ["relay", "--endpoint", "http://127.0.0.1:1", "--quiet"], /(http:\/\/\S+)/);
  try {
    const { title, facts } = await sendTo(page, relay.address);
    assert.match(title, /The relay did not pass it on/);
    assert.match(facts.Code, /^Relay\./);
    assert.match(facts["Did it run?"], /^No\./);
    assert.equal(await page.locator("#field-endpoint").inputValue(), relay.address);
  } finally {
    await stop(relay);
  }
});

visit("what is no answer of the API is told, and no markup of it is taken", {}, async (page) => {
  let answer;
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const url = `http://127.0.0.1:${server.address().port}`;
    for (const [text, title] of [
      ["<html>sign in</html>", /Something else answered/],
      ['{"Response":', /Something else answered/],
      ["[]", /Something else answered/],
      ['{"Response":{"Error":{"Code":"<b>","Message":"<img src=x>"},"RequestId":"r"}}', /The service refused the call/],
    ]) {
      answer = text;
      const outcome = await sendTo(page, url);
      assert.match(outcome.title, title, text);
      assert.match(outcome.facts["Did it run?"], /^Perhaps\./, text);
    }
    assert.equal(await page.locator("#panel-result img").count(), 0);
  } finally {
    server.close();
  }
});
