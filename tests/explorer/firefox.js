#!/usr/bin/env node
// Firefox as it is installed, for Playwright, which asks for one command that
// Firefox does not know: to pretend a colour scheme. Here that is answered; all
// else passes through.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.BROWSER_TESTS, "package.json"));
const { WebSocket, WebSocketServer } = require("ws");

const FIREFOX = "/usr/bin/firefox-esr";
const UNKNOWN = "emulation.setMediaFeaturesOverride";
const LISTENS = /WebDriver BiDi listening on (ws:\/\/\S+)\n/;

const firefox = spawn(FIREFOX, process.argv.slice(2), { stdio: ["inherit", "inherit", "pipe"] });
firefox.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => firefox.kill());

let said = "";
firefox.stderr.setEncoding("utf8").on("data", function listen(part) {
  said += part;
  const found = LISTENS.exec(said);
  if (!found) return;
  firefox.stderr.off("data", listen).pipe(process.stderr);
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
  server.on("connection", (client, { url }) => passOn(client, new WebSocket(found[1] + url)));
});

function passOn(client, browser) {
  const opened = new Promise((resolve) => browser.once("open", resolve));
  client.on("message", async (data) => {
    const text = data.toString();
    const { id, method } = JSON.parse(text);
    if (method === UNKNOWN) {
      client.send(JSON.stringify({ type: "success", id, result: {} }));
      return;
    }
    await opened;
    browser.send(text);
  });
  browser.on("message", (data) => client.send(data.toString()));
  browser.on("close", () => client.close());
  browser.on("error", () => client.close());
  client.on("close", () => browser.close());
}
