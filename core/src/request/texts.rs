//! The texts of a request: the HTTP message, and the parts of it.

use crate::bytes;
use crate::form::{self, Scratch, Values, form, place};
use crate::invocation::VERSION;
use crate::request::Request;
use crate::request::emit::Encoding;
use crate::request::settings::Signing;
use crate::tc3::{Method, UNSIGNED_PAYLOAD};
use crate::time::{Day, decimal};

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

/// The sections of all texts, in the order of a message.
pub(crate) const SECTIONS: &[Section] = &[
    section(LINE, Encoding::Raw),
    section(QUERY, Encoding::Percent),
    section(TC3_FIELDS, Encoding::Raw),
    section(JSON, Encoding::Json),
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
pub(crate) struct Text(u8);

impl Text {
    const LINE: u8 = 1;
    const QUERIES: u8 = 1 << 1 | 1 << 5;
    const FIELDS: u8 = 1 << 2 | 1 << 6;
    const BODIES: u8 = 1 << 3 | 1 << 7;
    /// Those of signature version 1 that are not those of TC3.
    const V1: u8 = 1 << 5 | 1 << 6 | 1 << 7;
    #[cfg(feature = "v1")]
    const TC3: u8 = 1 << 1 | 1 << 2 | 1 << 3;

    /// The whole HTTP/1.1 message.
    pub(crate) const MESSAGE: Self = Self(Self::HEAD.0 | Self::BODIES);
    /// The request line and the header fields alone.
    pub(crate) const HEAD: Self = Self(Self::LINE | Self::QUERIES | Self::FIELDS);
    /// The body alone.
    pub(crate) const BODY: Self = Self(Self::BODIES);
    /// The query string alone.
    pub(crate) const QUERY: Self = Self(Self::QUERIES);
    /// What a version 1 signature is made of.
    #[cfg(feature = "v1")]
    pub(crate) const SOURCE: Self = Self(1 << 4);
}

impl Request<'_> {
    /// The sections that a text of this request has, as bits.
    pub(crate) fn sections(&self, text: Text) -> u8 {
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
}

impl Values for Request<'_> {
    #[inline(never)]
    fn value<'v>(&'v self, hole: u8, scratch: &'v mut Scratch) -> Option<&'v [u8]> {
        let (sign_action, sign_payload) = match self.settings.signing {
            Signing::Tc3 { action, payload } => (action, payload),
            #[cfg(feature = "v1")]
            Signing::V1 { .. } => (false, true),
        };
        let text = match hole {
            form::EVENT_NAME | form::EVENT if !self.has_content => return None,
            form::LENGTH if self.is_get() => return None,
            form::QUERY_MARK if !self.is_get() => return None,
            form::LOWERCASE_ACTION | form::ACTION_SIGNED if !sign_action => return None,
            form::UNSIGNED_PAYLOAD if sign_payload => return None,
            form::ACTION..=form::EVENT_NAME => self.invocation.texts[place(hole)]?,
            form::METHOD..=form::TRACE_ID => self.settings.texts[place(hole)]?,
            form::SECRET_ID | form::TOKEN => self.credential[(hole % 2) as usize]?,
            form::LENGTH => return Some(decimal(self.length as u64, scratch)),
            form::TIMESTAMP => return Some(decimal(self.timestamp, scratch)),
            form::DATE => {
                // A time without a date was refused when it was to be signed.
                let date = Day::of_timestamp(self.timestamp)?.date();
                let length = bytes::copy(scratch, &date);
                return scratch.get(..length);
            }
            form::HASH => return base16ct::lower::encode(&self.signature, scratch).ok(),
            form::CONTENT_TYPE => self.content_type(),
            form::LOWERCASE_ACTION => self.invocation.texts[place(form::ACTION)]?,
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
