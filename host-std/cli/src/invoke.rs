//! `tscf invoke`: one call.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use scf_emulator::Emulator;
use scf_invoke::{Client, Error, Event, Invocation, InvocationType, LogType};

use crate::connection::Connection;
use crate::error::CommandError;
use crate::function::Function;
use crate::output::{self, Form};
use crate::stderr::print_line;
use crate::stdout::Stdout;
use crate::waiting::{Progress, Shown};
use crate::{client, event};

/// What shells report of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

const AFTER_HELP: &str = "\
The result goes to standard output; the log, the request's id, its duration and memory, and all
messages go to standard error.

Examples:
  tscf invoke hello '{\"name\":\"world\"}' --region ap-guangzhou
  tscf invoke hello @event.json --emulator examples/functions
  jq -n '{n: 1}' | tscf invoke hello - --region ap-guangzhou";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Invoke {
    #[command(flatten)]
    pub(crate) function: Function,
    /// The event, which is JSON: a text, @FILE, or - for standard input; none is sent without it
    #[arg(value_name = "JSON|@FILE|-", allow_negative_numbers = true)]
    pub(crate) event: Option<String>,
    /// Return as soon as the event is accepted; the function runs later
    #[arg(long = "async", conflicts_with = "tail")]
    pub(crate) is_async: bool,
    /// Show the last 4 KB of the function's log; always on with --emulator
    #[arg(long)]
    pub(crate) tail: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,

    /// How to print the result: with a newline at its end, as a JSON object with all that is
    /// known of the call (of one that failed, too), or the exact bytes
    #[arg(short, long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) output: Form,
    /// Print the HTTP request and send nothing
    #[arg(long, conflicts_with = "emulator")]
    pub(crate) dry_run: bool,
    /// Sign for this time, to get the same request again
    #[arg(long, value_name = "UNIX SECONDS", requires = "dry_run")]
    pub(crate) timestamp: Option<u64>,
}

pub(crate) fn run(arguments: &Invoke) -> ExitCode {
    let interrupted = Arc::new(AtomicBool::new(false));
    match call(arguments, &interrupted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if interrupted.load(Ordering::Relaxed) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            // A standard output that failed takes no more.
            if !matches!(error, CommandError::Output(_) | CommandError::Call(Error::Writer(_))) {
                let _ = output::error(arguments.output, &error);
            }
            error.report()
        }
    }
}

/// Makes the call and prints its result.
fn call(arguments: &Invoke, interrupted: &Arc<AtomicBool>) -> Result<(), CommandError> {
    let invocation = invocation(arguments);
    invocation.check().map_err(|error| CommandError::Usage(error.to_string()))?;
    let event = match &arguments.event {
        Some(argument) => Some(event::read(argument, invocation.payload_max() as u64)?),
        None => None,
    };
    let event = event.as_deref().map_or(Event::none(), Event::from);
    let progress = Progress::new();

    let Some(dir) = &arguments.connection.emulator else {
        let client = client::remote(&arguments.connection, &progress)?;
        if arguments.dry_run {
            return dry_run(arguments, &client, &invocation, event);
        }
        return send(arguments, &client, &progress, &invocation, event);
    };
    let emulator =
        Emulator::start(dir).map_err(|error| CommandError::Configuration(error.to_string()))?;
    // Ctrl-C must not leave a function behind that runs on.
    let (handle, noted) = (emulator.shutdown_handle(), Arc::clone(interrupted));
    let _ = ctrlc::set_handler(move || {
        noted.store(true, Ordering::Relaxed);
        handle.shutdown();
    });
    let client =
        client::local(&arguments.connection, &emulator.url(), emulator.credential(), &progress)?;
    send(arguments, &client, &progress, &invocation, event)
}

fn send(
    arguments: &Invoke,
    client: &Client,
    progress: &Arc<Progress>,
    invocation: &Invocation<'_>,
    event: Event<'_>,
) -> Result<(), CommandError> {
    // For a terminal the result is made harmless first, as a whole.
    let streams = arguments.output == Form::Raw && !io::stdout().is_terminal();
    let mut stdout = Stdout::new();
    let shown = Shown::start(progress, &arguments.function.name);
    let reply = if streams {
        client.call_to_writer(invocation, event, &mut stdout)
    } else {
        client.call(invocation, event)
    };
    drop(shown);
    let reply = reply?;
    if arguments.is_async {
        return output::accepted(arguments.output, &reply).map_err(CommandError::Output);
    }
    let printed = output::reply(arguments.output, &reply);
    Ok(printed.and(stdout.finish()).map_err(Error::Writer)?)
}

fn invocation(arguments: &Invoke) -> Invocation<'_> {
    let invocation = arguments.function.invocation();
    if arguments.is_async {
        invocation.invocation_type(InvocationType::Event)
    } else if arguments.tail || arguments.connection.emulator.is_some() {
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
    event: Event<'_>,
) -> Result<(), CommandError> {
    let mut stdout = Stdout::new();
    client.write_request(invocation, event, arguments.timestamp, &mut stdout)?;
    if io::stdout().is_terminal() {
        let _ = stdout.write_all(b"\n");
    }
    stdout.finish().map_err(CommandError::Output)?;
    print_line(&format!("scf: nothing was sent; it would go to {}", client.endpoint()));
    if client.has_token() {
        print_line("scf: the request above has the session token: do not pass it on");
    }
    Ok(())
}
