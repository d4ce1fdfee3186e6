// The page: what is made, in which order.

import { ServerError } from "./api.js";
import * as apis from "./apis.js";
import { catalogue, load } from "./catalogue.js";
import * as call from "./call/area.js";
import { byId, element } from "./dom.js";
import * as header from "./header.js";
import { refresh, t } from "./i18n.js";
import * as keys from "./keys.js";
import * as live from "./live/area.js";
import { tell } from "./notice.js";
import * as route from "./route.js";
import * as search from "./search.js";
import { change, draft } from "./state.js";

// The function and the event of who comes for the first time.
const FIRST = "hello";
const FIRST_EVENT = '{\n  "name": "world"\n}';

async function start() {
  refresh();
  try {
    await load();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    locked(error);
    return;
  }
  const isLink = location.hash !== "";
  const told = route.read();
  if (!catalogue.local) change({ target: "cloud" }, "start");
  if (!isLink) beginWithFirst();
  header.start();
  search.start();
  const strip = live.start();
  call.start(strip);
  apis.start();
  keys.start();
  route.start(tell);
  route.show({});
  if (told) tell(told);
}

function beginWithFirst() {
  const names = catalogue.functions.map(({ name }) => name);
  const functionName = names.includes(FIRST) ? FIRST : (names[0] ?? "");
  if (!functionName) return;
  const event = functionName === FIRST && draft.event === "" ? { event: FIRST_EVENT } : {};
  change({ functionName, ...event }, "start");
}

function locked({ status, message }) {
  const isLocked = status === 401;
  byId("main").replaceChildren(
    element(
      "div",
      { className: "empty panel" },
      element("h2", {}, t(isLocked ? "shell.locked" : "shell.gone")),
      element("p", {}, isLocked ? t("shell.lockedWhy") : `${message}. ${t("shell.goneWhy")}`),
    ),
  );
}

start();
