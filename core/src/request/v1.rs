//! A request with a signature of version 1.

use crate::request::event::Event;
use crate::request::invocation::{LogType, VERSION};
use crate::request::message::{Parameters, Text};
use crate::request::settings::Language;
use crate::request::signed::Take;
use crate::request::{FORM_MAX, QUERY_MAX, Request, RequestError};
use crate::sign::compression::Compression;
use crate::sign::tc3::{SignError, Signer};
use crate::sign::v1::Algorithm;

impl Request<'_> {
    /// Makes the signature, and measures the form or query that has it.
    pub(super) fn sign_v1(
        &mut self,
        event: &mut Event<'_>,
        signer: &Signer<'_, impl Compression>,
        scratch: &mut [u8],
        algorithm: Algorithm,
    ) -> Result<(), RequestError> {
        let secret_key = signer.secret_key().ok_or(SignError::DayKeyVersion1)?;
        let mut mac = algorithm.mac(secret_key);
        let take: Take<'_> = &mut |bytes| mac.update(bytes);
        self.measure(Text::Source, usize::MAX, event, scratch, take)?;
        self.v1_signature = algorithm.signature(&mac.finish());
        // Encoded, the event has another length than in the source.
        let (text, limit) =
            if self.is_get() { (Text::Query, QUERY_MAX) } else { (Text::Body, FORM_MAX) };
        let nothing: Take<'_> = &mut |_| {};
        self.measure(text, limit, event, scratch, nothing)
    }

    /// Writes the parameters that follow the event, sorted by their names.
    pub(super) fn write_v1_parameters(
        &self,
        algorithm: Algorithm,
        nonce: u32,
        parameters: &mut Parameters<'_, '_>,
    ) {
        let (settings, invocation) = (self.settings, self.invocation);
        parameters.next("FunctionName", Some(invocation.function_name));
        parameters.next("InvocationType", invocation.sent_invocation_type());
        parameters.next("Language", settings.language.map(Language::as_str));
        parameters.next("LogType", invocation.log_type.map(LogType::as_str));
        parameters.next("Namespace", invocation.namespace);
        parameters.next_number("Nonce", nonce.into());
        parameters.next("Qualifier", invocation.qualifier);
        parameters.next("Region", Some(settings.region.name()));
        parameters.next("RequestClient", settings.request_client);
        parameters.next("RoutingKey", invocation.routing_key);
        parameters.next("SecretId", Some(self.secret_id));
        parameters.next("SignatureMethod", Some(algorithm.as_str()));
        parameters.next_number("Timestamp", self.timestamp.0);
        parameters.next("Token", self.token);
        parameters.next("Version", Some(VERSION));
    }
}
