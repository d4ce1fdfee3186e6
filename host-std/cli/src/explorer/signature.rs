//! The signature of the draft, step by step, as the core makes it.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use scf_invoke::scf_invoke_core::SERVICE;
use scf_invoke::scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash};
use scf_invoke::scf_invoke_core::sign::text::StringToSign;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::clients::{ClientError, Clients};
use super::draft::{Draft, DraftSigning};
use super::http_text::{HIDDEN, HttpText};
use super::response::Refused;

/// The question for the steps of a signature.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignatureQuestion {
    draft: Draft,
    /// Seconds since 1970; now without it.
    timestamp: Option<u64>,
    /// Whether the derived keys are to be shown.
    reveal: bool,
}

/// Signs the draft, and returns each step.
pub(super) fn steps(
    clients: &Clients,
    question: Result<SignatureQuestion, Refused>,
) -> Result<Value, Refused> {
    let SignatureQuestion { draft, timestamp, reveal } = question?;
    let timestamp = timestamp.unwrap_or_else(now);
    let (mut request, url) = signed(clients, &draft, timestamp)?;
    let mut value = match draft.signing {
        DraftSigning::V1 => version_1(&request),
        _ => tc3(&request, draft.signing, timestamp),
    };
    value["timestamp"] = timestamp.into();
    value["url"] = url.into();
    request.hide_secrets(draft.signing);
    value["head"] = request.head().into();
    value["body"] = request.body.clone().into();
    let secret = clients.shown_secret(&draft).filter(|_| draft.signing != DraftSigning::V1);
    value["canReveal"] = secret.is_some().into();
    if let Some((_, secret_key)) = secret.filter(|_| reveal)
        && let Some(day) = value["day"].as_str()
    {
        value["keys"] = keys(&secret_key, day);
    }
    Ok(value)
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Returns the request that would be sent, and the URL that it would go to.
pub(super) fn signed(
    clients: &Clients,
    draft: &Draft,
    timestamp: u64,
) -> Result<(HttpText, String), Refused> {
    let client = match clients.client(draft) {
        Ok(client) => client,
        Err(ClientError::Refused(refused)) => return Err(refused),
        Err(ClientError::Call(error)) => return Err(Refused::unfit(&error)),
    };
    let mut bytes = Vec::new();
    let mut call = client.call(draft.invocation());
    if let Some(event) = draft.event() {
        call = call.event(event);
    }
    call.write_request(Some(timestamp), &mut bytes).map_err(|error| Refused::unfit(&error))?;
    let text = String::from_utf8(bytes).map_err(|error| Refused::failed(&error))?;
    Ok((HttpText::parse(&text), client.endpoint().to_string()))
}

pub(super) fn tc3(request: &HttpText, signing: DraftSigning, timestamp: u64) -> Value {
    let authorization = request.header("authorization").unwrap_or_default();
    let signs_action = authorization.contains("x-tc-action");
    let is_get = request.method() == "GET";
    let canonical = CanonicalRequest {
        method: if is_get { Method::Get } else { Method::Post },
        query: request.query(),
        content_type: request.header("content-type").unwrap_or_default(),
        host: request.header("host").unwrap_or_default(),
        signed_action: request.header("x-tc-action").filter(|_| signs_action),
        payload: match signing {
            DraftSigning::Tc3Unsigned => PayloadHash::Unsigned,
            _ => PayloadHash::of(request.body.as_bytes()),
        },
    };
    let string_to_sign = StringToSign::new(timestamp, SERVICE, &canonical);
    let string_to_sign = string_to_sign.map(|text| text.to_string()).unwrap_or_default();
    let scope = string_to_sign.lines().nth(2).unwrap_or_default();
    json!({
        "canonicalRequest": canonical.to_string(),
        "stringToSign": string_to_sign,
        "day": scope.split('/').next(),
        "signature": authorization.rsplit_once("Signature=").map(|(_, signature)| signature),
        "authorization": authorization,
    })
}

/// Returns the steps of version 1, whose parameters are a query or a form.
fn version_1(request: &HttpText) -> Value {
    let form = if request.method() == "GET" { request.query() } else { &request.body };
    let mut pairs: Vec<(String, String)> = form
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let signature = pairs.iter().position(|(name, _)| name == "Signature");
    let signature = signature.map(|index| pairs.remove(index).1);
    pairs.sort();
    for (name, value) in &mut pairs {
        if name == "Token" {
            HIDDEN.clone_into(value);
        }
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = request.header("host").unwrap_or_default();
    json!({
        "stringToSign": format!("{}{host}/?{}", request.method(), pairs.join("&")),
        "signature": signature,
    })
}

/// Undoes percent encoding, and the plus of forms.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let digits =
            tail.get(..2).filter(|_| *byte == b'%').and_then(|two| str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => bytes.push(if *byte == b'+' { b' ' } else { *byte }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the keys that lead from the secret to the key that signs.
fn keys(secret_key: &str, day: &str) -> Value {
    let shown = derived(secret_key, day).map(|(name, key)| (name.to_owned(), hex(&key).into()));
    Value::Object(shown.into_iter().collect())
}

/// Returns the signature that this secret gives.
pub(super) fn signature(secret_key: &str, string_to_sign: &str) -> Option<String> {
    let day = string_to_sign.lines().nth(2)?.split('/').next()?;
    let [.., (_, key)] = derived(secret_key, day);
    Some(hex(&hmac(&key, string_to_sign)))
}

fn derived(secret_key: &str, day: &str) -> [(&'static str, Vec<u8>); 3] {
    let mut key = format!("TC3{secret_key}").into_bytes();
    [("date", day), ("service", SERVICE), ("signing", "tc3_request")].map(|(name, part)| {
        key = hmac(&key, part);
        (name, key.clone())
    })
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length will do.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
