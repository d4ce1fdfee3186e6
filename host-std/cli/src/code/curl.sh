#!/usr/bin/env bash
# Runs the function {{NAME}} of Tencent Cloud SCF: bash, curl and openssl.
set -euo pipefail
: "${TENCENTCLOUD_SECRET_ID:?}" "${TENCENTCLOUD_SECRET_KEY:?}"

url={{URL}}
host={{HOST}}
region={{REGION}}
body={{BODY}}

sha256() { printf %s "$1" | openssl dgst -sha256 -r | cut -d' ' -f1; }
hmac() { printf %s "$2" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -r | cut -d' ' -f1; }

time=$(date -u +%s)
day=$(date -u -d "@$time" +%F 2>/dev/null || date -u -r "$time" +%F)
request="POST
/

content-type:application/json
host:$host

content-type;host
$(sha256 "$body")"
text="TC3-HMAC-SHA256
$time
$day/scf/tc3_request
$(sha256 "$request")"
key=$(printf %s "TC3$TENCENTCLOUD_SECRET_KEY" | od -An -v -tx1 | tr -d ' \n')
for part in "$day" scf tc3_request; do key=$(hmac "$key" "$part"); done

curl --silent --show-error --fail-with-body "$url" \
    -H "Host: $host" \
    -H "Content-Type: application/json" \
    -H "X-TC-Action: {{ACTION}}" -H "X-TC-Version: 2018-04-16" \
    -H "X-TC-Region: $region" -H "X-TC-Timestamp: $time" \
    ${TENCENTCLOUD_TOKEN:+-H "X-TC-Token: $TENCENTCLOUD_TOKEN"} \
    -H "Authorization: TC3-HMAC-SHA256 Credential=$TENCENTCLOUD_SECRET_ID/$day/scf/tc3_request, SignedHeaders=content-type;host, Signature=$(hmac "$key" "$text")" \
    --data-binary "$body"
echo
