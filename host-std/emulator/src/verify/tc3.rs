//! TC3-HMAC-SHA256.

use zeroize::Zeroizing;

use super::digest::{hex, hmac_sha256, same, sha256_hex};
use super::{Scheme, Verified, check_time, check_token, diagnose, find, host_forms};
use crate::clock::utc_date;
use crate::credential::Credential;
use crate::error::ApiError;
use crate::request::HttpRequest;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";
pub(super) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Everything that goes into a signature. The expected one is made from the
/// request; the diagnosis makes others from it, each with a mistake in it.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    /// The blank line that ends the headers.
    pub(super) blank_line: bool,
    pub(super) signed_headers: String,
    pub(super) payload_hash: String,
    /// The text after the canonical request, which should be nothing.
    pub(super) tail: &'static str,
    pub(super) newline: &'static str,
    /// The ends of lines in the string to sign.
    pub(super) sign_newline: &'static str,
    pub(super) algorithm: String,
    pub(super) timestamp: String,
    pub(super) scope: String,
    pub(super) request_hash: RequestHash,
    pub(super) key_prefix: &'static str,
    pub(super) secret_key: Zeroizing<String>,
    pub(super) key_date: String,
    pub(super) key_service: String,
    pub(super) key_terminator: &'static str,
    /// True where the steps of the key pass on hex text, where they should pass on bytes.
    pub(super) hex_keys: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestHash {
    Lower,
    Upper,
    /// The canonical request itself.
    Absent,
}

impl Attempt {
    pub(super) fn canonical_request(&self) -> String {
        let mut text = String::with_capacity(512);
        for line in [&self.method, &self.path, &self.query] {
            text.push_str(line);
            text.push_str(self.newline);
        }
        for (name, value) in &self.headers {
            text.push_str(name);
            text.push(':');
            text.push_str(value);
            text.push_str(self.newline);
        }
        if self.blank_line {
            text.push_str(self.newline);
        }
        text.push_str(&self.signed_headers);
        text.push_str(self.newline);
        text.push_str(&self.payload_hash);
        text.push_str(self.tail);
        text
    }

    pub(super) fn string_to_sign(&self) -> String {
        let request = self.canonical_request();
        let hash = match self.request_hash {
            RequestHash::Lower => sha256_hex(request.as_bytes()),
            RequestHash::Upper => sha256_hex(request.as_bytes()).to_uppercase(),
            RequestHash::Absent => request,
        };
        [&*self.algorithm, &*self.timestamp, &*self.scope, &*hash].join(self.sign_newline)
    }

    pub(super) fn signing_key(&self) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(format!("{}{}", self.key_prefix, self.secret_key.as_str()));
        let mut key = Zeroizing::new(secret.as_bytes().to_vec());
        for step in [&*self.key_date, &*self.key_service, self.key_terminator] {
            // An empty step is one that the client left out.
            if step.is_empty() {
                continue;
            }
            let next = hmac_sha256(&key, step.as_bytes());
            key = Zeroizing::new(if self.hex_keys { hex(&next).into_bytes() } else { next });
        }
        key
    }

    pub(super) fn signature(&self) -> String {
        sign(&self.signing_key(), &self.string_to_sign())
    }
}

pub(super) fn sign(signing_key: &[u8], string_to_sign: &str) -> String {
    hex(&hmac_sha256(signing_key, string_to_sign.as_bytes()))
}

/// The `Authorization` header, split.
struct Authorization<'a> {
    secret_id: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

fn malformed(what: &str) -> ApiError {
    ApiError::new(
        "AuthFailure.InvalidAuthorization",
        format!(
            "The Authorization header is malformed: {what}. It reads {ALGORITHM} \
             Credential=ID/DATE/SERVICE/{TERMINATOR}, SignedHeaders=content-type;host, Signature=HEX"
        ),
    )
}

fn parse(header: &str) -> Result<Authorization<'_>, ApiError> {
    let (algorithm, fields) =
        header.split_once(' ').ok_or_else(|| malformed("nothing follows the algorithm"))?;
    if algorithm != ALGORITHM {
        return Err(malformed("the algorithm is another one"));
    }
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for field in fields.split(',') {
        match field.trim().split_once('=') {
            Some(("Credential", value)) => credential = Some(value),
            Some(("SignedHeaders", value)) => signed_headers = Some(value),
            Some(("Signature", value)) => signature = Some(value),
            _ => return Err(malformed("it has a part that is none of the three")),
        }
    }
    let credential = credential.ok_or_else(|| malformed("it has no Credential"))?;
    let mut scope = credential.split('/');
    let (Some(secret_id), Some(date), Some(service), Some(TERMINATOR), None) =
        (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
    else {
        return Err(malformed("its Credential is not ID/DATE/SERVICE/tc3_request"));
    };
    Ok(Authorization {
        secret_id,
        date,
        service,
        signed_headers: signed_headers.ok_or_else(|| malformed("it has no SignedHeaders"))?,
        signature: signature.ok_or_else(|| malformed("it has no Signature"))?,
    })
}

/// Returns the header lines in the form that the documentation gives: names sorted,
/// values trimmed and in lower case, except the content type and the host,
/// which clients sign as they send them.
fn header_lines(
    request: &HttpRequest<'_>,
    signed_headers: &str,
) -> Result<Vec<(String, String)>, ApiError> {
    let mut lines = Vec::new();
    for name in signed_headers.split(';') {
        let name = name.trim().to_ascii_lowercase();
        let value = request.header(&name).ok_or_else(|| {
            ApiError::new(
                "AuthFailure.SignatureFailure",
                format!("SignedHeaders names {name:?}, and the request has no such header."),
            )
        })?;
        let value = match name.as_str() {
            "content-type" | "host" => value.to_owned(),
            _ => value.to_lowercase(),
        };
        lines.push((name, value));
    }
    lines.sort();
    for mandatory in ["content-type", "host"] {
        if !lines.iter().any(|(name, _)| name == mandatory) {
            return Err(ApiError::new(
                "AuthFailure.InvalidAuthorization",
                format!("SignedHeaders is {signed_headers:?}; {mandatory} must be signed too."),
            ));
        }
    }
    Ok(lines)
}

fn set_header(lines: &mut [(String, String)], name: &str, value: &str) {
    for line in lines.iter_mut().filter(|line| line.0 == name) {
        value.clone_into(&mut line.1);
    }
}

impl Attempt {
    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        set_header(&mut self.headers, name, value);
    }
}

/// The signature of a request by its head and the key.
struct Signed<'a> {
    authorization: Authorization<'a>,
    credential: &'a Credential,
    timestamp: &'a str,
    seconds: i64,
}

fn read_head<'a>(
    request: &HttpRequest<'a>,
    credentials: &'a [Credential],
    now: i64,
) -> Result<Signed<'a>, ApiError> {
    let authorization = parse(request.header("authorization").unwrap_or_default())?;
    let timestamp = request
        .header_set("x-tc-timestamp")
        .ok_or_else(|| ApiError::missing("X-TC-Timestamp (a header)"))?;
    let credential = find(credentials, authorization.secret_id)?;
    let seconds = check_time("X-TC-Timestamp", timestamp, now)?;
    Ok(Signed { authorization, credential, timestamp, seconds })
}

/// Checks all of a signature that needs neither the body nor a hash.
pub(super) fn check_head(
    request: &HttpRequest<'_>,
    credentials: &[Credential],
    now: i64,
) -> Result<(), ApiError> {
    read_head(request, credentials, now).map(|_| ())
}

pub(super) fn verify(
    request: &HttpRequest<'_>,
    credentials: &[Credential],
    now: i64,
    explain: bool,
) -> Result<Verified, ApiError> {
    let Signed { authorization, credential, timestamp, seconds } =
        read_head(request, credentials, now)?;

    let scope = |date: &str, service: &str| format!("{date}/{service}/{TERMINATOR}");
    let sent_scope = scope(authorization.date, authorization.service);
    let utc = utc_date(seconds);
    if authorization.date != utc {
        return Err(diagnose::scope_differs(
            &scope(&utc, authorization.service),
            &sent_scope,
            "the date is the UTC date of X-TC-Timestamp, not the local one",
        ));
    }
    let host = request.header("host").unwrap_or_default();
    // Some clients take the first label of the address for the service, and
    // so sign for `127` when they talk to 127.0.0.1.
    let service_fits = authorization.service == "scf"
        || host_forms(host)
            .iter()
            .any(|form| form.split('.').next() == Some(authorization.service));
    if !service_fits {
        return Err(diagnose::scope_differs(
            &scope(&utc, "scf"),
            &sent_scope,
            "the service is scf, in lower case",
        ));
    }

    let headers = header_lines(request, authorization.signed_headers)?;
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let unsigned = request.header("x-tc-content-sha256") == Some(UNSIGNED_PAYLOAD);
    let expected = Attempt {
        method: request.method.to_owned(),
        path: "/".to_owned(),
        query: request.query.to_owned(),
        signed_headers: names.join(";"),
        headers,
        blank_line: true,
        payload_hash: if unsigned {
            sha256_hex(UNSIGNED_PAYLOAD.as_bytes())
        } else {
            sha256_hex(request.body)
        },
        tail: "",
        newline: "\n",
        sign_newline: "\n",
        algorithm: ALGORITHM.to_owned(),
        timestamp: timestamp.to_owned(),
        scope: sent_scope,
        request_hash: RequestHash::Lower,
        key_prefix: "TC3",
        secret_key: Zeroizing::new(credential.secret_key().to_owned()),
        key_date: utc,
        key_service: authorization.service.to_owned(),
        key_terminator: TERMINATOR,
        hex_keys: false,
    };
    let (date, service) = (&expected.key_date, &expected.key_service);
    let key = credential.day_key(date, service, || expected.signing_key());
    if !accepted(&expected, &key, request, host, authorization.signature) {
        if !explain {
            return Err(diagnose::unexplained());
        }
        return Err(diagnose::tc3(
            &expected,
            request,
            &host_forms(host),
            authorization.signed_headers,
            authorization.signature,
            seconds,
        ));
    }
    check_token(credential, request.header_set("x-tc-token"))?;
    Ok(Verified {
        scheme: Scheme::Tc3,
        secret_id: credential.secret_id().to_owned(),
        v1_parameters: Vec::new(),
    })
}

/// Tries the forms that are all right: of the host, and of the case of
/// values, which the documentation lowers and the SDKs leave as they are.
fn accepted(
    expected: &Attempt,
    key: &[u8],
    request: &HttpRequest<'_>,
    host: &str,
    signature: &str,
) -> bool {
    let fits = |attempt: &Attempt| {
        same(sign(key, &attempt.string_to_sign()).as_bytes(), signature.as_bytes())
    };
    // Most clients sign what the documentation says.
    if fits(expected) {
        return true;
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let mut as_sent = expected.clone();
    for (name, value) in &mut as_sent.headers {
        if name != "x-tc-action" {
            *value = request.header(name).unwrap_or_default().to_owned();
        }
    }
    let mut lowered = expected.clone();
    lowered.set_header("content-type", &content_type.to_lowercase());
    let hosts = host_forms(host);
    for mut attempt in [expected.clone(), lowered, as_sent] {
        for host in &hosts {
            attempt.set_header("host", host);
            if fits(&attempt) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Attempt, RequestHash};
    use zeroize::Zeroizing;

    #[test]
    fn worked_example_of_the_documentation() {
        let asterisks = "********************************";
        let attempt = Attempt {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: vec![
                ("content-type".into(), "application/json; charset=utf-8".into()),
                ("host".into(), "cvm.tencentcloudapi.com".into()),
                ("x-tc-action".into(), "describeinstances".into()),
            ],
            blank_line: true,
            signed_headers: "content-type;host;x-tc-action".into(),
            payload_hash: "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064".into(),
            tail: "",
            newline: "\n",
            sign_newline: "\n",
            algorithm: "TC3-HMAC-SHA256".into(),
            timestamp: "1551113065".into(),
            scope: "2019-02-25/cvm/tc3_request".into(),
            request_hash: RequestHash::Lower,
            key_prefix: "TC3",
            secret_key: Zeroizing::new(asterisks.into()),
            key_date: "2019-02-25".into(),
            key_service: "cvm".into(),
            key_terminator: "tc3_request",
            hex_keys: false,
        };
        assert!(
            attempt
                .string_to_sign()
                .ends_with("\n7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84")
        );
        assert_eq!(
            attempt.signature(),
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
        );
    }
}
