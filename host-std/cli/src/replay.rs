//! `tscf replay`: examples that the Explorer saved, run again and compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use scf_invoke::{Client, ClientBuilder, Error, Event, InvocationType, LogType};
use serde::Deserialize;
use serde_json::Value;

use crate::client;
use crate::connection::{Connection, Local};
use crate::emulated::Emulated;
use crate::error::CommandError;
use crate::function::{ActionName, Function};
use crate::stderr::print_line;
use crate::stdout::print;

const AFTER_HELP: &str = "\
The result has to be the same JSON value as in the file, or the same text where it is not JSON. A
call whose file has no result has to succeed. The exit code is 1 where one differs or its function
fails.

Examples:
  tscf replay hello.example.json --emulator examples/functions
  tscf replay *.example.json --region ap-guangzhou";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Replay {
    /// Files that the Explorer saved
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    local: Local,
}

/// A call, and the result that it gave.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Example {
    /// The version of this form.
    tscf: u32,
    function_name: String,
    #[serde(default)]
    action: ExampleAction,
    event: Option<String>,
    invocation_type: Option<String>,
    log_type: Option<String>,
    namespace: Option<String>,
    qualifier: Option<String>,
    routing_key: Option<String>,
    region: Option<String>,
    expected_result: Option<String>,
    // How the call was made; the options of this command say how it is made now.
    #[serde(rename = "language")]
    _language: Option<String>,
    #[serde(rename = "timeout")]
    _timeout: Option<String>,
    #[serde(rename = "signing")]
    _signing: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum ExampleAction {
    #[default]
    Invoke,
    InvokeFunction,
}

pub(crate) fn run(arguments: &Replay) -> ExitCode {
    let emulated = match arguments.local.emulator.as_deref().map(Emulated::start).transpose() {
        Ok(emulated) => emulated,
        Err(error) => return error.report(),
    };
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        let name = file.display();
        let report = match replay(arguments, emulated.as_ref(), file) {
            Ok(None) => format!("same     {name}\n"),
            Ok(Some(result)) => {
                code = ExitCode::from(1);
                format!("differs  {name}: the result is {result}\n")
            }
            Err(error) => {
                print_line(&format!("tscf: {name}:"));
                code = error.report();
                format!("failed   {name}\n")
            }
        };
        if let Err(error) = print(report.as_bytes()) {
            return CommandError::Output(error).report();
        }
    }
    code
}

/// Makes the example's call; the result, if it is another.
fn replay(
    arguments: &Replay,
    emulated: Option<&Emulated>,
    file: &Path,
) -> Result<Option<String>, CommandError> {
    let example = read(file)?;
    let client = client_for(arguments, emulated, &example)?;
    let function = Function {
        name: example.function_name,
        namespace: example.namespace,
        qualifier: example.qualifier,
        routing_key: example.routing_key,
        action: match example.action {
            ExampleAction::Invoke => ActionName::Invoke,
            ExampleAction::InvokeFunction => ActionName::InvokeFunction,
        },
    };
    let mut invocation = function.invocation();
    if example.invocation_type.as_deref() == Some("Event") {
        invocation = invocation.invocation_type(InvocationType::Event);
    } else if example.log_type.as_deref() == Some("Tail") {
        invocation = invocation.log_type(LogType::Tail);
    }
    let event = example.event.as_deref().filter(|event| !event.trim().is_empty());
    let reply = client.call(invocation).event(event.map_or(Event::none(), Event::from)).send()?;
    let result = reply.into_result_text();
    let is_same = example.expected_result.is_none_or(|expected| is_same(&expected, &result));
    Ok((!is_same).then_some(result))
}

fn read(file: &Path) -> Result<Example, CommandError> {
    let wrong = |error: String| CommandError::Usage(format!("{}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let example: Example = serde_json::from_str(&text)
        .map_err(|error| wrong(format!("it is no example of the Explorer: {error}")))?;
    if example.tscf != 1 {
        return Err(wrong(format!(
            "it is of version {}, and this command knows version 1",
            example.tscf
        )));
    }
    Ok(example)
}

fn client_for(
    arguments: &Replay,
    emulated: Option<&Emulated>,
    example: &Example,
) -> Result<Client, CommandError> {
    let connection = &arguments.connection;
    let settings = |builder: ClientBuilder| {
        let builder = builder.retry(client::retry(connection, 3));
        match &example.region {
            Some(region) if connection.region.is_none() => builder.region(region),
            _ => builder,
        }
    };
    match emulated {
        Some(emulated) => {
            client::local(connection, &emulated.emulator, settings).map_err(Error::into)
        }
        None => client::remote(connection, settings),
    }
}

fn is_same(one: &str, other: &str) -> bool {
    match (serde_json::from_str::<Value>(one), serde_json::from_str::<Value>(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
