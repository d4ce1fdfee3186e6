// For workerd, which compiles modules when it loads them, and lets no script do so.
import compiled from "./scf.wasm";
import compiledExtra from "./extra.wasm";
import { clientOf } from "./client.js";
import { extraOf } from "./extra.js";
import { later } from "./later.js";

const instantiate = async (module = compiled) => (await WebAssembly.instantiate(module, {})).exports;
const extra = async (_, refuse) => extraOf(await instantiate(compiledExtra), refuse);

export const Client = /* @__PURE__ */ clientOf(instantiate, { ...later, extra: () => ({ extra }) });
export { ApiError, ConfigError, CredentialsError, FunctionError, NetworkError, ScfError, TimeoutError } from "./errors.js";
