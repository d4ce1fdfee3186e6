// What the server knows: tables of the API, the emulator, and this machine's key.

import { get } from "./api.js";

/** Errors, statuses, regions, triggers, languages; `local` and `cloud` are the targets. */
export const catalogue = {
  local: null,
  cloud: {},
  regions: [],
  errors: [],
  statuses: [],
  triggers: [],
  languages: [],
  functions: [],
};
const listeners = [];

/** Calls this when functions, or the cloud's key, became known or others. */
export const onCatalogue = (listener) => listeners.push(listener);

const tell = () => listeners.forEach((listener) => listener());

/** Reads the tables, at first and from a server that was started anew. The key of the cloud is looked for meanwhile. */
export async function load() {
  Object.assign(catalogue, await get("catalogue"));
  tell();
  get("cloud").then(
    (cloud) => {
      catalogue.cloud = cloud;
      tell();
    },
    (error) => {
      catalogue.cloud = { missing: error.message };
      tell();
    },
  );
  await loadFunctions();
}

/** Reads the emulator's functions, which come and go with its folder. */
export async function loadFunctions() {
  if (!catalogue.local) return;
  setFunctions((await get("emulator/functions")).functions);
}

/** Takes the functions that there are now. */
export function setFunctions(functions) {
  if (JSON.stringify(functions) === JSON.stringify(catalogue.functions)) return;
  catalogue.functions = functions;
  tell();
}
