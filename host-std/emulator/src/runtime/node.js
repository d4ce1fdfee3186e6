// Runs a Node.js handler over the custom runtime API. It is passed to `node -e` and written for
// every version from 10 on.
"use strict";

const fs = require("fs");
const http = require("http");
const path = require("path");
const { pathToFileURL } = require("url");
const util = require("util");

const CONFIGURED = JSON.parse(process.argv[1]);
const ROOT = process.env.USER_CODE_ROOT;
// As it is before a function changes it.
const ENVIRON = Object.assign({}, process.env);
const HANDLER_NOT_FOUND = 437;
const USER_EXCEPTION = 430;

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let handler;
let loadFailure;
// The invocation that runs now.
let current;

function call(method, pathname, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        agent,
        host: ENVIRON.SCF_RUNTIME_API,
        port: ENVIRON.SCF_RUNTIME_API_PORT,
        method,
        path: pathname,
        headers: Object.assign({ "content-length": Buffer.byteLength(body) }, headers),
      },
      (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () =>
          resolve({ headers: response.headers, text: Buffer.concat(parts).toString() }),
        );
        response.on("error", reject);
      },
    );
    // The emulator is gone.
    request.on("error", () => process.exit(1));
    request.end(body);
  });
}

/** The stack of an error from the user's code on, without the frames of this runtime. */
function traceOf(error) {
  if (!(error instanceof Error) || typeof error.stack !== "string") {
    return typeof error === "string" ? error : util.inspect(error);
  }
  return error.stack
    .split("\n")
    .filter((line) => !/^\s+at .*(\[eval|node:internal|internal\/)/.test(line))
    .join("\n");
}

function notFound(text) {
  return { status: HANDLER_NOT_FOUND, trace: text };
}

/** A package that package.json names and that is not installed needs one command. */
function hintOf(error) {
  const missing = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(error && error.message);
  const manifest = path.join(ROOT, "package.json");
  if (!missing || !fs.existsSync(manifest)) return "";
  const { dependencies = {} } = JSON.parse(fs.readFileSync(manifest, "utf8"));
  const name = missing[1].split("/").slice(0, missing[1][0] === "@" ? 2 : 1).join("/");
  if (!(name in dependencies)) return "";
  const folder = CONFIGURED.folder;
  return `\n${name} is in package.json and not installed; run: npm install --prefix ${folder}`;
}

async function importFile(file) {
  if (path.extname(file) !== ".mjs") {
    try {
      return require(file);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM") throw error;
    }
  }
  return import(pathToFileURL(file).href);
}

async function load() {
  const [, file, name] = /^(.*)\.([^.]*)$/.exec(process.env._HANDLER);
  const base = path.join(ROOT, file);
  const found = [".js", ".mjs", ".cjs"].map((end) => base + end).find((at) => fs.existsSync(at));
  if (!found) {
    loadFailure = notFound(`there is no ${file}.js, ${file}.mjs or ${file}.cjs`);
    return;
  }
  try {
    const loaded = await importFile(found);
    handler = loaded[name] || (loaded.default && loaded.default[name]);
  } catch (error) {
    loadFailure = { status: USER_EXCEPTION, trace: traceOf(error) + hintOf(error) };
    return;
  }
  if (typeof handler !== "function") {
    loadFailure = notFound(`${path.basename(found)} exports no function ${name}`);
  }
}

function contextOf(headers, invocation) {
  const environ = ENVIRON;
  const limit = Number(headers.time_limit_in_ms);
  const deadline = Date.now() + limit;
  return {
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    memory_limit_in_mb: Number(headers.memory_limit_in_mb),
    time_limit_in_ms: limit,
    request_id: headers.request_id,
    environment: CONFIGURED.environment,
    environ: CONFIGURED.environ,
    function_version: environ.SCF_FUNCTIONVERSION,
    function_name: environ.SCF_FUNCTIONNAME,
    namespace: environ.SCF_NAMESPACE,
    tencentcloud_region: environ.TENCENTCLOUD_REGION,
    tencentcloud_appid: environ.TENCENTCLOUD_APPID,
    tencentcloud_uin: environ.TENCENTCLOUD_UIN,
    done: (error, value) => invocation.callback(error, value),
    succeed: (value) => invocation.callback(null, value),
    fail: (error) => invocation.callback(error === undefined ? new Error("failed") : error),
  };
}

async function next() {
  current = undefined;
  const { headers, text } = await call("GET", "/runtime/invocation/next", "");
  current = { id: headers.request_id, callback: (error, value) => called(current, error, value) };
  current.context = contextOf(headers, current);
  if (loadFailure) {
    settle(current, answerOf(loadFailure));
  } else {
    run(current, text);
  }
}

function run(invocation, text) {
  try {
    const returned = handler(JSON.parse(text), invocation.context, invocation.callback);
    if (returned && typeof returned.then === "function") {
      invocation.isPromise = true;
      returned.then(
        (value) => succeed(invocation, value),
        (error) => raise(invocation, error),
      );
      return;
    }
    invocation.returned = returned;
    // It may have called back already.
    if (invocation.called) invocation.called();
    invocation.hasReturned = true;
  } catch (error) {
    raise(invocation, error);
  }
}

/** The callback of a handler. It counts when the handler has returned, and not beside a promise. */
function called(invocation, error, value) {
  if (!invocation || invocation.isPromise || invocation.called) return;
  invocation.called = () => {
    if (error === null || error === undefined) succeed(invocation, value);
    else raise(invocation, error);
  };
  if (invocation.hasReturned) invocation.called();
}

function answerOf({ status, trace }) {
  return {
    path: "/runtime/invocation/error",
    body: trace,
    headers: { "x-emulator-status": String(status) },
  };
}

function succeed(invocation, value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    raise(invocation, error);
    return;
  }
  const body = text === undefined ? "null" : text;
  settle(invocation, { path: "/runtime/invocation/response", body, headers: {} });
}

function raise(invocation, error) {
  settle(invocation, answerOf({ status: USER_EXCEPTION, trace: traceOf(error) }));
}

function settle(invocation, answer) {
  if (invocation.answer) return;
  invocation.answer = answer;
  if (!invocation.context.callbackWaitsForEmptyEventLoop) {
    send(invocation, { "x-emulator-freeze": "1" }).then(next);
    return;
  }
  // If nothing is left to do, beforeExit comes first: the event loop looks for that at the end of
  // each turn, and when an immediate of an immediate runs, a turn has ended. The timers see to it
  // that there are turns; however late they are, they prove nothing.
  let hasTurned = false;
  const soon = (then) => setImmediate(then).unref();
  soon(() => soon(() => (hasTurned = true)));
  const look = () => {
    if (hasTurned) send(invocation, { "x-emulator-early": "1" });
    else setTimeout(look, 1).unref();
  };
  setTimeout(look, 1).unref();
}

async function send(invocation, headers) {
  if (invocation.isSent) return;
  invocation.isSent = true;
  const { path: pathname, body, headers: own } = invocation.answer;
  await call("POST", pathname, body, Object.assign({}, own, headers));
}

/** The event loop is empty, and with it the invocation has ended. */
process.on("beforeExit", () => {
  const invocation = current;
  if (!invocation) return;
  if (!invocation.answer) {
    succeed(invocation, invocation.returned);
  }
  send(invocation, {}).then(next);
});

/** What nobody catches fails the invocation and ends the process. */
async function crash(error) {
  const invocation = current;
  const trace = traceOf(error);
  if (invocation && !invocation.answer) {
    invocation.answer = answerOf({ status: USER_EXCEPTION, trace });
    await send(invocation, {});
  } else {
    process.stderr.write(trace + "\n");
  }
  process.exit(1);
}
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

for (const name of ["log", "info", "debug", "warn", "error"]) {
  console[name] = (...values) => {
    const id = current ? current.id : "";
    process.stdout.write(`${new Date().toISOString()}\t${id}\t${util.format(...values)}\n`);
  };
}

process.argv.splice(1);
load()
  .then(() => call("POST", "/runtime/init/ready", ""))
  .then(next);
