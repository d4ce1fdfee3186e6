import { test } from "./options.js";

// The clock of a client, in whole seconds, which the core corrects by what servers say.
export const clockOf = (milliseconds) => ({
    offset: 0,
    local: () => Math.floor(milliseconds() / 1000),
    now() {
        const now = this.local() + this.offset;
        test("now", now, [(now) => now >= 0 && now < 253402300800, "a clock in milliseconds"]);
        return now;
    },
});
