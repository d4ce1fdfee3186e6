// Bad input is named before anything is sent.
import { equal, rejects } from "./assert.mjs";

export function input({ Client, ConfigError }, { secret }) {
    let sent = 0;
    const fetch = async () => {
        sent++;
        throw new Error("sent");
    };
    const good = { region: "ap-guangzhou", credentials: secret, endpoint: "http://127.0.0.1:9", fetch };
    const refusedBy = async (option, attempt) => {
        const error = await rejects(attempt, ConfigError);
        equal([error.option, error.code, error.delivery, error.retryable], [option, "InvalidOption", "not sent", false]);
        equal(error.message.startsWith(option), true);
        equal(sent, 0);
    };
    const called = (option, ...parameters) => refusedBy(option, () => new Client(good).invoke(...parameters));
    const cyclic = {};
    cyclic.self = cyclic;

    return {
        async "options of a client"() {
            for (const [option, value] of [
                ["region", "ap guangzhou"], ["region", undefined], ["region", 7], ["credentials", null], ["credentials", "secret"],
                ["endpoint", "ftp://somewhere"], ["endpoint", "http://"], ["endpoint", "http://user:word@host/"], ["host", "Upper.example"],
                ["host", "a b"], ["fetch", 1], ["now", 1], ["timeoutMs", -1], ["timeoutMs", NaN], ["timeoutMs", 2 ** 31],
                ["attempts", 0], ["attempts", 1.5], ["replyLimit", 0], ["language", "fr"], ["namespace", ""], ["qualifier", "a\nb"], ["qualifier", "\ud800"],
                ["logType", "tail"], ["routingKey", { k: 1 }], ["routingKey", []], ["routingKey", "{k}"], ["routingKey", { k: "v".repeat(1024) }],
                ["signal", AbortSignal.abort()], ["nonsense", 1],
            ])
                await refusedBy(option, () => new Client({ ...good, [option]: value }));
            await refusedBy("region", () => new Client());
        },
        async "credentials, given or asked for"() {
            const dayKey = "AKIDEXAMPLE/2023-11-14/scf/" + "a".repeat(64);
            for (const [option, credentials] of [
                ["credentials.secretId", { secretKey: "k" }], ["credentials.secretKey", { secretId: "i", secretKey: "" }],
                ["credentials.secretKey", { secretId: "i", secretKey: "k\n" }], ["credentials.token", { ...secret, token: " t" }],
                ["credentials.expiresAt", { ...secret, expiresAt: "soon" }], ["credentials.expiresAt", { ...secret, expiresAt: 1700000000 }],
                ["credentials.SecretId", { ...secret, SecretId: "x" }], ["credentials.dayKey", { dayKey: dayKey + "0" }],
                ["credentials.secretId", { dayKey, secretId: "x" }],
            ]) {
                await refusedBy(option, () => new Client({ ...good, credentials }));
                await refusedBy(option, () => new Client({ ...good, credentials: async () => credentials }).invoke("echo"));
            }
            // That day is over.
            await refusedBy("credentials.dayKey", () => new Client({ ...good, credentials: { dayKey } }).invoke("echo"));
            await refusedBy("credentials.dayKey", () => new Client({ ...good, credentials: { dayKey } }).presign("echo"));
            await refusedBy("now", () => new Client({ ...good, now: () => NaN }).invoke("echo"));
        },
        async "no secret is in an error"() {
            const secretKey = "hidden and wrong";
            const error = await rejects(() => new Client({ ...good, credentials: { ...secret, secretKey } }), ConfigError);
            equal((error.stack + JSON.stringify(error)).includes("hidden"), false);
        },
        async "arguments of a call"() {
            for (const name of ["", "9a", "a-", "a b", "a".repeat(61), undefined, 7]) await called("functionName", name);
            await called("foo", "echo", 1, { foo: 1 });
            await called("signal", "echo", 1, { signal: 1 });
            await called("options", "echo", 1, "Tail");
            await called("invocationType", "echo", 1, { invocationType: "event" });
            await called("logType", "echo", 1, { invocationType: "Event", logType: "Tail" });
            await refusedBy("invocationType", () => new Client(good).invokeFunction("echo", 1, { invocationType: "Event" }));
        },
        async "events without a JSON form"() {
            for (const event of [
                undefined, () => 1, Symbol("s"), 1n, cyclic, { a: [1n] }, { toJSON: () => undefined },
                "", "{x", "[1,]", '"\ud800"', '"\\ud800"', { half: "\udc00" }, "1 2", "\ufeff1",
                new Uint8Array([0x22, 0xff, 0x22]), new Uint8Array([0xef, 0xbb, 0xbf, 0x31]),
            ])
                await called("event", "echo", event);
            // No options are no sign that it was left out.
            await called("event", "echo", undefined, undefined);
        },
        async "events that are too long"() {
            const quoted = (length) => '"' + "a".repeat(length - 2) + '"';
            await called("event", "echo", quoted(6291457));
            await called("event", "echo", '"' + "é".repeat(3145728) + '"');
            await called("event", "echo", quoted(131073), { invocationType: "Event" });
            // Each is doubled on the way, which makes more than 10 MiB.
            await called("event", "echo", '"' + '\\"'.repeat(3000000) + '"');
            await refusedBy("event", () => new Client(good).presign("echo", quoted(32768)));
            // The longest that passes gets to fetch.
            await new Client(good).invoke("echo", quoted(6291456), { attempts: 1 }).catch(() => {});
            await new Client(good).invoke("echo", quoted(131072), { invocationType: "Event", attempts: 1 }).catch(() => {});
            equal(sent, 2);
            sent = 0;
        },
    };
}
