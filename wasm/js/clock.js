import { test } from "./options.js";

// A difference between clocks, in seconds, that is no cause of a refusal.
const TOLERANCE = 60;

// The clock of a client, corrected by what servers say.
export class Clock {
    #local;
    // What the server's clock is ahead, in seconds.
    #ahead = 0;

    constructor(local) {
        this.#local = local;
    }

    // The time in whole seconds.
    now() {
        const now = Math.floor(this.#local() / 1000) + this.#ahead;
        test("now", now, [(now) => now >= 0 && now < 253402300800, "a clock in milliseconds"]);
        return now;
    }

    // Takes over a server's time, and returns whether what was signed at that
    // time was wrong by more than a server allows: a call beside may have learnt it first.
    learn(date, signed) {
        if (Math.abs(this.now() - date) > TOLERANCE) this.#ahead += Math.round(date - this.now());
        return Math.abs(this.now() - signed) > TOLERANCE;
    }
}
