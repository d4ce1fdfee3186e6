import { ApiError, Client } from "scf-invoke";

const { secret, endpoint, host } = JSON.parse(new URLSearchParams(location.search).get("context"));
const client = new Client({ region: "ap-guangzhou", credentials: secret, endpoint, host });
const { result } = await client.invoke("echo", { name: "app" });
const error = await client.invoke("nowhere").catch((error) => error);
if (!(error instanceof ApiError) || error.name != "ApiError") throw error;
globalThis.outcome = `its output says ${result.name}`;
