//! `tscf emulator`: a local endpoint until it is stopped.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use scf_emulator::{Credential, Observation, ObservationKind, StartError};

use crate::client::ENDPOINT_VARIABLE;
use crate::error::CommandError;
use crate::stderr::print_line;
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Emulator {
    /// The folder whose subfolders are the functions
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) key: Key,
    /// Answer requests to this host too, which is not localhost; can be given again
    #[arg(long)]
    pub(crate) host: Vec<String>,
    /// Let pages of this origin call it directly, for tests; the API itself answers none
    #[arg(long)]
    pub(crate) origin: Vec<String>,
    /// Accept an address that other machines reach: whoever knows the key runs the functions
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Print no line for each call
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The key that an emulator accepts; a random one of this start without it.
#[derive(Args)]
pub(crate) struct Key {
    /// Accept this secret id instead of a random one [env: TENCENTCLOUD_SECRET_ID]
    #[arg(long, value_name = "ID", requires = "secret_key")]
    pub(crate) secret_id: Option<String>,
    /// The secret key, which other users of this machine see here [env: TENCENTCLOUD_SECRET_KEY]
    #[arg(long, value_name = "KEY", requires = "secret_id")]
    pub(crate) secret_key: Option<String>,
    /// The token that goes with them, if they are to be temporary ones [env: TENCENTCLOUD_TOKEN]
    #[arg(long, requires = "secret_id")]
    pub(crate) token: Option<String>,
}

impl Key {
    /// Returns the key of the command line, or that of the environment.
    fn given(&self) -> Option<Credential> {
        let pair = self.secret_id.clone().zip(self.secret_key.clone());
        let (pair, token) = match pair {
            Some(pair) => (pair, self.token.clone()),
            None => from_environment()?,
        };
        let credential = Credential::new(pair.0, pair.1);
        Some(match token {
            Some(token) => credential.with_token(token),
            None => credential,
        })
    }
}

type Pair = (String, String);

fn from_environment() -> Option<(Pair, Option<String>)> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let id = variable("TENCENTCLOUD_SECRET_ID")?;
    let key = variable("TENCENTCLOUD_SECRET_KEY")?;
    Some(((id, key), variable("TENCENTCLOUD_TOKEN")))
}

/// The key of an emulator, and whether the user does not know it yet.
pub(crate) fn key(arguments: &Key) -> (Credential, bool) {
    match arguments.given() {
        Some(credential) => (credential, false),
        None => (Credential::random(), true),
    }
}

pub(crate) fn run(arguments: &Emulator) -> Result<(), CommandError> {
    let mut builder = scf_emulator::Emulator::builder()
        .functions_dir(&arguments.dir)
        .bind(arguments.listen)
        .allow_remote(arguments.allow_remote);
    for origin in &arguments.origin {
        builder = builder.origin(origin);
    }
    for host in &arguments.host {
        builder = builder.host(host);
    }
    let (credential, is_new) = key(&arguments.key);
    builder = builder.credential(credential);
    if !arguments.quiet {
        builder = builder.observe(tell);
    }
    let emulator = builder.start().map_err(|error| {
        let option = match error {
            StartError::NotLoopback(_) => ": --allow-remote accepts it",
            _ => "",
        };
        CommandError::Configuration(format!("{error}{option}"))
    })?;
    let handle = emulator.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown()).map_err(|error| {
        CommandError::Configuration(format!("signals cannot be handled: {error}"))
    })?;

    let names = emulator.function_names();
    if names.is_empty() {
        print_line(&format!(
            "tscf: no function is in {} yet: each subfolder with an index.py or a bootstrap is one",
            arguments.dir.display()
        ));
    } else {
        print_line(&format!("tscf: functions: {}", names.join(", ")));
    }
    print_line("tscf: to call them:");
    show_exports(is_new.then(|| emulator.credential()));
    print_line(&format!("  export {ENDPOINT_VARIABLE}={}", emulator.url()));
    print_line("  tscf invoke NAME");
    print(format!("listening on {}\n", emulator.url()).as_bytes()).map_err(CommandError::Output)?;
    emulator.wait();
    Ok(())
}

/// Prints what a client of the emulator needs. A key that the user gave is
/// known to the user, and not to be shown.
pub(crate) fn show_exports(new: Option<&Credential>) {
    if let Some(credential) = new {
        print_line(&format!("  export TENCENTCLOUD_SECRET_ID={}", credential.secret_id()));
        print_line(&format!("  export TENCENTCLOUD_SECRET_KEY={}", credential.secret_key()));
    }
    print_line("  export TENCENTCLOUD_REGION=ap-guangzhou");
}

/// A line for each call, and what the function wrote.
pub(crate) fn tell(seen: &Observation) {
    let name = seen.function_name.as_deref().unwrap_or("-");
    let line = match &seen.kind {
        ObservationKind::Ran { status, duration, log, .. } => {
            let millis = duration.as_secs_f64() * 1e3;
            format!("{name}: status {status}, {millis:.1} ms\n{log}")
        }
        ObservationKind::Accepted => format!("{name}: accepted"),
        ObservationKind::Refused { code, message } => format!("{name}: {code}: {message}"),
        _ => return,
    };
    print_line(line.trim_end());
}
