//! The parameters of a version 1 request, in the order of their names.

use crate::invocation::VERSION;
use crate::payload::Payload;
use crate::request::emit::{Encoding, Window};
use crate::request::settings::Signing;
use crate::request::texts::Text;
use crate::request::{FORM_MAX, QUERY_MAX, Request, RequestError, SignatureText, check_size};
use crate::tc3::{Method, SignError, Signer};
use crate::time::Decimal;
use crate::v1::{self, Algorithm};

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
        payload: &mut Payload<'_>,
        signer: &Signer<'_>,
        algorithm: Algorithm,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        let secret_key = signer.secret_key().ok_or(SignError::DayKeyVersion1)?;
        let mut mac = algorithm.mac(secret_key);
        self.measure(Text::Source, payload, scratch, &mut |bytes| mac.update(bytes))?;
        let signature = v1::finish(mac);
        self.signature = SignatureText(signature.as_str().try_into().unwrap_or_default());
        // Encoded, the payload has another length than in the source.
        if self.settings.method == Method::Post {
            let length = self.measure(Text::Body, payload, scratch, &mut |_| {})?;
            check_size(length, FORM_MAX)?;
            self.body_length = Decimal::new(length);
        } else {
            let length = self.measure(Text::Query, payload, scratch, &mut |_| {})?;
            check_size(length, QUERY_MAX)?;
        }
        Ok(())
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
                number(self.timestamp, take);
                None
            }
            "Token" => self.token,
            "Version" => Some(VERSION),
            _ => (0..)
                .map_while(|index| self.invocation.parameter(index))
                .find_map(|(parameter, value)| (parameter == name).then_some(value)),
        };
        if let Some(value) = value {
            take(value);
        }
    }
}
