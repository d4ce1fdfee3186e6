// Through the relay as it is: behind the page's own server, and on an origin of
// its own that names the page's.
import { equal, rejects } from "./assert.mjs";

export function relayed({ Client, ApiError, FunctionError, NetworkError }, context) {
    const { base, emulator, relays, secret } = context;
    const host = new URL(emulator).host;
    const client = (place, options) => new Client({ region: "ap-guangzhou", credentials: secret, endpoint: place + "/relay", host, ...options });
    const places = { "the page's own origin": base, "an origin that is named": relays.open };
    const facts = ({ code, delivery, retryable }) => [code, delivery, retryable];
    const refusal = (place, options) => rejects(client(place, { attempts: 1, ...options }).invoke("echo", 1), NetworkError);

    const tests = {};
    for (const [name, place] of Object.entries(places))
        Object.assign(tests, {
            async [`${name}: results and errors`]() {
                const event = JSON.stringify("é\"".repeat(500000));
                const { resultText: text, log } = await client(place).invoke("echo", event, { logType: "Tail" });
                equal([text == event, log.includes("echoing")], [true, true]);
                equal(facts(await rejects(client(place).invoke("fail"), FunctionError)), ["FunctionFailed", "executed", false]);
                const wrong = client(place, { credentials: { ...secret, secretKey: "wrong" } });
                equal(facts(await rejects(wrong.invoke("echo"), ApiError)), ["AuthFailure.SignatureFailure", "refused", false]);
            },
            async [`${name}: a wrong clock`]() {
                equal((await client(place, { now: () => Date.now() - 3600000 }).invoke("echo", 1)).result, 1);
            },
            async [`${name}: a connection that breaks after the run`]() {
                const counting = client(place);
                const before = (await counting.invoke("count")).result;
                await counting.invoke("fault", { kind: "close after" });
                equal(facts(await rejects(counting.invoke("count"), NetworkError)), ["Relay.Broken", "unknown", false]);
                equal((await counting.invoke("count")).result, before + 2);
            },
            async [`${name}: what the relay refuses`]() {
                const fetch = (url, init) => globalThis.fetch(url, { ...init, body: new Uint8Array(10485761) });
                const large = await refusal(place, { fetch });
                equal([...facts(large), large.status], ["Relay.TooLarge", "refused", false, 413]);
                const elsewhere = await refusal(place, { endpoint: place + "/relay?query" });
                equal([...facts(elsewhere), elsewhere.status], ["Relay.Target", "refused", false, 404]);
            },
        });
    return {
        ...tests,
        async "a rate limit is reported, and waited for"() {
            const calls = Array.from({ length: 20 }, () => client(relays.limited, { attempts: 1 }).invoke("echo", 1));
            const errors = (await Promise.allSettled(calls)).map(({ reason }) => reason).filter(Boolean);
            equal(errors.length > 0, true);
            for (const error of errors) equal([...facts(error), error.status], ["Relay.RateLimit", "refused", true, 429]);
            equal((await client(relays.limited, { attempts: 10 }).invoke("echo", 1)).result, 1);
        },
        async "an endpoint that is not there"() {
            const error = await refusal(relays.lost);
            equal([...facts(error), error.status], ["Relay.Unreachable", "not sent", true, 502]);
        },
        async "a page of a foreign origin"() {
            // A browser keeps the refusal to itself; elsewhere nobody says where a request is from.
            const fetch = (url, init) =>
                globalThis.fetch(url, { ...init, headers: { ...init.headers, Origin: "https://foreign.example" } });
            const error = await refusal(relays.own, { fetch: globalThis.location ? undefined : fetch });
            equal(facts(error), globalThis.location ? ["FetchFailed", "unknown", false] : ["Relay.Origin", "refused", false]);
        },
    };
}
