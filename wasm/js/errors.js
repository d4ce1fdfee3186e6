// Why a call has no reply. The types are documented in index.d.ts.

// In the order of the core.
export const DELIVERIES = ["not sent", "refused", "unknown", "executed"];

// A cause as plain data: what postMessage and JSON keep.
const plain = (cause) =>
    cause?.toJSON?.() ?? (cause instanceof Error ? { name: cause.name, message: cause.message, code: cause.code } : cause);

export class ScfError extends Error {
    static name = "ScfError";

    constructor(message, { cause, response, ...fields }) {
        super(message, cause === undefined ? undefined : { cause });
        // A Response is neither to be printed nor to be cloned.
        Object.defineProperty(this, "response", { value: response });
        for (const name in fields) if (fields[name] !== undefined) this[name] = fields[name];
    }

    toJSON() {
        const { name, message, cause } = this;
        return { name, message, ...this, ...(cause !== undefined && { cause: plain(cause) }) };
    }

    static fromJSON({ name, message, ...fields }) {
        return new (types[name] ?? ScfError)(message, fields);
    }
}
ScfError.prototype.name = "ScfError";

const types = {};

// A bundler renames classes, and people read their names.
const named = (name) => {
    const type = class extends ScfError {
        static name = name;
    };
    type.prototype.name = name;
    return (types[name] = type);
};

export const ApiError = named("ApiError");
export const FunctionError = named("FunctionError");
export const NetworkError = named("NetworkError");
export const TimeoutError = named("TimeoutError");
export const CredentialsError = named("CredentialsError");
export const ConfigError = named("ConfigError");

export const refuse = (option, problem, cause, code = "InvalidOption") => {
    throw new ConfigError(option + " " + problem, { code, delivery: DELIVERIES[0], retryable: false, option, cause });
};
