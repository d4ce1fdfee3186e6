import { extraOf } from "./extra.js";
import { instantiate } from "./scf_extra_js.js";

export const extra = (_, refuse) => extraOf(instantiate(), refuse);
