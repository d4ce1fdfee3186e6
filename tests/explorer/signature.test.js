// The signature: each step, how edits show in it, and what one from elsewhere lacks.

import assert from "node:assert/strict";
import { command, fill, tab, visit } from "./explorer.js";

const KEY = { secretId: "AKIDEXAMPLE", secretKey: "a-secret-key" };

const step = async (page, number) =>
  (await page.locator("#panel-signature .step").nth(number - 1).locator("code").allInnerTexts()).join("\n");

async function cloud(page) {
  await page.getByText("Cloud", { exact: true }).click();
  await fill(page, { functionName: "hello", event: '{"name":"world"}', ...KEY });
  await tab(page, "signature");
  await page.locator("#panel-signature .step").nth(4).waitFor();
}

visit("the steps are those of the command's dry run", {}, async (page) => {
  await cloud(page);
  const timestamp = (await step(page, 2)).split("\n")[1];
  const { stdout } = await command(
    ...["invoke", "hello", '{"name":"world"}', "--tail", "--region", "ap-guangzhou", "--dry-run"],
    ...["--timestamp", timestamp, "--secret-id", KEY.secretId, "--secret-key", KEY.secretKey],
  );
  const authorization = /^Authorization: (.+?)\r?$/m.exec(stdout)[1];
  assert.equal(await step(page, 5), authorization);
  assert.ok(authorization.endsWith(await step(page, 4)));
  assert.match(await step(page, 1), /host:scf\.tencentcloudapi\.com/);
  assert.match(await page.locator("#panel-signature .expiry").innerText(), /good for [45]:/);
});

visit("what an edit changes is marked, and keys are hidden until asked for", {}, async (page) => {
  await cloud(page);
  assert.match(await step(page, 3), /•{8}/);
  await page.getByRole("checkbox", { name: "Show the derived keys" }).check();
  await page.waitForFunction(() => !document.querySelector("#panel-signature .secret").textContent.includes("•"));
  assert.match(await step(page, 3), /[0-9a-f]{64}/);
  const before = await step(page, 1);
  await fill(page, { event: '{"name":"moon"}' });
  await page.waitForFunction(
    (old) => [...document.querySelectorAll("#panel-signature .step:first-of-type code")].at(-1)?.textContent !== old,
    before.split("\n").at(-1),
  );
  const changed = await page.locator("#panel-signature .step").first().locator("li.changed").count();
  assert.equal(changed, 1, "the hash of the body alone");
});

visit("each form of the signature has its steps", {}, async (page) => {
  await cloud(page);
  for (const [signing, first] of [
    ["tc3Get", /^GET\n\/\nFunctionName=hello&/],
    ["tc3Unsigned", /^POST\n/],
    ["v1", /^POSTscf\.tencentcloudapi\.com\/\?Action=Invoke/],
  ]) {
    await fill(page, { signing });
    await tab(page, "signature");
    await page.waitForFunction(() => !document.querySelector("#panel-signature [aria-busy]"));
    assert.match(await step(page, 1), first, signing);
  }
});

visit("a request from elsewhere is verified, and its first line that differs named", { main: true }, async (page) => {
  await cloud(page);
  const authorization = await step(page, 5);
  const time = (await step(page, 2)).split("\n")[1];
  const pasted = page.getByLabel("A curl command, a request, or an Authorization header");
  const check = page.getByRole("button", { name: "Check" });
  await pasted.fill(authorization);
  await check.click();
  await page.getByText("The signature is right.").waitFor();
  const wrong = `X-TC-Timestamp: ${time}\nContent-Type: application/json; charset=utf-8\nAuthorization: ${authorization}`;
  // All is the same but the key.
  await fill(page, { secretKey: "another-key" });
  await pasted.fill(authorization);
  await check.click();
  const first = page.locator(".verify li.differs code");
  await first.filter({ hasText: authorization.slice(-64) }).waitFor();
  assert.equal(await first.count(), 1, "no line of the request differs");
  await page.locator(".verify").getByText("by the key of the form").waitFor();
  await fill(page, KEY);
  await pasted.fill(wrong);
  await check.click();
  await page.getByText(/line 4 of the canonical request differs/).waitFor();
  const line = page.locator(".verify li.differs code");
  assert.match(await line.innerText(), /^content-type:/);
});
