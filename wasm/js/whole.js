// The same client with all of it loaded at once, for a place where a script may load no other.
import * as advice from "./advice.js";
import { clientOf } from "./client.js";
import * as extra from "./extra_wasm.js";
import { inline } from "./inline.js";
import * as map from "./map.js";
import * as presign from "./presign.js";

export const Client = /* @__PURE__ */ clientOf(inline, { advice: () => advice, extra: () => extra, map: () => map, presign: () => presign });
export { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
