//! Each usual mistake in a signature is found and named.

mod support;

use serde_json::json;
use support::{NOW, Tc3, base64, hex, hmac256, sha256};

/// Signs an edited canonical request and gives the message.
fn edited(request: &Tc3, edit: impl Fn(&str) -> String) -> String {
    let right = request.canonical();
    let wrong = edit(&right);
    assert_ne!(right, wrong, "the edit changes nothing");
    refused(request, &request.sign(&request.to_sign(&wrong)))
}

fn refused(request: &Tc3, signature: &str) -> String {
    let error = request.authorize_signed(signature).unwrap_err();
    assert_eq!(error.code, "AuthFailure.SignatureFailure", "{error}");
    assert!(!error.message.contains(&request.secret_key), "{error}");
    error.message
}

fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn host() {
    let request = Tc3::hello();
    let message =
        edited(&request, |text| text.replace("127.0.0.1:9000", "scf.tencentcloudapi.com"));
    says(
        &message,
        &[
            "line 5 of the canonical request differs",
            "expected \"host:127.0.0.1:9000\"",
            "signed \"host:scf.tencentcloudapi.com\"",
        ],
    );
    let message = edited(&request, |text| text.replace("127.0.0.1:9000", "localhost:9000"));
    says(&message, &["line 5", "signed \"host:localhost:9000\""]);
    let message = edited(&request, |text| text.replace("host:", "host:https://"));
    says(&message, &["line 5", "https://127.0.0.1:9000"]);
}

#[test]
fn method_path_and_query() {
    let request = Tc3::hello();
    says(&edited(&request, |t| t.replace("POST", "GET")), &["line 1", "signed \"GET\""]);
    says(&edited(&request, |t| t.replace("POST", "post")), &["line 1", "signed \"post\""]);
    says(&edited(&request, |t| t.replace("\n/\n", "\n\n")), &["line 2", "expected \"/\""]);

    let get = Tc3::get("Namespace=a+b&FunctionName=hello&ClientContext=%7B%22a%22%3A1%7D");
    let query = get.query.clone();
    let mut sorted: Vec<&str> = query.split('&').collect();
    sorted.sort_unstable();
    let message = edited(&get, |t| t.replace(&query, &sorted.join("&")));
    says(&message, &["line 3", "signed \"ClientContext"]);
    says(&edited(&get, |t| t.replace("a+b", "a%20b")), &["line 3", "%20"]);
    says(&edited(&get, |t| t.replace("%7B%22a%22%3A1%7D", "%7b%22a%22%3a1%7d")), &["line 3"]);
    says(&edited(&get, |t| t.replace(&query, "")), &["line 3", "signed \"\""]);
}

#[test]
fn content_type() {
    let request = Tc3::hello();
    let message =
        edited(&request, |t| t.replace("application/json", "application/json; charset=utf-8"));
    says(
        &message,
        &[
            "line 4",
            "expected \"content-type:application/json\"",
            "signed \"content-type:application/json; charset=utf-8\"",
        ],
    );
    let java = Tc3 { content_type: "application/json; charset=utf-8".into(), ..request };
    let message = edited(&java, |t| t.replace("; charset=utf-8", ""));
    says(&message, &["line 4", "signed \"content-type:application/json\""]);
}

#[test]
fn action_and_layout() {
    let request = Tc3 { signed_headers: "content-type;host;x-tc-action".into(), ..Tc3::hello() };
    let message = edited(&request, |t| t.replace("x-tc-action:invoke", "x-tc-action:Invoke"));
    says(&message, &["line 6", "expected \"x-tc-action:invoke\"", "lower case"]);
    let message = edited(&request, |t| t.replace("\n\ncontent-type;", "\ncontent-type;"));
    says(&message, &["line 7", "expected \"\"", "blank line"]);
    says(&edited(&request, |t| format!("{t}\n")), &["line 10", "nothing follows"]);
    let message = edited(&request, |t| t.replace('\n', "\r\n"));
    says(&message, &["line 1", "POST\\r"]);
    let message =
        edited(&request, |t| t.replace("content-type;host;x-tc-action", "content-type;host"));
    says(&message, &["line 8", "signed \"content-type;host\""]);
}

#[test]
fn order_of_signed_headers() {
    let mut request = Tc3::hello();
    request.signed_headers = "host;content-type".into();
    let message = refused(&request, &request.signature());
    says(&message, &["line 4", "sorted"]);
}

#[test]
fn payload() {
    let mut request = Tc3::new(&json!({
        "ClientContext": "{\"k\":\"a/b\"}",
        "FunctionName": "hello",
    }));
    let compact = String::from_utf8(request.body.clone()).unwrap();
    let hash = sha256(&compact);
    let mut with = |sent: &str, signed: &str| {
        request.body = sent.into();
        let sent_hash = sha256(sent);
        edited(&request, |t| t.replace(&sent_hash, &sha256(signed)))
    };
    let spaced = compact.replace("\",\"", "\", \"").replace("\":\"", "\": \"");
    let reordered = r#"{"FunctionName":"hello","ClientContext":"{\"k\":\"a/b\"}"}"#;
    let escaped = r#"{"FunctionName":"hello","Namespace":"\u672a\ud83d\ude00"}"#;
    let raw = r#"{"FunctionName":"hello","Namespace":"未😀"}"#;
    for (sent, signed, words) in [
        (compact.as_str(), "", "empty text"),
        (&format!("{compact}\n"), &compact, "white space around"),
        (&compact, &format!("{compact}\n"), "line feed at its end"),
        (&spaced, &compact, "spaced otherwise"),
        (&compact, &spaced, "spaced otherwise"),
        (reordered, &compact, "sorted keys"),
        (escaped, raw, "\\u escapes undone"),
        (raw, escaped, "\\u escapes for"),
        (&compact, &compact.replace('/', "\\/"), "\\/ for /"),
        (&compact, "{\"k\":\"a/b\"}", "event alone"),
        (&compact, "UNSIGNED-PAYLOAD", "did not say so"),
        (&compact, &hash, "hashed once"),
    ] {
        says(&with(sent, signed), &["line 8 of the canonical request", words]);
    }
    request.body = compact.clone().into();
    let message = edited(&request, |t| t.replace(&hash, &hash.to_uppercase()));
    says(&message, &["line 8", "lower-case hex"]);

    request.unsigned = true;
    let unsigned = sha256("UNSIGNED-PAYLOAD");
    let message = edited(&request, |t| t.replace(&unsigned, &hash));
    says(&message, &["line 8", "payload is unsigned"]);
}

#[test]
fn dates() {
    // It is the next day in Beijing, and the client put that into the scope.
    let local = Tc3 { date: "2023-11-15".into(), ..Tc3::hello() };
    let message = refused(&local, &local.signature());
    says(
        &message,
        &[
            "line 3 of the string to sign",
            "expected \"2023-11-14/scf/tc3_request\"",
            "signed \"2023-11-15/scf/tc3_request\"",
            "UTC",
        ],
    );
    // It put it into the key alone.
    let in_key = Tc3 { key_date: Some("2023-11-15".into()), ..Tc3::hello() };
    says(&refused(&in_key, &in_key.signature()), &["signing key differs", "UTC date"]);
}

#[test]
fn service() {
    for service in ["SCF", "cvm"] {
        let request = Tc3 { service: service.into(), ..Tc3::hello() };
        let message = refused(&request, &request.signature());
        says(
            &message,
            &["line 3 of the string to sign", "expected \"2023-11-14/scf/tc3_request\""],
        );
    }
}

#[test]
fn string_to_sign() {
    let request = Tc3::hello();
    let right = request.to_sign(&request.canonical());
    let signed = |text: String| refused(&request, &request.sign(&text));
    let hash = sha256(request.canonical());
    says(&signed(right.replace(&hash, &hash.to_uppercase())), &["line 4 of the string to sign"]);
    says(
        &signed(right.replace(&hash, &request.canonical())),
        &["line 4 of the string to sign", "hash"],
    );
    let later = (NOW + 1).to_string();
    says(&signed(right.replace(&NOW.to_string(), &later)), &["line 2", "read the clock once"]);
    says(&signed(right.replace("2023-11-14/scf/", "scf/")), &["line 3"]);
}

#[test]
fn keys() {
    for (key, words) in
        [("\n", "ends in a line break"), ("\r\n", "ends in a line break"), (" ", "ends in a space")]
    {
        let mut request = Tc3::hello();
        let right = request.secret_key.clone();
        request.secret_key = format!("{right}{key}");
        let signature = request.signature();
        request.secret_key = right;
        says(&refused(&request, &signature), &["signing key differs", words]);
    }
    let request = Tc3 { key_prefix: String::new(), ..Tc3::hello() };
    says(&refused(&request, &request.signature()), &["signing key differs", "left out TC3"]);

    // Hex passed on between the steps.
    let request = Tc3::hello();
    let mut key = format!("TC3{}", request.secret_key).into_bytes();
    for step in [&request.date, &request.service, "tc3_request"] {
        key = hex(&hmac256(&key, step)).into_bytes();
    }
    let signature = hex(&hmac256(&key, request.to_sign(&request.canonical())));
    says(&refused(&request, &signature), &["as bytes, not as hex"]);
}

#[test]
fn forms_of_the_signature() {
    let request = Tc3::hello();
    let right = request.signature();
    says(&refused(&request, &right.to_uppercase()), &["in upper case"]);
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&right[2 * at..2 * at + 2], 16).unwrap()).collect();
    says(&refused(&request, &base64(&bytes)), &["in base64"]);
}

#[test]
fn two_mistakes_at_once() {
    let request = Tc3::hello();
    let message = edited(&request, |t| {
        t.replace("application/json", "application/json; charset=utf-8")
            .replace("127.0.0.1:9000", "localhost")
    });
    says(&message, &["line 4", "charset", "; and the host"]);
}

#[test]
fn a_mistake_beside_an_accepted_form_of_host() {
    let request = Tc3::hello();
    let message =
        edited(&request, |t| t.replace(":9000", "").replace(&sha256(&request.body), &sha256("")));
    says(&message, &["line 8 of the canonical request", "empty text"]);
    assert!(!message.contains("host"), "{message}");
}

#[test]
fn no_usual_mistake() {
    let request = Tc3::hello();
    let message = refused(&request, &"0".repeat(64));
    says(
        &message,
        &[
            "secret key is a wrong one",
            &request.canonical(),
            &request.to_sign(&request.canonical()),
        ],
    );
}

#[test]
fn a_signed_token_is_not_repeated() {
    let mut request = Tc3 { signed_headers: "content-type;host;x-tc-token".into(), ..Tc3::hello() };
    request.extra.push(("x-tc-token".into(), "confidential".into()));
    let message = refused(&request, &"0".repeat(64));
    says(&message, &["x-tc-token:(hidden)"]);
    assert!(!message.contains("confidential"));
}
