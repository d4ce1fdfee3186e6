//! Requests written by hand with `format!`, to be measured against.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

pub(crate) const SECRET_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
pub(crate) const HOST: &str = "scf.tencentcloudapi.com";
pub(crate) const REGION: &str = "ap-guangzhou";
pub(crate) const TIMESTAMP: u64 = 1_700_000_000;
pub(crate) const DATE: &str = "2023-11-14";

/// The headers and the body of a signed request.
pub(crate) struct Plain {
    pub(crate) authorization: String,
    pub(crate) body: String,
}

/// Signs an `Invoke` in the plain way.
pub(crate) fn sign(host: &str, function: &str, event: &str, timestamp: u64, date: &str) -> Plain {
    let event = event.replace('\\', "\\\\").replace('"', "\\\"");
    let body = format!("{{\"FunctionName\":\"{function}\",\"ClientContext\":\"{event}\"}}");
    let canonical = format!(
        "POST\n/\n\ncontent-type:application/json\nhost:{host}\nx-tc-action:invoke\n\n\
         content-type;host;x-tc-action\n{}",
        hex(&Sha256::digest(body.as_bytes()))
    );
    let scope = format!("{date}/scf/tc3_request");
    let string_to_sign = format!(
        "TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}",
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let key = hmac(format!("TC3{SECRET_KEY}").as_bytes(), date);
    let key = hmac(&hmac(&key, "scf"), "tc3_request");
    let signature = hex(&hmac(&key, &string_to_sign));
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}, \
         SignedHeaders=content-type;host;x-tc-action, Signature={signature}"
    );
    Plain { authorization, body }
}

/// Returns a whole request, signed.
pub(crate) fn request(
    host: &str,
    function: &str,
    event: &str,
    timestamp: u64,
    date: &str,
) -> String {
    let Plain { authorization, body } = sign(host, function, event, timestamp, date);
    format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: \
         {}\r\nX-TC-Action: Invoke\r\nX-TC-Version: 2018-04-16\r\nX-TC-Timestamp: \
         {timestamp}\r\nX-TC-Region: {REGION}\r\nAuthorization: {authorization}\r\n\r\n{body}",
        body.len()
    )
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
