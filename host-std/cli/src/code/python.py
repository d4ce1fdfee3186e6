"""Runs the function {{NAME}} of Tencent Cloud SCF: Python 3, nothing else."""
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request

URL = {{URL}}
HOST = {{HOST}}
REGION = {{REGION}}
PARAMETERS = {
{{PARAMETERS}}
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


secret_id, secret_key = os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"]
body = json.dumps(PARAMETERS).encode()
now = int(time.time())
day = time.strftime("%Y-%m-%d", time.gmtime(now))
request = f"POST\n/\n\ncontent-type:application/json\nhost:{HOST}\n\ncontent-type;host\n{digest(body)}"
text = f"TC3-HMAC-SHA256\n{now}\n{day}/scf/tc3_request\n{digest(request.encode())}"
key = ("TC3" + secret_key).encode()
for part in (day, "scf", "tc3_request"):
    key = mac(key, part)
headers = {
    "Host": HOST,
    "Content-Type": "application/json",
    "X-TC-Action": "{{ACTION}}",
    "X-TC-Version": "2018-04-16",
    "X-TC-Region": REGION,
    "X-TC-Timestamp": str(now),
    "Authorization": f"TC3-HMAC-SHA256 Credential={secret_id}/{day}/scf/tc3_request, "
    f"SignedHeaders=content-type;host, Signature={mac(key, text).hex()}",
}
if os.environ.get("TENCENTCLOUD_TOKEN"):
    headers["X-TC-Token"] = os.environ["TENCENTCLOUD_TOKEN"]

# A synchronous call may take 300 seconds.
with urllib.request.urlopen(urllib.request.Request(URL, body, headers), timeout=310) as answer:
    response = json.load(answer)["Response"]
if "Error" in response:
    sys.exit(f"{response['Error']['Code']}: {response['Error']['Message']}")
result = response["Result"]
if result.get("InvokeResult") not in (None, 0, 200) or result.get("ErrMsg"):
    sys.exit(f"the function failed: {result['RetMsg']}")
print(result.get("RetMsg") or result["FunctionRequestId"])
