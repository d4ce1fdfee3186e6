//! Diagnoses a signature that does not match.
//!
//! The server has the client's signature but not the text that the client
//! signed. So the usual mistakes are made on purpose, one and then two at a
//! time, until the same signature comes out; then the text that gave it is
//! compared with the expected one.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::attempt::Attempt;
use super::digest::HmacKey;
use super::mutations::{ACCEPTED, Mutation, Part, mutations};
use crate::error::ApiError;
use crate::request::HttpRequest;

/// Two mistakes at a time are looked for only in canonical requests up to
/// this size, so that a hostile one costs milliseconds and no more.
const PAIRS_LIMIT: usize = 4 * 1024;
/// The most of one line that a message shows.
const SHOWN_LINE: usize = 1024;

pub(super) fn failure(message: String) -> ApiError {
    ApiError::new("AuthFailure.SignatureFailure", message)
}

/// Returns the error of a signature that does not match, without an
/// explanation yet.
pub(super) fn unexplained() -> ApiError {
    failure(String::new())
}

/// Returns the error of a wrong scope, which can be compared: unlike the rest, it
/// is in the request.
pub(super) fn scope_differs(expected: &str, sent: &str, hint: &str) -> ApiError {
    failure(format!(
        "The signature does not match: line 3 of the string to sign differs: expected \
         {expected:?}, the client signed {:?} ({hint}).",
        shortened(sent)
    ))
}

pub(super) fn tc3(
    expected: &Attempt<'_>,
    request: &HttpRequest<'_>,
    hosts: &[String],
    signed_headers: &str,
    signature: &str,
    seconds: i64,
) -> ApiError {
    for host in hosts {
        let mut attempt = expected.clone();
        attempt.set_header("host", host);
        if let Some(form) = other_form(&attempt.signature(), signature) {
            return failure(format!(
                "The signature is right, but it is written {form}; it must be lower-case hex."
            ));
        }
    }
    let mutations = mutations(expected, request, hosts, signed_headers, seconds);
    if let Some(found) = search(expected, &mutations, &signature.to_ascii_lowercase()) {
        return failure(found);
    }
    failure(format!(
        "The signature does not match, and no usual mistake explains it. Most often the secret \
         key is a wrong one; otherwise compare what was signed with what is expected.\n\
         Canonical request:\n{}\nString to sign:\n{}",
        shown(&expected.canonical_request()),
        shown(&expected.string_to_sign())
    ))
}

fn other_form(expected: &str, signature: &str) -> Option<&'static str> {
    if signature.eq_ignore_ascii_case(expected) {
        return Some("in upper case");
    }
    let decoded = STANDARD.decode(signature).ok()?;
    let hex = super::digest::hex(&decoded);
    (hex == expected || decoded == expected.as_bytes()).then_some("in base64")
}

/// A mutation, and what it makes of the expected attempt.
struct Tried<'a, 'e> {
    mutation: &'e Mutation,
    attempt: Attempt<'a>,
    key: HmacKey,
    to_sign: String,
}

fn search(expected: &Attempt<'_>, mutations: &[Mutation], signature: &str) -> Option<String> {
    let expected_key = expected.signing_key();
    // Many mutations change nothing of this request, or the same as one before:
    // without them, the search over pairs is several times as fast.
    let mut seen = HashSet::from([expected.signature()]);
    let mut tried = Vec::new();
    for mutation in mutations {
        let mut attempt = expected.clone();
        (mutation.apply)(&mut attempt);
        let (key, to_sign) = (attempt.signing_key(), attempt.string_to_sign());
        let signed = key.sign(to_sign.as_bytes());
        if *signed == *signature {
            return Some(difference(expected, &attempt, &[mutation]));
        }
        if seen.insert(signed) {
            tried.push(Tried { mutation, attempt, key, to_sign });
        }
    }
    if expected.canonical_request().len() > PAIRS_LIMIT {
        return None;
    }
    // Keys come last in the list, so a pair has at most its second one there.
    for (index, first) in tried.iter().enumerate() {
        for second in tried.iter().skip(index + 1) {
            if first.mutation.part == second.mutation.part {
                continue;
            }
            let both = || {
                let mut attempt = first.attempt.clone();
                (second.mutation.apply)(&mut attempt);
                attempt
            };
            let signed = if second.mutation.part == Part::Key {
                second.key.sign(first.to_sign.as_bytes())
            } else {
                expected_key.sign(both().string_to_sign().as_bytes())
            };
            if *signed == *signature {
                return Some(difference(expected, &both(), &[first.mutation, second.mutation]));
            }
        }
    }
    None
}

fn difference(expected: &Attempt<'_>, signed: &Attempt<'_>, mutations: &[&Mutation]) -> String {
    // Another form of host is as good, so it is not the difference to name.
    let mut expected = expected.clone();
    let mut hints = Vec::new();
    for mutation in mutations {
        if mutation.hint == ACCEPTED {
            (mutation.apply)(&mut expected);
        } else {
            hints.push(mutation.hint);
        }
    }
    let hints = hints.join("; and ");
    let texts = [
        ("canonical request", expected.canonical_request(), signed.canonical_request()),
        ("string to sign", expected.string_to_sign(), signed.string_to_sign()),
    ];
    for (name, expected, signed) in &texts {
        if let Some((number, expected, signed)) = first_difference(expected, signed) {
            return format!(
                "The signature does not match: line {number} of the {name} differs: expected \
                 {expected:?}, the client signed {signed:?} ({hints})."
            );
        }
    }
    format!(
        "The signature does not match: the canonical request and the string to sign agree, and \
         the signing key differs ({hints})."
    )
}

/// Returns the first line that differs, with its number from 1. A line that is
/// not there is the empty text.
fn first_difference(expected: &str, signed: &str) -> Option<(usize, String, String)> {
    let mut expected = expected.split('\n');
    let mut signed = signed.split('\n');
    for number in 1.. {
        match (expected.next(), signed.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let shown = |line: Option<&str>| shortened(masked(line.unwrap_or("(no line)")));
                return Some((number, shown(a), shown(b)));
            }
        }
    }
    None
}

/// Masks a token, which may be among the signed headers.
fn masked(line: &str) -> &str {
    if line.starts_with("x-tc-token:") { "x-tc-token:(hidden)" } else { line }
}

pub(super) fn shortened(line: &str) -> String {
    match line.char_indices().nth(SHOWN_LINE) {
        Some((at, _)) => format!("{}... ({} bytes)", &line[..at], line.len()),
        None => line.to_owned(),
    }
}

fn shown(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| shortened(masked(line))).collect();
    lines.join("\n")
}
