// The page as a person uses and sees it.

/** Fills in fields by name; an object as event becomes JSON. */
export async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`[name=${name}]`).first();
    const group = page
      .locator("details:not([open])")
      .filter({ has: page.locator(`[name=${name}]`) });
    if (await group.count()) await group.locator("summary").click();
    const kind = await field.evaluate((element) => element.type);
    if (kind === "radio") await page.locator(`label:has([name=${name}][value=${value}])`).click();
    else if (kind === "select-one") await field.selectOption(value);
    else await field.fill(typeof value === "string" ? value : JSON.stringify(value));
  }
}

/** Fills in `fields` and presses Invoke; gives the outcome. */
export async function invoke(page, fields = {}) {
  await fill(page, fields);
  await page.getByRole("button", { name: "Invoke" }).click();
  return outcome(page);
}

/** The outcome, once the call has ended. */
export async function outcome(page) {
  await page.locator("#outcome.good, #outcome.bad").waitFor();
  return page.locator("#outcome").evaluate((card) => ({
    good: card.classList.contains("good"),
    title: card.querySelector("h3").textContent,
    ...Object.fromEntries(
      [...card.querySelectorAll("dt")].map((term) => [
        term.textContent,
        term.nextElementSibling.textContent,
      ]),
    ),
  }));
}

/** Waits until the view that is open is up to date with the form. */
export async function settled(page) {
  await page.locator('[role="tabpanel"][aria-busy="true"]').waitFor({ state: "detached" });
}

/** The text in the view of the tab with this name. */
export async function view(page, tab, label) {
  await page.getByRole("tab", { name: tab }).click();
  await settled(page);
  return page.getByRole("region", { name: label }).textContent();
}
