const shown = (value) => JSON.stringify(value, (_, value) => (value === undefined ? "(undefined)" : value));

export function equal(seen, expected, what = "") {
    if (shown(seen) !== shown(expected)) throw new Error(`${what} expected ${shown(expected)?.slice(0, 500)}, got ${shown(seen)?.slice(0, 500)}`);
}

// The error of that type that a promise, or a function, ends with.
export async function rejects(promise, type) {
    let result;
    try {
        result = await (typeof promise == "function" ? promise() : promise);
    } catch (error) {
        if (error instanceof type) return error;
        throw error;
    }
    throw new Error(`expected ${type.name}, got ${shown(result)}`);
}
