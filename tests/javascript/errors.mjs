// Errors can be printed, told apart, sent elsewhere, and acted on.
import { equal, rejects } from "./assert.mjs";

export function errors(scf, { endpoint, host, base, secret }) {
    const { Client, ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } = scf;
    const client = (options) => new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host, ...options });
    const asked = (credentials) => rejects(client({ credentials }).invoke("echo"), CredentialsError);
    const refusal = (options, ...parameters) => rejects(() => client(options).invoke("echo", ...parameters), ConfigError);

    return {
        async "each has its class and the name of it"() {
            const all = { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, TimeoutError };
            for (const [name, type] of Object.entries(all)) {
                const error = new type("words", { code: "Code" });
                equal([type.name, error.name, error instanceof ScfError, String(error)], [name, name, true, name + ": words"]);
                if (error.stack.includes("words")) equal(error.stack.startsWith(name + ": words"), true);
            }
        },
        async "one that is cloned or written as JSON and read again has every field"() {
            const failures = [
                await rejects(client().invoke("fail", 1, { logType: "Tail" }), FunctionError),
                await rejects(client().invoke("nowhere"), ApiError),
                await rejects(client({ endpoint: base + "/strange/html" }).invoke("echo"), NetworkError),
                await refusal({ region: "A" }),
                await asked(() => Promise.reject(Object.assign(new TypeError("no way"), { code: "ELOST" }))),
            ];
            for (const error of failures) {
                const json = error.toJSON();
                for (const copy of [structuredClone(json), JSON.parse(JSON.stringify(error))]) {
                    const again = ScfError.fromJSON(copy);
                    equal([again.constructor == error.constructor, again.toJSON()], [true, json], error.name);
                }
                for (const name of Object.keys(error)) equal(json[name], error[name], name);
            }
            equal(failures.at(-1).toJSON().cause, { name: "TypeError", message: "no way", code: "ELOST" });
        },
        async "a reply can be cloned, and has the response at hand"() {
            const reply = await client().invoke("echo", { a: 1 });
            equal(structuredClone(reply).result, { a: 1 });
            equal([reply.response.status, reply.response.headers.get("content-type")], [200, "application/json"]);
            equal((await rejects(client().invoke("nowhere"), ApiError)).response.status, 200);
        },
        async "a function's failure is reported in its own words"() {
            const trace = (stackTrace) => ({ errorCode: -1, errorMessage: "user code exception caught", stackTrace, statusCode: 430 });
            for (const [returned, message] of [
                [trace('Traceback (most recent call last):\n  File "index.py", line 2, in main_handler\n    raise ValueError("no\\nway")\nValueError: no\nway\n'), "ValueError: no\nway"],
                [trace("TypeError: no way\n    at exports.main_handler (/var/user/index.js:2:11)\n    at process"), "TypeError: no way"],
                [trace(["TypeError: no way", "    at exports.main_handler"]), "TypeError: no way"],
                [{ errorMessage: "Invoking task timed out after 3 seconds", statusCode: 433 }, "Invoking task timed out after 3 seconds"],
                ["not an object", "the platform's words"],
            ]) {
                const RetMsg = JSON.stringify(returned);
                const body = JSON.stringify({ Response: { Result: { RetMsg, InvokeResult: 1, ErrMsg: "the platform's words" }, RequestId: "r" } });
                const error = await rejects(client({ fetch: async () => new Response(body) }).invoke("echo"), FunctionError);
                equal([error.message, error.resultText], [message, RetMsg]);
            }
        },
        async "credentials that cannot be got keep the cause, and say whether to try again"() {
            for (const [cause, retryable] of [
                [new TypeError("fetch failed"), true], [new Error("no"), false], ["no", false],
                [Object.assign(new Error("busy"), { retryable: true }), true],
            ]) {
                const error = await asked(() => Promise.reject(cause));
                equal([error.code, error.delivery, error.retryable], ["CredentialsFailed", "not sent", retryable]);
                equal([error.cause === cause, error.message.endsWith(cause.message ?? cause)], [true, true]);
            }
        },
        async "a page in place of a day key is named as that"() {
            for (const page of ["<!doctype html>\n<title>Sign in</title>", '{"error":"no session"}']) {
                const error = await asked(async () => ({ dayKey: page }));
                equal([error.retryable, error.message.includes("a page came in place of a day key: " + page[0])], [false, true]);
            }
        },
        async "an option that is missing or misspelt"() {
            const message = async (...parameters) => (await refusal(...parameters)).message;
            equal(await message({ region: undefined }), "region is missing: give a name such as ap-guangzhou");
            equal(await message({ credentials: { secretId: "i" } }), "credentials.secretKey is missing: give text without spaces");
            for (const [wrong, right] of [["logtype", "logType"], ["attempt", "attempts"], ["timeoutMss", "timeoutMs"], ["lnguage", "language"], ["qualifyer", "qualifier"]])
                equal(await message({ [wrong]: "x" }), `${wrong} is no option: is ${right} meant?`);
            equal(await message({}, 1, { timeout: 1 }), "timeout is no option");
            equal(await message({ credentials: { ...secret, secretID: "x" } }), "credentials.secretID is no option: is secretId meant?");
        },
        async "an endpoint without a page to be on is refused by the call, not by the client"() {
            const there = Object.getOwnPropertyDescriptor(globalThis, "origin");
            Object.defineProperty(globalThis, "origin", { value: undefined, configurable: true, writable: true });
            try {
                const made = client({ endpoint: "/scf" });
                const error = await rejects(made.invoke("echo"), ConfigError);
                equal([error.option, error.message.includes("a path where there is a page")], ["endpoint", true]);
                globalThis.origin = "https://app.example";
                equal((await made.sign("echo")).url, "https://app.example/scf");
            } finally {
                if (there) Object.defineProperty(globalThis, "origin", there);
                else delete globalThis.origin;
            }
        },
    };
}
