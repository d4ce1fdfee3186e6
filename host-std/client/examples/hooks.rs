//! A line for every call, as a log or a metric would have it:
//! `cargo run -p scf-invoke --example hooks`.

use std::time::Duration;

use scf_emulator::{Emulator, Fault};
use scf_invoke::{CallInfo, Client, Credentials, Error, Finished, Hook};

struct Log;

impl Hook for Log {
    fn retry(&self, call: &CallInfo<'_>, error: &Error, wait: Duration) {
        println!("call {}: again in {} ms: {error}", call.id, wait.as_millis());
    }

    fn finished(&self, call: &CallInfo<'_>, end: &Finished<'_>) {
        println!(
            "call {}: {} {} after {} attempt(s), {} connection",
            call.id,
            call.function_name,
            end.delivery,
            call.attempt,
            if end.reused { "a kept" } else { "a new" },
        );
    }
}

fn main() -> Result<(), Error> {
    let emulator = Emulator::builder()
        .function("echo", |event| Ok(event.json()))
        .start()
        .expect("the emulator starts");
    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(emulator.url().parse()?)
        .hook(Log)
        .build()?;

    client.invoke("echo", "1")?;
    emulator.inject(Fault::rate_limited());
    client.invoke("echo", "2")?;
    emulator.inject(Fault::CloseAfterRun);
    let error = client.invoke("echo", "3").expect_err("the answer is lost");
    println!("{error}");
    Ok(())
}
