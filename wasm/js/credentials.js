import { ConfigError, CredentialsError, DELIVERIES } from "./errors.js";
import { checkCredentials, time } from "./options.js";

// The credentials of a client: given, or asked for where they are not known or too old.
export class Source {
    #given;
    #ask;
    #asked;
    #until;

    constructor(credentials) {
        if (typeof credentials == "function") this.#ask = credentials;
        else this.#given = checkCredentials(credentials);
    }

    // Returns the credentials at a time in seconds. Calls made at the same time wait for one answer.
    async get(now) {
        if (!this.#ask) return this.#given;
        if (this.#until <= now) this.#asked = undefined;
        return (this.#asked ??= this.#renewed());
    }

    // Returns whether others than those that were refused can be asked for.
    renew(refused) {
        if (this.#ask && this.#given == refused) this.#asked = undefined;
        return !!this.#ask;
    }

    async #renewed() {
        this.#until = Infinity;
        try {
            const given = await this.#ask();
            const page = given?.dayKey ?? given;
            if (typeof page == "string" && /^\s*[<{]/.test(page)) throw new Error("a page came in place of a day key: " + page.trim().slice(0, 64));
            checkCredentials(given);
            if (given.dayKey) this.#until = time(given.dayKey.split("/")[1]) / 1000 + 86400;
            if (given.expiresAt) this.#until = time(given.expiresAt) / 1000 - 60;
            return (this.#given = given);
        } catch (cause) {
            this.#asked = undefined;
            if (cause instanceof ConfigError) throw cause;
            // What fetch rejects with is a TypeError; others say it themselves.
            const retryable = cause?.retryable ?? cause instanceof TypeError;
            const fields = { code: "CredentialsFailed", delivery: DELIVERIES[0], retryable, cause };
            throw new CredentialsError("credentials could not be got: " + (cause?.message ?? cause), fields);
        }
    }
}
