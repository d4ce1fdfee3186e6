//! `tscf emulator`: a local endpoint until it is stopped.

#[cfg(unix)]
mod debug;
mod key;
mod log;
mod timer;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
pub(crate) use key::{Key, key, show_exports};
pub(crate) use log::{Log, LogForm};
use scf_emulator::{Fault, StartError};

use crate::client::ENDPOINT_VARIABLE;
use crate::connection::seconds;
use crate::error::CommandError;
use crate::explorer;
use crate::listen;
use crate::stderr::print_line;
use crate::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  tscf emulator examples/functions
  tscf emulator functions --listen 127.0.0.1:9000 --fault hello:delay=2
  tscf emulator functions --debug hello";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Emulator {
    /// The folder of functions: each in a subfolder, or one in the folder itself
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = listen::address)]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) key: Key,
    /// Answer requests to this host too, which is not localhost; can be given again
    #[arg(long)]
    pub(crate) host: Vec<String>,
    /// Let pages of this origin call it directly, for tests; the API itself answers none. Can be
    /// given again
    #[arg(long)]
    pub(crate) origin: Vec<String>,
    /// Accept an address that other machines reach: whoever knows the key runs the functions
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Serve https with a certificate of its own making, and write its CA to this file
    #[arg(long, value_name = "CA FILE")]
    pub(crate) tls: Option<PathBuf>,
    /// Make requests go wrong from the start: FAULT or FUNCTION:FAULT, which `tscf fault --help`
    /// lists; can be given again
    #[arg(long, value_parser = armed)]
    pub(crate) fault: Vec<Armed>,
    /// The seconds that a minute takes while a failed event waits to be run again
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) retry_minute: Duration,
    /// The longest time that a stop waits for what runs; a second Ctrl-C ends at once
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) grace: Duration,
    #[cfg(unix)]
    #[command(flatten)]
    pub(crate) debugging: debug::Debugging,
    /// The form of the log of calls, on standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) log: LogForm,
    /// Print no log of calls
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// A fault, and the function whose requests it waits for.
#[derive(Clone)]
pub(crate) struct Armed {
    function_name: Option<String>,
    fault: Fault,
}

fn armed(text: &str) -> Result<Armed, String> {
    let (function_name, fault) = match text.split_once(':') {
        Some((name, fault)) => (Some(name.to_owned()), fault),
        None => (None, text),
    };
    let fault = fault.parse().map_err(|error| format!("{error}"))?;
    Ok(Armed { function_name, fault })
}

pub(crate) fn run(arguments: &Emulator) -> Result<(), CommandError> {
    let mut builder = scf_emulator::Emulator::builder()
        .functions_dir(&arguments.dir)
        .bind(arguments.listen)
        .allow_remote(arguments.allow_remote)
        .retry_minute(arguments.retry_minute)
        .grace(arguments.grace);
    if let Some(ca_file) = &arguments.tls {
        builder = builder.tls(ca_file);
    }
    for origin in &arguments.origin {
        builder = builder.origin(origin);
    }
    for host in &arguments.host {
        builder = builder.host(host);
    }
    #[cfg(unix)]
    {
        builder = arguments.debugging.apply(builder);
    }
    let (credential, is_new) = key(&arguments.key);
    builder = builder.credential(credential);
    if !arguments.quiet {
        let log = Log::new(arguments.log)?;
        builder = builder.observe(move |seen| log.tell(seen));
    }
    let emulator = builder.start().map_err(|error| {
        let option = match error {
            StartError::NotLoopback(_) => ": --allow-remote accepts it",
            _ => "",
        };
        CommandError::Configuration(format!("{error}{option}"))
    })?;
    let names = emulator.function_names();
    for Armed { function_name, fault } in &arguments.fault {
        if let Some(name) = function_name.as_ref().filter(|name| !names.contains(name)) {
            let names = names.join(", ");
            let what = format!("--fault: there is no function {name:?}; there are: {names}");
            return Err(CommandError::Configuration(what));
        }
        emulator.arm(function_name.as_deref(), fault.clone(), None);
    }
    let handle = emulator.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown()).map_err(|error| {
        CommandError::Configuration(format!("signals cannot be handled: {error}"))
    })?;

    if names.is_empty() {
        print_line(&format!(
            "tscf: no function is in {} yet: each subfolder with an index.py, an index.js, a \
             bootstrap, an scf_bootstrap, a function.json or a serverless.yml is one",
            arguments.dir.display()
        ));
    } else {
        print_line(&format!("tscf: functions: {}", names.join(", ")));
    }
    for (folder, reason) in emulator.skipped_folders() {
        print_line(&format!("tscf: the folder {folder:?} is passed over: {reason}; rename it"));
    }
    #[cfg(unix)]
    for (name, reason) in emulator.unable_functions() {
        print_line(&format!("tscf: {name} cannot run: {reason}"));
    }
    for timer in emulator.timers() {
        print_line(&timer::line(&timer, SystemTime::now()));
    }
    #[cfg(unix)]
    debug::show_runtime_apis(&emulator);
    // The page speaks plain http to it, and is for this machine alone.
    let is_near = arguments.tls.is_none() && emulator.addr().ip().is_loopback();
    let page = if is_near { Some(explorer::beside(&emulator)?) } else { None };
    if let Some((_, address)) = &page {
        print_line(&format!("tscf: to explore them in a browser: {address}"));
    }
    print_line("tscf: to call them:");
    show_exports(is_new.then(|| emulator.credential()));
    print_line(&format!("  export {ENDPOINT_VARIABLE}={}", emulator.url()));
    let ca_file = arguments.tls.as_ref();
    let trust = ca_file.map(|file| format!(" --ca-file {}", file.display())).unwrap_or_default();
    print_line(&format!("  tscf invoke NAME{trust}"));
    print(format!("listening on {}\n", emulator.url()).as_bytes()).map_err(CommandError::Output)?;
    emulator.wait();
    Ok(())
}
