// The form: what it asks for, what it says while one types, what it keeps.

import assert from "node:assert/strict";
import { visit } from "./browser.js";
import { fill, invoke, outcome, view } from "./form.js";

const focused = (page) => page.evaluate(() => document.activeElement.id);
const description = (page, name) =>
  page.locator(`[name=${name}]`).evaluate((field) =>
    field
      .getAttribute("aria-describedby")
      .split(" ")
      .map((id) => document.getElementById(id).textContent)
      .join(" "),
  );

visit("what is missing is asked for, at its field", {}, async (page) => {
  await fill(page, { functionName: "", secretKey: "", timeout: "soon", endpoint: "" });
  await page.getByRole("button", { name: "Invoke" }).click();
  assert.equal(await focused(page), "functionName");
  assert.match(await description(page, "functionName"), /Which function/);
  assert.match(await description(page, "secretKey"), /secret key is needed/);
  assert.match(await description(page, "timeout"), /seconds above 0/);
  assert.match(await description(page, "endpoint"), /be sent\?.*relay/);
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 4);
  assert.equal(page.sent.length, 0);
  await fill(page, { functionName: "hello" });
  assert.equal(await page.locator("[name=functionName]").getAttribute("aria-invalid"), null);
});

visit("a mistake in a closed group opens it", {}, async (page) => {
  await fill(page, { timeout: "-1" });
  await page.locator("#parameters summary").click();
  await page.keyboard.press("Control+Enter");
  assert.equal(await focused(page), "timeout");
  assert.equal(await page.locator("[name=timeout]").isVisible(), true);
});

visit("what the package does not take is reported at its field", {}, async (page) => {
  const seen = await invoke(page, { routingKey: '{"user": 42}' });
  assert.equal(seen.title, "The request cannot be made");
  assert.match(seen["Did it run?"], /^No\./);
  assert.equal(await focused(page), "routingKey");
  assert.match(await description(page, "routingKey"), /\w/);
  assert.equal(page.sent.length, 0);
});

visit("a day key that is none", {}, async (page) => {
  const seen = await invoke(page, { credentialKind: "dayKey", dayKey: "not-a-day-key" });
  assert.equal(seen.title, "The request cannot be made");
  assert.equal(await focused(page), "dayKey");
});

visit("an event that is not JSON", {}, async (page) => {
  await page.locator("[name=event]").fill('{\n  "a": 1,\n  "b": [1 2]\n}');
  await page.getByText("Line 3, column 11: A comma or ] is expected here.").waitFor();
  await page.keyboard.press("Control+Enter");
  assert.equal(await focused(page), "event");
  assert.equal(
    await page
      .locator("[name=event]")
      .evaluate((editor) => editor.value.slice(editor.selectionStart, editor.selectionEnd)),
    "2",
  );
  assert.equal(page.sent.length, 0);
  await page.locator("[name=event]").fill('{"a":1,"b":[1,2]}');
  await page.getByText("Valid JSON, 17 bytes").waitFor();
  await page.getByRole("button", { name: "Format JSON" }).click();
  assert.equal(
    await page.locator("[name=event]").inputValue(),
    '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ]\n}',
  );
});

visit("an example is filled in", {}, async (page) => {
  await page.getByRole("button", { name: "echo" }).click();
  assert.equal((await invoke(page)).title, "echo succeeded");
  const event = await page.locator("[name=event]").inputValue();
  assert.deepEqual(JSON.parse(await view(page, "Result", "result")), JSON.parse(event));
});

visit("an answer is shown in place of the request, and not of the log", {}, async (page) => {
  await page.getByRole("tab", { name: "curl" }).click();
  await invoke(page);
  await page.getByRole("region", { name: "result" }).waitFor();
  await page.getByRole("tab", { name: "Log" }).click();
  await invoke(page, { event: { name: "again" } });
  await page.getByRole("region", { name: "log" }).getByText("greeting again").waitFor();
});

visit("fields are remembered, secrets and events are not", {}, async (page) => {
  const secrets = {
    secretId: "AKIDSOMEBODY",
    secretKey: "a-secret-key-of-somebody",
    token: "a-token-of-somebody",
    event: { private: "matter" },
  };
  await invoke(page, { ...secrets, functionName: "echo", namespace: "elsewhere" });
  const kept = await page.evaluate(() =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
      history.state,
    ]),
  );
  assert.match(kept, /elsewhere/);
  for (const secret of [
    "AKIDSOMEBODY",
    "a-secret-key-of-somebody",
    "a-token-of-somebody",
    "matter",
  ])
    assert.ok(!kept.includes(secret), secret);
  assert.equal((await page.evaluate(() => indexedDB.databases())).length, 0);
  await page.reload();
  await page.waitForFunction(
    () => document.querySelector("[name=namespace]").value === "elsewhere",
  );
  assert.equal(await page.locator("[name=functionName]").inputValue(), "echo");
  assert.notEqual(await page.locator("[name=secretKey]").inputValue(), secrets.secretKey);
  assert.equal(await page.locator("[name=token]").inputValue(), "");
});

visit("the form sends nothing to an address by itself", {}, async (page) => {
  await page.locator("[name=functionName]").press("Enter");
  assert.equal((await outcome(page)).title, "hello succeeded");
  assert.equal(new URL(page.url()).search, "");
});
