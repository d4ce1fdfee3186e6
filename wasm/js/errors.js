// Why a call has no result. The types are documented in index.d.ts.

// In the order of the core.
export const DELIVERIES = ["not sent", "refused", "unknown", "executed"];

export class ScfError extends Error {
    constructor(message, code, delivery, details) {
        super(message);
        Object.assign(this, { code, delivery, retryable: false }, details);
    }
}

export class ApiError extends ScfError {}
export class FunctionError extends ScfError {}
export class NetworkError extends ScfError {}
export class TimeoutError extends ScfError {}

export class ConfigError extends ScfError {
    constructor(option, problem, cause) {
        super(option + " " + problem, "InvalidOption", "not sent", { option, cause });
    }
}

// A bundler renames classes, and people read these.
for (const [name, type] of Object.entries({ ApiError, ConfigError, FunctionError, NetworkError, ScfError, TimeoutError }))
    Object.defineProperty(type.prototype, "name", { value: name });
