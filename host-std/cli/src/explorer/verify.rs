//! The check of a signature from elsewhere: a request, a curl command or an
//! Authorization header that was pasted.

use scf_emulator::{Credential, HttpRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::clients::Clients;
use super::draft::{Draft, given};
use super::http_text::HttpText;
use super::response::Refused;
use super::shell;
use super::signature::{now, signature, signed, tc3};

/// The question whether what was pasted is signed rightly.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyQuestion {
    draft: Draft,
    pasted: String,
    /// The time to take where what was pasted has none.
    timestamp: Option<u64>,
}

/// Verifies by the emulator's own code, which says what differs. What was not
/// pasted is taken from the draft.
pub(super) fn verify(
    clients: &Clients,
    question: Result<VerifyQuestion, Refused>,
) -> Result<Value, Refused> {
    let VerifyQuestion { draft, pasted, timestamp } = question?;
    let pasted = read(&pasted);
    let sent_at = pasted.header("x-tc-timestamp").and_then(|text| text.parse().ok());
    let timestamp = sent_at.or(timestamp).unwrap_or_else(now);
    let (own, _) = signed(clients, &draft, timestamp)?;
    let request = completed(pasted, &own);
    let (id, secret_key, token) = match clients.secret(&draft) {
        Ok(found) => found,
        Err(error) => {
            return Ok(json!({"ok": false, "code": "NoSecret", "message": error}));
        }
    };
    let mut credential = Credential::new(id, secret_key.clone());
    if let Some(token) = token {
        credential = credential.with_token(token);
    }
    let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    let verified = scf_emulator::verify(
        &HttpRequest {
            method: request.method(),
            path: given(path).unwrap_or("/"),
            query,
            headers: &headers,
            body: request.body.as_bytes(),
        },
        &[credential],
        timestamp.cast_signed(),
    );
    let expected = tc3(&request, draft.signing, timestamp);
    Ok(match verified {
        Ok(_) => json!({"ok": true, "expected": expected}),
        Err(error) => json!({
            "ok": false,
            "code": error.code,
            "message": error.message,
            "line": line(&error.message),
            // All before the signature is the same, as far as it was pasted.
            "signature": Some(error.code.as_ref())
                .filter(|code| *code == "AuthFailure.SignatureFailure")
                .and_then(|_| signature(&secret_key, expected["stringToSign"].as_str()?)),
            "expected": expected,
        }),
    })
}

/// Returns the number of the line that the message names, if it names one.
fn line(message: &str) -> Option<u32> {
    let (_, rest) = message.split_once("line ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Reads what was pasted.
fn read(text: &str) -> HttpText {
    let text = text.trim();
    if let Some(command) = text.strip_prefix("curl ") {
        return curl(&shell::words(command));
    }
    if text.starts_with("TC3-HMAC-SHA256 ") {
        return HttpText::parse(&format!("Authorization: {text}"));
    }
    HttpText::parse(text)
}

fn curl(words: &[String]) -> HttpText {
    let (mut method, mut url, mut headers, mut body) = (None, "/", vec![], None);
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut argument = || words.next().unwrap_or_default();
        match word {
            "-H" | "--header" => {
                if let Some((name, value)) = argument().split_once(':') {
                    headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" => body = Some(argument().to_owned()),
            "-X" | "--request" => method = Some(argument()),
            _ if word.starts_with('-') => {}
            _ => url = word,
        }
    }
    let method = method.unwrap_or(if body.is_some() { "POST" } else { "GET" });
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let target = &rest[host.len()..];
    if !host.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("Host".to_owned(), host.to_owned()));
    }
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    HttpText::new(method, &target, headers, body.unwrap_or_default())
}

/// Returns the request with the draft's parts where it has none of its own.
fn completed(pasted: HttpText, own: &HttpText) -> HttpText {
    let is_whole = !pasted.method().is_empty();
    let (method, target, body) = match is_whole {
        true => (pasted.method().to_owned(), pasted.target().to_owned(), pasted.body.clone()),
        false => {
            let body = given(&pasted.body).unwrap_or(&own.body).to_owned();
            (own.method().to_owned(), own.target().to_owned(), body)
        }
    };
    let mut headers = pasted.headers.clone();
    for (name, value) in &own.headers {
        if pasted.header(name).is_none() && !name.eq_ignore_ascii_case("content-length") {
            headers.push((name.clone(), value.clone()));
        }
    }
    HttpText::new(&method, &target, headers, body)
}
