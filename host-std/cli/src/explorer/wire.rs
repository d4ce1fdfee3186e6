//! Request and response of a call as they went over the wire.

use std::sync::{Arc, Mutex, PoisonError};

use scf_invoke::{CallInfo, Hook};
use serde_json::{Value, json};

use super::draft::DraftSigning;
use super::http_text::HttpText;

/// The bytes of a call's last attempt.
#[derive(Clone, Default)]
pub(super) struct Wire(Arc<Mutex<Exchange>>);

#[derive(Default)]
struct Exchange {
    attempt: u32,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Wire {
    /// Returns both as texts, the request without its secrets; a body that is no
    /// UTF-8 is shown as far as it is.
    pub(super) fn texts(&self, signing: DraftSigning) -> Value {
        let exchange = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |bytes: &[u8]| match bytes {
            [] => None,
            bytes => Some(String::from_utf8_lossy(bytes).into_owned()),
        };
        let request = text(&exchange.sent).map(|sent| {
            let mut request = HttpText::parse(&sent);
            request.hide_secrets(signing);
            format!("{}\n\n{}", request.head(), request.body)
        });
        json!({"request": request, "response": text(&exchange.received)})
    }

    fn note(&self, attempt: u32, note: impl FnOnce(&mut Exchange)) {
        let mut exchange = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if exchange.attempt != attempt {
            *exchange = Exchange { attempt, ..Exchange::default() };
        }
        note(&mut exchange);
    }
}

impl Hook for Wire {
    fn sent(&self, call: &CallInfo<'_>, bytes: &[u8]) {
        self.note(call.attempt, |exchange| exchange.sent.extend_from_slice(bytes));
    }

    fn received(&self, call: &CallInfo<'_>, bytes: &[u8]) {
        self.note(call.attempt, |exchange| exchange.received.extend_from_slice(bytes));
    }
}
