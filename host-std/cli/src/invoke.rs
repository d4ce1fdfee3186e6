//! `tscf invoke`: one call.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use scf_emulator::Emulator;
use scf_invoke::{Client, Error, Event, Invocation, InvocationType, LogType};

use crate::arguments::{Form, Invoke};
use crate::failure::{Failure, complain};
use crate::output;
use crate::progress::{Progress, Shown};
use crate::stdout::Stdout;
use crate::{client, event};

/// What shells report of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

pub(crate) fn run(arguments: &Invoke) -> ExitCode {
    let interrupted = Arc::new(AtomicBool::new(false));
    match call(arguments, &interrupted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if interrupted.load(Ordering::Relaxed) => ExitCode::from(INTERRUPTED),
        Err(failure) => {
            // A standard output that failed takes no more.
            if !matches!(failure, Failure::Output(_) | Failure::Call(Error::Writer(_))) {
                let _ = output::failure(arguments.output, &failure);
            }
            failure.report()
        }
    }
}

/// Makes the call and prints its result.
fn call(arguments: &Invoke, interrupted: &Arc<AtomicBool>) -> Result<(), Failure> {
    let invocation = invocation(arguments);
    invocation.check().map_err(|error| Failure::Usage(error.to_string()))?;
    let event = match &arguments.event {
        Some(argument) => Some(event::read(argument, invocation.payload_max() as u64)?),
        None => None,
    };
    let event = event.as_deref().map_or(Event::none(), Event::from);
    let progress = Progress::new();

    let Some(dir) = &arguments.emulator else {
        let client = client::remote(arguments, &progress)?;
        if arguments.dry_run {
            return dry_run(arguments, &client, &invocation, event);
        }
        return send(arguments, &client, &progress, &invocation, event);
    };
    let emulator =
        Emulator::start(dir).map_err(|error| Failure::Configuration(error.to_string()))?;
    // Ctrl-C must not leave a function behind that runs on.
    let (handle, noted) = (emulator.shutdown_handle(), Arc::clone(interrupted));
    let _ = ctrlc::set_handler(move || {
        noted.store(true, Ordering::Relaxed);
        handle.shutdown();
    });
    let client = client::local(arguments, &emulator.url(), emulator.credential(), &progress)?;
    send(arguments, &client, &progress, &invocation, event)
}

fn send(
    arguments: &Invoke,
    client: &Client,
    progress: &Arc<Progress>,
    invocation: &Invocation<'_>,
    event: Event<'_>,
) -> Result<(), Failure> {
    // For a terminal the result is made harmless first, as a whole.
    let streams = arguments.output == Form::Raw && !io::stdout().is_terminal();
    let mut stdout = Stdout::new();
    let shown = Shown::start(progress, &arguments.name);
    let reply = if streams {
        client.call_to_writer(invocation, event, &mut stdout)
    } else {
        client.call(invocation, event)
    };
    drop(shown);
    let reply = reply?;
    if arguments.is_async {
        return output::accepted(arguments.output, &reply).map_err(Failure::Output);
    }
    let printed = output::reply(arguments.output, &reply);
    Ok(printed.and(stdout.finish()).map_err(Error::Writer)?)
}

fn invocation(arguments: &Invoke) -> Invocation<'_> {
    let mut invocation = Invocation::new(&arguments.name).action(arguments.action.into());
    if let Some(namespace) = &arguments.namespace {
        invocation = invocation.namespace(namespace);
    }
    if let Some(qualifier) = &arguments.qualifier {
        invocation = invocation.qualifier(qualifier);
    }
    if let Some(key) = &arguments.routing_key {
        invocation = invocation.routing_key(key);
    }
    if arguments.is_async {
        invocation.invocation_type(InvocationType::Event)
    } else if arguments.tail || arguments.emulator.is_some() {
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
) -> Result<(), Failure> {
    let mut stdout = Stdout::new();
    client.write_request(invocation, event, arguments.timestamp, &mut stdout)?;
    if io::stdout().is_terminal() {
        let _ = stdout.write_all(b"\n");
    }
    stdout.finish().map_err(Failure::Output)?;
    complain(&format!("scf: nothing was sent; it would go to {}", client.endpoint()));
    if client.has_token() {
        complain("scf: the request above has the session token: do not pass it on");
    }
    Ok(())
}
