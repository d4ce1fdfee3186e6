import type { ModuleType } from "./platform.js";

/** The compiled module, where a bundler or workerd makes one of such an import. */
declare const module: ModuleType;
export default module;
