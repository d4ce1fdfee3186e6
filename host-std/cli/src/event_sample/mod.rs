//! `tscf event`: a sample of what a trigger sends.

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::error::CommandError;
use crate::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  tscf event apigw
  tscf event timer --set Message=hello
  tscf event cos --set Records.0.cos.cosObject.key=/1250000000/bucket/photo.jpg
  tscf event timer | tscf invoke hello - --emulator examples/functions";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct EventSample {
    /// Service that sends the event
    #[arg(value_enum)]
    trigger: Trigger,
    /// Put another value at a path, such as Records.0.cos.cosObject.size=5; JSON or else a text
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<Assignment>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Trigger {
    /// API gateway
    Apigw,
    /// A timer
    Timer,
    /// Object storage
    Cos,
    /// CKafka
    Ckafka,
    /// A CMQ topic
    Cmq,
    /// The log service; its data is base64 of gzip of JSON
    Cls,
    /// Media processing
    Mps,
    /// A load balancer
    Clb,
    /// EventBridge, in the form of CloudEvents
    Eventbridge,
}

impl Trigger {
    pub(crate) fn sample(self) -> &'static str {
        match self {
            Self::Apigw => include_str!("apigw.json"),
            Self::Timer => include_str!("timer.json"),
            Self::Cos => include_str!("cos.json"),
            Self::Ckafka => include_str!("ckafka.json"),
            Self::Cmq => include_str!("cmq.json"),
            Self::Cls => include_str!("cls.json"),
            Self::Mps => include_str!("mps.json"),
            Self::Clb => include_str!("clb.json"),
            Self::Eventbridge => include_str!("eventbridge.json"),
        }
    }
}

/// A path into a value, and what is to stand there.
#[derive(Clone)]
struct Assignment {
    path: String,
    value: Value,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    let (path, value) = text.split_once('=').ok_or("give PATH=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok(Assignment { path: path.to_owned(), value })
}

pub(crate) fn run(arguments: &EventSample) -> Result<(), CommandError> {
    let sample = arguments.trigger.sample();
    if arguments.set.is_empty() {
        return print(sample.as_bytes()).map_err(CommandError::Output);
    }
    let mut event: Value = serde_json::from_str(sample)
        .map_err(|error| CommandError::Usage(format!("the sample is not JSON: {error}")))?;
    for Assignment { path, value } in &arguments.set {
        put(&mut event, path, value.clone())?;
    }
    print(format!("{event:#}\n").as_bytes()).map_err(CommandError::Output)
}

/// Puts a value at a path; the last member may be a new one.
fn put(event: &mut Value, path: &str, value: Value) -> Result<(), CommandError> {
    let mut place = event;
    let mut walked = String::new();
    for step in path.split('.') {
        place =
            match place {
                Value::Object(members) => members.entry(step).or_insert(Value::Null),
                Value::Array(items) => {
                    let length = items.len();
                    step.parse().ok().and_then(|index: usize| items.get_mut(index)).ok_or_else(|| {
                    CommandError::Usage(format!(
                        "--set {path}: {walked} is a list of {length}, and has no item {step}"
                    ))
                })?
                }
                _ => {
                    return Err(CommandError::Usage(format!(
                        "--set {path}: {walked} is no object, and has no member {step}"
                    )));
                }
            };
        if !walked.is_empty() {
            walked.push('.');
        }
        walked.push_str(step);
    }
    *place = value;
    Ok(())
}
