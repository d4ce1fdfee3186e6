//! `tscf explorer`: a page that makes, signs, explains and watches calls.

mod call;
mod catalogue;
mod check;
mod clients;
mod code;
mod control;
mod draft;
mod http_text;
mod page;
mod response;
mod server;
mod shell;
mod signature;
mod verify;
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use clap::Args;
use scf_emulator::Emulator;
use scf_serve::{Server, Settings};

use self::clients::Clients;
use self::server::Explorer as Service;
use crate::emulator::{Key, Log, LogForm, key, show_exports};
use crate::error::CommandError;
use crate::listen;
use crate::stderr::print_line;
use crate::stdout::print;

const AFTER_HELP: &str = "\
The page is part of the command, and talks to nothing else. The address has a key: whoever opens it
can make calls with the credentials of this machine, so do not share it.

Examples:
  tscf explorer examples/functions
  tscf explorer --profile prod --no-open";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Explorer {
    /// A folder of functions, for which an emulator is started
    pub(crate) dir: Option<PathBuf>,
    /// The address to listen on, of this machine alone; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = listen::address)]
    pub(crate) listen: SocketAddr,
    /// The address that the emulator listens on, of this machine alone
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = listen::address, requires = "dir")]
    pub(crate) emulator_listen: SocketAddr,
    /// Call the cloud with this profile of the credentials files
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// Open no browser
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) key: Key,
    /// Print no log of calls
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

pub(crate) fn run(arguments: &Explorer) -> Result<(), CommandError> {
    let configuration = |error: String| CommandError::Configuration(error);
    if !arguments.listen.ip().is_loopback() {
        return Err(CommandError::Usage(format!(
            "--listen {}: other machines would reach the Explorer; give an address of the loopback \
             interface, such as 127.0.0.1:0",
            arguments.listen
        )));
    }
    let (credential, is_new) = key(&arguments.key);
    let emulator = match &arguments.dir {
        None => None,
        Some(dir) => {
            let mut builder = Emulator::builder()
                .functions_dir(dir)
                .bind(arguments.emulator_listen)
                .credential(credential);
            if !arguments.quiet {
                let log = Log::new(LogForm::Text)?;
                builder = builder.observe(move |seen| log.tell(seen));
            }
            Some(builder.start().map_err(|error| configuration(error.to_string()))?)
        }
    };
    let clients = Clients::new(emulator.as_ref(), arguments.profile.clone())?;
    let service = Arc::new(Service::new(clients));
    let settings = Settings::new("tscf-explorer").bind(arguments.listen);
    let server = Server::start(settings, Arc::clone(&service))
        .map_err(|error| configuration(error.to_string()))?;
    let handle = server.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown())
        .map_err(|error| configuration(format!("signals cannot be handled: {error}")))?;
    if let Some(emulator) = &emulator {
        print_line(&format!("tscf: functions: {}", emulator.function_names().join(", ")));
        print_line("tscf: to call them from a shell:");
        show_exports(is_new.then(|| emulator.credential()));
        print_line(&format!("  tscf invoke NAME --endpoint {}", emulator.url()));
    }
    let address = service.address(&server.url());
    print(format!("listening on {address}\n").as_bytes()).map_err(CommandError::Output)?;
    if !arguments.no_open {
        open(&address);
    }
    server.wait();
    Ok(())
}

/// Starts the page for an emulator that runs; gives its server, and the address
/// for a browser.
pub(crate) fn beside(emulator: &Emulator) -> Result<(Server, String), CommandError> {
    let service = Arc::new(Service::new(Clients::new(Some(emulator), None)?));
    let server = Server::start(Settings::new("tscf-explorer"), Arc::clone(&service))
        .map_err(|error| CommandError::Configuration(error.to_string()))?;
    emulator.set_page(format!("{}/", server.url()));
    let address = service.address(&server.url());
    Ok((server, address))
}

/// Opens a browser where there is one; the address was printed for where not.
fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        // Without a display there is nobody to look.
        _ if std::env::var_os("DISPLAY").or(std::env::var_os("WAYLAND_DISPLAY")).is_none() => {
            return;
        }
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Ok(mut child) = command.spawn() {
        // It is waited for, so that nothing is left of it.
        std::thread::spawn(move || child.wait());
    }
}
