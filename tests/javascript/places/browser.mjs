// A browser, headless and by itself, for one page.
import { createRequire } from "node:module";

const FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

// Loads a page in Chromium and waits for what it says: `outcome`, of the suite or a text.
export async function browse(modules, url) {
    return visit(await launchChromium(modules), url);
}

function launchChromium(modules) {
    const { chromium } = createRequire(modules + "/")("playwright-core");
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    return chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", ...FLAGS] });
}

// Loads one page after the other in Chromium, each with a cache of its own, and returns what they say.
export async function browseEach(modules, urls) {
    const browser = await launchChromium(modules);
    const said = [];
    try {
        for (const url of urls) {
            const context = await browser.newContext();
            said.push(await outcome(await context.newPage(), url));
            await context.close();
        }
    } finally {
        await browser.close();
    }
    return said;
}

// The same in Firefox as it is installed, by WebDriver BiDi.
export async function browseFirefox(modules, url) {
    const { launch } = createRequire(modules + "/")("puppeteer-core");
    const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
    return visit(await launch({ browser: "firefox", executablePath, headless: true }), url);
}

// Loads a page, and returns what it says.
async function outcome(page, url) {
    let broken;
    // Firefox also tells as an error what a page sees as a failed fetch.
    page.on("pageerror", (error) => /^Cross-Origin Request Blocked/.test(error.message) || (broken = error));
    await page.goto(url);
    // Asked again and again, for a page with a strict policy lets nobody wait inside of it.
    let said;
    while (!broken && !(said = await page.evaluate(() => globalThis.outcome))) await new Promise((resolve) => setTimeout(resolve, 50));
    if (broken) throw broken;
    return said;
}

async function visit(browser, url) {
    try {
        const said = await outcome(await browser.newPage(), url);
        if (typeof said == "string") return said;
        if (said.failures.length) throw new Error(said.failures.join("\n"));
        return `${said.passed} passed, 0 failed`;
    } finally {
        await browser.close();
    }
}

// Loads a page in Chromium and waits until its body says that.
export async function visitText(modules, url, expected) {
    const browser = await launchChromium(modules);
    try {
        const page = await browser.newPage();
        const broken = new Promise((_, reject) => {
            page.on("pageerror", reject);
            page.on("response", (response) => {
                if (response.status() >= 400 && !response.url().endsWith("/favicon.ico")) reject(new Error(`${response.status()} of ${response.url()}`));
            });
        });
        const paragraph = page.locator("p").filter({ hasNotText: "…" });
        const shown = page.goto(url).then(() => paragraph.waitFor({ timeout: 0 }));
        await Promise.race([broken, shown]);
        const text = await paragraph.textContent();
        if (text != expected) throw new Error(text);
        return text;
    } finally {
        await browser.close();
    }
}
