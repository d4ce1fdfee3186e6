//! Serves a folder of functions and prints each call:
//! `cargo run -p scf-emulator --example serve -- examples/functions 9000`

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use scf_emulator::{Emulator, ObservationKind};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().ok_or("which folder of functions?")?;
    let port = arguments.next().map_or(Ok(0), |port| port.parse())?;

    let emulator = Emulator::builder()
        .functions_dir(dir)
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .observe(|seen| {
            let name = seen.function_name.as_deref().unwrap_or("-");
            match &seen.kind {
                ObservationKind::Ran { log, status, .. } => print!("{name}: {status}\n{log}"),
                ObservationKind::Accepted => println!("{name}: accepted"),
                ObservationKind::Refused { code, message } => println!("{name}: {code}: {message}"),
                _ => {}
            }
        })
        .start()?;
    println!("listening on {}", emulator.url());
    println!("secret id {}", emulator.credential().secret_id());
    println!("secret key {}", emulator.credential().secret_key());
    emulator.wait();
    Ok(())
}
