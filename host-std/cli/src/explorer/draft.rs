//! The call on the page's screen, and what a client needs of it.

use std::time::Duration;

use hyper::StatusCode;
use scf_invoke::{Action, CallEvent, Invocation, InvocationType, LogType};
use serde::Deserialize;

use super::response::Refused;

/// A call as the page has it. A text that is empty is left out of the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) target: Target,
    pub(super) action: DraftAction,
    pub(super) function_name: String,
    pub(super) event: String,
    pub(super) invocation_type: String,
    pub(super) log_type: String,
    pub(super) namespace: String,
    pub(super) qualifier: String,
    pub(super) routing_key: String,
    pub(super) region: String,
    pub(super) language: String,
    /// Seconds; empty for the client's own timeout.
    pub(super) timeout: String,
    /// A URL in place of the API's.
    pub(super) endpoint: String,
    /// The host to sign for, where it is not the endpoint's.
    pub(super) host: String,
    pub(super) signing: DraftSigning,
    #[serde(default)]
    pub(super) key: DraftKey,
}

/// The side that runs the function.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Target {
    /// The emulator that was started with the Explorer.
    Local,
    /// The API.
    Cloud,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum DraftAction {
    Invoke,
    InvokeFunction,
}

/// The form of the signature.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum DraftSigning {
    Tc3,
    Tc3Get,
    Tc3Unsigned,
    V1,
}

/// The key that was typed; where nothing was, the one that the command found.
#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct DraftKey {
    pub(super) secret_id: String,
    pub(super) secret_key: String,
    pub(super) day_key: String,
    pub(super) token: String,
}

impl DraftKey {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Returns the text, unless it is empty.
pub(super) fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl Draft {
    pub(super) fn is_async(&self) -> bool {
        self.action == DraftAction::Invoke && self.invocation_type == "Event"
    }

    pub(super) fn action(&self) -> Action {
        match self.action {
            DraftAction::Invoke => Action::Invoke,
            DraftAction::InvokeFunction => Action::InvokeFunction,
        }
    }

    pub(super) fn invocation(&self) -> Invocation<'_> {
        let mut invocation = Invocation::new(&self.function_name).action(self.action());
        if self.is_async() {
            invocation = invocation.invocation_type(InvocationType::Event);
        } else if self.log_type == "Tail" {
            invocation = invocation.log_type(LogType::Tail);
        }
        if let Some(namespace) = given(&self.namespace) {
            invocation = invocation.namespace(namespace);
        }
        if let Some(qualifier) = given(&self.qualifier) {
            invocation = invocation.qualifier(qualifier);
        }
        if let Some(key) = given(&self.routing_key) {
            invocation = invocation.routing_key(key);
        }
        invocation
    }

    pub(super) fn event(&self) -> Option<CallEvent<'_>> {
        let text = Some(self.event.as_str()).filter(|text| !text.trim().is_empty());
        text.map(CallEvent::from)
    }

    pub(super) fn timeout(&self) -> Result<Option<Duration>, Refused> {
        let Some(text) = given(&self.timeout) else { return Ok(None) };
        crate::connection::seconds(text).map(Some).map_err(|error| {
            Refused::new(StatusCode::BAD_REQUEST, "Timeout", format!("the timeout: {error}"))
        })
    }
}
