// Live: what the emulator does comes to the page, and faults go from it.

import assert from "node:assert/strict";
import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FUNCTIONS, KEY, command, eventually, fill, inPage, open, send, start, trial, visit } from "./explorer.js";
import { stop } from "../browser/process.js";

const FAILED = /Failed to load resource|ERR_/;

const rows = (page) => page.locator(".rows [role=row]");
const live = async (page) => {
  await page.getByRole("link", { name: "Live" }).click();
  await page.locator(".light.live").waitFor();
};

/** Where the emulator listens that a page works with. */
async function endpoint(page) {
  const catalogue = await page.evaluate(async () => (await fetch("api/catalogue")).json());
  return catalogue.local.endpoint;
}

const invoke = (url, ...more) =>
  command(
    ...["invoke", "hello", "{}", "--endpoint", url, "--region", "ap-guangzhou", "--quiet"],
    ...["--secret-id", KEY.id, "--secret-key", KEY.secret, ...more],
  );

visit("a call of the command line appears, with its event and log", { main: true }, async (page) => {
  await live(page);
  const url = await endpoint(page);
  await command(
    ...["invoke", "hello", '{"name":"cli"}', "--endpoint", url, "--region", "ap-guangzhou"],
    ...["--secret-id", KEY.id, "--secret-key", KEY.secret],
  );
  await rows(page).filter({ hasText: "hello" }).filter({ hasText: "Succeeded" }).first().waitFor();
  await page.keyboard.press("j");
  const inspector = page.getByRole("complementary", { name: "Invocation" });
  await inspector.getByText('"name": "cli"').waitFor();
  await inspector.getByText("greeting cli").waitFor();
  await page.waitForFunction(() => location.hash.includes("run="));
  await page.reload();
  await inspector.getByText('"name": "cli"').waitFor();
  await page.keyboard.press("r");
  await page.locator("#area-call").waitFor();
  assert.match(await page.locator("#field-event").inputValue(), /cli/);
});

visit("what the stream tells is shown within 500 ms", {}, async (page) => {
  await page.clock.install();
  await page.reload();
  await live(page);
  const url = await endpoint(page);
  await page.clock.pauseAt(Date.now() + 60_000);
  const shown = () => page.locator(".list .table").getAttribute("aria-rowcount").then(Number);
  const before = await shown();
  await invoke(url);
  // It has come to the page, whose clock stands still.
  await page.waitForFunction(async (rows) => {
    const { present } = await import("/js/live/store.js");
    const records = [...present().records.values()];
    return records.length === rows && records.at(-1).state === "succeeded";
  }, before);
  assert.equal(await shown(), before);
  await page.clock.runFor(500);
  assert.equal(await shown(), before + 1);
});

visit("an armed fault hits so many calls, is marked, and is cleared", { main: true }, async (page) => {
  await live(page);
  await page.getByLabel("Function", { exact: true }).last().selectOption("echo");
  await page.locator("#fault-kind").selectOption("status");
  await page.locator("#fault-times").fill("1");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("▲ status=502 · echo · 1 left").waitFor();
  await page.getByRole("link", { name: "Call" }).click();
  const hit = await send(page, { functionName: "echo", event: "{}" });
  assert.notEqual(hit.kind, "succeeded");
  assert.equal((await send(page)).kind, "succeeded", "the one after is as usual");
  await live(page);
  await rows(page).filter({ hasText: "▲ status=502" }).first().waitFor();
  await page.locator("#fault-kind").selectOption("throttle");
  await page.locator("#fault-times").fill("");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("▲ throttle").waitFor();
  await page.getByRole("button", { name: "Clear" }).last().click();
  await page.getByText("None is armed.").waitFor();
  await page.locator("#fault-times").fill("0");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("A whole number above 0").waitFor();
});

visit("an attempt that was refused is not shown as a run", {}, async (page) => {
  await live(page);
  await page.locator("#fault-kind").selectOption("throttle");
  await page.locator("#fault-function").selectOption("hello-node");
  await page.getByRole("button", { name: "Arm" }).click();
  await page.getByText("▲ throttle · hello-node").waitFor();
  await page.getByRole("link", { name: "Call" }).click();
  assert.equal((await send(page, { functionName: "hello-node", event: "{}" })).kind, "succeeded");
  const legend = await page.locator("#panel-result .legend li").allInnerTexts();
  assert.equal(legend.filter((text) => text.startsWith("run ")).length, 1, legend.join());
  assert.equal(legend.filter((text) => text.startsWith("wait to try again ")).length, 1, legend.join());
});

visit("a click lands on its row, however often the rows are made anew", {}, async (page) => {
  await send(page, { functionName: "hello", event: '{"name":"clicked"}' });
  await live(page);
  await rows(page).first().waitFor();
  // The rows are made anew all the time.
  const { x, y } = await page.evaluate(() => document.querySelector(".rows [role=row]").getBoundingClientRect());
  await page.mouse.move(x + 20, y + 8);
  await page.mouse.down();
  await page.locator("#live-last").evaluate((select) => select.dispatchEvent(new Event("change")));
  await page.mouse.up();
  await page.getByRole("complementary", { name: "Invocation" }).getByText("clicked").first().waitFor();
});

visit("a pause freezes what is shown, and loses nothing", {}, async (page) => {
  await live(page);
  const url = await endpoint(page);
  const shown = () => page.locator(".list .table").getAttribute("aria-rowcount").then(Number);
  await page.keyboard.press("p");
  await page.locator(".light.paused").waitFor();
  const before = await shown();
  await invoke(url);
  await page.waitForFunction(
    async (id) => (await (await fetch("api/emulator/invocations?limit=1")).json()).invocations[0].requestId !== id,
    "",
  );
  assert.equal(await shown(), before);
  await page.keyboard.press("p");
  await page.waitForFunction((rows) => Number(document.querySelector(".list .table").getAttribute("aria-rowcount")) > rows, before);
});

visit("new rows wait while somebody reads further down", {}, async (page) => {
  const url = await endpoint(page);
  await live(page);
  await page.evaluate(async () => {
    const { invocations } = await (await fetch("api/emulator/invocations")).json();
    const [{ requestId }] = invocations;
    for (let number = 0; number < 30; number += 1) {
      await fetch(`api/emulator/invocations/${requestId}/again`, { method: "POST" });
    }
  });
  await page.waitForFunction(() => document.querySelector(".rows").clientHeight > 900);
  await page.locator(".list-body").evaluate((body) => (body.scrollTop = 200));
  await invoke(url);
  await page.getByRole("button", { name: /^[1-9]\d* new$/ }).click();
  assert.equal(await page.locator(".list-body").evaluate((body) => body.scrollTop), 0);
});

visit("filters stay in the address", {}, async (page) => {
  await send(page, { functionName: "fail", event: "{}" });
  await live(page);
  await page.locator("#live-fn").selectOption("fail");
  await page.locator("#live-status").selectOption("failed");
  await rows(page).first().waitFor();
  await page.waitForFunction(() => location.hash.includes("fn=fail") && location.hash.includes("status=failed"));
  await page.reload();
  await page.locator(".light.live").waitFor();
  assert.equal(await page.locator("#live-fn").inputValue(), "fail");
  await rows(page).first().waitFor();
  for (const text of await rows(page).allInnerTexts()) assert.match(text, /fail/);
});

trial("a new function shows up, and an emulator that ends is told", {}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "explorer-"));
  await cp(path.join(FUNCTIONS, "hello"), path.join(folder, "hello"), { recursive: true });
  const server = await start(folder);
  try {
    await inPage("functions come and go", { at: server, noise: [FAILED] }, async (page) => {
      await live(page);
      const added = await mkdtemp(path.join(tmpdir(), "explorer-"));
      await writeFile(path.join(added, "index.py"), "def main_handler(event, context):\n    return 1\n");
      // As a whole.
      await rename(added, path.join(folder, "added"));
      await page.locator(".functions").getByText("added", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Call" }).click();
      await page.getByRole("button", { name: "added" }).click();
      assert.equal((await send(page)).kind, "succeeded");
      await fill(page, { event: '{"typed":true}' });
      await live(page);
      await stop(server, "SIGKILL");
      await page.locator(".light.lost").waitFor();
      await page.getByRole("link", { name: "Call" }).click();
      assert.equal(await page.locator("#field-event").inputValue(), '{"typed":true}');
    });
  } finally {
    await stop(server);
    await rm(folder, { recursive: true });
  }
});

visit("10,000 invocations are drawn by as little as a few hundred", {}, async (page) => {
  await live(page);
  const drawn = (count) =>
    page.evaluate(async (length) => {
      const { invocations } = await (await fetch("api/emulator/invocations?limit=1")).json();
      const store = await import("/js/live/store.js");
      const now = Date.now();
      for (let number = 0; number < length; number += 1) {
        const receivedMs = now - ((number * 29) % 290_000);
        const record = { ...invocations[0], requestId: `r${number}`, instance: number % 4, state: "succeeded" };
        store.present().records.set(`r${number}`, { ...record, receivedMs, startedMs: receivedMs, endedMs: receivedMs + 5, durationMs: 5 });
      }
      let strokes = 0;
      let elements = 0;
      const pen = CanvasRenderingContext2D.prototype;
      const { fillRect } = pen;
      pen.fillRect = function (...box) {
        strokes += 1;
        return fillRect.apply(this, box);
      };
      const own = document.createElement;
      document.createElement = (name) => {
        elements += 1;
        return own.call(document, name);
      };
      document.querySelector("#pause").click();
      pen.fillRect = fillRect;
      delete document.createElement;
      document.querySelector("#pause").click();
      const { width } = document.querySelector(".timeline");
      return { strokes, elements, width, nodes: document.querySelectorAll("#area-live *").length };
    }, count);
  const few = await drawn(500);
  const many = await drawn(10_000);
  // A bar for each pixel of the four lanes at most.
  assert.ok(many.strokes <= 4 * many.width + 50, `${many.strokes} bars`);
  assert.ok(many.elements <= few.elements, `${many.elements} elements, ${few.elements} of few`);
  assert.ok(many.nodes <= few.nodes, `${many.nodes} nodes, ${few.nodes} of few`);
  assert.ok((await rows(page).count()) < 80, "only rows in sight are made");
});

visit("a drag over the strip narrows the view to a range, as do keys", {}, async (page) => {
  await send(page, { functionName: "hello", event: "{}" });
  await live(page);
  await rows(page).first().waitFor();
  const strip = page.getByRole("slider", { name: "A range of time" });
  const { x, y, width, height } = await strip.boundingBox();
  const drag = async (from, to) => {
    await page.mouse.move(x + from * width, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + to * width, y + height / 2, { steps: 3 });
    await page.mouse.up();
  };
  // Before this emulator was started.
  await page.locator("#live-last").selectOption("1h");
  await drag(0.1, 0.3);
  await page.getByText("No invocation in this time.").waitFor();
  await page.locator("#live-last").selectOption("5m");
  await page.waitForFunction(() => /last=5m&from=\d+&to=\d+/.test(location.hash));
  // The other way round, up to now.
  await drag(0.999, 0.5);
  await rows(page).first().waitFor();
  const chosen = await strip.getAttribute("aria-valuetext");
  assert.match(chosen, /^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d$/);
  await page.waitForFunction((words) => {
    const query = new URLSearchParams(location.hash.split("?")[1]);
    const clock = (name) => new Date(Number(query.get(name))).toTimeString().slice(0, 8);
    return `${clock("from")} – ${clock("to")}` === words;
  }, chosen);
  await page.reload();
  await rows(page).first().waitFor();
  assert.equal(await strip.getAttribute("aria-valuetext"), chosen, "the address has the range");
  await page.getByRole("button", { name: "Show all" }).click();
  await page.waitForFunction(() => !location.hash.includes("from="));
  await strip.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.waitForFunction(() => {
    const query = new URLSearchParams(location.hash.split("?")[1]);
    // Two of the sixty bars of five minutes.
    return Math.round((query.get("to") - query.get("from")) / 5000) === 2;
  });
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !location.hash.includes("from="));
});

/** The columns of the timeline's first lane that have the colour of that name, as times. */
const drawn = (page, name) =>
  page.evaluate((colour) => {
    const canvas = document.querySelector(".timeline");
    const probe = document.createElement("span");
    document.body.append(probe);
    probe.style.color = `var(--${colour})`;
    const wanted = getComputedStyle(probe).color.match(/\d+/g).map(Number);
    probe.remove();
    // The middle of the bar of the first lane, without the label before it.
    const label = 132;
    const { data, width } = canvas.getContext("2d").getImageData(0, 20 + 7, canvas.width, 1);
    const columns = [];
    for (let x = label; x < width; x += 1) {
      if (wanted.every((part, index) => Math.abs(data[x * 4 + index] - part) < 8)) columns.push(x);
    }
    if (!columns.length) return undefined;
    const query = new URLSearchParams(location.hash.split("?")[1]);
    const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
    const time = (x) => from + ((x - label) / (width - label - 4)) * (to - from);
    return { since: time(columns[0]), until: time(columns.at(-1) + 1), pixel: (to - from) / (width - label - 4) };
  }, name);

trial("bars match the recorded times, and a running one grows", {}, async () => {
  const folder = await mkdtemp(path.join(process.env.BROWSER_TESTS, "waits-"));
  await cp(path.join(FUNCTIONS, "waits"), path.join(folder, "functions/waits"), { recursive: true });
  const server = await start(path.join(folder, "functions"));
  const noise = [/willReadFrequently/];
  try {
    await inPage("bars match the recorded times", { at: server, noise }, async (page) => {
      const file = path.join(folder, "ended");
      await fill(page, { functionName: "waits", event: JSON.stringify({ file }) });
      await page.keyboard.press("Control+Enter");
      const recorded = async () => {
        const answer = await page.evaluate(async () => (await fetch("api/emulator/invocations?limit=1")).json());
        return answer.invocations[0];
      };
      const { startedMs } = await eventually(async () => (await recorded())?.startedMs && recorded());
      // Ten minutes after it, so that the bar stays within, and the start of it.
      const range = `from=${startedMs - 60_000}&to=${startedMs + 600_000}`;
      await open(page, `#/live?${range}`);
      const running = await eventually(() => drawn(page, "fill-running"));
      await eventually(async () => (await drawn(page, "fill-running"))?.until > running.until);
      await writeFile(file, "");
      await rows(page).first().filter({ hasText: "Succeeded" }).waitFor();
      const ended = await recorded();
      // Close enough for a pixel to be a few milliseconds.
      const span = ended.endedMs - ended.startedMs;
      const close = `from=${Math.round(startedMs - span / 4)}&to=${Math.round(ended.endedMs + span / 4)}`;
      await open(page, `#/live?${close}`);
      const bar = await eventually(() => drawn(page, "fill-ok"));
      const startUp = ended.startUpMs ?? 0;
      // A bar has two pixels at least, and the third is for rounding.
      assert.ok(Math.abs(bar.since - (ended.startedMs + startUp)) <= 3 * bar.pixel, `${bar.since}: ${JSON.stringify(ended)}`);
      assert.ok(Math.abs(bar.until - ended.endedMs) <= 3 * bar.pixel, `${bar.until}: ${JSON.stringify(ended)}`);
    });
  } finally {
    await stop(server);
    await rm(folder, { recursive: true });
  }
});
