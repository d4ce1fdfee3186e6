// The suite in a service worker of modules, which may load no script later: with all of the
// package at once; and what goes without in the package as it is otherwise.
import * as parted from "/package/index.js";
import * as scf from "/package/whole.js";
import { answers } from "./answers.mjs";
import { equal, rejects } from "./assert.mjs";

answers(scf, (_, { endpoint, host, secret }) => {
    const client = new parted.Client({ region: "ap-guangzhou", credentials: secret, endpoint, host });
    return {
        async "calls, errors and long events need nothing that is loaded later"() {
            equal((await client.invoke("echo", { a: 1 })).result, { a: 1 });
            const error = await rejects(client.invoke("nowhere"), parted.ApiError);
            equal([error.code, error.advice], ["ResourceNotFound.Function", undefined]);
            const long = JSON.stringify("é\\\"".repeat(50000));
            equal((await client.invoke("echo", long)).resultText == long, true);
            await rejects(client.invoke("echo", long + "}"), parted.ConfigError);
        },
        async "what is loaded later is refused by the platform"() {
            await rejects(client.presign("echo"), TypeError);
            await rejects(client.map("echo", [1]).next(), TypeError);
        },
    };
});
