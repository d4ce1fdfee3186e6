// Words for a call that failed: what happened, whether the function has run,
// and what to do.

import { catalogue } from "../catalogue.js";
import { current, problem, sentence, t, TEXTS } from "../i18n.js";

/** The words for an outcome that is no success. */
export function explain({ kind, value, kept }) {
  const { title, happened, todo } = words(kind, value, kept);
  const delivery = value.delivery ?? "unknown";
  return {
    title,
    happened,
    todo,
    ran: t(`ran.${delivery}`),
    because: t(`because.${delivery}`),
    code: value.code ?? (value.statusCode && String(value.statusCode)),
  };
}

function words(kind, value, kept) {
  if (kind === "cancelled") return of("cancelled");
  if (kind === "gone") {
    return value.status === 401
      ? { title: t("shell.locked"), happened: t("shell.restarted"), todo: t("todo.open") }
      : { title: t("shell.gone"), happened: value.status === 0 ? t("happened.gone") : problem(value), todo: t("shell.goneWhy") };
  }
  if (kind === "failed") return ofFunction(value);
  switch (value.kind) {
    case "api":
      return ofApi(value);
    case "timeout":
      return { ...of("timeout"), happened: problem(value) };
    case "network":
      return { ...of(value.delivery === "not sent" ? "network" : "broken"), happened: problem(value), todo: t(networkAdvice(value, kept)) };
    case "relay":
      return { ...of("relay"), happened: problem(value) };
    case "protocol":
      return { ...of("protocol"), happened: problem(value) };
    default:
      return { ...of("request"), happened: problem(value) };
  }
}

const of = (name) => ({
  title: t(`failure.${name}`),
  happened: t(`happened.${name}`),
  todo: t(`todo.${name}`),
});

function ofFunction({ statusCode, message }) {
  const own = `todo.${statusCode}`;
  return {
    title: statusCode ? t("failure.status", statusCode) : t("failure.function"),
    happened: [inWords(statusCode), message || t("happened.function")].filter(Boolean).join("\n"),
    todo: t(own in TEXTS ? own : "todo.function"),
  };
}

// In Chinese, what the status means: the message is the function's or the service's.
function inWords(statusCode) {
  const meaning = catalogue.statuses.find(({ status }) => status === statusCode)?.meaning;
  return current() === "zh" && meaning ? `${sentence(meaning)}。` : undefined;
}

function ofApi(value) {
  const name = value.code.startsWith("AuthFailure") ? "failure.key" : "failure.api";
  return { title: t(name), happened: problem(value), todo: sentence(value.advice) };
}

const networkAdvice = ({ code, delivery }, { target }) => {
  if (/Certificate/.test(code)) return "todo.certificate";
  if ((target ?? "local") === "local") return "todo.emulator";
  return delivery === "not sent" ? "todo.network" : "todo.broken";
};
