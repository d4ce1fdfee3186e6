// Starts Chromium for the files of a test run, and prints the address by which
// they share it. It ends with whoever started it.

import { createRequire } from "node:module";
import path from "node:path";
import { CHROMIUM } from "../browser/chromium.js";

const require = createRequire(path.join(process.env.BROWSER_TESTS, "package.json"));
const { chromium } = require("playwright-core");

const server = await chromium.launchServer({ ...CHROMIUM, host: "127.0.0.1" });
console.log(`listening on ${server.wsEndpoint()}`);
process.stdin.resume().on("end", () => server.close());
