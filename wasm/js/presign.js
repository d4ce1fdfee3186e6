// A URL that makes a call. It imports nothing of what is loaded before: a bundler would part
// that too.
export function presign({ extra, call, credentials, url, host, now, version, random, refuse }) {
    const { secretId, secretKey, token } = credentials;
    if (!secretKey) refuse("credentials.dayKey", "cannot sign a URL: that takes the secret");
    const parameters = {
        ...call.parameters,
        ...(call.event && { [call.eventName]: call.event }),
        Action: call.action,
        Version: version,
        Region: call.region,
        Timestamp: now,
        Nonce: 1 + (random() % 0x7fffffff),
        SecretId: secretId,
        SignatureMethod: "HmacSHA256",
        Token: token,
        Language: call.language,
    };
    const set = Object.keys(parameters).filter((name) => parameters[name] !== undefined).sort();
    const join = (encode) => set.map((name) => name + "=" + encode(parameters[name])).join("&");
    const encode = (value) =>
        encodeURIComponent(value).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt().toString(16).toUpperCase());
    const query = join(encode);
    if (query.length > 32768 - 64) refuse("event", "makes a URL of over 32 KiB");
    const signed = extra.signatureV1(secretKey, `GET${host}/?` + join((value) => value));
    return url.origin + url.pathname + "?" + query + "&Signature=" + encode(signed);
}
