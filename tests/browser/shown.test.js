// The request as the page shows it: as it is signed, for curl, in Rust.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { visit } from "./browser.js";
import { fill, settled, view } from "./form.js";
import { ROOT } from "./process.js";

const SIGNATURE = /Signature=[0-9a-f]{64}/;
// Characters that a shell, JSON and Rust each treat in their own way.
const ODD = { name: `O'Neil "$HOME" \\ \`id\` %s !! \n\t"# 中 😀 r#"` };

const reveal = (page) =>
  page.getByRole("tabpanel").getByRole("checkbox", { name: "Show secrets" }).check();

visit("the signed request", {}, async (page) => {
  await fill(page, { token: "a-session-token" });
  assert.deepEqual(JSON.parse(JSON.parse(await view(page, "Request", "body")).ClientContext), {
    name: "world",
  });
  const table = page.getByRole("table", { name: "URL and headers" });
  const rows = async () =>
    Object.fromEntries(
      await table
        .locator("tr")
        .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))),
    );
  const hidden = await rows();
  assert.equal(hidden.POST, new URL("/scf", page.url()).href);
  assert.equal(hidden["host, as signed"], "scf.tencentcloudapi.com");
  assert.doesNotMatch(hidden.authorization, SIGNATURE);
  assert.doesNotMatch(await page.locator("#output").innerHTML(), /a-session-token/);
  await reveal(page);
  await page.getByText("a-session-token").waitFor();
  const shown = await rows();
  assert.match(shown.authorization, SIGNATURE);
  assert.equal(shown["x-tc-action"], "Invoke");
  // It follows the form.
  await fill(page, { region: "ap-tokyo" });
  await table.getByText("ap-tokyo").waitFor();
});

visit("the request cannot be shown yet", {}, async (page) => {
  await fill(page, { functionName: "" });
  await page.getByRole("tab", { name: "curl" }).click();
  await page.getByText("Not yet: Which function is to run?").waitFor();
  await fill(page, { functionName: "hello" });
  await page.getByRole("region", { name: "curl command" }).waitFor();
});

visit("the curl command runs", {}, async (page) => {
  await fill(page, { functionName: "echo", event: ODD });
  assert.doesNotMatch(await view(page, "curl", "curl command"), SIGNATURE);
  await page.getByText("The signature is hidden").waitFor();
  await reveal(page);
  await page.getByText("The signature is hidden").waitFor({ state: "detached" });
  await settled(page);
  await page.getByRole("button", { name: "Copy curl command" }).click();
  await page.getByText("Copied", { exact: true }).first().waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, SIGNATURE);
  const answer = execFileSync("bash", ["-c", `${command} -sS`], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(JSON.parse(answer).Response.Result.RetMsg), ODD);
});

visit("the curl command for a long event takes a file", {}, async (page) => {
  const event = { text: "x'".repeat(100_000) };
  await fill(page, { functionName: "echo", event });
  await view(page, "curl", "curl command");
  await reveal(page);
  const command = await view(page, "curl", "curl command");
  assert.match(command, /--data-binary @body\.json$/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save body as body.json" }).click();
  const folder = path.join(process.env.BROWSER_TESTS, "curl");
  await (await download).saveAs(path.join(folder, "body.json"));
  const answer = execFileSync("bash", ["-c", `${command} -sS`], { cwd: folder, encoding: "utf8" });
  assert.deepEqual(JSON.parse(JSON.parse(answer).Response.Result.RetMsg), event);
});

const PROGRAMS = [
  {
    named: "plain",
    fields: { functionName: "hello", event: { name: "Rust" } },
    prints: '"hello Rust"\n',
  },
  {
    named: "odd",
    fields: { functionName: "echo", event: ODD, logType: "None", secrets: true },
    prints: ODD,
  },
  {
    named: "long",
    fields: { functionName: "echo", event: { text: 'y"'.repeat(2000) } },
    prints: { text: 'y"'.repeat(2000) },
  },
  {
    named: "all",
    fields: {
      functionName: "custom-runtime",
      event: "",
      qualifier: "live",
      namespace: "default",
      language: "en-US",
      timeout: "30",
      routingKey: { user: "42" },
    },
    prints: { event: {}, handler: "bootstrap.serve" },
  },
  {
    named: "later",
    fields: { functionName: "hello", invocationType: "Event", timeout: "2.5" },
    prints: /^accepted: [0-9a-f-]{36}\n$/,
  },
];

visit("the Rust programs compile and run", {}, async (page) => {
  const folder = path.join(process.env.BROWSER_TESTS, "rust");
  const bins = path.join(folder, "src/bin");
  mkdirSync(bins, { recursive: true });
  copyFileSync(path.join(ROOT, "Cargo.lock"), path.join(folder, "Cargo.lock"));
  writeFileSync(
    path.join(folder, "Cargo.toml"),
    [
      "[package]",
      'name = "shown"',
      'version = "0.0.0"',
      'edition = "2024"',
      "publish = false",
      "[dependencies]",
      `scf-invoke = { path = ${JSON.stringify(path.join(ROOT, "host-std/client"))} }`,
      "[workspace]",
      "",
    ].join("\n"),
  );
  await page.getByRole("tab", { name: "Rust" }).click();
  const unset = {
    qualifier: "",
    namespace: "",
    language: "",
    timeout: "",
    routingKey: "",
    logType: "Tail",
    invocationType: "RequestResponse",
  };
  for (const {
    named,
    fields: { secrets = false, ...fields },
  } of PROGRAMS) {
    await fill(page, { ...unset, ...fields });
    await page.getByRole("checkbox", { name: "Show secrets" }).setChecked(secrets);
    const program = page.getByRole("region", { name: "Rust program" });
    await settled(page);
    const source = await program.textContent();
    assert.equal(source.includes("emulator-development-key"), secrets);
    mkdirSync(path.join(bins, `shown-${named}`), { recursive: true });
    writeFileSync(path.join(bins, `shown-${named}`, "main.rs"), source);
    if (source.includes("include_str!"))
      writeFileSync(path.join(bins, `shown-${named}`, "event.json"), JSON.stringify(fields.event));
  }
  const target = [
    "--target-dir",
    process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"),
    "--manifest-path",
    path.join(folder, "Cargo.toml"),
    "--quiet",
  ];
  const built = spawnSync("cargo", ["build", "--bins", ...target], { encoding: "utf8" });
  assert.equal(built.stderr, "", "no error and no warning");
  const environment = {
    ...process.env,
    TENCENTCLOUD_SECRET_ID: "AKIDEMULATORDEVELOPMENTONLY",
    TENCENTCLOUD_SECRET_KEY: "emulator-development-key",
  };
  for (const { named, prints } of PROGRAMS) {
    const printed = execFileSync("cargo", ["run", "--bin", `shown-${named}`, ...target], {
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (prints instanceof RegExp) assert.match(printed, prints, named);
    else if (typeof prints === "string") assert.equal(printed, prints, named);
    else assert.deepEqual(JSON.parse(printed), prints, named);
  }
});
