// Calls: sent by one key, told when they fail, kept and compared.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { ENDLESS, FUNCTIONS, KEY, command, ended, fill, inPage, open, plain, saved, send, start, tab, trial, visit } from "./explorer.js";
import { stop } from "../browser/process.js";

const FAILED = /Failed to load resource/;

visit("the first call takes one key", { main: true }, async (page) => {
  assert.equal(await page.locator("#field-functionName").inputValue(), "hello");
  const { kind, title } = await send(page);
  assert.equal(kind, "succeeded");
  assert.match(title, /Succeeded/);
  await page.locator(".tree").getByText('"hello world"').waitFor();
  for (const figure of ["Function ran", "Billed", "Memory", "Round trip"]) {
    await page.getByText(figure, { exact: true }).waitFor();
  }
  await page.locator("#panel-result .log").filter({ hasText: "greeting world" }).waitFor();
});

visit("numbers and names stay as the function wrote them", {}, async (page) => {
  const event = '{"n":1.0,"big":12345678901234567890,"list":[]}';
  await send(page, { functionName: "echo", event });
  await page.getByRole("button", { name: "As text" }).click();
  const text = await page.locator("#panel-result pre").first().innerText();
  assert.match(text, /1\.0/);
  assert.match(text, /12345678901234567890/);
  await page.getByRole("button", { name: "As a tree" }).click();
  await page.getByRole("searchbox", { name: "Find in the result" }).fill("1234");
  await page.getByText("1 found").waitFor();
});

visit("each failure tells what happened, whether it ran, and what to do", { main: true, noise: [FAILED] }, async (page) => {
  const failed = await send(page, { functionName: "fail", event: '{"message":"no such luck"}' });
  assert.equal(failed.kind, "failed");
  assert.match(failed.title, /status 430/);
  assert.match(failed.facts["Did it run?"], /^Yes\./);
  await page.getByText("ValueError: no such luck").first().waitFor();

  const unknown = await send(page, { functionName: "nosuch" });
  assert.equal(unknown.kind, "refused");
  assert.match(unknown.facts["Did it run?"], /^No\./);
  assert.equal(unknown.facts.Code, "ResourceNotFound.Function");

  const key = await send(page, { functionName: "hello", secretId: KEY.id, secretKey: "wrong" });
  assert.match(key.title, /does not accept this key/);
  assert.match(key.facts["What to do"], /secret key/);
  // What was signed is there, and folded.
  const signed = page.locator("#panel-result dl.facts details");
  assert.equal(await signed.getAttribute("open"), null);
  await signed.locator("summary").click();
  assert.match(await signed.innerText(), /Canonical request:\nPOST\n/);
});

visit("what cannot be sent says so before it is sent", {}, async (page) => {
  const reason = page.locator("#send-reason");
  for (const [field, wrong, words] of [
    ["functionName", "1x", /a function's name has/],
    ["region", "a b", /a region reads like/],
    ["event", "{", /the event is not JSON/],
    ["routingKey", '{"k":1}', /the routing key is/],
    ["timeout", "soon", /the timeout is/],
    ["timeout", "0x10", /the timeout is/],
  ]) {
    const before = await page.locator(`#field-${field}`).inputValue();
    await fill(page, { [field]: wrong });
    await reason.filter({ hasText: words }).waitFor();
    assert.equal(await page.locator("#send").getAttribute("aria-disabled"), "true");
    await page.keyboard.press("Control+Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), `field-${field}`);
    await fill(page, { [field]: before });
    await reason.filter({ hasNotText: words }).waitFor({ state: "attached" });
  }
});

visit("the event's mistake is shown where it is, and goes with a sample", {}, async (page) => {
  await fill(page, { event: '{\n  "a": 1,\n}' });
  await page.getByText(/^Line 3, column 1: /).waitFor();
  await page.getByRole("button", { name: "Go there" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.selectionStart), 12);
  await page.locator("#event-sample").selectOption("cos");
  await page.getByText(/^Valid JSON, /).waitFor();
  assert.match(await page.locator("#field-event").inputValue(), /cosObject/);
  await fill(page, { event: '{"a":1.0}' });
  await page.getByRole("button", { name: "Format" }).click();
  await page.waitForFunction(() => document.querySelector("#field-event").value.includes("\n"));
  assert.equal(await page.locator("#field-event").inputValue(), '{\n  "a": 1.0\n}');
});

visit("a call is cancelled, and an event followed until it ends", {}, async (page) => {
  await fill(page, { functionName: "waits", event: ENDLESS });
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: /Running waits/ }).waitFor();
  await page.keyboard.press("Escape");
  const { kind, facts } = await ended(page);
  assert.equal(kind, "cancelled");
  assert.match(facts["Did it run?"], /^Perhaps\./);

  const accepted = await send(page, { functionName: "hello", event: "{}", invocationType: "Event" });
  assert.equal(accepted.kind, "accepted");
  await page.getByText("The event has ended: Succeeded").waitFor();
  await page.locator(".tree").waitFor();
});

visit("the history runs again and compares", { main: true }, async (page) => {
  await send(page, { functionName: "echo", event: '{"a":1,"b":2}' });
  await send(page, { event: '{"a":1,"b":3}' });
  await page.getByRole("button", { name: "Compare with the result shown" }).nth(1).click();
  await page.getByText("2 lines differ").waitFor();
  await page.locator("button.entry").nth(1).click();
  assert.equal(await page.locator("#field-event").inputValue(), '{"a":1,"b":2}');
  await page.reload();
  await page.locator("button.entry").nth(1).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByText("Calls that you make are listed here").waitFor();
});

visit("a link and a reload restore the call, and nothing keeps a key", {}, async (page, context) => {
  const secret = "a-secret-that-nothing-keeps";
  await fill(page, { functionName: "echo", event: '{"from":"链接"}', qualifier: "$LATEST" });
  await fill(page, { secretId: "AKIDTYPED", secretKey: secret, token: secret });
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.waitForFunction(() => location.hash.includes("echo"));
  const kept = await page.evaluate(() =>
    JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  for (const text of [link, kept]) assert.ok(!text.includes(secret) && !text.includes("key="), text);
  await page.reload();
  await page.locator("#send").waitFor();
  assert.equal(await page.locator("#field-event").inputValue(), '{"from":"链接"}');
  assert.equal(await page.locator("#field-secretKey").inputValue(), "");
  const other = await context.newPage();
  await other.goto(link);
  await other.locator("#send").waitFor();
  assert.equal(await other.locator("#field-functionName").inputValue(), "echo");
  assert.equal(await other.locator("#field-qualifier").inputValue(), "$LATEST");
});

visit("a broken link leaves the form and says so", { hash: "#/moon/Walk?fn=x" }, async (page) => {
  await page.getByText("This link names nothing that is here").waitFor();
});

visit("a broken link in the page that is open says so too, and loses nothing", {}, async (page) => {
  const event = '{"typed":1}';
  await fill(page, { event });
  for (const link of ["#/moon/Walk?fn=x", "#/moon"]) {
    await open(page, link);
    const notice = page.locator(".notice");
    await notice.filter({ hasText: "This link names nothing that is here" }).waitFor();
    assert.equal(await notice.count(), 1);
    assert.equal(await page.locator("#field-event").inputValue(), event);
    // The address is that of the form again.
    await page.waitForFunction(() => location.hash.startsWith("#/call/Invoke?"));
    await notice.getByRole("button", { name: "Close" }).click();
  }
});

visit("an edit goes to signature, code and example", { main: true }, async (page) => {
  await tab(page, "code");
  await page.locator("#code-language").selectOption("python");
  await fill(page, { functionName: "edited", event: '{"n":1}', secretId: "AKIDX", secretKey: "s3cr3t-key" });
  const code = page.locator("#panel-code pre");
  await code.filter({ hasText: "edited" }).filter({ hasText: '\\"n\\":1' }).waitFor();
  for (const option of await page.locator("#code-language option").all()) {
    await page.locator("#code-language").selectOption(await option.getAttribute("value"));
    await tab(page, "code");
    assert.ok(!(await code.innerText()).includes("s3cr3t-key"), "a program has no secret");
  }
  await tab(page, "signature");
  await page.locator("#panel-signature").getByText("Canonical request").first().waitFor();
  await tab(page, "example");
  await page.locator("#panel-example").getByText('"FunctionName":"edited"').waitFor();
  await tab(page, "docs");
  await page.locator("#panel-docs").getByText("RoutingKey").waitFor();
});

visit("the example has request and response as they went over the wire", {}, async (page) => {
  await send(page, { event: '{"name":"wire"}' });
  await tab(page, "example");
  const block = (name) => page.locator("#panel-example").getByRole("region", { name }).innerText();
  const sent = await block("Request of the last call, as it was sent");
  assert.match(sent, /^POST \/ HTTP\/1\.1\nHost: /);
  assert.match(sent, /Signature=…\n/);
  assert.match(sent, /\n\n\{"FunctionName":"hello",.*wire/);
  const [head, body] = (await block("Its response, as it came")).split("\n\n");
  assert.match(head, /^HTTP\/1\.1 200 OK\n/);
  assert.equal(JSON.parse(body).Response.Result.RetMsg, '"hello wire"');
});

visit("a saved example is replayed by the command", {}, async (page) => {
  await send(page, { functionName: "echo", event: '{"n":1.0}' });
  await tab(page, "example");
  const file = await saved(page, "echo.example.json", () => page.getByRole("button", { name: "Save example" }).click());
  const { local } = await page.evaluate(async () => (await fetch("api/catalogue")).json());
  const target = ["--endpoint", local.endpoint, "--secret-id", KEY.id, "--secret-key", KEY.secret];
  const { stdout } = await command("replay", file, ...target);
  assert.match(stdout, /^same /);
  const other = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...other, expectedResult: "2" }));
  await assert.rejects(command("replay", file, ...target), ({ code }) => code !== 0, "it is compared");
});

visit("back and forward go between the areas, and keep the call", {}, async (page) => {
  const event = '{"typed":1}';
  await fill(page, { functionName: "echo", event });
  const area = (name) => page.waitForFunction((wanted) => location.hash.startsWith(`#/${wanted}`), name);
  for (const name of ["live", "apis"]) {
    await area(name === "live" ? "call/Invoke?fn=echo" : "live");
    await page.locator(`#nav-${name}`).click();
    await page.locator(`#area-${name}`).waitFor();
  }
  await area("apis");
  await page.goBack();
  await page.locator("#area-live").waitFor();
  await page.goBack();
  await page.locator("#area-call").waitFor();
  assert.equal(await page.locator("#field-event").inputValue(), event);
  await page.goForward();
  await page.locator("#area-live").waitFor();
});

visit("what was typed right before one leaves for another area is kept", {}, async (page) => {
  await page.locator("#field-event").evaluate((editor) => {
    editor.value = '{"typed":1}';
    editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
    document.querySelector("#nav-apis").click();
  });
  await page.locator("#area-apis").waitFor();
  await page.waitForFunction(() => location.hash.startsWith("#/apis"));
  await page.goBack();
  await page.locator("#area-call").waitFor();
  assert.equal(await page.locator("#field-event").inputValue(), '{"typed":1}');
});

visit("calls of two tabs are one history", {}, async (page, context) => {
  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator("#send").waitFor();
  await send(page, { functionName: "echo", event: "1" });
  await other.locator("button.entry").first().waitFor();
  await send(other, { functionName: "echo", event: "2" });
  await page.locator("button.entry").nth(1).waitFor();
  await page.reload();
  await page.locator("button.entry").nth(1).waitFor();
});

visit("a machine without a network, and one with it again", { only: "chromium", noise: [FAILED] }, async (page, context) => {
  await fill(page, { functionName: "echo", event: '{"typed":1}' });
  await context.setOffline(true);
  const { kind, facts } = await send(page);
  assert.equal(kind, "gone");
  assert.match(facts["Did it run?"], /^Perhaps\./);
  assert.equal(await page.locator("#field-event").inputValue(), '{"typed":1}');
  await context.setOffline(false);
  assert.equal((await send(page)).kind, "succeeded");
});

trial("a server that goes away loses nothing that was typed", {}, async () => {
  const server = await start(FUNCTIONS);
  await inPage("the server is gone", { at: server, noise: [FAILED, /ERR_/] }, async (page) => {
    await send(page, { event: '{"name":"kept"}' });
    await stop(server, "SIGKILL");
    const { kind, title, facts } = await send(page);
    assert.equal(kind, "gone");
    assert.match(title, /does not answer/);
    assert.match(facts["What to do"], /Start tscf explorer again/);
    assert.equal(await page.locator("#field-event").inputValue(), '{"name":"kept"}');
  });
});

trial("without an emulator the cloud is the target, and needs a key", {}, async () => {
  const server = await start();
  try {
    await inPage("the cloud alone", { at: server }, async (page) => {
      assert.equal(await page.getByRole("radio", { name: "Local" }).isDisabled(), true);
      await page.getByText("Cannot be sent: name the function").waitFor();
      await page.getByRole("link", { name: "Live" }).click();
      await page.getByText("There is no emulator to watch").waitFor();
      assert.equal(await page.getByRole("button", { name: "Arm" }).count(), 0, "no faults for the cloud");
    });
  } finally {
    await stop(server);
  }
});

trial("a page without the key says how to get in", {}, async () => {
  const server = await start(FUNCTIONS);
  try {
    const answer = await fetch(plain(server));
    assert.equal(answer.status, 200);
    assert.equal((await fetch(`${plain(server)}api/catalogue`)).status, 401);
  } finally {
    await stop(server);
  }
});
