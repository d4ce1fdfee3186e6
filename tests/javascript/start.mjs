// The time that a program takes to its first signature, and to its first
// reply: of this package, and of aws4fetch. In a page and in Node, one of
// them in each, so that nothing is loaded yet.
const SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

const clients = {
    "scf-invoke"({ Client }, endpoint) {
        const scf = new Client({ region: "ap-guangzhou", credentials: { secretId: "AKIDEXAMPLE", secretKey: SECRET }, endpoint, logger: {} });
        return { sign: () => scf.sign("hello", { name: "world" }), call: () => scf.invoke("hello", { name: "world" }) };
    },
    aws4fetch({ AwsClient }, endpoint) {
        const aws = new AwsClient({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET, service: "lambda", region: "us-east-1" });
        const init = { method: "POST", body: JSON.stringify({ name: "world" }) };
        return { sign: () => aws.sign(endpoint, init), call: async () => (await aws.fetch(endpoint, init)).json() };
    },
};

// Returns the milliseconds of the import, of what is made next for the first
// time, and of the same made again.
export async function start(name, script, endpoint, what) {
    const begun = performance.now();
    const module = await import(script);
    const imported = performance.now();
    const client = clients[name](module, endpoint);
    await client[what]();
    const made = performance.now();
    await client[what]();
    return [imported - begun, made - imported, performance.now() - made];
}

const { process, location } = globalThis;
if (process?.argv[2]) console.log(JSON.stringify(await start(...process.argv.slice(2))));
if (location) globalThis.outcome = JSON.stringify(await start(...new URLSearchParams(location.search).getAll("parameter")));
