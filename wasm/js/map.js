// It imports nothing of what is loaded before: a bundler would part that too.

// Calls for each event, so many at a time, and gives what comes in the order in which it comes.
export async function* map(invoke, events, { concurrency = 8, ...options }) {
    const { signal } = options;
    const controller = new AbortController();
    const abort = () => controller.abort(signal.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    const source = (events[Symbol.asyncIterator] ?? events[Symbol.iterator]).call(events);
    const running = new Map();
    let index = 0;
    let drained = false;
    try {
        while (true) {
            while (!drained && running.size < concurrency) {
                const next = await source.next();
                if ((drained = next.done)) break;
                const item = { index: index++, event: next.value };
                const ended = invoke(item.event, { ...options, signal: controller.signal }).then(
                    (reply) => ({ ...item, reply }),
                    (error) => ({ ...item, error }),
                );
                running.set(item.index, ended);
            }
            if (!running.size) return;
            const item = await Promise.race(running.values());
            running.delete(item.index);
            signal?.throwIfAborted();
            yield item;
        }
    } finally {
        // A loop that stops early wants no more results.
        controller.abort();
        signal?.removeEventListener("abort", abort);
        if (!drained) await source.return?.();
    }
}
