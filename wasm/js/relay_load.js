// What requests take up at the same time: places, places of one client, and
// the memory of bodies.
import { refuse } from "./relay_refusal.js";

const busy = (message) => refuse("Busy", 503, message, { retryAfter: 1 });

export class Load {
    #limits;
    #running = 0;
    #memory = 0;
    #clients = new Map();
    #bodies = new Map();

    constructor({ concurrency, perClient, memory }) {
        this.#limits = { concurrency, perClient, memory };
    }

    // Begins a request, whose body of that length is still to come: it takes up a place of its client, who
    // may be unknown, and a part of the client's quarter of the memory, which one body alone may exceed.
    begin(client, length) {
        const { concurrency, perClient, memory } = this.#limits;
        const others = this.#bodies.get(client);
        if (others && others + length > memory / 4) busy("Other bodies of this client take its part of the memory; try again soon.");
        add(this.#clients, client, 1, perClient);
        add(this.#bodies, client, length);
        let [bytes, running, open] = [0, 0, true];
        const free = () => {
            this.#memory -= bytes;
            bytes = 0;
            add(this.#bodies, client, -length);
            length = 0;
        };
        return {
            // Takes memory for more of the body.
            hold: (more) => {
                if (this.#memory + more > memory) busy("The bodies of other requests take all memory; try again soon.");
                this.#memory += more;
                bytes += more;
            },
            // Takes a place, for the body is here.
            start: () => {
                if (this.#running >= concurrency) busy("Too many requests are under way; try again soon.");
                this.#running += running = 1;
            },
            // Gives back the memory: the body has been sent.
            free,
            // Gives back all of it.
            end: () => {
                if (!open) return;
                open = false;
                free();
                this.#running -= running;
                add(this.#clients, client, -1);
            },
        };
    }
}

// Changes the count of a client, if it is known, and forgets one of 0.
function add(counts, client, change, most = Infinity) {
    if (client === undefined) return;
    const count = (counts.get(client) ?? 0) + change;
    if (count > most) busy("Too many requests of this client are in progress; try again soon.");
    if (count) counts.set(client, count);
    else counts.delete(client);
}
