//! One function, a thousand events:
//! `cargo run -p scf-invoke --features tokio --example map`.

use scf_emulator::Emulator;
use scf_invoke::{Client, Credentials, MapOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder()
        .function("square", |event| {
            let number = event.json().as_u64().unwrap_or_default();
            Ok((number * number).to_string())
        })
        .start()?;
    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(emulator.url().parse()?)
        .build_async()?;

    // The API takes 100 requests in a second, which is the default.
    let options = MapOptions::default().concurrency(16).rate(10_000);
    let events = (0..1000).map(|number| number.to_string());
    let mut results = client.map("square", events, options);
    let mut sum = 0;
    while let Some((index, result)) = results.next().await {
        match result {
            Ok(reply) => sum += reply.result::<u64>()?,
            Err(error) => eprintln!("event {index}: {error}"),
        }
    }
    println!("the sum is {sum}; {:?}", results.summary());
    Ok(())
}
