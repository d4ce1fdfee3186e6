//! `tscf invoke`: one call.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use scf_invoke::{
    Client, ClientBuilder, Error, Event, Invocation, InvocationType, LogType, Timeouts,
};

use crate::connection::{Connection, Local};
use crate::emulated::Emulated;
use crate::error::CommandError;
use crate::function::Function;
use crate::hook::Watch;
use crate::interrupt::Interrupt;
use crate::output::{self, Form};
use crate::stderr::note;
use crate::stdout::Stdout;
use crate::trace::Trace;
use crate::waiting::{Shown, Waiting};
use crate::{client, event, stderr, wait};

const AFTER_HELP: &str = "\
The result goes to standard output; the log, the request's id, its duration and memory, and all
messages go to standard error.

Examples:
  tscf invoke hello '{\"name\":\"world\"}' --region ap-guangzhou
  tscf invoke hello @event.json --emulator examples/functions
  jq -n '{n: 1}' | tscf invoke hello - --region ap-guangzhou";

/// The shortest timeout of a call.
const LEAST: Duration = Duration::from_millis(1);

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Invoke {
    #[command(flatten)]
    pub(crate) function: Function,
    /// The event, which is JSON: a text, @FILE, or - for standard input; none is sent without it
    #[arg(value_name = "JSON|@FILE|-", allow_negative_numbers = true)]
    pub(crate) event: Option<String>,
    /// The event, as an option
    #[arg(
        long = "event",
        visible_alias = "data",
        value_name = "JSON|@FILE|-",
        allow_hyphen_values = true,
        conflicts_with = "event"
    )]
    pub(crate) event_option: Option<String>,
    /// Return as soon as the event is accepted; the function runs later
    #[arg(long = "async", conflicts_with = "tail")]
    pub(crate) is_async: bool,
    /// Queue the event, wait until it has run, and print its result
    #[arg(long, conflicts_with = "tail")]
    pub(crate) wait: bool,
    /// Show the last 4 KB of the function's log; always on with --emulator
    #[arg(long)]
    pub(crate) tail: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) local: Local,

    /// The form of the result: text ends with a newline, json is an object with all that is known
    /// of the call, also of one that failed, raw is the exact bytes
    #[arg(short, long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) output: Form,
    /// Print the steps of the call with their times, and the request's head without its secrets
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Print nothing but the result and errors
    #[arg(short, long, conflicts_with_all = ["tail", "verbose"])]
    pub(crate) quiet: bool,
    /// Print the HTTP request and send nothing
    #[arg(long, conflicts_with = "emulator")]
    pub(crate) dry_run: bool,
    /// Sign for this time, so that the request is the same each time
    #[arg(long, value_name = "UNIX SECONDS", requires = "dry_run")]
    pub(crate) timestamp: Option<u64>,
}

pub(crate) fn run(arguments: &Invoke) -> ExitCode {
    if arguments.quiet {
        stderr::be_quiet();
    }
    let interrupt = Interrupt::default();
    match call(arguments, &interrupt) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error = interrupt.error().unwrap_or(error);
            // A standard output that failed takes no more.
            if !matches!(error, CommandError::Output(_) | CommandError::Call(Error::Writer(_))) {
                let _ = output::error(arguments.output, &error);
            }
            error.report()
        }
    }
}

/// Makes the call and prints its result.
fn call(arguments: &Invoke, interrupt: &Interrupt) -> Result<(), CommandError> {
    let started = Instant::now();
    let invocation = invocation(arguments);
    invocation.check().map_err(|error| CommandError::Usage(error.to_string()))?;
    let timeout = arguments.connection.timeout;
    let event = match arguments.event.as_ref().or(arguments.event_option.as_ref()) {
        Some(argument) => Some(event::read(argument, invocation.payload_max() as u64, timeout)?),
        None => None,
    };
    let waiting = Waiting::new();
    // The event's part of the time is used up. Where that was all, the call says so.
    let left = |timeout: Duration| timeout.saturating_sub(started.elapsed()).max(LEAST);
    let timeout = timeout.map(left);
    let trace = arguments.verbose.then(|| Arc::new(Trace::new()));
    let settings = |builder: ClientBuilder| {
        let watch = Watch { waiting: Arc::clone(&waiting), trace: trace.clone() };
        let call = timeout.or(Timeouts::default().call);
        builder
            .retry(client::retry(&arguments.connection, 3))
            .timeouts(Timeouts::default().call(call))
            .hook(watch)
    };

    if let Some(dir) = &arguments.local.emulator {
        let emulated = Emulated::start(dir)?;
        interrupt.watch(arguments.output, &waiting, Some(emulated.stopper()));
        let client = client::local(&arguments.connection, &emulated.emulator, settings)?;
        send(arguments, &client, &waiting, trace.as_deref(), &invocation, event)?;
        let prints = arguments.is_async && !arguments.wait;
        return if prints { emulated.print_run() } else { Ok(()) };
    }
    let client = client::remote(&arguments.connection, settings)?;
    if arguments.dry_run {
        return dry_run(arguments, &client, &invocation, event);
    }
    interrupt.watch(arguments.output, &waiting, None);
    send(arguments, &client, &waiting, trace.as_deref(), &invocation, event)
}

fn send(
    arguments: &Invoke,
    client: &Client,
    waiting: &Arc<Waiting>,
    trace: Option<&Trace>,
    invocation: &Invocation<'_>,
    event: Option<String>,
) -> Result<(), CommandError> {
    // For a terminal the result is made harmless first, as a whole.
    let streams = arguments.output == Form::Raw && !io::stdout().is_terminal();
    let mut stdout = Stdout::new();
    if let Some(trace) = trace {
        trace.head(&arguments.connection, client, invocation)?;
    }
    let shown = trace.is_none().then(|| Shown::start(waiting, &arguments.function.name));
    let call = client.call(*invocation).event(as_event(&event));
    let reply = if streams { call.send_to(&mut stdout) } else { call.send() };
    drop(shown);
    // Its memory is of use for what the result is printed from.
    drop(event);
    if let Some(trace) = trace {
        trace.end();
    }
    let reply = reply?;
    if arguments.wait {
        output::note_accepted(&reply);
        let timeout = arguments.connection.timeout;
        return wait::print_result(client, &arguments.function, &reply, timeout, arguments.output);
    }
    if arguments.is_async {
        return output::accepted(arguments.output, &reply).map_err(CommandError::Output);
    }
    waiting.has_reply();
    let printed = output::reply(arguments.output, &reply);
    Ok(printed.and(stdout.finish()).map_err(Error::Writer)?)
}

fn as_event(text: &Option<String>) -> Event<'_> {
    text.as_deref().map_or(Event::none(), Event::from)
}

fn invocation(arguments: &Invoke) -> Invocation<'_> {
    let invocation = arguments.function.invocation();
    if arguments.is_async || arguments.wait {
        invocation.invocation_type(InvocationType::Event)
    } else if arguments.tail || arguments.local.emulator.is_some() {
        invocation.log_type(LogType::Tail)
    } else {
        invocation
    }
}

/// Prints the request to standard output, and beside it what it is.
fn dry_run(
    arguments: &Invoke,
    client: &Client,
    invocation: &Invocation<'_>,
    event: Option<String>,
) -> Result<(), CommandError> {
    let mut stdout = Stdout::new();
    let call = client.call(*invocation).event(as_event(&event));
    call.write_request(arguments.timestamp, &mut stdout)?;
    if io::stdout().is_terminal() {
        let _ = stdout.write_all(b"\n");
    }
    stdout.finish().map_err(CommandError::Output)?;
    note(&format!("tscf: nothing was sent; it would go to {}", client.endpoint()));
    if client.has_token() {
        note("tscf: the request above has the session token: do not pass it on");
    }
    Ok(())
}
