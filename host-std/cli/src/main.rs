//! The `tscf` command.

mod arguments;
mod client;
mod day_key;
mod emulator;
mod event;
mod failure;
mod invoke;
mod json;
mod output;
mod progress;
mod relay;
mod stdout;
mod terminal;

use std::process::ExitCode;

use arguments::{Command, Scf};
use clap::Parser;

fn main() -> ExitCode {
    // Wrong arguments end here, with code 2.
    let outcome = match Scf::parse().command {
        Command::Invoke(arguments) => return invoke::run(&arguments),
        Command::Emulator(arguments) => emulator::run(&arguments),
        Command::Relay(arguments) => relay::run(&arguments),
        Command::DayKey(arguments) => day_key::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
