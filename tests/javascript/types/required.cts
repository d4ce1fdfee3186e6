// A CommonJS module of TypeScript.
import scf = require("scf-invoke");
import module = require("scf-invoke/relay");

const client = new scf.Client({ region: "ap-guangzhou", credentials: { dayKey: "a/2023-11-14/scf/00" } });
export const handler: unknown = module.relay();
export const called: Promise<scf.Reply> = client.invoke("hello");
