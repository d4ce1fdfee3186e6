// The page: what happens when.

import { invoke } from "./call.js";
import { byId, element } from "./element.js";
import * as event from "./event.js";
import { explain } from "./failure.js";
import * as form from "./form.js";
import { deployed, recall, remember } from "./settings.js";
import * as tabs from "./tabs.js";
import * as outcome from "./view/outcome.js";
import * as request from "./view/request.js";
import * as result from "./view/result.js";

const invokeButton = byId("invoke");
const cancelButton = byId("cancel");
let running;

async function run() {
  if (running) return;
  const values = form.read();
  const found = form.mistakes(values);
  form.mark(found);
  if (found.length) return;
  if (event.check()) {
    event.goToMistake();
    return;
  }
  remember(values);

  running = new AbortController();
  busy(true);
  outcome.busy(values);
  result.clear("The call is running.");
  // A shown log stays shown; a shown request gives way to the result.
  if (request.NAMES.includes(tabs.shown())) tabs.show("result");
  const policy = watchPolicy();
  const started = performance.now();
  try {
    const reply = await invoke(values, running.signal);
    outcome.success(reply, values, performance.now() - started);
    result.show(reply, values);
  } catch (error) {
    const blocked = await policy.blocked();
    outcome.failure(
      explain(error, { values, blocked }),
      error,
      values,
      performance.now() - started,
    );
    result.show(error, values);
    const field = error.option && form.fieldOf(error.option);
    if (field) {
      form.mark([[field, error.message]]);
      return;
    }
  } finally {
    policy.stop();
    running = undefined;
    busy(false);
  }
  bringIntoSight(byId("output"));
}

// Watches for the page's own security policy to stop the request; a rejected
// fetch does not say why.
function watchPolicy() {
  let blocked = false;
  const note = ({ effectiveDirective }) => (blocked ||= effectiveDirective === "connect-src");
  document.addEventListener("securitypolicyviolation", note);
  return {
    async blocked() {
      // The browser tells of it in a task after that which rejects.
      await new Promise((resolve) => setTimeout(resolve));
      return blocked;
    },
    stop: () => document.removeEventListener("securitypolicyviolation", note),
  };
}

// The buttons stay where they are, and so does the focus.
function busy(is) {
  invokeButton.setAttribute("aria-disabled", String(is));
  if (!is && document.activeElement === cancelButton) invokeButton.focus();
  cancelButton.disabled = !is;
}

// On a phone the answer is below the form.
function bringIntoSight(part) {
  const { top } = part.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  part.scrollIntoView({
    behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
  });
}

async function refresh() {
  const name = tabs.shown();
  if (!request.NAMES.includes(name)) return;
  const values = form.read();
  const [mistake] = form.mistakes(values);
  await request.show(
    name,
    values,
    mistake ? mistake[1] : event.check() && "The event is not JSON.",
  );
}

function listen() {
  byId("form").addEventListener("submit", (submit) => {
    submit.preventDefault();
    run();
  });
  cancelButton.addEventListener("click", () => running?.abort());
  document.addEventListener("keydown", (key) => {
    if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) {
      key.preventDefault();
      run();
    } else if (key.key === "Escape") {
      running?.abort();
    }
  });
  let due;
  byId("form").addEventListener("input", ({ target }) => {
    form.unmark(target);
    form.summarise();
    if (request.NAMES.includes(tabs.shown())) request.outdated(tabs.shown());
    clearTimeout(due);
    due = setTimeout(refresh, 250);
  });
  tabs.start(refresh);
  request.start(refresh);
}

function offer({ endpoints, samples, place }) {
  byId("endpoints").append(...endpoints.map((value) => element("option", { value })));
  for (const { functionName, event: sample } of samples) {
    const button = element("button", { type: "button" }, functionName);
    button.addEventListener("click", () => {
      form.fill({ functionName, event: JSON.stringify(sample, null, 2) });
      event.check();
      refresh();
    });
    byId("samples").append(button);
  }
  byId("samples").hidden = samples.length === 0;
  byId("place").textContent = place;
}

listen();
result.clear("The answer comes here.");
event.start();
const settings = await deployed();
form.fill({ ...settings.fields, ...recall() });
form.askForCredentials();
offer(settings);
outcome.idle();
