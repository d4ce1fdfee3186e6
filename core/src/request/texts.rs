//! The texts of a request: the HTTP message, and the parts of it.

use crate::request::Request;
use crate::request::emit::Encoding;
use crate::request::form::{self, Scratch, form, place};
use crate::request::invocation::VERSION;
use crate::request::settings::{Settings, Signing};
use crate::sign::tc3::{CANONICAL_REST, Method, TO_SIGN, UNSIGNED_PAYLOAD};
use crate::wire::time::decimal;

/// A part of a message, whose values are all encoded in the same way.
pub(crate) struct Section {
    pub(crate) form: &'static [u8],
    pub(crate) encoding: Encoding,
}

const fn section(form: &'static [u8], encoding: Encoding) -> Section {
    Section { form, encoding }
}

/// What begins a message.
const LINE: &[u8] = form!("{method} {path}?{query-mark}");

/// What follows the request line's target.
macro_rules! fields {
    ($more:literal) => {
        form!(concat!(
            " HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content-type}\
             \r\nContent-Length: {length}\r\nConnection: {connection}",
            $more,
            "\r\n\r\n",
        ))
    };
}

const TC3_FIELDS: &[u8] = fields!(
    "\r\nX-TC-Action: {action}\r\nX-TC-Version: {version}\r\nX-TC-Timestamp: {timestamp}\
     \r\nX-TC-Region: {region}\r\nX-TC-Content-SHA256: {unsigned-payload}\r\nX-TC-Token: {token}\
     \r\nX-TC-Language: {language}\r\nX-TC-RequestClient: {request-client}\
     \r\nX-TC-TraceId: {trace-id}\r\nAuthorization: TC3-HMAC-SHA256 Credential={secret-id}\
     /{date}/{service}/tc3_request, SignedHeaders=content-type;host{};x-tc-action{action-signed}, Signature={hash}"
);

/// The parameters of a POST.
const JSON: &[u8] = form!(
    "{\"FunctionName\":\"{function-name}\",\"InvocationType\":\"{invocation-type}\
     \",\"Qualifier\":\"{qualifier}\",\"LogType\":\"{log-type}\",\"Namespace\":\"{namespace}\
     \",\"RoutingKey\":\"{routing-key}\",\"{event-name}\":\"{event}\"}"
);

/// The parameters of a GET.
const QUERY: &[u8] = form!(
    "FunctionName={function-name}&InvocationType={invocation-type}&Qualifier={qualifier}\
     &LogType={log-type}&Namespace={namespace}&RoutingKey={routing-key}&{event-name}={event}"
);

/// All parameters of signature version 1, sorted by their names.
#[cfg(feature = "v1")]
macro_rules! v1_parameters {
    ($before:literal, $after:literal) => {
        form!(concat!(
            $before,
            "Action={action}&{event-name}={event}&FunctionName={function-name}\
             &InvocationType={invocation-type}&Language={language}&LogType={log-type}\
             &Namespace={namespace}&Nonce={nonce}&Qualifier={qualifier}&Region={region}\
             &RequestClient={request-client}&RoutingKey={routing-key}&SecretId={secret-id}\
             &SignatureMethod={signature-method}&Timestamp={timestamp}&Token={token}\
             &Version={version}",
            $after,
        ))
    };
}

#[cfg(feature = "v1")]
const V1_PARAMETERS: &[u8] = v1_parameters!("", "&Signature={signature}");

/// The sections of all texts, in an order that is that of each.
pub(crate) const SECTIONS: &[Section] = &[
    section(LINE, Encoding::Raw),
    section(QUERY, Encoding::Percent),
    section(CANONICAL_REST, Encoding::Raw),
    section(TC3_FIELDS, Encoding::Raw),
    section(JSON, Encoding::Json),
    section(TO_SIGN, Encoding::Raw),
    #[cfg(feature = "v1")]
    section(v1_parameters!("{method}{host}/?", ""), Encoding::Raw),
    #[cfg(feature = "v1")]
    section(V1_PARAMETERS, Encoding::Percent),
    #[cfg(feature = "v1")]
    section(fields!(""), Encoding::Raw),
    #[cfg(feature = "v1")]
    section(V1_PARAMETERS, Encoding::Percent),
];

/// A text that a request is emitted as: a bit for each of the [`SECTIONS`]
/// that it may have.
#[derive(Clone, Copy)]
pub(crate) struct Text(u16);

impl Text {
    const QUERIES: u16 = 1 << 1 | 1 << 7;
    const FIELDS: u16 = 1 << 3 | 1 << 8;
    const BODIES: u16 = 1 << 4 | 1 << 9;
    /// Those of signature version 1 that are not those of TC3.
    const V1: u16 = 1 << 7 | 1 << 8 | 1 << 9;
    #[cfg(feature = "v1")]
    const TC3: u16 = 1 << 1 | 1 << 3 | 1 << 4;

    /// The whole HTTP/1.1 message.
    pub(crate) const MESSAGE: Self = Self(Self::HEAD.0 | Self::BODIES);
    /// The request line and the header fields alone.
    pub(crate) const HEAD: Self = Self(1 << 0 | Self::QUERIES | Self::FIELDS);
    /// The body alone.
    pub(crate) const BODY: Self = Self(Self::BODIES);
    /// The query string alone.
    pub(crate) const QUERY: Self = Self(Self::QUERIES);
    /// What a TC3 signature is made of: the canonical request after its query,
    /// and the string to sign.
    pub(crate) const CANONICAL_REST: Self = Self(1 << 2);
    pub(crate) const TO_SIGN: Self = Self(1 << 5);
    /// What a version 1 signature is made of.
    #[cfg(feature = "v1")]
    pub(crate) const SOURCE: Self = Self(1 << 6);
}

/// The bit of a hole that may be without a value; those beyond 32 share the
/// bits of some that never are.
const fn bit(hole: u8) -> u32 {
    1u32.wrapping_shl(hole as u32)
}

/// The holes that have no value in such requests.
pub(super) fn absent(settings: &Settings<'_>, has_content: bool) -> u32 {
    let (sign_action, sign_payload) = match settings.signing {
        Signing::Tc3 { action, payload } => (action, payload),
        #[cfg(feature = "v1")]
        Signing::V1 { .. } => (false, true),
    };
    let mut absent = match settings.method {
        Method::Post => bit(form::QUERY_MARK),
        Method::Get => bit(form::LENGTH),
    };
    if !has_content {
        absent |= bit(form::EVENT_NAME);
    }
    if !sign_action {
        absent |= bit(form::LOWERCASE_ACTION) | bit(form::ACTION_SIGNED);
    }
    if sign_payload {
        absent |= bit(form::UNSIGNED_PAYLOAD);
    }
    absent
}

impl Request<'_> {
    /// The sections that a text of this request has, as bits.
    pub(crate) fn sections(&self, text: Text) -> u16 {
        let elsewhere = if self.is_get() { Text::BODIES } else { Text::QUERIES };
        let otherwise = match self.settings.signing {
            Signing::Tc3 { .. } => Text::V1,
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => Text::TC3,
        };
        text.0 & !elsewhere & !otherwise
    }

    /// The Content-Type header's value.
    fn content_type(&self) -> &'static str {
        match (self.settings.method, self.settings.signing) {
            (Method::Post, Signing::Tc3 { .. }) => "application/json",
            _ => "application/x-www-form-urlencoded",
        }
    }

    /// The value of a hole, if it has one.
    #[inline(never)]
    pub(crate) fn value<'v>(&'v self, hole: u8, scratch: &'v mut Scratch) -> Option<&'v [u8]> {
        if self.absent & bit(hole) != 0 {
            return None;
        }
        let texts: &[Option<&str>] = match hole {
            form::ACTION..=form::EVENT_NAME => &self.invocation.texts,
            form::METHOD..=form::TRACE_ID => &self.settings.texts,
            form::SECRET_ID..=form::TOKEN => &self.credential,
            _ => &[],
        };
        if let Some(text) = texts.get(place(hole)) {
            return text.map(str::as_bytes);
        }
        let text = match hole {
            form::LENGTH => return Some(decimal(self.length as u64, scratch)),
            form::TIMESTAMP => return Some(decimal(self.timestamp.0, scratch)),
            form::DATE => return Some(self.day.write(scratch)),
            form::HASH => return base16ct::lower::encode(&self.signature, scratch).ok(),
            form::CONTENT_TYPE => self.content_type(),
            form::LOWERCASE_ACTION => self.invocation.lowercase_action(),
            form::VERSION => VERSION,
            form::SERVICE => crate::SERVICE,
            form::UNSIGNED_PAYLOAD => UNSIGNED_PAYLOAD,
            #[cfg(feature = "v1")]
            form::NONCE | form::SIGNATURE | form::SIGNATURE_METHOD => {
                return self.v1_value(hole, scratch);
            }
            _ => "",
        };
        Some(text.as_bytes())
    }
}
