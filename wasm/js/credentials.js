import { ConfigError, CredentialsError, DELIVERIES } from "./errors.js";
import { checkCredentials, time } from "./options.js";

// The credentials of a client: given, or asked for where they are not known or too old.
export function credentialsOf(credentials) {
    const ask = typeof credentials == "function" && credentials;
    let given = ask ? undefined : checkCredentials(credentials);
    let asked, until;

    async function renewed() {
        until = Infinity;
        try {
            const answer = await ask();
            const page = answer?.dayKey ?? answer;
            if (typeof page == "string" && /^\s*[<{]/.test(page)) throw new Error("a page came in place of a day key: " + page.trim().slice(0, 64));
            checkCredentials(answer);
            if (answer.dayKey) until = time(answer.dayKey.split("/")[1]) / 1000 + 86400;
            if (answer.expiresAt) until = time(answer.expiresAt) / 1000 - 60;
            return (given = answer);
        } catch (cause) {
            asked = undefined;
            if (cause instanceof ConfigError) throw cause;
            // What fetch rejects with is a TypeError; others say it themselves.
            const retryable = cause?.retryable ?? cause instanceof TypeError;
            const fields = { code: "CredentialsFailed", delivery: DELIVERIES[0], retryable, cause };
            throw new CredentialsError("no credentials came: " + (cause?.message ?? cause), fields);
        }
    }

    return {
        // Returns the credentials at a time in seconds. Calls made at the same time wait for one answer.
        async get(now) {
            if (!ask) return given;
            if (until <= now) asked = undefined;
            return (asked ??= renewed());
        },
        // Returns whether others than those that were refused can be asked for.
        renew(refused) {
            if (ask && given == refused) asked = undefined;
            return !!ask;
        },
    };
}
