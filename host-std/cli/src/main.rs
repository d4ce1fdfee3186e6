//! The `tscf` command.

mod client;
mod clock;
mod closed_stdout;
mod code;
mod completions;
mod connection;
mod day_key;
mod doctor;
mod emulated;
mod emulator;
mod error;
mod event;
mod event_sample;
mod excerpt;
mod explorer;
mod fault;
mod function;
mod hint;
mod hook;
mod interrupt;
mod invoke;
mod json;
mod listen;
mod log_queue;
mod man;
mod map;
mod output;
mod region;
mod relay;
mod replay;
mod status_line;
mod stderr;
mod stdout;
mod terminal;
mod trace;
mod wait;
mod waiting;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs Tencent Cloud SCF functions.
#[derive(Parser)]
#[command(name = "tscf", version, after_help = AFTER_HELP)]
struct Tscf {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  success
  1  the function failed
  2  wrong arguments, or an event that is not JSON or too long
  3  credentials or configuration are missing or wrong
  4  the API answered with an error
  5  the network failed, or what answered was not the API
  6  a timeout ended the call
  7  the result could not be written, or standard output is closed
  130  Ctrl-C or SIGTERM ended it";

#[derive(Subcommand)]
enum Command {
    /// Run a function and print its result
    Invoke(Box<invoke::Invoke>),
    /// Run a function on each of many events
    Map(Box<map::Map>),
    /// Serve a folder of functions as a local SCF endpoint
    Emulator(emulator::Emulator),
    /// Make, sign, explain and watch calls in a browser
    Explorer(explorer::Explorer),
    /// Make requests to a running emulator go wrong, to test how clients cope
    Fault(fault::FaultCommand),
    /// Print a sample of what a trigger sends, such as a timer or object storage
    Event(event_sample::EventSample),
    /// Forward requests that pages have signed to the API, which answers no page itself
    Relay(relay::Relay),
    /// Run again what the Explorer saved, and compare the results
    Replay(Box<replay::Replay>),
    /// Print the signing key of one day, which is worthless afterwards
    DayKey(day_key::DayKey),
    /// Check credentials, network, clock and signature, and say what to do
    Doctor(Box<doctor::Doctor>),
    /// Print a call as a program in one of several languages
    Code(Box<code::Code>),
    /// Print the completion script for a shell
    Completions(completions::Completions),
    /// Print a manual page
    Man(man::ManPages),
}

fn main() -> ExitCode {
    // Wrong arguments end here, with code 2.
    let outcome = match Tscf::parse().command {
        Command::Invoke(arguments) => return invoke::run(&arguments),
        Command::Map(arguments) => return map::run(*arguments),
        Command::Emulator(arguments) => emulator::run(&arguments),
        Command::Explorer(arguments) => explorer::run(&arguments),
        Command::Fault(arguments) => fault::run(&arguments),
        Command::Event(arguments) => event_sample::run(&arguments),
        Command::Relay(arguments) => relay::run(&arguments),
        Command::DayKey(arguments) => day_key::run(&arguments),
        Command::Replay(arguments) => return replay::run(&arguments),
        Command::Doctor(arguments) => return doctor::run(&arguments),
        Command::Code(arguments) => code::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}
