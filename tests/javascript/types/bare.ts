// A program without the types of a page or of Node.
import { Client, ScfError } from "scf-invoke";
import { relay } from "scf-invoke/relay";
import { Client as Whole } from "scf-invoke/whole";

const client = new Client({ region: "ap-guangzhou", credentials: { dayKey: "a/2023-11-14/scf/00" } });
export const handler = relay({ origins: ["https://app.example"] });
export async function duration(): Promise<number> {
    const { durationMs } = await client.invoke("hello");
    return durationMs ?? 0;
}
export const whole: Whole = client;
export const isOurs = (error: unknown): boolean => error instanceof ScfError;
