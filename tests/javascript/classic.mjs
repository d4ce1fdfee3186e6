// The suite in a service worker that is one script, as a bundler makes it.
import * as scf from "scf-invoke";
import { answers } from "./answers.mjs";

answers(scf);
