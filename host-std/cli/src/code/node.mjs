// Runs the function {{NAME}} of Tencent Cloud SCF: Node.js 18, nothing else.
import { createHash, createHmac } from "node:crypto";
import { request } from "node:{{SCHEME}}";

const url = {{URL}};
const host = {{HOST}};
const region = {{REGION}};
const parameters = {
{{PARAMETERS}}
};

const digest = (data) => createHash("sha256").update(data).digest("hex");
const mac = (key, text) => createHmac("sha256", key).update(text).digest();

const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN } = process.env;
const body = JSON.stringify(parameters);
const now = Math.floor(Date.now() / 1000);
const day = new Date(now * 1000).toISOString().slice(0, 10);
const canonical = `POST\n/\n\ncontent-type:application/json\nhost:${host}\n\ncontent-type;host\n${digest(body)}`;
const text = `TC3-HMAC-SHA256\n${now}\n${day}/scf/tc3_request\n${digest(canonical)}`;
const key = [day, "scf", "tc3_request"].reduce(mac, "TC3" + TENCENTCLOUD_SECRET_KEY);
const headers = {
    Host: host,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "X-TC-Action": "{{ACTION}}",
    "X-TC-Version": "2018-04-16",
    "X-TC-Region": region,
    "X-TC-Timestamp": now,
    Authorization:
        `TC3-HMAC-SHA256 Credential=${TENCENTCLOUD_SECRET_ID}/${day}/scf/tc3_request, ` +
        `SignedHeaders=content-type;host, Signature=${mac(key, text).toString("hex")}`,
    ...(TENCENTCLOUD_TOKEN && { "X-TC-Token": TENCENTCLOUD_TOKEN }),
};

// A synchronous call may take 300 seconds.
const answer = await new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, timeout: 310_000 }, async (response) => {
        let whole = "";
        for await (const piece of response.setEncoding("utf8")) whole += piece;
        resolve(whole);
    });
    sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.end(body);
});
const { Error: refused, Result: result } = JSON.parse(answer).Response;
if (refused) throw new Error(`${refused.Code}: ${refused.Message}`);
if (![undefined, null, 0, 200].includes(result.InvokeResult) || result.ErrMsg) {
    throw new Error(`the function failed: ${result.RetMsg}`);
}
console.log(result.RetMsg || result.FunctionRequestId);
