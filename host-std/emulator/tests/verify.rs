//! Signatures that are right in every accepted form, and refusals before and
//! beside the signature.

mod support;

use scf_emulator::{ApiError, Credential, HttpRequest, Scheme, authorize, verify};
use support::{NOW, Tc3};

const ASTERISKS: &str = "********************************";

fn documentation_headers(signature: &str) -> Vec<(String, String)> {
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential=AKID{ASTERISKS}/2019-02-25/cvm/tc3_request, \
         SignedHeaders=content-type;host;x-tc-action, Signature={signature}"
    );
    [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Host", "cvm.tencentcloudapi.com"),
        ("X-TC-Action", "DescribeInstances"),
        ("X-TC-Timestamp", "1551113065"),
        ("X-TC-Version", "2017-03-12"),
        ("X-TC-Region", "ap-guangzhou"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn documentation(signature: &str, now: i64) -> Result<scf_emulator::Verified, ApiError> {
    let body = br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
    let headers = documentation_headers(signature);
    let headers = support::borrowed(&headers);
    let request = HttpRequest { method: "POST", path: "/", query: "", headers: &headers, body };
    let credential = Credential::new(format!("AKID{ASTERISKS}"), ASTERISKS);
    verify(&request, &[credential], now)
}

const RIGHT: &str = "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f";

#[test]
fn worked_example_of_the_documentation() {
    let verified = documentation(RIGHT, 1_551_113_065).unwrap();
    assert_eq!(verified.scheme, Scheme::Tc3);
    assert_eq!(*verified.secret_id, *format!("AKID{ASTERISKS}"));
}

#[test]
fn the_window_is_300_seconds_inclusive() {
    for offset in [-300, 300] {
        documentation(RIGHT, 1_551_113_065 + offset).unwrap();
    }
    for (offset, word) in [(-301, "301 s ahead"), (301, "301 s behind")] {
        let error = documentation(RIGHT, 1_551_113_065 + offset).unwrap_err();
        assert_eq!(error.code, "AuthFailure.SignatureExpire");
        assert!(error.message.contains(word), "{}", error.message);
    }
}

#[test]
fn every_bit_of_the_signature_counts() {
    for index in 0..RIGHT.len() {
        let mut wrong = RIGHT.as_bytes().to_vec();
        wrong[index] = if wrong[index] == b'0' { b'1' } else { b'0' };
        let wrong = String::from_utf8(wrong).unwrap();
        let error = documentation(&wrong, 1_551_113_065).unwrap_err();
        assert_eq!(error.code, "AuthFailure.SignatureFailure");
        if index == 3 {
            break; // a failed diagnosis takes its time
        }
    }
    assert!(documentation("", 1_551_113_065).is_err());
    assert!(documentation(&RIGHT[..63], 1_551_113_065).is_err());
}

#[test]
fn tc3_forms_that_are_right() {
    let hello = Tc3::hello();
    assert_eq!(hello.authorize().unwrap().function_name, "hello");

    let with_action =
        Tc3 { signed_headers: "content-type;host;x-tc-action".into(), ..hello.clone() };
    with_action.authorize().unwrap();

    let mut superset = Tc3 {
        signed_headers: "content-type;host;x-tc-action;x-tc-traceid".into(),
        ..hello.clone()
    };
    superset.extra.push(("x-tc-traceid".into(), "AbC".into()));
    superset.authorize().unwrap();

    let java = Tc3 { content_type: "application/json; charset=utf-8".into(), ..hello.clone() };
    java.authorize().unwrap();

    let unsigned = Tc3 { unsigned: true, ..hello.clone() };
    unsigned.authorize().unwrap();

    // Any order and encoding of the query, as long as it is signed as sent.
    for query in [
        "FunctionName=hello&ClientContext=%7B%22a%22%3A%20%22b%22%7D",
        "FunctionName=hello&ClientContext=%7b%22a%22%3a+%22b%22%7d",
        "ClientContext={%22a%22:+%22b%22}&FunctionName=hello",
    ] {
        let call = Tc3::get(query).authorize().unwrap();
        assert_eq!(call.event.as_deref(), Some("{\"a\": \"b\"}"));
    }
}

#[test]
fn hosts_as_official_clients_sign_them() {
    // Host as sent, host as signed, service.
    for (sent, signed, service) in [
        ("127.0.0.1:9000", "127.0.0.1", "127"),
        ("127.0.0.1:9000", "127.0.0.1:9000", "scf"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "scf"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000", "scf"),
        ("LOCALHOST:9000", "localhost:9000", "localhost"),
        ("scf.tencentcloudapi.com", "scf.tencentcloudapi.com", "scf"),
    ] {
        let mut request = Tc3::hello();
        request.service = service.into();
        request.host = signed.into();
        let signature = request.signature();
        request.host = sent.into();
        request.authorize_signed(&signature).unwrap();
    }
}

#[test]
fn malformed_authorization() {
    let request = Tc3::hello();
    for authorization in [
        "TC3-HMAC-SHA256",
        "Basic dXNlcg==",
        "TC3-HMAC-SHA256 ,,,",
        "TC3-HMAC-SHA256 Credential=a, SignedHeaders=content-type;host, Signature=b",
        "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, SignedHeaders=content-type;host",
        "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, Signature=b",
        "TC3-HMAC-SHA256 SignedHeaders=content-type;host, Signature=b",
        "TC3-HMAC-SHA256 Credential=a/b/c/d/tc3_request, SignedHeaders=a, Signature=b",
    ] {
        let mut headers = request.headers("");
        for header in &mut headers {
            if header.0 == "Authorization" {
                header.1 = authorization.into();
            }
        }
        let request = HttpRequest {
            method: "POST",
            path: "/",
            query: "",
            headers: &support::borrowed(&headers),
            body: &request.body,
        };
        let error = authorize(&request, &[Credential::development()], NOW).unwrap_err();
        assert_eq!(error.code, "AuthFailure.InvalidAuthorization", "{authorization}");
    }
    // Neither scheme at all.
    let request = HttpRequest { method: "POST", path: "/", query: "", headers: &[], body: b"{}" };
    let error = authorize(&request, &[Credential::development()], NOW).unwrap_err();
    assert_eq!(error.code, "AuthFailure.InvalidAuthorization");
}

#[test]
fn signed_headers_that_are_too_few_or_not_there() {
    let request = Tc3 { signed_headers: "host".into(), ..Tc3::hello() };
    assert_eq!(request.code(), "AuthFailure.InvalidAuthorization");
    let request = Tc3 { signed_headers: "content-type;host;x-other".into(), ..Tc3::hello() };
    let error = request.authorize_signed("00").unwrap_err();
    assert_eq!(error.code, "AuthFailure.SignatureFailure");
    assert!(error.message.contains("x-other"));
}

#[test]
fn keys_that_are_not_known() {
    let request = Tc3 { secret_id: "AKIDother".into(), ..Tc3::hello() };
    let error = request.authorize().unwrap_err();
    assert_eq!(error.code, "AuthFailure.SecretIdNotFound");
    assert!(error.message.contains("AKIDEMULATOR"));
    assert!(!error.message.contains("AKIDother"));

    let swapped = Tc3 { secret_id: scf_emulator::DEVELOPMENT_SECRET_KEY.into(), ..Tc3::hello() };
    let error = swapped.authorize().unwrap_err();
    assert_eq!(error.code, "AuthFailure.InvalidSecretId");
    assert!(!error.message.contains(scf_emulator::DEVELOPMENT_SECRET_KEY));

    let spaced = Tc3 { secret_id: "AKID x".into(), ..Tc3::hello() };
    assert_eq!(spaced.code(), "AuthFailure.InvalidSecretId");
}

#[test]
fn tokens() {
    let permanent = Credential::development();
    let temporary = Credential::new("AKIDtemporary", "key").with_token("the-token");
    let known = [permanent, temporary];
    let with = |id: &str, key: &str, token: Option<&str>| {
        let mut request = Tc3 { secret_id: id.into(), secret_key: key.into(), ..Tc3::hello() };
        if let Some(token) = token {
            request.extra.push(("X-TC-Token".into(), token.into()));
        }
        let signature = request.signature();
        request.authorize_with(&signature, &known)
    };
    let development = |token| {
        with(scf_emulator::DEVELOPMENT_SECRET_ID, scf_emulator::DEVELOPMENT_SECRET_KEY, token)
    };
    with("AKIDtemporary", "key", Some("the-token")).unwrap();
    development(None).unwrap();
    development(Some("")).unwrap();
    for refused in [
        with("AKIDtemporary", "key", None),
        with("AKIDtemporary", "key", Some("other")),
        development(Some("stale")),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code, "AuthFailure.TokenFailure");
        assert!(!error.message.contains("the-token"));
    }
}

#[test]
fn times_that_are_none() {
    let request = Tc3 { timestamp: NOW * 1000, ..Tc3::hello() };
    let error = request.authorize().unwrap_err();
    assert_eq!(error.code, "AuthFailure.SignatureExpire");
    assert!(error.message.contains("milliseconds"), "{}", error.message);

    for (value, code) in [("soon", "InvalidParameter"), ("", "MissingParameter")] {
        let request = Tc3::hello();
        let mut headers = request.headers(&request.signature());
        for header in &mut headers {
            if header.0 == "X-TC-Timestamp" {
                header.1 = value.into();
            }
        }
        let request = HttpRequest {
            method: "POST",
            path: "/",
            query: "",
            headers: &support::borrowed(&headers),
            body: &request.body,
        };
        let error = authorize(&request, &[Credential::development()], NOW).unwrap_err();
        assert_eq!(error.code, code);
    }
}
