//! Signatures of version 1.

mod support;

use scf_emulator::{ApiError, Credential, HttpRequest, authorize};
use support::{NOW, base64, hmac1, hmac256};

const ASTERISKS: &str = "********************************";

/// Authorizes a version 1 request, in its query or form.
fn v1(
    method: &str,
    host: &str,
    extra: &[(&str, &str)],
    edit: impl Fn(String) -> String,
) -> Result<scf_emulator::Call, ApiError> {
    let mut pairs: Vec<(&str, &str)> = vec![
        ("Action", "Invoke"),
        ("FunctionName", "hello"),
        ("Nonce", "11886"),
        ("Region", "ap-guangzhou"),
        ("SecretId", scf_emulator::DEVELOPMENT_SECRET_ID),
        ("Timestamp", "1700000000"),
        ("Version", "2018-04-16"),
    ];
    pairs.extend(extra);
    pairs.sort_unstable();
    let joined: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let source = edit(format!("{method}{host}/?{}", joined.join("&")));
    let key = scf_emulator::DEVELOPMENT_SECRET_KEY.as_bytes();
    let signature = if extra.contains(&("SignatureMethod", "HmacSHA256")) {
        base64(&hmac256(key, source))
    } else {
        base64(&hmac1(key, source))
    };
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let mut encoded: Vec<String> =
        pairs.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
    encoded.push(format!("Signature={}", encode(&signature)));
    let encoded = encoded.join("&");
    let headers = [("Host", host), ("Content-Type", "application/x-www-form-urlencoded")];
    let post = method == "POST";
    let request = HttpRequest {
        method,
        path: "/",
        query: if post { "" } else { &encoded },
        headers: &headers,
        body: if post { encoded.as_bytes() } else { b"" },
    };
    authorize(&request, &[Credential::development()], NOW).map(|asked| asked.invocation().unwrap())
}

const HOST: &str = "scf.tencentcloudapi.com";

#[test]
fn version_1_by_get_and_form() {
    let event = ("ClientContext", "{\"a\": \"b+c&d=é\"}");
    for method in ["GET", "POST"] {
        for hash in
            [&[][..], &[("SignatureMethod", "HmacSHA1")], &[("SignatureMethod", "HmacSHA256")]]
        {
            let mut extra = hash.to_vec();
            extra.push(event);
            let call = v1(method, HOST, &extra, |source| source).unwrap();
            assert_eq!(call.event.as_deref(), Some(event.1));
            assert_eq!(call.region, "ap-guangzhou");
        }
    }
}

#[test]
fn version_1_with_the_known_signature() {
    let query = format!(
        "Action=Invoke&FunctionName=hello&Nonce=11886&Region=ap-guangzhou&SecretId=AKID{ASTERISKS}\
         &Timestamp=1465185768&Version=2018-04-16&Signature=MUoxEcfaTXpBQLuk4MHIfOtI66I%3D"
    );
    let headers = [("host", HOST)];
    let request =
        HttpRequest { method: "GET", path: "/", query: &query, headers: &headers, body: b"" };
    let credential = Credential::new(format!("AKID{ASTERISKS}"), ASTERISKS);
    let call = authorize(&request, &[credential], 1_465_185_768).unwrap();
    assert_eq!(call.invocation().unwrap().function_name, "hello");
}

#[test]
fn version_1_refused() {
    let as_is = |source: String| source;
    let code = |extra: &[(&str, &str)]| v1("GET", HOST, extra, as_is).unwrap_err().code;
    assert_eq!(code(&[("SignatureMethod", "MD5")]), "InvalidParameter");
    assert_eq!(code(&[("Unknown", "x")]), "UnknownParameter");
    assert_eq!(code(&[("Token", "stale")]), "AuthFailure.TokenFailure");
}

#[test]
fn version_1_diagnosis() {
    let event = ("ClientContext", "{\"a\":\"b\"}");
    let message = |extra: &[(&str, &str)], edit: &dyn Fn(String) -> String| {
        let error = v1("GET", HOST, extra, edit).unwrap_err();
        assert_eq!(error.code, "AuthFailure.SignatureFailure");
        error.message
    };
    let found = message(&[event], &|s| s.replace("GETscf", "POSTscf"));
    assert!(found.contains("part 1: expected \"GETscf.tencentcloudapi.com/\""), "{found}");
    let found = message(&[event], &|s| s.replace("{\"a\":\"b\"}", "%7B%22a%22%3A%22b%22%7D"));
    assert!(found.contains("signed \"ClientContext=%7B%22a%22%3A%22b%22%7D\""), "{found}");
    let found = message(&[event], &|s| s.replace("/?", "?"));
    assert!(found.contains("part 1"), "{found}");
    let found = message(&[event], &|s| format!("{s}&oops"));
    assert!(found.contains("String to sign:\nGETscf.tencentcloudapi.com/?Action"), "{found}");
}
