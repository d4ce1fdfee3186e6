// The parameters of both actions: what the form asks for, and what APIs explains.

import { CHOICES } from "../state.js";

const BOTH = CHOICES.action;

/**
 * Each parameter: the `field` of the draft that it comes from, its `type`, the
 * values that it takes, its default, and the key of its limit.
 */
export const PARAMETERS = [
  { name: "Action", field: "action", header: "X-TC-Action", required: true, options: BOTH, common: true },
  { name: "Version", header: "X-TC-Version", required: true, options: ["2018-04-16"], common: true },
  { name: "Region", field: "region", header: "X-TC-Region", required: true, common: true },
  { name: "FunctionName", field: "functionName", required: true, limit: "limit.name" },
  {
    name: "InvocationType",
    field: "invocationType",
    options: CHOICES.invocationType,
    fallback: "RequestResponse",
    actions: ["Invoke"],
  },
  { name: "ClientContext", field: "event", limit: "limit.event", actions: ["Invoke"] },
  { name: "Event", field: "event", limit: "limit.eventSync", actions: ["InvokeFunction"] },
  { name: "LogType", field: "logType", options: CHOICES.logType, fallback: "None" },
  { name: "Qualifier", field: "qualifier", fallback: "$LATEST", actions: ["Invoke"] },
  { name: "Qualifier", field: "qualifier", fallback: "$DEFAULT", actions: ["InvokeFunction"] },
  { name: "Namespace", field: "namespace", fallback: "default" },
  { name: "RoutingKey", field: "routingKey", limit: "limit.routing", placeholder: '{"user":"42"}' },
  {
    name: "Language",
    field: "language",
    header: "X-TC-Language",
    options: CHOICES.language,
    common: true,
  },
  { name: "Timestamp", header: "X-TC-Timestamp", required: true, limit: "limit.timestamp", common: true },
  { name: "Authorization", header: "Authorization", required: true, common: true },
  { name: "Token", header: "X-TC-Token", common: true },
  { name: "TraceId", header: "X-TC-TraceId", common: true },
  { name: "RequestClient", header: "X-TC-RequestClient", common: true },
];

/** The parameters of an action. */
export const ofAction = (action) =>
  PARAMETERS.filter(({ actions = BOTH }) => actions.includes(action));

/** The longest event of the call, in bytes. */
export const eventLimit = ({ action, invocationType }) =>
  action === "Invoke" && invocationType === "Event" ? 128 << 10 : 6 << 20;

const FUNCTION_NAME = /^[A-Za-z](?:[\w-]{0,58}[A-Za-z0-9])?$/;

/**
 * What keeps the draft from being sent: pairs of a field and the key of words.
 * `state` has what the draft alone does not tell.
 */
export function problems(draft, { hasKey, isDayKey, catalogue, event }) {
  const found = [];
  const add = (field, key) => found.push([field, key]);
  if (!draft.functionName) add("functionName", "call.needFunction");
  else if (!FUNCTION_NAME.test(draft.functionName)) add("functionName", "call.wrongFunction");
  if (!/^[a-z0-9-]{1,32}$/.test(draft.region)) add("region", "call.wrongRegion");
  if (event === "wrong") add("event", "call.wrongEvent");
  if (event === "long") add("event", "call.longEvent");
  if (draft.timeout && !isSeconds(draft.timeout)) add("timeout", "call.wrongTimeout");
  if (draft.routingKey && !isRoutingKey(draft.routingKey)) add("routingKey", "call.wrongRouting");
  if (draft.signing === "v1" && isDayKey) add("dayKey", "call.dayKeyV1");
  if (draft.target === "local" && !catalogue.local) add("target", "call.needEmulator");
  if (draft.target === "cloud" && !hasKey && !catalogue.cloud.secretId) add("secretId", "call.needKey");
  return found;
}

const isSeconds = (text) => /^[\d.]+$/.test(text) && Number(text) > 0 && Number(text) < 1e9;

function isRoutingKey(text) {
  try {
    const value = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    const texts = isObject && Object.values(value).every((each) => typeof each === "string");
    return texts && new Blob([text]).size <= 1024;
  } catch {
    return false;
  }
}
