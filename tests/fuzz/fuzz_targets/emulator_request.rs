//! Any request gets a verdict from the emulator, and no verdict shows the key.
//!
//! Input: how it is signed, then the method, the query, header lines, an empty
//! line and the body. A fuzzer finds no signature by chance, so all but the
//! first way sign the request before it is authorized.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scf_emulator::{Credential, DEVELOPMENT_SECRET_ID, HttpRequest, authorize};
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};
use scf_invoke_core::sign::v1::{self, Algorithm};
use sha2::{Digest, Sha256};

const NOW: i64 = 1_700_000_000;
const HOST: &str = "scf.tencentcloudapi.com";

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn sign_tc3(
    secret_key: &str,
    method: Method,
    query: &str,
    body: &[u8],
    headers: &mut Vec<(String, String)>,
) {
    let content_type = match method {
        Method::Post => "application/json",
        Method::Get => "application/x-www-form-urlencoded",
    };
    let request = CanonicalRequest {
        method,
        query,
        content_type,
        host: HOST,
        signed_action: None,
        payload: PayloadHash::Sha256(Sha256::digest(body).into()),
    };
    let mut signer = Signer::new(DEVELOPMENT_SECRET_ID, secret_key).unwrap();
    let signature = signer.sign("scf", NOW as u64, &request).unwrap();
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential={DEVELOPMENT_SECRET_ID}/2023-11-14/scf/tc3_request, \
         SignedHeaders=content-type;host, Signature={}",
        std::str::from_utf8(signature.hex()).unwrap(),
    );
    // Behind the fuzzer's own, of which the first counts.
    headers.extend([
        header("Content-Type", content_type),
        header("Host", HOST),
        header("X-TC-Timestamp", &NOW.to_string()),
        header("X-TC-Action", "Invoke"),
        header("X-TC-Version", "2018-04-16"),
        header("X-TC-Region", "ap-guangzhou"),
        header("Authorization", &authorization),
    ]);
}

/// Returns a form of the lines `name=value`, values as they are, signed by
/// version 1.
fn sign_v1(secret_key: &str, method: Method, lines: &str) -> String {
    let now = NOW.to_string();
    let mut parameters: Vec<_> = lines.lines().filter_map(|line| line.split_once('=')).collect();
    parameters.extend([
        ("SecretId", DEVELOPMENT_SECRET_ID),
        ("Nonce", "1"),
        ("Timestamp", &now),
        ("SignatureMethod", "HmacSHA256"),
    ]);
    let signature = v1::sign(secret_key, Algorithm::HmacSha256, method, HOST, &parameters);
    parameters.push(("Signature", &signature));
    let encode =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fuzz_target!(|data: &[u8]| {
    let [way, rest @ ..] = data else { return };
    // No input has its own hash in it, so a verdict that shows this key did not
    // get it from the request.
    let hash = Sha256::digest(data);
    let secret_key: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let end = rest.windows(2).position(|two| two == b"\n\n").unwrap_or(rest.len());
    let head = String::from_utf8_lossy(&rest[..end]);
    let mut body = rest.get(end + 2..).unwrap_or_default().to_vec();
    let mut lines = head.lines();
    let mut method = lines.next().unwrap_or_default();
    let mut query = lines.next().unwrap_or_default().to_owned();
    let mut headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| header(name, value))
        .collect();
    let get = way & 4 == 4;
    let kind = if get { Method::Get } else { Method::Post };
    match way & 3 {
        0 => {}
        1 => {
            method = kind.as_str();
            if get {
                body.clear();
            } else {
                query.clear();
            }
            sign_tc3(&secret_key, kind, &query, &body, &mut headers);
        }
        _ => {
            method = kind.as_str();
            let form = sign_v1(&secret_key, kind, &String::from_utf8_lossy(&body));
            headers.push(header("Host", HOST));
            (query, body) = if get {
                (form, Vec::new())
            } else {
                headers.push(header("Content-Type", "application/x-www-form-urlencoded"));
                (String::new(), form.into_bytes())
            };
        }
    }
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    let request = HttpRequest { method, path: "/", query: &query, headers: &headers, body: &body };
    let credential = Credential::new(DEVELOPMENT_SECRET_ID, &secret_key);
    match authorize(&request, &[credential], NOW) {
        Ok(asked) => {
            if let Some(call) = asked.invocation() {
                assert!(!call.function_name.is_empty() && !call.region.is_empty());
            }
        }
        Err(error) => assert!(!error.message.contains(&secret_key)),
    }
});
