export { Client } from "./client.js";
export { ApiError, ConfigError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
