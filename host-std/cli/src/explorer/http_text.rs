//! A request as text: written by the client, or pasted by a person.

use super::draft::DraftSigning;

/// What stands where a secret was.
pub(super) const HIDDEN: &str = "…";

/// A request's line, headers and body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct HttpText {
    line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl HttpText {
    /// Reads a head and, after an empty line, a body.
    pub(super) fn parse(text: &str) -> Self {
        let normal = text.replace("\r\n", "\n");
        let (head, body) = match text.split_once("\r\n\r\n") {
            Some((head, body)) => (head.replace("\r\n", "\n"), body.to_owned()),
            None => match normal.split_once("\n\n") {
                Some((head, body)) => (head.to_owned(), body.to_owned()),
                None => (normal, String::new()),
            },
        };
        let mut request = Self { body, ..Self::default() };
        for line in head.lines() {
            if request.line.is_empty() && line.contains(" HTTP/") {
                line.trim().clone_into(&mut request.line);
            } else if let Some((name, value)) = line.split_once(':') {
                request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        request
    }

    /// Returns a request of these parts.
    pub(super) fn new(
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        body: String,
    ) -> Self {
        Self { line: format!("{method} {target} HTTP/1.1"), headers, body }
    }

    pub(super) fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// Returns the path and the query.
    pub(super) fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or("/")
    }

    pub(super) fn query(&self) -> &str {
        self.target().split_once('?').map_or("", |(_, query)| query)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let find = |(have, _): &&(String, String)| have.eq_ignore_ascii_case(name);
        self.headers.iter().find(find).map(|(_, value)| value.as_str())
    }

    /// Hides what lets a reader act in the signer's name: the signature, and the
    /// token of temporary credentials. Of version 1 they stand among the parameters.
    pub(super) fn hide_secrets(&mut self, signing: DraftSigning) {
        for (name, value) in &mut self.headers {
            if name.eq_ignore_ascii_case("x-tc-token") {
                HIDDEN.clone_into(value);
            } else if name.eq_ignore_ascii_case("authorization")
                && let Some((before, _)) = value.split_once("Signature=")
            {
                *value = format!("{before}Signature={HIDDEN}");
            }
        }
        if signing == DraftSigning::V1 {
            self.line = hidden_parameters(&self.line);
            self.body = hidden_parameters(&self.body);
        }
    }

    /// Returns the request line and the headers, a line each.
    pub(super) fn head(&self) -> String {
        let mut head = self.line.clone();
        for (name, value) in &self.headers {
            head.push_str(&format!("\n{name}: {value}"));
        }
        head
    }
}

/// Returns the parameters of version 1 without the values of those that are secret.
fn hidden_parameters(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    // A parameter ends before the next one, and before the rest of a request line.
    for part in text.split_inclusive(['&', '?', ' ']) {
        match part.split_once('=') {
            Some((name @ ("Signature" | "Token"), value)) => {
                let end = value.find(['&', ' ']).map_or("", |end| &value[end..]);
                hidden.push_str(&format!("{name}={HIDDEN}{end}"));
            }
            _ => hidden.push_str(part),
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::{DraftSigning, HttpText};

    #[test]
    fn nothing_that_signs_is_left() {
        let mut request = HttpText::parse(
            "POST /?Signature=a%2Bb&Token=t&Region=x HTTP/1.1\nX-TC-Token: t\n\
             Authorization: TC3-HMAC-SHA256 Credential=AKID/x, Signature=abc\n\n\
             Action=Invoke&Signature=abc%3D&SignatureMethod=HmacSHA256&Token=t",
        );
        request.hide_secrets(DraftSigning::V1);
        assert_eq!(
            request.head(),
            "POST /?Signature=…&Token=…&Region=x HTTP/1.1\nX-TC-Token: …\n\
             Authorization: TC3-HMAC-SHA256 Credential=AKID/x, Signature=…"
        );
        assert_eq!(request.body, "Action=Invoke&Signature=…&SignatureMethod=HmacSHA256&Token=…");
    }

    #[test]
    fn an_event_is_left_as_it_is() {
        let text = "POST / HTTP/1.1\n\n{\"ClientContext\":\"Token=1&Signature=2\"}";
        let mut request = HttpText::parse(text);
        request.hide_secrets(DraftSigning::Tc3);
        assert_eq!(format!("{}\n\n{}", request.head(), request.body), text);
    }
}
