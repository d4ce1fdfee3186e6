// Starts a browser for the files of a test run, and prints the address by which
// they share it: `node browser.js chromium` or `firefox`. It ends with whoever
// started it.

import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CHROMIUM, PATIENCE } from "../browser/chromium.js";

const require = createRequire(path.join(process.env.BROWSER_TESTS, "package.json"));
const playwright = require("playwright-core");

const OPTIONS = {
  chromium: CHROMIUM,
  firefox: {
    // Firefox as it is installed, by WebDriver BiDi.
    channel: "moz-firefox",
    timeout: PATIENCE,
    downloadsPath: path.join(process.env.BROWSER_TESTS, "explorer"),
    executablePath: fileURLToPath(new URL("firefox.js", import.meta.url)),
    firefoxUserPrefs: {
      "ui.prefersReducedMotion": 1,
      // A page may ask before it is left: what Firefox takes for tests forbids it, and
      // keys of a test are no person's.
      "remote.prefs.recommended": false,
      "dom.require_user_interaction_for_beforeunload": false,
      // The clipboard is read without a person's consent.
      "dom.events.testing.asyncClipboard": true,
    },
  },
};

const [name] = process.argv.slice(2);
const server = await playwright[name].launchServer({ ...OPTIONS[name], host: "127.0.0.1" });
console.log(`listening on ${server.wsEndpoint()}`);
process.stdin.resume().on("end", () => server.close());
