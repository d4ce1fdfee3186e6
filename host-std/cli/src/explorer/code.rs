//! The draft as a program: what `tscf code` prints.

use clap::ValueEnum;
use hyper::StatusCode;
use scf_invoke::Endpoint;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clients::Clients;
use super::draft::{Draft, DraftAction, Target, given};
use super::response::Refused;
use crate::code::{self, Language, Program};
use crate::event::{Source, check};
use crate::function::{ActionName, Function};

/// The question for a program.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CodeQuestion {
    draft: Draft,
    language: String,
}

pub(super) fn program(
    clients: &Clients,
    question: Result<CodeQuestion, Refused>,
) -> Result<Value, Refused> {
    let CodeQuestion { draft, language } = question?;
    let wrong = |error: String| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "Code", error);
    let language = Language::from_str(&language, false).map_err(wrong)?;
    let endpoint = match draft.target {
        Target::Local => clients.local().map(|local| local.endpoint.clone()),
        Target::Cloud => match given(&draft.endpoint) {
            Some(url) => Some(Endpoint::parse(url).map_err(|error| Refused::unfit(&error.into()))?),
            None => None,
        },
    };
    let optional = |text: &str| given(text).map(str::to_owned);
    let function = Function {
        name: draft.function_name.clone(),
        namespace: optional(&draft.namespace),
        qualifier: optional(&draft.qualifier),
        routing_key: optional(&draft.routing_key),
        action: match draft.action {
            DraftAction::Invoke => ActionName::Invoke,
            DraftAction::InvokeFunction => ActionName::InvokeFunction,
        },
    };
    let event = Some(draft.event.as_str()).filter(|text| !text.trim().is_empty());
    if let Some(event) = event {
        check(&Source::Stdin, event.as_bytes()).map_err(|error| wrong(error.text()))?;
    }
    let program = Program {
        function: &function,
        event: event.map(str::to_owned),
        is_async: draft.is_async(),
        has_log: draft.log_type == "Tail" && !draft.is_async(),
        region: draft.region.clone(),
        endpoint,
        host: optional(&draft.host),
    };
    let text = code::program(language, program).map_err(|error| wrong(error.text()))?;
    Ok(json!({"file": language.file(), "text": text}))
}
