// The table of outcomes that every face of the library runs: what came back, and
// what follows of it.
import { equal } from "./assert.mjs";

const GOOD = '{"Response":{"Result":{"RetMsg":"good"},"RequestId":"r"}}';

export function outcomes({ Client }, { secret }, { outcomes }) {
    const rows = outcomes
        .split("\n")
        .filter((line) => line && !line.startsWith("#"))
        .map((line) => line.split("\t"));

    // Does what fetch does where that comes back.
    function fetched(response, body, isSent) {
        const cause = isSent ? new Error("closed") : Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
        if (!/^\d/.test(response)) throw Object.assign(new TypeError("fetch failed"), { cause });
        const stream = new ReadableStream({
            pull(controller) {
                if (body) controller.enqueue(new TextEncoder().encode(body));
                if (response.endsWith("cut") && !body) controller.error(new TypeError("terminated"));
                else if (!response.endsWith("cut")) controller.close();
                body = "";
            },
        });
        return new Response(stream, { status: parseInt(response), headers: { Date: new Date().toUTCString() } });
    }

    // Returns how the first attempt of a call ended, and what was done next.
    async function outcome([, invocation, response, body], isSent) {
        let [requests, asked] = [0, 0];
        let retry;
        const client = new Client({
            region: "ap-guangzhou",
            credentials: () => (asked++, secret),
            endpoint: "http://127.0.0.1:9",
            // Wrong, so that it can be corrected.
            now: () => Date.now() - 3600000,
            fetch: async () => (requests++ ? new Response(GOOD) : fetched(response, body == "-" ? "" : body, isSent)),
            onRetry: (details) => (retry = details),
        });
        const options = { invocationType: invocation == "async" ? "Event" : "RequestResponse" };
        const ended = await client.invoke("echo", 1, options).catch((error) => error);
        const first = retry?.error ?? ended;
        const next = () => {
            if (!retry) return first.name == "FunctionError" || !(first instanceof Error) ? "done" : "give up";
            if (asked > 1) return "again with new credentials";
            return retry.waitMs ? "again after a wait" : "again now";
        };
        return `${first.delivery ?? "executed"}; ${next()}`;
    }

    return {
        async "each row of the table, for a request that was sent"() {
            equal(rows.length > 80, true);
            const seen = await Promise.all(rows.map((row) => outcome(row, true)));
            for (const [index, row] of rows.entries()) equal(seen[index], row[6], row.slice(0, 4).join(" "));
        },
        async "a connection that was never made"() {
            const row = rows.find(([, , response]) => response == "closed");
            equal(await outcome(row, false), row[4]);
        },
    };
}
