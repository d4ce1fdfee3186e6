// The package at work: this file is what to look at for using it in a page.

import { Client } from "../scf-invoke/index.js";

let client;
let madeFor;

// One client serves all calls with the same settings, so that it keeps the
// day's key and what it has learnt about the clock.
function clientFor(values) {
  const credentials =
    values.credentialKind === "dayKey"
      ? { dayKey: values.dayKey, token: values.token || undefined }
      : {
          secretId: values.secretId,
          secretKey: values.secretKey,
          token: values.token || undefined,
        };
  const settings = {
    region: values.region,
    credentials,
    endpoint: values.endpoint,
    host: values.host || undefined,
  };
  const key = JSON.stringify(settings);
  if (key !== madeFor) {
    client = new Client(settings);
    madeFor = key;
  }
  return client;
}

function options(values, signal) {
  return {
    namespace: values.namespace || undefined,
    qualifier: values.qualifier || undefined,
    invocationType: values.invocationType,
    // An asynchronous call has no log to ask for.
    logType: values.invocationType === "Event" ? undefined : values.logType,
    routingKey: values.routingKey || undefined,
    language: values.language || undefined,
    timeoutMs: values.timeout ? Number(values.timeout) * 1000 : undefined,
    signal,
  };
}

/** Runs the function; gives what `Client.invoke` gives, and throws what it throws. */
export async function invoke(values, signal) {
  return clientFor(values).invoke(values.functionName, values.event, options(values, signal));
}

/** Signs the same call without making it. */
export async function sign(values) {
  const request = await clientFor(values).sign(values.functionName, values.event, options(values));
  return {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: await request.text(),
  };
}
