//! The texts of a request: the HTTP message, and what is hashed of it.

use crate::bytes;
use crate::request::Request;
use crate::request::emit::{Encoding, Window};
use crate::request::settings::Signing;
use crate::tc3::{self, Method, UNSIGNED_PAYLOAD};
use crate::time::{Day, Decimal};

/// What follows the request line's target.
const FIELDS: &[u8] = &form(
    b" HTTP/1.1\r\nHost: %h\r\nContent-Type: %t\r\nContent-Length: %l\
    \r\nConnection: %k",
);

/// The header fields of a TC3 signature, and those that only it has.
const TC3_FIELDS: &[u8] = &form(
    b"\r\nX-TC-Action: %a\r\nX-TC-Version: %v\
    \r\nX-TC-Timestamp: %s\r\nX-TC-Region: %r\r\nX-TC-Content-SHA256: %u\r\nX-TC-Token: %o\
    \r\nX-TC-Language: %g\r\nX-TC-RequestClient: %c\r\nX-TC-TraceId: %i\
    \r\nAuthorization: TC3-HMAC-SHA256 Credential=%n/%d/%e/tc3_request, SignedHeaders=%f\
    , Signature=%x",
);

/// A form, in which `%` and a letter stand for a value, as it is filled in
/// without a search: each text has its length before it and the letter behind.
const fn form<const N: usize>(text: &[u8; N]) -> [u8; N] {
    let mut form = [0; N];
    let (mut length_at, mut at) = (0, 0);
    while at < N {
        if text[at] == b'%' {
            form[length_at] = (at - length_at) as u8;
            form[at + 1] = text[at + 1];
            at += 2;
            length_at = at;
        } else {
            form[at + 1] = text[at];
            at += 1;
        }
    }
    form
}

/// The texts that a request is emitted as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// The whole HTTP/1.1 message.
    Message,
    /// The request line and the header fields alone.
    Head,
    /// The body alone.
    Body,
    /// The query string alone.
    Query,
    /// What a version 1 signature is made of.
    #[cfg(feature = "v1")]
    Source,
}

impl Request<'_> {
    /// How the payload is written in `text`.
    pub(crate) fn encoding(&self, text: Text) -> Encoding {
        #[cfg(feature = "v1")]
        if text == Text::Source {
            return Encoding::Raw;
        }
        let _ = text;
        match (self.settings.method, self.settings.signing) {
            (Method::Post, Signing::Tc3 { .. }) => Encoding::Json,
            _ => Encoding::Percent,
        }
    }

    /// Writes what stands before the payload.
    pub(crate) fn before(&self, text: Text, window: &mut Window<'_>) {
        let post = self.settings.method == Method::Post;
        match text {
            Text::Message | Text::Head if post => {
                self.request_line_start(window);
                self.fields_after_target(window);
                if text == Text::Message {
                    self.parameters_before(window);
                }
            }
            Text::Message | Text::Head => {
                self.request_line_start(window);
                window.put(b"?");
                self.parameters_before(window);
            }
            Text::Body if post => self.parameters_before(window),
            Text::Query if !post => self.parameters_before(window),
            Text::Body | Text::Query => {}
            #[cfg(feature = "v1")]
            Text::Source => self.v1_source_before(window),
        }
    }

    /// Whether the payload is a part of `text`.
    pub(crate) fn has_payload(&self, text: Text) -> bool {
        let post = self.settings.method == Method::Post;
        match text {
            Text::Head => !post,
            Text::Body => post,
            Text::Query => !post,
            _ => true,
        }
    }

    /// Writes what stands after the payload.
    pub(crate) fn after(&self, text: Text, window: &mut Window<'_>) {
        let post = self.settings.method == Method::Post;
        match text {
            Text::Message if post => self.parameters_after(window),
            Text::Message | Text::Head if !post => {
                self.parameters_after(window);
                self.fields_after_target(window);
            }
            Text::Body if post => self.parameters_after(window),
            Text::Query if !post => self.parameters_after(window),
            #[cfg(feature = "v1")]
            Text::Source => self.v1_parameters_after(Encoding::Raw, window),
            _ => {}
        }
    }

    /// The Content-Type header's value.
    pub(crate) fn content_type(&self) -> &'static str {
        match (self.settings.method, self.settings.signing) {
            (Method::Post, Signing::Tc3 { .. }) => "application/json",
            _ => "application/x-www-form-urlencoded",
        }
    }

    fn request_line_start(&self, window: &mut Window<'_>) {
        window.text(self.settings.method.as_str());
        window.put(b" ");
        window.text(self.settings.path);
    }

    /// The rest of the request line, and the header fields.
    fn fields_after_target(&self, window: &mut Window<'_>) {
        self.fill_in(FIELDS, window);
        match self.settings.signing {
            Signing::Tc3 { .. } => self.fill_in(TC3_FIELDS, window),
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => {}
        }
        window.put(b"\r\n\r\n");
    }

    /// Writes a form. Where there is no value, the text that leads to it is
    /// left out as well.
    #[inline(never)]
    fn fill_in(&self, form: &[u8], window: &mut Window<'_>) {
        let mut rest = form;
        while let Some((&length, from)) = rest.split_first() {
            let (lead, from) = from.split_at_checked(length as usize).unwrap_or_default();
            let Some((&name, after)) = from.split_first() else { break };
            if let Some(value) = self.value(name, &mut [0; 64]) {
                window.put(lead);
                window.put(value);
            }
            rest = after;
        }
    }

    /// The value of a letter in a form.
    #[inline(never)]
    fn value<'v>(&'v self, name: u8, scratch: &'v mut [u8; 64]) -> Option<&'v [u8]> {
        let settings = self.settings;
        let (sign_action, sign_payload) = match settings.signing {
            Signing::Tc3 { action, payload } => (action, payload),
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => (false, true),
        };
        let text = match name {
            b'h' => settings.host,
            b't' => self.content_type(),
            b'l' | b's' => {
                if name == b'l' && settings.method == Method::Get {
                    return None;
                }
                let value = if name == b'l' { self.length as u64 } else { self.timestamp };
                let length = bytes::copy(scratch, Decimal::new(value).as_bytes());
                return scratch.get(..length);
            }
            b'k' if settings.keep_alive => return None,
            b'k' => "close",
            b'v' => crate::invocation::VERSION,
            b'e' => crate::SERVICE,
            b'a' => self.invocation.action.as_str(),
            b'r' => settings.region.name(),
            b'u' if sign_payload => return None,
            b'u' => UNSIGNED_PAYLOAD,
            b'o' => self.token?,
            b'g' => settings.language?.as_str(),
            b'c' => settings.request_client?,
            b'i' => settings.trace_id?,
            b'n' => self.secret_id,
            b'd' => {
                // A time without a date was refused when it was to be signed.
                let date = Day::of_timestamp(self.timestamp)?.date();
                let length = bytes::copy(scratch, &date);
                return scratch.get(..length);
            }
            b'f' => tc3::signed_headers(sign_action),
            _ => return base16ct::lower::encode(&self.signature, scratch).ok(),
        };
        Some(text.as_bytes())
    }

    /// The parameters before the payload, and its name.
    #[inline(never)]
    fn parameters_before(&self, window: &mut Window<'_>) {
        let encoding = self.encoding(Text::Body);
        // What stands before the first name, after a name, and between two.
        let [mut lead, equals, next]: [&[u8]; 3] = match self.settings.signing {
            Signing::Tc3 { .. } if encoding == Encoding::Json => [b"{\"", b"\":\"", b"\",\""],
            Signing::Tc3 { .. } => [b"", b"=", b"&"],
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => return self.v1_parameters_before(encoding, window),
        };
        let mut put = |name, value| {
            window.put(lead);
            window.text(name);
            window.put(equals);
            window.encoded(encoding, value);
            lead = next;
        };
        let mut index = 0;
        while let Some((name, value)) = self.invocation.parameter(index) {
            if let Some(value) = value {
                put(name, value);
            }
            index += 1;
        }
        if self.has_content {
            put(self.invocation.action.payload_parameter(), "");
        }
    }

    /// The parameters after the payload.
    fn parameters_after(&self, window: &mut Window<'_>) {
        match (self.settings.method, self.settings.signing) {
            (Method::Post, Signing::Tc3 { .. }) => window.put(b"\"}"),
            (Method::Get, Signing::Tc3 { .. }) => {}
            #[cfg(feature = "v1")]
            _ => {
                self.v1_parameters_after(Encoding::Percent, window);
                window.put(b"&Signature=");
                window.encoded(Encoding::Percent, &self.v1_signature());
            }
        }
    }
}
