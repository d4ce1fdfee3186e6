// Chromium, headless and by itself, for one page.
import { createRequire } from "node:module";

const FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

// Loads a page and waits for what it says: `outcome`, of the suite or a text.
export async function browse(modules, url) {
    const { chromium } = createRequire(modules + "/")("playwright-core");
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", ...FLAGS] });
    try {
        const page = await browser.newPage();
        const broken = new Promise((_, reject) => page.on("pageerror", reject));
        await page.goto(url);
        const outcome = await Promise.race([broken, page.waitForFunction("globalThis.outcome", null, { timeout: 300000 }).then((handle) => handle.jsonValue())]);
        if (typeof outcome == "string") return outcome;
        if (outcome.failures.length) throw new Error(outcome.failures.join("\n"));
        return `${outcome.passed} passed, 0 failed`;
    } finally {
        await browser.close();
    }
}
