//! Divides, prints what it does, and fails in each way that a function can.

use serde::{Deserialize, Serialize};
use tencent_scf::convert::AsJson;
use tencent_scf::{Context, make_scf, start};

#[derive(Deserialize)]
struct Division {
    dividend: i32,
    divisor: i32,
}

impl AsJson for Division {}

#[derive(Serialize)]
struct Quotient {
    quotient: i32,
    function_name: String,
    request_id: String,
}

impl AsJson for Quotient {}

fn divide(event: Division, context: Context) -> Result<Quotient, String> {
    println!("dividing {} by {}", event.dividend, event.divisor);
    if event.divisor < 0 {
        return Err("negative numbers are not served".to_owned());
    }
    Ok(Quotient {
        quotient: event.dividend / event.divisor,
        function_name: context.function_name,
        request_id: context.request_id,
    })
}

fn main() {
    start(make_scf(divide));
}
