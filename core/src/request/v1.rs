//! The parameters of a version 1 request, in the order of their names.

use crate::invocation::VERSION;
use crate::payload::Payload;
use crate::request::emit::{Encoding, Window};
use crate::request::settings::Signing;
use crate::request::texts::Text;
use crate::request::{Emitter, FORM_MAX, QUERY_MAX, Request, RequestError, check_size};
use crate::tc3::{Method, SignError, Signer};
use crate::time::Decimal;
use crate::v1::{Algorithm, SignatureV1};

/// The names before the payload's, sorted.
const BEFORE: &[&str] = &["Action"];

/// The names after the payload's, sorted.
const AFTER: &[&str] = &[
    "FunctionName",
    "InvocationType",
    "Language",
    "LogType",
    "Namespace",
    "Nonce",
    "Qualifier",
    "Region",
    "RequestClient",
    "RoutingKey",
    "SecretId",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

impl Request<'_> {
    /// Makes the signature, and measures the body that has it.
    pub(super) fn sign_v1(
        &mut self,
        emitter: &mut Emitter,
        payload: &mut Payload<'_>,
        signer: &Signer<'_>,
        algorithm: Algorithm,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        let secret_key = signer.secret_key().ok_or(SignError::DayKeyVersion1)?;
        let mut mac = algorithm.mac(secret_key);
        self.measure(Text::Source, emitter, payload, scratch, &mut |bytes| mac.update(bytes))?;
        self.signature = mac.finish();
        // Encoded, the payload has another length than in the source.
        if self.settings.method == Method::Post {
            self.measure(Text::Body, emitter, payload, scratch, &mut |_| {})?;
            check_size(self.length, FORM_MAX)
        } else {
            self.measure(Text::Query, emitter, payload, scratch, &mut |_| {})?;
            check_size(self.length, QUERY_MAX)
        }
    }

    /// The signature as it is sent.
    pub(super) fn v1_signature(&self) -> SignatureV1 {
        match self.settings.signing {
            Signing::V1 { algorithm, .. } => algorithm.signature(&self.signature),
            Signing::Tc3 { .. } => SignatureV1::new(),
        }
    }

    /// What is signed before the parameters, and those before the payload.
    pub(super) fn v1_source_before(&self, window: &mut Window<'_>) {
        window.text(self.settings.method.as_str());
        window.text(self.settings.host);
        window.put(b"/?");
        self.v1_parameters_before(Encoding::Raw, window);
    }

    /// The parameters before the payload, and its name.
    pub(super) fn v1_parameters_before(&self, encoding: Encoding, window: &mut Window<'_>) {
        // The first has no `&` before it.
        for name in BEFORE {
            window.text(name);
            window.put(b"=");
            window.encoded(encoding, self.invocation.action.as_str());
        }
        if self.has_content {
            window.put(b"&");
            window.text(self.invocation.action.payload_parameter());
            window.put(b"=");
        }
    }

    /// The parameters after the payload.
    pub(super) fn v1_parameters_after(&self, encoding: Encoding, window: &mut Window<'_>) {
        for name in AFTER {
            self.v1_value(name, &mut |value| {
                window.put(b"&");
                window.text(name);
                window.put(b"=");
                window.encoded(encoding, value);
            });
        }
    }

    /// Gives the value of a parameter to `take`, if it is set.
    fn v1_value(&self, name: &str, take: &mut dyn FnMut(&str)) {
        let number = |value: Decimal, take: &mut dyn FnMut(&str)| {
            take(core::str::from_utf8(value.as_bytes()).unwrap_or_default());
        };
        let settings = self.settings;
        let value = match name {
            "Language" => settings.language.map(|language| language.as_str()),
            "Nonce" => {
                if let Signing::V1 { nonce, .. } = settings.signing {
                    number(Decimal::new(nonce.into()), take);
                }
                None
            }
            "Region" => Some(settings.region.name()),
            "RequestClient" => settings.request_client,
            "SecretId" => Some(self.secret_id),
            "SignatureMethod" => match settings.signing {
                Signing::V1 { algorithm, .. } => Some(algorithm.as_str()),
                Signing::Tc3 { .. } => None,
            },
            "Timestamp" => {
                number(Decimal::new(self.timestamp), take);
                None
            }
            "Token" => self.token,
            "Version" => Some(VERSION),
            _ => (0..)
                .map_while(|index| self.invocation.parameter(index))
                .find_map(|(parameter, value)| (parameter == name).then_some(value)?),
        };
        if let Some(value) = value {
            take(value);
        }
    }
}
