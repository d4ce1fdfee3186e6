// Why a call has no result. The types are documented in index.d.ts.

// In the order of the core.
export const DELIVERIES = ["not sent", "refused", "unknown", "executed"];

export class ScfError extends Error {
    constructor(message, code, delivery, details) {
        super(message);
        Object.assign(this, { code, delivery: DELIVERIES[delivery], retryable: false }, details);
    }
}

// A bundler renames classes, and people read their names.
const named = (name) => {
    const type = class extends ScfError {};
    type.prototype.name = name;
    return type;
};

export const ApiError = named("ApiError");
export const FunctionError = named("FunctionError");
export const NetworkError = named("NetworkError");
export const TimeoutError = named("TimeoutError");
export const ConfigError = named("ConfigError");

export const refuse = (option, problem, cause) => {
    throw new ConfigError(option + " " + problem, "InvalidOption", 0, { option, cause });
};
