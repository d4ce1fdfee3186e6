// The signature, step by step: how each step feeds the next, and where one from
// elsewhere differs.

import { post } from "../api.js";
import { button, element } from "../dom.js";
import { onLanguage, problem, t } from "../i18n.js";
import { draft, toSend } from "../state.js";
import { view } from "../route.js";
import { fetched } from "./fetched.js";
import { textButtons } from "./text.js";

/** The seconds for which the service takes a signature. */
const VALID = 300;

const expiry = element("p", { className: "expiry" });
const meter = element("meter", { min: 0, max: VALID, low: 60, tLabel: "signature.left" });
const steps = element("div", { className: "steps" });
const checked = element("div", { role: "status" });
const pasted = element("textarea", { id: "pasted", rows: 4, className: "code", spellcheck: false });
let reveal = false;
let shown;
let before = {};
let load;

/** The tab's content. */
export function signature() {
  const ask = (signal) =>
    post("signature", { draft: toSend(), timestamp: null, reveal }, signal);
  load = fetched("signature", steps, ask, (value) => {
    before = shown && shown.scheme === value.scheme ? shown : {};
    shown = value;
    draw();
  });
  setInterval(tick, 1000);
  onLanguage(load);
  pasted.setAttribute("aria-describedby", "pasted-note");
  const again = button("signature.again", () => load());
  const check = button("signature.check", verify);
  return element(
    "div",
    {},
    element("div", { className: "bar" }, expiry, meter, again),
    steps,
    element(
      "section",
      { className: "verify" },
      element("h3", { t: "signature.verify" }),
      element("label", { htmlFor: "pasted", t: "signature.paste" }),
      pasted,
      element("p", { className: "note", id: "pasted-note", t: "signature.pasteNote" }),
      check,
      checked,
    ),
  );
}

function tick() {
  if (!shown || view.tab !== "signature") return;
  const left = Math.max(0, Math.round(shown.timestamp + VALID - Date.now() / 1000));
  meter.value = left;
  const time = new Date(shown.timestamp * 1000).toTimeString().slice(0, 8);
  const rest = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  expiry.textContent = left ? t("signature.valid", time, rest) : t("signature.expired", time);
  expiry.classList.toggle("bad", left === 0);
}

function draw() {
  const cards = draft.signing === "v1" ? version1() : tc3();
  steps.replaceChildren(picture(), ...cards);
  tick();
}

// What feeds what, as boxes in a row.
function picture() {
  const names =
    draft.signing === "v1"
      ? ["signature.parameters", "signature.toSign", "signature.signature"]
      : ["signature.canonical", "signature.toSign", "signature.keys", "signature.signature", "signature.header"];
  const joints = draft.signing === "v1" ? ["+", "HMAC"] : ["SHA-256 →", "+", "HMAC →", "→"];
  const boxes = names.flatMap((t, index) => [
    element("li", { t }),
    index < joints.length && element("li", { className: "joint", ariaHidden: "true" }, joints[index]),
  ]);
  return element("ol", { className: "picture", tLabel: "signature.picture" }, ...boxes);
}

function card(number, title, joint, content, text) {
  return element(
    "section",
    { className: "step" },
    element(
      "div",
      { className: "bar" },
      element("h3", {}, element("span", { className: "step-number" }, String(number)), " ", t(title)),
      element("span", { className: "muted" }, joint),
      ...(text ? textButtons(() => text) : []),
    ),
    content,
  );
}

function tc3() {
  const { canonicalRequest, stringToSign, authorization, signature } = shown;
  return [
    card(1, "signature.canonical", "", linesOf(canonicalRequest, before.canonicalRequest, canonicalNotes), canonicalRequest),
    card(2, "signature.toSign", "SHA-256 ↑", linesOf(stringToSign, before.stringToSign, toSignNotes), stringToSign),
    card(3, "signature.keys", "HMAC-SHA256", keys()),
    card(4, "signature.signature", t("signature.made"), linesOf(signature, before.signature, () => ""), signature),
    card(5, "signature.header", "", linesOf(authorization, undefined, () => ""), authorization),
  ];
}

function version1() {
  const { stringToSign, signature } = shown;
  return [
    card(1, "signature.toSign", t("signature.sorted"), linesOf(stringToSign, before.stringToSign, () => ""), stringToSign),
    card(2, "signature.signature", "HMAC-SHA256, base64", linesOf(signature, before.signature, () => ""), signature),
  ];
}

// The lines of a step, each with where it comes from; what changed is marked.
function linesOf(text, old, noteOf) {
  const lines = text.split("\n");
  const oldLines = old?.split("\n");
  return element(
    "ol",
    { className: "lines", tabIndex: 0 },
    ...lines.map((line, index) => {
      const note = noteOf(line, index, lines.length);
      const hasChanged = oldLines && oldLines[index] !== line;
      return element(
        "li",
        { className: [note && "from", hasChanged && "changed"].filter(Boolean).join(" ") },
        element("code", {}, line || "⏎"),
        note ? element("span", { className: "origin" }, note) : "",
        hasChanged ? element("span", { className: "sr" }, t("signature.changed")) : "",
      );
    }),
  );
}

function canonicalNotes(line, index, count) {
  if (index === 0) return t("signature.method");
  if (index === 2) return line ? t("signature.query") : t("signature.noQuery");
  if (line.startsWith("host:")) return t("signature.host");
  if (line.startsWith("x-tc-action:")) return t("call.action");
  if (index === count - 2) return t("signature.signedHeaders");
  if (index === count - 1) return draft.signing === "tc3Unsigned" ? t("call.tc3Unsigned") : t("signature.bodyHash");
  return "";
}

function toSignNotes(_, index) {
  return [
    t("signature.algorithm"),
    t("signature.timestamp"),
    t("signature.scope"),
    t("signature.canonicalHash"),
  ][index];
}

function keys() {
  const rows = [
    ["date", `HMAC("TC3" + SecretKey, "${shown.day}")`],
    ["service", 'HMAC(date, "scf")'],
    ["signing", 'HMAC(service, "tc3_request")'],
  ];
  const items = rows.map(([name, formula]) =>
    element(
      "li",
      {},
      element("code", {}, `${name} = ${formula}`),
      element("code", { className: "muted secret" }, shown.keys?.[name] ?? "••••••••"),
    ),
  );
  const box = element("input", { type: "checkbox", checked: reveal, id: "reveal", disabled: !shown.canReveal });
  box.addEventListener("change", async () => {
    reveal = box.checked;
    await load();
    steps.querySelector("#reveal")?.focus();
  });
  return element(
    "div",
    {},
    element("ol", { className: "lines" }, ...items),
    element("label", { className: "check" }, box, t(shown.canReveal ? "signature.reveal" : "signature.cannotReveal")),
  );
}

async function verify() {
  if (!pasted.value.trim()) {
    pasted.focus();
    return;
  }
  let found;
  try {
    const timestamp = shown?.timestamp ?? null;
    found = await post("verify", { draft: toSend(), pasted: pasted.value, timestamp });
  } catch (error) {
    checked.replaceChildren(element("p", { className: "bad" }, problem(error)));
    return;
  }
  if (found.ok) {
    checked.replaceChildren(element("p", { className: "good" }, `✓ ${t("signature.right")}`));
    return;
  }
  const { line, expected, signature: right } = found;
  const parts = [element("p", { className: "bad" }, `✕ ${problem(found)}`)];
  if (expected) {
    const list = linesOf(expected.canonicalRequest, undefined, canonicalNotes);
    if (line) differs(list.children[line - 1], "signature.differs");
    parts.push(element("h3", { t: "signature.expected" }), list);
  }
  // Where no line before it differs, the signature itself is the first.
  if (right && !line) {
    const both = linesOf(`${expected.signature}\n${right}`, undefined, (_, index) => t(BOTH[index]));
    differs(both.children[0], "signature.differs");
    parts.push(element("h3", { t: "signature.signature" }), both);
  }
  checked.replaceChildren(...parts);
}

const BOTH = ["signature.pasted", "signature.byThisKey"];

function differs(item, words) {
  item?.classList.add("differs");
  item?.append(element("span", { className: "origin" }, `≠ ${t(words)}`));
}
