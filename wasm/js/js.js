// The same client with the core in plain JavaScript, for places without WebAssembly.
import { instantiate } from "./scf_invoke_js.js";
import { clientOf } from "./client.js";
import { later } from "./later.js";

export const Client = /* @__PURE__ */ clientOf(instantiate, { ...later, extra: () => import("./extra_js.js") });
export { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
