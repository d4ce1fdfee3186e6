// The page's own server: the only one it speaks to.

import { t } from "./i18n.js";

/** An answer of the server that is no success; `status` is 0 where there was none. */
export class ServerError extends Error {
  constructor(status, message, { code, number } = {}) {
    super(message);
    Object.assign(this, { status, code, number });
  }
}

async function request(method, path, body, signal) {
  let response;
  try {
    response = await fetch(`api/${path}`, { method, body, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError(0, t("happened.gone"));
  }
  const text = await response.text();
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ServerError(response.status, text.slice(0, 200));
  }
  if (!response.ok) throw new ServerError(response.status, value.error ?? text, value);
  return value;
}

export const get = (path, signal) => request("GET", path, undefined, signal);
export const post = (path, value, signal) => request("POST", path, JSON.stringify(value), signal);
export const postText = (path, text, signal) => request("POST", path, text, signal);
export const remove = (path) => request("DELETE", path);
