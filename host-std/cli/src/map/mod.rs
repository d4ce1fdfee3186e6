//! `tscf map`: one call for each line of the input.
//!
//! It makes its calls by the blocking client's engine and rate limiter, but not by
//! its `map`, which waits for the next event where results are taken: here they
//! are printed while standard input is silent.

mod input;
mod journal;
mod printer;
mod summary;
mod worker;

use std::mem;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use clap::Args;
use scf_emulator::{Emulator, ShutdownHandle};
use scf_invoke::{
    Action, CallInfo, Client, ClientBuilder, Error, Hook, Invocation, InvocationType, Timeouts,
};

use crate::client::{self, Search};
use crate::clock;
use crate::connection::{Connection, Local};
use crate::error::CommandError;
use crate::function::Function;
use crate::status_line::StatusLine;
use crate::stderr::{self, note, print_line};
use input::Input;
use journal::Journal;
use printer::Printer;
use summary::Lines;
use worker::{Message, Shared};

/// The requests in a second that the API takes.
const INVOKE_RATE: u32 = 100;
const INVOKE_FUNCTION_RATE: u32 = 10_000;

const AFTER_HELP: &str = "\
Each line of the input is an event. Each line of the output is what tscf invoke prints with --output
json, with the number of the input's line before it.

With --journal an event that is known to have run is never run again. One that may have run, since
the connection or this program ended too early, is listed, and run again with --repeat-unknown only.

Ctrl-C sends no more and waits for the calls in progress; a second Ctrl-C ends them.

Examples:
  tscf map resize events.jsonl --region ap-guangzhou > results.jsonl
  tscf map resize events.jsonl --journal resize.journal >> results.jsonl
  seq 1000 | tscf map echo - --emulator examples/functions --jobs 8";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Map {
    #[command(flatten)]
    pub(crate) function: Function,
    /// The file of events, or - for standard input
    #[arg(value_name = "FILE|-", default_value = "-")]
    pub(crate) input: String,
    /// The most calls in progress at once
    #[arg(short, long, value_name = "COUNT", default_value = "16")]
    pub(crate) jobs: NonZeroUsize,
    /// The most requests in a second [default: what the API takes: 100 for Invoke, 10000
    /// for InvokeFunction]
    #[arg(long, value_name = "COUNT")]
    pub(crate) rate: Option<NonZeroU32>,
    /// Record in this file what was run, so that the same command goes on from there
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// Run again the events of the journal that may have run
    #[arg(long, requires = "journal")]
    pub(crate) repeat_unknown: bool,
    /// Print results as they arrive, not in the order of the input
    #[arg(long)]
    pub(crate) unordered: bool,
    /// Queue the events, and do not wait until they have run
    #[arg(long = "async")]
    pub(crate) is_async: bool,
    /// Print nothing but results and errors
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) local: Local,
}

impl Map {
    fn invocation(&self) -> Invocation<'_> {
        let invocation = self.function.invocation();
        if self.is_async { invocation.invocation_type(InvocationType::Event) } else { invocation }
    }

    /// Returns the number of lines that may be read before the result of the
    /// oldest is printed, so that memory does not grow with the input.
    fn window(&self) -> u64 {
        (self.jobs.get() as u64).saturating_mul(4)
    }

    fn rate(&self) -> u32 {
        let most = match Action::from(self.function.action) {
            Action::InvokeFunction => INVOKE_FUNCTION_RATE,
            _ => INVOKE_RATE,
        };
        self.rate.map_or(most, NonZeroU32::get)
    }
}

pub(crate) fn run(arguments: Map) -> ExitCode {
    if arguments.quiet {
        stderr::be_quiet();
    }
    match map(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => error.report(),
    }
}

/// Runs it all, and returns the exit code of the worst event.
fn map(arguments: Map) -> Result<u8, CommandError> {
    let invocation = arguments.invocation();
    invocation.check().map_err(|error| CommandError::Usage(error.to_string()))?;
    let input = Input::open(&arguments.input, invocation.payload_max() as u64)?;
    let size = input.size;
    let journal = match &arguments.journal {
        Some(path) => Some(Journal::open(path, &arguments.function)?),
        None => None,
    };
    let emulator = match &arguments.local.emulator {
        Some(dir) => Some(
            Emulator::builder()
                .functions_dir(dir)
                .max_instances(arguments.jobs.get())
                .start()
                .map_err(|error| CommandError::Configuration(error.to_string()))?,
        ),
        None => None,
    };
    let line = Arc::new(Mutex::new(StatusLine::default()));
    let client = client(&arguments, emulator.as_ref(), &line)?;
    let jobs = arguments.jobs.get();
    let shared = Arc::new(Shared::new(arguments, client, journal, input));

    let (sender, messages) = mpsc::channel();
    watch(&sender, &shared, &line, emulator.as_ref().map(Emulator::shutdown_handle));
    for _ in 0..jobs {
        let (shared, sender) = (Arc::clone(&shared), sender.clone());
        // None is waited for: one may be reading standard input when the last
        // call has ended.
        thread::Builder::new()
            .name("tscf-worker".into())
            .spawn(move || worker::work(&shared, &sender))
            .map_err(|error| {
                CommandError::Configuration(format!("cannot start a thread: {error}"))
            })?;
    }
    Printer::new(shared, line, size).run(&messages)
}

/// Prints once that the clock was corrected.
struct ClockNote {
    line: Arc<Mutex<StatusLine>>,
    once: Once,
}

impl Hook for ClockNote {
    fn retry(&self, _: &CallInfo<'_>, error: &Error, _: Duration) {
        if let Some(correction) = clock::correction(error) {
            self.once.call_once(|| {
                self.line.lock().unwrap_or_else(PoisonError::into_inner).erase();
                note(&correction);
            });
        }
    }
}

fn client(
    arguments: &Map,
    emulator: Option<&Emulator>,
    line: &Arc<Mutex<StatusLine>>,
) -> Result<Client, CommandError> {
    let connection = &arguments.connection;
    let settings = |builder: ClientBuilder| {
        let call = connection.timeout.or(Timeouts::default().call);
        builder
            .retry(client::retry(connection, 10))
            .timeouts(Timeouts::default().call(call))
            .idle_connections(arguments.jobs.get())
            .hook(ClockNote { line: Arc::clone(line), once: Once::new() })
    };
    if let Some(emulator) = emulator {
        return Ok(client::local(connection, emulator, settings)?);
    }
    // Without credentials no event would be sent.
    if connection.day_key.is_none() {
        Search::new(&connection.identity).find().map_err(Error::from)?;
    }
    client::remote(connection, settings)
}

/// Sends no more events after the first signal, and ends the program at the
/// second.
fn watch(
    messages: &Sender<Message>,
    shared: &Arc<Shared>,
    line: &Arc<Mutex<StatusLine>>,
    emulator: Option<ShutdownHandle>,
) {
    let (messages, shared, line) = (messages.clone(), Arc::clone(shared), Arc::clone(line));
    let mut is_first = true;
    // If no handler can be set, a signal ends the program without a message.
    let _ = ctrlc::set_handler(move || {
        if mem::take(&mut is_first) {
            let _ = messages.send(Message::Signal);
            return;
        }
        if let Some(emulator) = &emulator {
            emulator.shutdown();
        }
        line.lock().unwrap_or_else(PoisonError::into_inner).freeze();
        let lines = shared.in_flight();
        if !lines.is_empty() {
            let lines = Lines(&lines, false);
            print_line(&format!("tscf: interrupted; what may have run: {lines}"));
        }
        process::exit(130);
    });
}
