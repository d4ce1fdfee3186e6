//! The text that a client signs, and the key that it signs it with.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::digest::{HexDigest, HmacKey, hex, hmac_sha256, sha256_hex};

/// Everything that goes into a signature. The expected one is made from the
/// request; the diagnosis makes others from it, each with a mistake in it.
#[derive(Clone)]
pub(super) struct Attempt<'a> {
    pub(super) method: Cow<'a, str>,
    pub(super) path: Cow<'a, str>,
    pub(super) query: Cow<'a, str>,
    pub(super) headers: Vec<HeaderLine<'a>>,
    /// The blank line that ends the headers.
    pub(super) blank_line: bool,
    /// The names of the headers, where they are others than those of `headers`.
    pub(super) signed_headers: Option<String>,
    pub(super) payload_hash: String,
    /// The text after the canonical request, which should be nothing.
    pub(super) tail: &'static str,
    pub(super) newline: &'static str,
    /// The ends of lines in the string to sign.
    pub(super) sign_newline: &'static str,
    pub(super) algorithm: &'static str,
    pub(super) timestamp: Cow<'a, str>,
    pub(super) scope: Cow<'a, str>,
    pub(super) request_hash: RequestHash,
    pub(super) key_prefix: &'static str,
    pub(super) secret_key: Cow<'a, Zeroizing<String>>,
    pub(super) key_date: Cow<'a, str>,
    pub(super) key_service: &'a str,
    pub(super) key_terminator: &'static str,
    /// True where the steps of the key pass on hex text, where they should pass on bytes.
    pub(super) hex_keys: bool,
}

/// The name of a header in lower case, and its value as it is signed.
pub(super) type HeaderLine<'a> = (Cow<'a, str>, Cow<'a, str>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestHash {
    Lower,
    Upper,
    /// The canonical request itself.
    Absent,
}

impl Attempt<'_> {
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
        match &self.signed_headers {
            Some(names) => text.push_str(names),
            None => {
                for (index, (name, _)) in self.headers.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { ";" });
                    text.push_str(name);
                }
            }
        }
        text.push_str(self.newline);
        text.push_str(&self.payload_hash);
        text.push_str(self.tail);
        text
    }

    pub(super) fn string_to_sign(&self) -> String {
        let request = self.canonical_request();
        let hash = sha256_hex(request.as_bytes());
        let last = match self.request_hash {
            RequestHash::Lower => &*hash,
            RequestHash::Upper => &hash.to_uppercase(),
            RequestHash::Absent => &request,
        };
        [self.algorithm, &*self.timestamp, &*self.scope, last].join(self.sign_newline)
    }

    pub(super) fn signing_key(&self) -> HmacKey {
        let secret = Zeroizing::new(format!("{}{}", self.key_prefix, self.secret_key.as_str()));
        let mut key = Zeroizing::new(secret.as_bytes().to_vec());
        for step in [&*self.key_date, self.key_service, self.key_terminator] {
            // An empty step is one that the client left out.
            if step.is_empty() {
                continue;
            }
            let next = hmac_sha256(&key, step.as_bytes());
            key = Zeroizing::new(match self.hex_keys {
                true => hex(&next).into_bytes(),
                false => next.to_vec(),
            });
        }
        HmacKey::new(&key)
    }

    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        for line in self.headers.iter_mut().filter(|line| line.0 == name) {
            line.1 = Cow::Owned(value.to_owned());
        }
    }

    pub(super) fn signature(&self) -> HexDigest {
        self.signing_key().sign(self.string_to_sign().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Cow, RequestHash};
    use zeroize::Zeroizing;

    #[test]
    fn worked_example_of_the_documentation() {
        let asterisks = "********************************";
        let attempt = Attempt {
            method: "POST".into(),
            path: "/".into(),
            query: "".into(),
            headers: vec![
                ("content-type".into(), "application/json; charset=utf-8".into()),
                ("host".into(), "cvm.tencentcloudapi.com".into()),
                ("x-tc-action".into(), "describeinstances".into()),
            ],
            blank_line: true,
            signed_headers: None,
            payload_hash: "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064".into(),
            tail: "",
            newline: "\n",
            sign_newline: "\n",
            algorithm: "TC3-HMAC-SHA256",
            timestamp: "1551113065".into(),
            scope: "2019-02-25/cvm/tc3_request".into(),
            request_hash: RequestHash::Lower,
            key_prefix: "TC3",
            secret_key: Cow::Owned(Zeroizing::new(asterisks.into())),
            key_date: "2019-02-25".into(),
            key_service: "cvm",
            key_terminator: "tc3_request",
            hex_keys: false,
        };
        assert!(
            attempt
                .string_to_sign()
                .ends_with("\n7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84")
        );
        assert_eq!(
            &*attempt.signature(),
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
        );
    }
}
