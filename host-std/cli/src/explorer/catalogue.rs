//! What the page offers and explains, from the tables that the command itself
//! works by.

use clap::ValueEnum;
use scf_invoke::scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke::scf_invoke_core::reply::function_status::{may_have_run, status_meaning, statuses};
use scf_invoke::scf_invoke_core::request::region::Region;
use scf_invoke::{Client, Retry};
use serde_json::{Value, json};

use super::clients::Clients;
use super::response::Refused;
use crate::code::Language;
use crate::event_sample::Trigger;

pub(super) fn catalogue(clients: &Clients) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "local": clients.local().map(|local| json!({
            "endpoint": local.endpoint.to_string(),
            "secretId": local.credential.secret_id(),
        })),
        "regions": Region::ALL.iter().map(|region| region.name()).collect::<Vec<_>>(),
        "errors": ErrorCode::texts().map(error).collect::<Vec<_>>(),
        "statuses": statuses().map(status).collect::<Vec<_>>(),
        "triggers": Trigger::value_variants().iter().map(trigger).collect::<Vec<_>>(),
        "languages": Language::value_variants().iter().map(language).collect::<Vec<_>>(),
    })
}

/// Returns what this machine has for calls of the API: the key's public part,
/// or why there is none. The search may ask a service of the cloud.
pub(super) async fn cloud(clients: &Clients) -> Result<Value, Refused> {
    let (finder, builder) = (clients.finder(), Client::builder());
    let builder = builder.region("ap-guangzhou").credentials_from(clients.finder());
    let found = tokio::task::spawn_blocking(move || (finder.find(), builder.build()));
    let (found, client) = found.await.map_err(|error| Refused::failed(&error))?;
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    Ok(json!({
        "endpoint": client.map(|client| client.endpoint().to_string()).ok(),
        "region": variable("TENCENTCLOUD_REGION"),
        "secretId": found.as_ref().ok().map(|found| found.short_id()),
        "missing": found.err().map(|error| error.to_string()),
    }))
}

fn error(code: &'static str) -> Value {
    json!({
        "code": code,
        "advice": ErrorCode::advice(code),
        "mayHaveRun": ErrorCode::may_have_run(code),
        "retry": match ErrorCode::retry(code) {
            Retry::AfterBackoff => "backoff",
            Retry::AfterClockCorrection => "clock",
            Retry::AfterNewCredentials => "credentials",
            _ => "never",
        },
    })
}

fn status(status: u16) -> Value {
    json!({
        "status": status,
        "meaning": status_meaning(status.into()),
        "mayHaveRun": may_have_run(status.into()),
    })
}

fn trigger(trigger: &Trigger) -> Value {
    let value = trigger.to_possible_value();
    json!({
        "name": value.as_ref().map(|value| value.get_name().to_owned()),
        "help": value.and_then(|value| value.get_help().map(ToString::to_string)),
        "event": trigger.sample(),
    })
}

fn language(language: &Language) -> Value {
    let value = language.to_possible_value();
    json!({
        "name": value.as_ref().map(|value| value.get_name().to_owned()),
        "title": value.and_then(|value| value.get_help().map(ToString::to_string)),
        "file": language.file(),
    })
}
