// The suite in a browser: for a window by import, in workers by message.
import * as scf from "/package/index.js";
import { answers, outcome } from "./answers.mjs";

export const here = (context) => outcome(scf, context);

if (!globalThis.document) answers(scf);
