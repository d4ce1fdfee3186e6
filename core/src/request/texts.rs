//! The texts of a request: the HTTP message, and what is hashed of it.

use crate::request::Request;
use crate::request::emit::{Encoding, Window};
use crate::request::settings::Signing;
use crate::tc3::{self, Method, UNSIGNED_PAYLOAD};
use crate::time::Day;

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
        let settings = self.settings;
        window.put(b" HTTP/1.1\r\nHost: ");
        window.text(settings.host);
        window.put(b"\r\nContent-Type: ");
        window.text(self.content_type());
        if settings.method == Method::Post {
            window.put(b"\r\nContent-Length: ");
            window.number(self.body_length as u64);
        }
        if !settings.keep_alive {
            window.put(b"\r\nConnection: close");
        }
        match settings.signing {
            Signing::Tc3 { action, payload } => self.tc3_fields(action, payload, window),
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => {}
        }
        window.put(b"\r\n\r\n");
    }

    #[inline(never)]
    fn tc3_fields(&self, sign_action: bool, sign_payload: bool, window: &mut Window<'_>) {
        let settings = self.settings;
        window.put(b"\r\nX-TC-Action: ");
        window.text(self.invocation.action.as_str());
        window.put(b"\r\nX-TC-Version: ");
        window.text(crate::invocation::VERSION);
        window.put(b"\r\nX-TC-Timestamp: ");
        window.number(self.timestamp);
        window.put(b"\r\nX-TC-Region: ");
        window.text(settings.region.name());
        for (name, value) in [
            ("\r\nX-TC-Content-SHA256: ", (!sign_payload).then_some(UNSIGNED_PAYLOAD)),
            ("\r\nX-TC-Token: ", self.token),
            ("\r\nX-TC-Language: ", settings.language.map(|language| language.as_str())),
            ("\r\nX-TC-RequestClient: ", settings.request_client),
            ("\r\nX-TC-TraceId: ", settings.trace_id),
        ] {
            if let Some(value) = value {
                window.text(name);
                window.text(value);
            }
        }
        window.put(b"\r\nAuthorization: TC3-HMAC-SHA256 Credential=");
        window.text(self.secret_id);
        window.put(b"/");
        window.put(&self.date());
        window.put(b"/");
        window.text(crate::SERVICE);
        window.put(b"/tc3_request, SignedHeaders=");
        window.text(if sign_action {
            "content-type;host;x-tc-action"
        } else {
            "content-type;host"
        });
        window.put(b", Signature=");
        window.put(&tc3::hex(&self.signature));
    }

    /// The date that is signed; a request that has none was refused before.
    fn date(&self) -> [u8; 10] {
        Day::of_timestamp(self.timestamp).map_or([b'0'; 10], Day::date)
    }

    /// The parameters before the payload, and its name.
    #[inline(never)]
    fn parameters_before(&self, window: &mut Window<'_>) {
        let payload = self.has_content.then(|| self.invocation.action.payload_parameter());
        match (self.settings.method, self.settings.signing) {
            (Method::Post, Signing::Tc3 { .. }) => {
                let mut opening: &[u8] = b"{\"";
                for index in 0.. {
                    let Some((name, value)) = self.invocation.parameter(index) else { break };
                    window.put(opening);
                    window.text(name);
                    window.put(b"\":\"");
                    window.encoded(Encoding::Json, value);
                    opening = b"\",\"";
                }
                if let Some(name) = payload {
                    window.put(opening);
                    window.text(name);
                    window.put(b"\":\"");
                }
            }
            (Method::Get, Signing::Tc3 { .. }) => {
                for index in 0.. {
                    let Some((name, value)) = self.invocation.parameter(index) else { break };
                    if index > 0 {
                        window.put(b"&");
                    }
                    window.text(name);
                    window.put(b"=");
                    window.encoded(Encoding::Percent, value);
                }
                if let Some(name) = payload {
                    window.put(b"&");
                    window.text(name);
                    window.put(b"=");
                }
            }
            #[cfg(feature = "v1")]
            _ => self.v1_parameters_before(Encoding::Percent, window),
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
