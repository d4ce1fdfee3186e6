// The area Call: the form, and the tabs beside it.

import { button, byId, copy, element } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { fragment } from "../route.js";
import { code } from "../facet/code.js";
import { compareWith } from "../facet/compare.js";
import { docs } from "../facet/docs.js";
import { example } from "../facet/example.js";
import { result } from "../facet/result.js";
import { signature } from "../facet/signature.js";
import { choose, tabs } from "../facet/tabs.js";
import { draft } from "../state.js";
import { check, isJudged } from "./event.js";
import { drawHistory, history, onAgain, onCompare } from "./history.js";
import * as request from "./request.js";
import { cancel, now, onRun, outcome, send, show } from "./run.js";

let isChecking = false;

/** Sends the form, or says what keeps it from being sent; ends the call that runs. */
export async function sendOrCancel() {
  if (now()) {
    cancel();
    return;
  }
  if (isChecking || !(await isChecked())) return;
  if (request.problemsNow().length) {
    request.goToProblem();
    return;
  }
  choose("result");
  send();
}

// The verdict of the event may be that of what was typed before. Whoever types on while
// it is checked is left alone: what stands there then was not to be sent.
async function isChecked() {
  const { event } = draft;
  let isKnown = isJudged();
  isChecking = true;
  while (!isKnown && draft.event === event) isKnown = await check();
  isChecking = false;
  return draft.event === event;
}

/** Makes the area; `strip` is the live view's, if there is an emulator. */
export function start(strip) {
  const share = button("history.share", ({ currentTarget }) => {
    const link = location.href.split("#")[0] + fragment(true);
    copy(link, currentTarget, { done: t("shell.copied"), failed: t("shell.notAllowed") });
  });
  const panels = {
    result: result(),
    signature: signature(),
    code: code(),
    example: example(),
    docs: docs(),
  };
  const facets = element(
    "section",
    { id: "facets", className: "panel", tabIndex: -1 },
    element("h2", { className: "sr", id: "facets-title", t: "call.views" }),
    ...tabs(panels),
  );
  facets.setAttribute("aria-labelledby", "facets-title");
  const side = element("div", { className: "side" }, facets, element("div", { className: "panel" }, history(share)));
  byId("area-call").append(request.request(), side, ...(strip ? [strip] : []));
  request.onSubmit(sendOrCancel);
  request.showRunning(false);
  onAgain(sendOrCancel);
  onLanguage(drawHistory);
  onCompare((entry) => {
    compareWith(entry);
    choose("result");
    if (outcome()) show(outcome());
  });
  let wasRunning = false;
  onRun(() => {
    const isRunning = Boolean(now());
    if (isRunning === wasRunning) return;
    wasRunning = isRunning;
    request.showRunning(isRunning);
    if (isRunning) {
      request.fold(true);
      bringIntoSight(facets);
    }
  });
}

// On a phone the result is below the form.
function bringIntoSight(part) {
  if (part.getBoundingClientRect().top < innerHeight * 0.6) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  part.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
}
