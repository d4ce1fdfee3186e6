//! `tscf emulator`: a local endpoint until it is stopped.

use std::io::{self, IsTerminal};

use scf_emulator::{Credential, Emulator, Observation, ObservationKind};

use crate::arguments;
use crate::failure::{Failure, complain};
use crate::stdout::print;
use crate::terminal::for_terminal;

pub(crate) fn run(arguments: &arguments::Emulator) -> Result<(), Failure> {
    let mut builder = Emulator::builder()
        .functions_dir(&arguments.dir)
        .bind(arguments.listen)
        .allow_remote(arguments.allow_remote);
    for origin in &arguments.origin {
        builder = builder.origin(origin);
    }
    let given = arguments.secret_id.as_ref().zip(arguments.secret_key.as_ref());
    if let Some((secret_id, secret_key)) = given {
        let credential = Credential::new(secret_id, secret_key);
        builder = builder.credential(match &arguments.token {
            Some(token) => credential.with_token(token),
            None => credential,
        });
    }
    if !arguments.quiet {
        builder = builder.observe(tell);
    }
    let emulator = builder.start().map_err(|error| Failure::Configuration(error.to_string()))?;
    let handle = emulator.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown())
        .map_err(|error| Failure::Configuration(format!("signals cannot be handled: {error}")))?;

    let names = emulator.function_names();
    if names.is_empty() {
        complain(&format!(
            "scf: no function is in {} yet: each subfolder with an index.py or a bootstrap is one",
            arguments.dir.display()
        ));
    } else {
        complain(&format!("scf: functions: {}", names.join(", ")));
    }
    // A key that the user gave is known to the user, and not to be shown.
    if given.is_none() {
        complain("scf: to call them:");
        show_key(emulator.credential());
        complain(&format!("  tscf invoke NAME --endpoint {}", emulator.url()));
    }
    print(format!("listening on {}\n", emulator.url()).as_bytes()).map_err(Failure::Output)?;
    emulator.wait();
    Ok(())
}

/// What a client of the emulator needs.
pub(crate) fn show_key(credential: &Credential) {
    complain(&format!("  export TENCENTCLOUD_SECRET_ID={}", credential.secret_id()));
    complain(&format!("  export TENCENTCLOUD_SECRET_KEY={}", credential.secret_key()));
    complain("  export TENCENTCLOUD_REGION=ap-guangzhou");
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
    complain(for_terminal(&line, io::stderr().is_terminal()).trim_end());
}
