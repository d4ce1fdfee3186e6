// The official Node SDK as a client of the emulator.
//
//     NODE_PATH=…/node_modules node sdk_client.js HOST:PORT SECRET_ID SECRET_KEY
//
// Failures are printed; the last line counts them.

"use strict";

const assert = require("node:assert/strict");
const { scf } = require("tencentcloud-sdk-nodejs-scf");

const [endpoint, secretId, secretKey] = process.argv.slice(2);
const UNICODE = { text: "é中文😀\u2028\x00\x7f\"\\/", ключ: ["\u{10ffff}", null, 1.5, true] };

function client({ method = "POST", signature = "TC3-HMAC-SHA256", key = secretKey } = {}) {
  return new scf.v20180416.Client({
    credential: { secretId, secretKey: key },
    region: "ap-guangzhou",
    profile: {
      signMethod: signature,
      httpProfile: { endpoint, protocol: "http://", reqMethod: method },
    },
  });
}

async function echo(event, options) {
  const parameters = { FunctionName: "echo", ClientContext: JSON.stringify(event) };
  const { Result } = await client(options).Invoke(parameters);
  assert.equal(Result.InvokeResult, 0);
  assert.deepEqual(JSON.parse(Result.RetMsg), event);
}

async function refused(code, parameters, options) {
  await assert.rejects(client(options).Invoke(parameters), (error) => {
    assert.equal(error.code, code);
    assert.ok(error.requestId);
    return true;
  });
}

const tests = {
  async invoke() {
    const parameters = { FunctionName: "hello", ClientContext: '{"name":"Ada"}', LogType: "Tail" };
    const { Result } = await client().Invoke(parameters);
    assert.equal(Result.RetMsg, '"hello Ada"');
    assert.match(Result.Log, /greeting Ada/);
  },
  async invokeFunction() {
    const parameters = { FunctionName: "hello", Event: '{"name":"Ada"}' };
    assert.equal((await client().InvokeFunction(parameters)).Result.RetMsg, '"hello Ada"');
  },
  async unicode() {
    for (const method of ["POST", "GET"]) {
      await echo(UNICODE, { method });
    }
  },
  async version1() {
    for (const signature of ["HmacSHA1", "HmacSHA256"]) {
      for (const method of ["POST", "GET"]) {
        await echo(UNICODE, { method, signature });
      }
    }
  },
  async aMebibyte() {
    await echo({ text: "0123456789abcdé\n".repeat(61440) });
  },
  async event() {
    const parameters = { FunctionName: "hello", InvocationType: "Event", ClientContext: "{}" };
    assert.equal((await client().Invoke(parameters)).Result.FunctionRequestId.length, 36);
  },
  async theFunctionsOwnFailure() {
    const { Result } = await client().Invoke({ FunctionName: "fail" });
    assert.notEqual(Result.InvokeResult, 0);
    assert.equal(JSON.parse(Result.RetMsg).statusCode, 430);
  },
  async refusals() {
    const hello = { FunctionName: "hello" };
    for (const signature of ["TC3-HMAC-SHA256", "HmacSHA1"]) {
      await refused("AuthFailure.SignatureFailure", hello, { key: "wrong", signature });
    }
    await refused("ResourceNotFound.Function", { FunctionName: "nobody" });
    await refused("InvalidParameterValue.Param", { ...hello, ClientContext: "{name:1}" });
  },
};

(async () => {
  let passed = 0;
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`${name} failed:`, error);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
})();
