//! Values in and out, and what to do about each kind of error:
//! `cargo run -p scf-invoke --example typed`.

use scf_emulator::{Emulator, FunctionError};
use scf_invoke::{Client, Credentials, Delivery, Error};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Order<'a> {
    item: &'a str,
    count: u32,
}

#[derive(Deserialize)]
struct Receipt {
    total: u32,
}

fn main() -> Result<(), Error> {
    let emulator = Emulator::builder()
        .function("order", |event| match event.json()["count"].as_u64() {
            Some(count) if count > 0 => Ok(format!("{{\"total\":{}}}", count * 7)),
            _ => Err(FunctionError::new("there is nothing to order")),
        })
        .start()
        .expect("the emulator starts");
    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(emulator.url().parse()?)
        .build()?;

    for count in [3, 0] {
        let order = Order { item: "tea", count };
        match client.call("order").event_json(&order).send() {
            Ok(reply) => {
                let receipt: Receipt = reply.result()?;
                println!("{} {} for {}", order.count, order.item, receipt.total);
            }
            Err(Error::Function(failure)) => println!("{failure}"),
            Err(error) if error.delivery() == Delivery::Unknown => {
                println!("it may have run, so look before you order again: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
