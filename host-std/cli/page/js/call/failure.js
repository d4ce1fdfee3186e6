// Words for a call that failed: what happened, whether the function has run,
// and what to do.

import { problem, sentence, t, TEXTS } from "../i18n.js";

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
      : { title: t("shell.gone"), happened: value.status === 0 ? t("happened.gone") : value.message, todo: t("shell.goneWhy") };
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
      return { ...of("relay"), happened: value.message };
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
    happened: message || t("happened.function"),
    todo: t(own in TEXTS ? own : "todo.function"),
  };
}

function ofApi({ code, message, advice }) {
  const name = code.startsWith("AuthFailure") ? "failure.key" : "failure.api";
  return { title: t(name), happened: message, todo: sentence(advice) };
}

const networkAdvice = ({ code, delivery }, { target }) => {
  if (/Certificate/.test(code)) return "todo.certificate";
  if ((target ?? "local") === "local") return "todo.emulator";
  return delivery === "not sent" ? "todo.network" : "todo.broken";
};
