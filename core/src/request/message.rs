//! The texts of a request: the HTTP message, and the parts of it.
//!
//! Parameters that are not set are left out. The event is not written here:
//! each text is written as the part before it and the part after it.

use crate::request::Request;
use crate::request::invocation::LogType;
use crate::request::settings::{Language, Signing};
use crate::sign::tc3::{Method, signed_headers};
use crate::wire::window::{Encoding, Window};

/// The header field of a request whose payload is not signed, and its value, which is
/// signed in the payload's place.
const UNSIGNED_FIELD: &str = "\r\nX-TC-Content-SHA256: UNSIGNED-PAYLOAD";
pub(super) const UNSIGNED_PAYLOAD: &str =
    UNSIGNED_FIELD.split_at("\r\nX-TC-Content-SHA256: ".len()).1;

/// The type and length of a body that is JSON, up to the number, and the type alone.
const JSON_FIELDS: &str = "\r\nContent-Type: application/json\r\nContent-Length: ";
const JSON_TYPE: &str =
    JSON_FIELDS.split_at("\r\nContent-Type: ".len()).1.split_at("application/json".len()).0;

/// A text that a request is emitted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// The whole HTTP/1.1 message.
    Message,
    /// The request line and the header fields alone.
    Head,
    /// The body alone; empty for GET.
    Body,
    /// The query string alone; empty for POST.
    #[cfg(feature = "get")]
    Query,
    /// The text that a version 1 signature signs.
    #[cfg(feature = "v1")]
    Source,
}

impl Request<'_> {
    /// Returns the style of the parameters, the event among them, in that text,
    /// if the text contains them.
    pub(super) fn parameter_style(&self, text: Text) -> Option<Style> {
        match text {
            #[cfg(feature = "v1")]
            Text::Source => Some(Style::Plain),
            Text::Body if self.is_get() => None,
            Text::Head if !self.is_get() => None,
            #[cfg(feature = "get")]
            Text::Query if !self.is_get() => None,
            _ => Some(self.style()),
        }
    }

    /// Returns the style of the parameters in a message.
    fn style(&self) -> Style {
        match self.settings.signing {
            #[cfg(feature = "get")]
            _ if self.is_get() => Style::Query,
            Signing::Tc3 { .. } => Style::Json,
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => Style::Query,
        }
    }

    /// Returns the Content-Type header's value.
    pub(super) fn content_type(&self) -> &'static str {
        match self.style() {
            Style::Json => JSON_TYPE,
            #[cfg(feature = "get")]
            _ => "application/x-www-form-urlencoded",
        }
    }

    /// Writes what stands before the event.
    #[inline(never)]
    pub(super) fn write_before_event(&self, text: Text, out: &mut Window<'_>) {
        #[cfg(feature = "v1")]
        if text == Text::Source {
            out.put(self.settings.method.as_str());
            out.put(self.settings.host);
            out.put("/?");
        }
        if matches!(text, Text::Message | Text::Head) {
            let method = if self.is_get() { "GET " } else { "POST " };
            out.put_field(method, Some(self.settings.path));
            if self.is_get() {
                out.put("?");
            } else {
                self.write_fields(out);
            }
        }
        if let Some(style) = self.parameter_style(text) {
            let mut parameters = Parameters { out, style };
            match self.settings.signing {
                Signing::Tc3 { .. } => {
                    let invocation = self.invocation;
                    let front = match style {
                        Style::Json => "{\"FunctionName\":\"",
                        #[cfg(feature = "get")]
                        _ => "FunctionName=",
                    };
                    // The name is the same in any encoding.
                    parameters.out.put_field(front, Some(invocation.function_name));
                    parameters.next("InvocationType", invocation.sent_invocation_type());
                    parameters.next("Qualifier", invocation.qualifier);
                    parameters.next("LogType", invocation.log_type.map(LogType::as_str));
                    parameters.next("Namespace", invocation.namespace);
                    parameters.next("RoutingKey", invocation.routing_key);
                }
                #[cfg(feature = "v1")]
                Signing::V1 { .. } => {
                    parameters.out.put_field("Action=", Some(self.invocation.action.as_str()));
                }
            }
            if self.has_event {
                parameters.next(self.invocation.action.event_parameter(), Some(""));
            }
        }
    }

    /// Writes what stands after the event.
    #[inline(never)]
    pub(super) fn write_after_event(&self, text: Text, out: &mut Window<'_>) {
        if let Some(style) = self.parameter_style(text) {
            #[cfg(feature = "v1")]
            if let Signing::V1 { algorithm, nonce } = self.settings.signing {
                let mut parameters = Parameters { out, style };
                self.write_v1_parameters(algorithm, nonce, &mut parameters);
                if text != Text::Source {
                    parameters.next("Signature", Some(&self.v1_signature));
                }
            }
            if style == Style::Json {
                out.put("\"}");
            }
        }
        if self.is_get() && matches!(text, Text::Message | Text::Head) {
            self.write_fields(out);
        }
    }

    /// Writes the rest of the request line and all header fields.
    fn write_fields(&self, out: &mut Window<'_>) {
        let settings = self.settings;
        out.put_field(" HTTP/1.1\r\nHost: ", Some(settings.host));
        match self.style() {
            Style::Json => out.put(JSON_FIELDS),
            #[cfg(feature = "get")]
            _ => {
                out.put_field("\r\nContent-Type: ", Some(self.content_type()));
                if !self.is_get() {
                    out.put("\r\nContent-Length: ");
                }
            }
        }
        if !self.is_get() {
            out.put_number(self.length as u64);
        }
        if !settings.keep_alive {
            out.put("\r\nConnection: close");
        }
        match settings.signing {
            Signing::Tc3 { action, payload } => {
                out.put_field("\r\nX-TC-Action: ", Some(self.invocation.action.as_str()));
                // The API's version, see `invocation::VERSION`.
                out.put("\r\nX-TC-Version: 2018-04-16\r\nX-TC-Timestamp: ");
                out.put_number(self.timestamp.0);
                out.put_field("\r\nX-TC-Region: ", Some(settings.region.name()));
                if !payload {
                    out.put(UNSIGNED_FIELD);
                }
                out.put_field("\r\nX-TC-Token: ", self.token);
                out.put_field("\r\nX-TC-Language: ", settings.language.map(Language::as_str));
                out.put_field("\r\nX-TC-RequestClient: ", settings.request_client);
                out.put_field("\r\nX-TC-TraceId: ", settings.trace_id);
                out.put_field(
                    "\r\nAuthorization: TC3-HMAC-SHA256 Credential=",
                    Some(self.secret_id),
                );
                out.put("/");
                out.put_bytes(self.signature.date());
                out.put_field("/scf/tc3_request, SignedHeaders=", Some(signed_headers(action)));
                out.put(", Signature=");
                out.put_bytes(self.signature.hex());
            }
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => {}
        }
        out.put("\r\n\r\n");
    }

    /// Returns `true` if the method is GET: all parameters are in the request
    /// line.
    pub(crate) fn is_get(&self) -> bool {
        cfg!(feature = "get") && self.settings.method == Method::Get
    }
}

/// The style in which parameters are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As members of a JSON object.
    Json,
    /// As pairs of a query or a form.
    #[cfg(feature = "get")]
    Query,
    /// As pairs, values as they are.
    #[cfg(feature = "v1")]
    Plain,
}

impl Style {
    pub(super) const fn encoding(self) -> Encoding {
        match self {
            Self::Json => Encoding::Json,
            #[cfg(feature = "get")]
            Self::Query => Encoding::Percent,
            #[cfg(feature = "v1")]
            Self::Plain => Encoding::Raw,
        }
    }
}

/// Writes parameters.
pub(super) struct Parameters<'w, 'o> {
    out: &'w mut Window<'o>,
    style: Style,
}

impl Parameters<'_, '_> {
    /// Writes a parameter after others, if it is set.
    #[inline(never)]
    pub(super) fn next(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.out.put(if self.style == Style::Json { "\",\"" } else { "&" });
            self.assign(name);
            self.out.put_encoded(self.style.encoding(), value);
        }
    }

    /// Writes a parameter that is a number.
    #[cfg(feature = "v1")]
    pub(super) fn next_number(&mut self, name: &str, value: u64) {
        self.next(name, Some(""));
        self.out.put_number(value);
    }

    fn assign(&mut self, name: &str) {
        self.out.put(name);
        self.out.put(if self.style == Style::Json { "\":\"" } else { "=" });
    }
}
