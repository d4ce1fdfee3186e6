// For workerd, which compiles modules when it loads them, and lets no script do so.
import compiled from "./scf.wasm";
import { clientOf } from "./client.js";

const instantiate = async (module = compiled) => (await WebAssembly.instantiate(module, {})).exports;

export const Client = /* @__PURE__ */ clientOf(instantiate);
export { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
