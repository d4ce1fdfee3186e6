// Every call as a user writes it; what is marked must not type-check.
import { ApiError, Client, ConfigError, FunctionError, NetworkError, ScfError, TimeoutError } from "scf-invoke";
import type { Credentials, Delivery, Reply } from "scf-invoke";

const key: Credentials = { dayKey: "AKIDEXAMPLE/2023-11-14/scf/00" };
const fixed = new Client({ region: "ap-guangzhou", credentials: { secretId: "a", secretKey: "b", token: "c", expiresAt: new Date() } });
const client = new Client({
    region: "ap-guangzhou",
    credentials: async () => key,
    endpoint: new URL("https://relay.example/scf"),
    host: "scf.tencentcloudapi.com",
    fetch: globalThis.fetch,
    now: () => Date.now(),
    namespace: "default",
    qualifier: "$LATEST",
    logType: "Tail",
    routingKey: { k: "v" },
    language: "zh-CN",
    timeoutMs: 1000,
    attempts: 1,
});

interface Greeting {
    text: string;
}

export async function calls(signal: AbortSignal, module: WebAssembly.Module): Promise<Delivery> {
    new Client({ region: "ap-guangzhou", credentials: key, module });
    const greeting: Reply<Greeting> = await client.invoke<{ name: string }, Greeting>("hello", { name: "world" }, { signal, invocationType: "RequestResponse" });
    const words: string = greeting.result.text + greeting.resultText + (greeting.log ?? "") + greeting.requestId + greeting.functionRequestId;
    const numbers: (number | undefined)[] = [greeting.durationMs, greeting.billedDurationMs, greeting.memoryBytes];
    await fixed.invoke("hello");
    await fixed.invoke("hello", new Uint8Array(2));
    await fixed.invokeFunction("hello", '{"a":1}', { routingKey: '{"k":"v"}' });
    const request: Request = await client.sign("hello", [1, null], { action: "InvokeFunction", signal });
    const url: string = await fixed.presign("hello", 1, { action: "Invoke" });
    try {
        await client.invoke("hello");
    } catch (error) {
        if (error instanceof FunctionError) console.log(error.statusCode, error.stackTrace, error.resultText, error.log, error.functionRequestId);
        if (error instanceof NetworkError) console.log(error.url, error.status, error.excerpt);
        if (error instanceof ConfigError) console.log(error.option);
        if (error instanceof ApiError || error instanceof TimeoutError) console.log(error.code, error.requestId, error.retryable);
        if (error instanceof ScfError) return error.delivery;
    }
    // @ts-expect-error
    client.invokeFunction("hello", 1, { invocationType: "Event" });
    // @ts-expect-error
    client.invoke("hello", 1, { logtype: "Tail" });
    // @ts-expect-error
    client.invoke("hello", 1n);
    // @ts-expect-error
    new Client({ region: "ap-guangzhou" });
    // @ts-expect-error
    new Client({ region: "ap-guangzhou", credentials: { secretId: "a" } });
    console.log(words, numbers, request, url);
    return "executed";
}
