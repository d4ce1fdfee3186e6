// Texts of failures for a person: what happened, whether the function has run,
// what to do.

import {
  ApiError,
  ConfigError,
  FunctionError,
  NetworkError,
  ScfError,
  TimeoutError,
} from "../scf-invoke/index.js";

const RAN = {
  "not sent": ["No.", "The request did not reach the service."],
  refused: ["No.", "The request was turned down before anything ran."],
  unknown: ["Perhaps.", "The request was sent, and no answer tells what became of it."],
  executed: ["Yes.", "It ran, and what it had done until then is done."],
};

/**
 * The words for `error`. `context` holds the form's `values` and `blocked`,
 * whether the page's own security policy stopped the request.
 */
export function explain(error, context) {
  const { title, happened, todo } = words(error, context);
  const delivery = context.blocked
    ? "not sent"
    : (error.delivery ?? (error.name === "AbortError" ? "unknown" : "not sent"));
  return {
    title,
    happened,
    todo,
    ran: RAN[delivery],
    code: error instanceof ScfError ? error.code : error.name,
    requestId: error.requestId,
  };
}

function words(error, context) {
  if (error.name === "AbortError") {
    return {
      title: "Cancelled",
      happened: "You cancelled the call. That ends the waiting, not the function.",
      todo: "Look at what the function does before you run it again: it may be running still.",
    };
  }
  if (error instanceof ConfigError) {
    return {
      title: "The request cannot be made",
      happened: error.message,
      todo: "Correct the field, then invoke again.",
    };
  }
  if (error instanceof TimeoutError) return timeout(error, context);
  if (error instanceof FunctionError) return failedFunction(error);
  if (error instanceof ApiError) return api(error);
  if (error instanceof NetworkError) return network(error, context);
  return {
    title: "This page made a mistake",
    happened: `${error.name}: ${error.message}`,
    todo: "Reload the page. If it comes again, report it.",
  };
}

function timeout(error, { values }) {
  return {
    title: "No answer in time",
    happened: values.timeout
      ? `The call was ended after ${values.timeout} s, as the timeout says.`
      : error.message,
    todo: "Give a longer timeout, or choose the invocation type Event for a function that takes long.",
  };
}

function failedFunction(error) {
  const todo = {
    407: "Have the function answer less: a result has 6 MB at most. Put what is larger into storage.",
    410: "Top up the account, then invoke again.",
    430: "The code raised an exception: the stack trace and the log say where.",
    432: "Too many calls at once. Wait, or raise the function’s concurrency.",
    433: "The function reached its own time limit. Raise that limit, or have it do less.",
    434: "The function used up its memory. Raise its limit, or have it use less.",
    437: "The handler was not found: check its name in the function’s settings.",
    439: "The function’s process exited. The log says how far it came.",
  };
  return {
    title: error.statusCode
      ? `The function failed with status ${error.statusCode}`
      : "The function failed",
    happened: error.message,
    todo: todo[error.statusCode] ?? "The result and the log have what the function left behind.",
  };
}

// From the longest beginning to the shortest: the first that fits counts.
const API_ADVICE = [
  ["AuthFailure.SignatureExpire", "Set this machine’s clock: it is too far from the service’s."],
  [
    "AuthFailure.SignatureFailure",
    "Check the secret key. Where it is right, something changed the request on its way, or Host is not the host that the relay passes on to.",
  ],
  ["AuthFailure.SecretId", "Check the secret id: the service does not know it."],
  ["AuthFailure.InvalidSecretId", "Check the secret id: it does not exist, or is disabled."],
  [
    "AuthFailure.TokenFailure",
    "Get new temporary credentials: this token is wrong or has expired.",
  ],
  [
    "AuthFailure.UnauthorizedOperation",
    "Give this key the right to invoke the function (scf:InvokeFunction).",
  ],
  ["AuthFailure", "Check secret id, secret key and token."],
  ["UnauthorizedOperation", "Give this key the right to invoke the function (scf:InvokeFunction)."],
  ["ResourceNotFound.Qualifier", "Check the qualifier: the function has no such version or alias."],
  ["ResourceNotFound", "Check the function’s name, its namespace and the region."],
  ["InvalidParameterValue.Param", "Have an event that is well-formed JSON."],
  ["InvalidParameter.FunctionName", "Check the function’s name."],
  ["InvalidParameter", "Correct the parameter that the message names."],
  ["UnsupportedRegion", "Choose a region that has SCF."],
  ["RequestLimitExceeded", "Wait a moment, then invoke again: 100 calls a second are allowed."],
  ["ResourceUnavailable.InsufficientBalance", "Top up the account, then invoke again."],
  ["LimitExceeded", "Wait until calls have ended, or have the limit raised."],
  [
    "FailedOperation.FunctionStatusError",
    "The function is being deployed: invoke again when that is done.",
  ],
  ["InternalError", "Find out whether the function ran before you invoke again."],
  ["FailedOperation", "Find out whether the function ran before you invoke again."],
];

function api(error) {
  const advice = API_ADVICE.find(([beginning]) => error.code.startsWith(beginning));
  return {
    title: error.code.startsWith("AuthFailure")
      ? "The service does not accept these credentials"
      : "The service refused the call",
    // The code has a line of its own.
    happened: error.message.replace(`${error.code}: `, ""),
    todo: advice?.[1] ?? "Look the code up in the API’s documentation.",
  };
}

function network(error, { blocked, values }) {
  if (blocked) {
    return {
      title: "This page may not send there",
      happened: `The page’s security policy does not allow requests to ${values.endpoint}.`,
      todo: "Use a relay on the page’s own origin, or add the other one to connect-src in index.html.",
    };
  }
  switch (error.code) {
    case "Offline":
      return {
        title: "This machine is offline",
        happened: "The browser has no network.",
        todo: "Connect it, then invoke again.",
      };
    case "FetchFailed":
      return {
        title: "No connection",
        happened: `Nothing answered at ${values.endpoint}, or it does not answer this page’s origin.`,
        todo: "Check that the relay is running and that Endpoint is its address. On another origin it has to be started with --origin for this page.",
      };
    case "HttpStatus":
    case "NotAnAnswer":
    case "Redirect":
      return {
        title: "Something else answered",
        happened: sentence(error.message),
        todo: "Check Endpoint: what is there is not the API, nor a relay to it.",
      };
    default:
      return relay(error);
  }
}

const RELAY_ADVICE = {
  "Relay.RateLimit": "Wait a moment, then invoke again.",
  "Relay.Busy": "Wait a moment, then invoke again.",
  "Relay.Unreachable": "See that the relay’s machine reaches the service.",
  "Relay.Broken": "See that the relay’s machine reaches the service.",
  "Relay.Timeout": "Choose the invocation type Event for a function that takes long.",
};

function relay(error) {
  return {
    title:
      error.delivery === "refused"
        ? "The relay refused the request"
        : "The relay has no answer of the service",
    happened: sentence(error.message),
    todo:
      RELAY_ADVICE[error.code] ??
      "Check Endpoint and Host against what the relay was started with.",
  };
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
