// What all tests in Chromium share: how it is started, and what is kept of a test that
// fails.

import assert from "node:assert/strict";

export const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  // A container's root may not make the sandbox.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Runs `body`, and leaves a picture of a page where it failed, or of each by PICTURES=1. */
export async function pictured(page, file, body) {
  const picture = () => page.screenshot({ path: file, fullPage: true });
  try {
    await body();
  } catch (error) {
    await picture();
    throw error;
  }
  if (process.env.PICTURES) await picture();
}

/** The console said nothing but what the patterns expect. */
export function saysNothingElse(said, noise) {
  const unexpected = said.filter((line) => !noise.some((pattern) => pattern.test(line)));
  assert.deepEqual(unexpected, [], "the console says nothing unexpected");
}
