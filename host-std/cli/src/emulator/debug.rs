//! The functions that a developer debugs: `--debug` and `--only`.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use scf_emulator::{Builder, Emulator};

use crate::stderr::print_line;

#[derive(Args)]
pub(crate) struct Debugging {
    /// Start this function under a debugger, without limits of time and memory: node --inspect
    /// (port 9229), or debugpy (port 5678); can be given again
    #[arg(long, value_name = "NAME[:PORT]", value_parser = debugged)]
    debug: Vec<Debugged>,
    /// Do not start this function: it runs elsewhere, and its process speaks the runtime API at
    /// this address, such as 127.0.0.1:9001; can be given again
    #[arg(long, value_name = "NAME=ADDRESS", value_parser = elsewhere)]
    only: Vec<Elsewhere>,
}

#[derive(Clone)]
struct Debugged {
    name: String,
    port: Option<u16>,
}

#[derive(Clone)]
struct Elsewhere {
    name: String,
    addr: SocketAddr,
}

fn debugged(text: &str) -> Result<Debugged, String> {
    let Some((name, port)) = text.split_once(':') else {
        return Ok(Debugged { name: text.to_owned(), port: None });
    };
    match port.parse() {
        Ok(port) if port > 0 => Ok(Debugged { name: name.to_owned(), port: Some(port) }),
        _ => Err(format!("{port:?} is no port; give NAME:PORT, as in {name}:9229")),
    }
}

fn elsewhere(text: &str) -> Result<Elsewhere, String> {
    let (name, addr) = text
        .split_once('=')
        .ok_or_else(|| format!("an address is missing, as in {text}=127.0.0.1:9001"))?;
    let port = addr.parse().map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let addr = port.or_else(|_| addr.parse()).map_err(|_| {
        format!("{addr:?} is no address with a port; give one, as in {name}=127.0.0.1:9001")
    })?;
    if !addr.ip().is_loopback() {
        return Err(format!("{} is not of this machine's loopback interface", addr.ip()));
    }
    Ok(Elsewhere { name: name.to_owned(), addr })
}

impl Debugging {
    pub(crate) fn apply(&self, mut builder: Builder) -> Builder {
        for Debugged { name, port } in &self.debug {
            builder = builder.debug(name, *port);
        }
        for Elsewhere { name, addr } in &self.only {
            builder = builder.run_elsewhere(name, *addr);
        }
        builder
    }
}

/// Prints what the processes of functions need that run elsewhere.
pub(crate) fn show_runtime_apis(emulator: &Emulator) {
    for (name, addr) in emulator.runtime_apis() {
        print_line(&format!("tscf: {name} runs elsewhere; its process needs:"));
        print_line(&format!("  export SCF_RUNTIME_API={}", addr.ip()));
        print_line(&format!("  export SCF_RUNTIME_API_PORT={}", addr.port()));
    }
}
