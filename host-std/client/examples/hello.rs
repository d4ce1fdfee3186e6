//! One call: `cargo run -p scf-invoke --example hello`.
//!
//! The emulator stands in for the cloud. With an account, `Client::from_env`
//! is all that is left of `main`'s first half.

use scf_emulator::Emulator;
use scf_invoke::{Client, Credentials, Error};

fn main() -> Result<(), Error> {
    let emulator = Emulator::builder()
        .function("hello", |event| {
            let event = event.json();
            Ok(format!("\"hello {}\"", event["name"].as_str().unwrap_or("nobody")))
        })
        .start()
        .expect("the emulator starts");
    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(emulator.url().parse()?)
        .build()?;

    let greeting: String = client.invoke("hello", r#"{"name":"world"}"#)?.result()?;
    println!("{greeting}");
    Ok(())
}
