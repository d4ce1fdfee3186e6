// What all tests in Chromium share: how it is started, and what is kept and told of a
// test that fails.

import assert from "node:assert/strict";

/** How long a page or a browser is waited for: a machine may be busy with other things. */
export const PATIENCE = 120_000;

export const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  timeout: PATIENCE,
  // A container's root may not make the sandbox.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/**
 * Runs `body`. Of a page where it failed a picture is left, or of each by PICTURES=1,
 * and the error tells what its console `said` and what it shows.
 */
export async function pictured(page, file, said, body) {
  const picture = () => page.screenshot({ path: file, fullPage: true });
  try {
    await body();
  } catch (error) {
    await inTime(picture());
    error.message = [...reasons(error), ...(await standing(page, said))].join("\n");
    throw error;
  }
  if (process.env.PICTURES) await picture();
}

// The first lines of an error; those of a page's log come after them.
const reasons = ({ message }) => String(message).split("\n").filter((line) => line.trim()).slice(0, 7);

// What stands in the page, and what its console said last.
async function standing(page, said) {
  const shown = await inTime(
    page.evaluate(() => {
      const { activeElement, body } = document;
      const focus = activeElement?.id || activeElement?.className || activeElement?.tagName;
      // What is the same in each state.
      for (const each of document.querySelectorAll("header, select")) each.remove();
      return [`focus: ${focus}`, ...body.innerText.replace(/\s+/g, " ").match(/.{1,230}(?: |$)/g).slice(0, 3)];
    }),
  );
  const last = said.slice(-2).map((line) => `console: ${line.slice(0, 200)}`);
  return [...last, `page: ${page.url()}`, ...(shown ?? ["which does not answer"])];
}

/** What is given, or nothing where a page does not answer. */
async function inTime(asked) {
  const late = new AbortController();
  const end = new Promise((resolve) => {
    const timer = setTimeout(resolve, 10_000);
    late.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([asked, end]);
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
}

/** The console said nothing but what the patterns expect. */
export function saysNothingElse(said, noise) {
  const unexpected = said.filter((line) => !noise.some((pattern) => pattern.test(line)));
  assert.deepEqual(unexpected, [], "the console says nothing unexpected");
}
