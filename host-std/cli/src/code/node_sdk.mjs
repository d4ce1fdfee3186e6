// Runs the function {{NAME}} of Tencent Cloud SCF: npm install tencentcloud-sdk-nodejs-scf.
import { scf } from "tencentcloud-sdk-nodejs-scf";

const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN } = process.env;
const client = new scf.v20180416.Client({
    credential: {
        secretId: TENCENTCLOUD_SECRET_ID,
        secretKey: TENCENTCLOUD_SECRET_KEY,
        token: TENCENTCLOUD_TOKEN,
    },
    region: {{REGION}},
    profile: {
        httpProfile: {
            protocol: "{{SCHEME}}://",
            endpoint: {{HOST}},
            // A synchronous call may take 300 seconds.
            reqTimeout: 310,
        },
    },
});
const { Result: result } = await client.{{ACTION}}({
{{PARAMETERS}}
});
if (![undefined, null, 0, 200].includes(result.InvokeResult) || result.ErrMsg) {
    throw new Error(`the function failed: ${result.RetMsg}`);
}
console.log(result.RetMsg || result.FunctionRequestId);
