//! Signatures of version 1: HmacSHA1 and HmacSHA256 over the parameters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::diagnose::{failure, shortened};
use super::digest::{hmac_sha1, hmac_sha256, same};
use super::{Scheme, Verified, check_time, check_token, find, host_forms};
use crate::credential::Credential;
use crate::error::ApiError;
use crate::request::{HttpRequest, encode};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
}

/// Everything that goes into a signature; see the attempt of TC3.
#[derive(Clone)]
struct Attempt {
    method: String,
    host: String,
    path: &'static str,
    parameters: Vec<(String, String)>,
    encoded: bool,
    hash: Hash,
    secret_key: Zeroizing<String>,
}

impl Attempt {
    fn source(&self) -> String {
        let mut text = format!("{}{}{}", self.method, self.host, self.path);
        for (index, (key, value)) in self.parameters.iter().enumerate() {
            if index > 0 {
                text.push('&');
            }
            text.push_str(key);
            text.push('=');
            if self.encoded {
                text.push_str(&encode(value));
            } else {
                text.push_str(value);
            }
        }
        text
    }

    fn signature(&self) -> String {
        let (key, source) = (self.secret_key.as_bytes(), self.source());
        match self.hash {
            Hash::Sha1 => STANDARD.encode(hmac_sha1(key, source.as_bytes())),
            Hash::Sha256 => STANDARD.encode(hmac_sha256(key, source.as_bytes())),
        }
    }
}

pub(super) fn verify(
    request: &HttpRequest<'_>,
    encoded: &str,
    parameters: Vec<(String, String)>,
    credentials: &[Credential],
    now: i64,
) -> Result<Verified, ApiError> {
    let get = |name: &str| {
        parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    let required = |name: &str| get(name).ok_or_else(|| ApiError::missing(name));
    let secret_id = required("SecretId")?;
    let signature = required("Signature")?;
    let timestamp = required("Timestamp")?;
    let nonce = required("Nonce")?;
    if !nonce.parse::<u64>().is_ok_and(|nonce| nonce > 0) {
        return Err(ApiError::new("InvalidParameter", "Nonce is not a positive integer."));
    }
    let hash = match get("SignatureMethod") {
        None | Some("HmacSHA1") => Hash::Sha1,
        Some("HmacSHA256") => Hash::Sha256,
        Some(_) => {
            return Err(ApiError::new(
                "InvalidParameter",
                "SignatureMethod is HmacSHA1 or HmacSHA256.",
            ));
        }
    };
    let credential = find(credentials, secret_id)?;
    check_time("Timestamp", timestamp, now)?;

    let mut sorted: Vec<_> =
        parameters.iter().filter(|(key, _)| key != "Signature").cloned().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let hosts = host_forms(request.header("host").unwrap_or_default());
    let mut expected = Attempt {
        method: request.method.to_owned(),
        host: String::new(),
        path: "/?",
        parameters: sorted,
        encoded: false,
        hash,
        secret_key: Zeroizing::new(credential.secret_key().to_owned()),
    };
    let right = hosts.iter().any(|host| {
        expected.host.clone_from(host);
        same(expected.signature().as_bytes(), signature.as_bytes())
    });
    if !right {
        return Err(diagnose(&expected, &hosts, encoded, &parameters, signature));
    }
    check_token(credential, get("Token"))?;
    Ok(Verified {
        scheme: Scheme::V1,
        secret_id: credential.shared_id(),
        v1_parameters: parameters,
    })
}

type Mutation = (&'static str, Box<dyn Fn(&mut Attempt)>);

fn mutations(expected: &Attempt, encoded: &str, as_sent: &[(String, String)]) -> Vec<Mutation> {
    let mut list: Vec<Mutation> = Vec::new();
    let mut add = |hint, apply: Box<dyn Fn(&mut Attempt)>| list.push((hint, apply));
    for method in ["GET", "POST", "get", "post"] {
        add(
            "it begins with the method of the request, in upper case",
            Box::new(move |a| a.method = method.to_owned()),
        );
    }
    for path in ["/", "", "?", "/v2/index.php?"] {
        add("/? stands between host and parameters", Box::new(move |a| a.path = path));
    }
    for host in
        ["scf.tencentcloudapi.com", "scf.intl.tencentcloudapi.com", "localhost", "127.0.0.1", ""]
    {
        add("the host is the one of the Host header", Box::new(move |a| a.host = host.to_owned()));
    }
    let with_scheme = format!("http://{}", expected.host);
    add("the host has no scheme before it", Box::new(move |a| a.host.clone_from(&with_scheme)));
    add("values are signed raw and encoded afterwards", Box::new(|a| a.encoded = true));
    let unsorted: Vec<_> = as_sent.iter().filter(|(key, _)| key != "Signature").cloned().collect();
    add(
        "parameters are sorted by key in ASCII order",
        Box::new(move |a| a.parameters.clone_from(&unsorted)),
    );
    add(
        "parameters are sorted by key in ASCII order, capitals first",
        Box::new(|a| a.parameters.sort_by_key(|(key, _)| key.to_lowercase())),
    );
    // A value with a raw + arrives with a space in its place.
    if encoded.contains('+') {
        let raw: Vec<_> = expected
            .parameters
            .iter()
            .map(|(key, value)| (key.clone(), value.replace(' ', "+")))
            .collect();
        add("a + in a value is sent as %2B", Box::new(move |a| a.parameters.clone_from(&raw)));
    }
    for name in ["Token", "SignatureMethod", "Region", "Version", "SecretId"] {
        add(
            "every parameter but Signature is signed",
            Box::new(move |a| a.parameters.retain(|(key, _)| key != name)),
        );
    }
    let other = match expected.hash {
        Hash::Sha1 => Hash::Sha256,
        Hash::Sha256 => Hash::Sha1,
    };
    add(
        "SignatureMethod names the hash, HmacSHA1 where it is absent",
        Box::new(move |a| a.hash = other),
    );
    let secret = expected.secret_key.as_str();
    for other in [
        format!("{secret}\n"),
        format!("{secret}\r\n"),
        format!("{secret} "),
        format!(" {secret}"),
        format!("\"{secret}\""),
        secret.trim().to_owned(),
    ] {
        let other = Zeroizing::new(other);
        add(
            "white space or quotes around the secret key",
            Box::new(move |a| a.secret_key.clone_from(&other)),
        );
    }
    let prefixed = Zeroizing::new(format!("TC3{secret}"));
    add(
        "the secret key of version 1 has no TC3 before it",
        Box::new(move |a| a.secret_key.clone_from(&prefixed)),
    );
    list
}

fn diagnose(
    expected: &Attempt,
    hosts: &[String],
    encoded: &str,
    as_sent: &[(String, String)],
    signature: &str,
) -> ApiError {
    for host in hosts {
        let mut base = expected.clone();
        base.host.clone_from(host);
        let right = base.signature();
        if signature.replace(' ', "+") == right {
            return failure(
                "The signature is right, but its + arrived as a space: percent-encode Signature."
                    .to_owned(),
            );
        }
        if signature == encode(&right) {
            return failure(
                "The signature is right, but it is percent-encoded twice: encode it once."
                    .to_owned(),
            );
        }
        for (hint, apply) in mutations(&base, encoded, as_sent) {
            let mut attempt = base.clone();
            apply(&mut attempt);
            if attempt.signature() == signature {
                return failure(difference(&base, &attempt, hint));
            }
        }
    }
    let mut shown = expected.clone();
    if let Some(host) = hosts.first() {
        shown.host.clone_from(host);
    }
    failure(format!(
        "The signature does not match, and no usual mistake explains it. Most often the secret \
         key is a wrong one; otherwise compare what was signed with what is expected.\n\
         String to sign:\n{}",
        shortened(&masked(&shown).source())
    ))
}

/// The text to sign is one line, so the part that differs is named: the
/// beginning up to `?`, or one parameter.
fn difference(expected: &Attempt, signed: &Attempt, hint: &str) -> String {
    let (expected, signed) = (masked(expected).source(), masked(signed).source());
    let parts = |text: &str| -> Vec<String> {
        let (start, rest) = text.split_once('?').unwrap_or(("", text));
        std::iter::once(start).chain(rest.split('&')).map(str::to_owned).collect()
    };
    let (expected, signed) = (parts(&expected), parts(&signed));
    let longest = expected.len().max(signed.len());
    for index in 0..longest {
        let (a, b) = (expected.get(index), signed.get(index));
        if a != b {
            let shown = |part: Option<&String>| shortened(part.map_or("(nothing)", |part| part));
            return format!(
                "The signature does not match: the string to sign differs at its part {}: \
                 expected {:?}, the client signed {:?} ({hint}).",
                index + 1,
                shown(a),
                shown(b)
            );
        }
    }
    format!(
        "The signature does not match: the string to sign agrees, and the key or the hash differs \
         ({hint})."
    )
}

fn masked(attempt: &Attempt) -> Attempt {
    let mut masked = attempt.clone();
    for (key, value) in &mut masked.parameters {
        if key == "Token" {
            "(hidden)".clone_into(value);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Hash};
    use zeroize::Zeroizing;

    #[test]
    fn vector() {
        let asterisks = "********************************";
        let parameters = [
            ("Action", "Invoke".to_owned()),
            ("FunctionName", "hello".to_owned()),
            ("Nonce", "11886".to_owned()),
            ("Region", "ap-guangzhou".to_owned()),
            ("SecretId", format!("AKID{asterisks}")),
            ("Timestamp", "1465185768".to_owned()),
            ("Version", "2018-04-16".to_owned()),
        ];
        let attempt = Attempt {
            method: "GET".into(),
            host: "scf.tencentcloudapi.com".into(),
            path: "/?",
            parameters: parameters.map(|(key, value)| (key.to_owned(), value)).to_vec(),
            encoded: false,
            hash: Hash::Sha1,
            secret_key: Zeroizing::new(asterisks.into()),
        };
        assert_eq!(attempt.signature(), "MUoxEcfaTXpBQLuk4MHIfOtI66I=");
    }
}
