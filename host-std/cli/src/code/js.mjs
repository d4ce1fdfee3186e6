// Runs the function {{NAME}} of Tencent Cloud SCF: npm install scf-invoke.
import { Client } from "scf-invoke";

// In a page take a day key from your backend, and send through a relay: see tscf relay.
const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN } = process.env;
const scf = new Client({
    region: {{REGION}},
    credentials: {
        secretId: TENCENTCLOUD_SECRET_ID,
        secretKey: TENCENTCLOUD_SECRET_KEY,
        token: TENCENTCLOUD_TOKEN,
    },
{{SETTINGS}}});
const { result, requestId } = await scf.{{METHOD}}({{FUNCTION}}{{EVENT}}{{OPTIONS}});
console.log(result ?? requestId);
