//! A request as text: written by the client, or pasted by a person.

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

    /// Returns the request line and the headers, a line each.
    pub(super) fn head(&self) -> String {
        let mut head = self.line.clone();
        for (name, value) in &self.headers {
            head.push_str(&format!("\n{name}: {value}"));
        }
        head
    }
}
