// The module first: it compresses better at the beginning of a bundle.
import { inline } from "./inline.js";
import { clientOf } from "./client.js";
import { later } from "./later.js";

export const Client = /* @__PURE__ */ clientOf(inline, { ...later, extra: () => import("./extra_wasm.js") });
export { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
