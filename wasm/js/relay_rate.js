// A token bucket for each client.

// Clients that are remembered at once. Each is forgotten when its bucket is full again.
const CLIENTS = 10000;

// Returns what stands for one client: its address, or the first 64 bits of an IPv6 address, whose
// other bits a client can choose. What is no such address stays as it is.
export function network(client) {
    if (!/^(?=.*::|([^:]+:){7})[\da-f:]+$/i.test(client)) return client;
    const [front, back] = client.split("::").map((part) => part.split(":"));
    // The two colons stand for the groups that are left out.
    const zeros = back ? Array(Math.max(0, 8 - front.length - back.length)).fill(0) : [];
    return [...front, ...zeros, ...(back ?? [])].slice(0, 4).map((group) => parseInt(group || 0, 16)).join(":");
}

export class Buckets {
    #rate;
    #clients = new Map();

    constructor(rate) {
        this.#rate = rate;
    }

    // Takes a token, or returns for how many seconds there is none.
    take(client, nowMs) {
        const rate = this.#rate;
        const filled = ({ tokens, at }) => Math.min(rate, tokens + ((nowMs - at) * rate) / 1000);
        if (this.#clients.size >= CLIENTS && !this.#clients.has(client)) {
            for (const [other, bucket] of this.#clients) if (filled(bucket) == rate) this.#clients.delete(other);
            if (this.#clients.size >= CLIENTS) return 1;
        }
        const tokens = filled(this.#clients.get(client) ?? { tokens: rate, at: nowMs });
        const taken = tokens >= 1;
        this.#clients.set(client, { tokens: taken ? tokens - 1 : tokens, at: nowMs });
        return taken ? 0 : (1 - tokens) / rate;
    }
}
