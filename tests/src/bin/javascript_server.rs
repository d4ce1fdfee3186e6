//! The other side of the tests of the JavaScript package: an emulator whose
//! functions do what the tests ask for, faults of the emulator itself among
//! them, and relays in front of it. Prints where they are, as JSON, and stops
//! when its input ends.
//!
//!     javascript_server ORIGIN_OF_THE_PAGE

use std::error::Error;
use std::io::Read;
use std::net::TcpListener;
use std::sync::{Condvar, Mutex, OnceLock};
use std::time::Duration;

use scf_emulator::{ApiError, Credential, Emulator, Event, Fault, FunctionError};
use scf_relay::{Limits, Relay};
use serde_json::{Value, json};

static EMULATOR: OnceLock<Emulator> = OnceLock::new();

/// The runs that `wait` has begun, and those that may end.
static WAITING: Mutex<(u32, u32)> = Mutex::new((0, 0));
static CHANGED: Condvar = Condvar::new();

fn main() -> Result<(), Box<dyn Error>> {
    let origin = std::env::args().nth(1).ok_or("the origin of the page is missing")?;
    let mut ran = 0;
    let count = Mutex::new(move || {
        ran += 1;
        ran
    });
    let emulator = Emulator::builder()
        .credential(Credential::development())
        .credential(Credential::new("AKIDTEMPORARY", "temporary-key").with_token("the-token"))
        .default_timeout(Duration::from_secs(60))
        // A proxy in front passes on where a page is from.
        .origin(&origin)
        .function("echo", |event| {
            event.log("echoing");
            Ok(event.text().to_owned())
        })
        .function("fail", |_| Err::<String, _>(FunctionError::new("as asked\nline 2")))
        .function("count", move |_| Ok(json!((count.lock().unwrap())())))
        .function("big", |event| {
            let length = event.json().as_u64().unwrap_or(0) as usize;
            Ok("é\"\\\n".chars().cycle().take(length).collect::<String>())
        })
        .function("fault", fault)
        .function("clock", |event| {
            let seconds = event.json().as_i64().unwrap_or(0);
            EMULATOR.get().unwrap().set_clock_offset_secs(seconds);
            Ok("set")
        })
        .function("wait", |_| {
            let mut waiting = WAITING.lock().unwrap();
            waiting.0 += 1;
            CHANGED.notify_all();
            while waiting.1 == 0 {
                waiting = CHANGED.wait(waiting).unwrap();
            }
            waiting.1 -= 1;
            Ok("waited")
        })
        // Returns once `wait` has begun as many runs as the event says.
        .function("begun", |event| {
            let wanted = event.json().as_u64().unwrap_or(1) as u32;
            let mut waiting = WAITING.lock().unwrap();
            while waiting.0 < wanted {
                waiting = CHANGED.wait(waiting).unwrap();
            }
            waiting.0 = 0;
            Ok("begun")
        })
        .function("release", |event| {
            WAITING.lock().unwrap().1 += event.json().as_u64().unwrap_or(1) as u32;
            CHANGED.notify_all();
            Ok("released")
        })
        .start()?;
    let development = emulator.credential();
    // The rate is no subject but of one.
    let free = Limits { rate: 1_000_000, ..Limits::default() };
    let relay = |limits| {
        let builder = Relay::builder().path("/relay").limits(limits);
        Ok::<_, Box<dyn Error>>(builder.endpoint(emulator.url().parse()?))
    };
    let own = relay(free)?.start()?;
    let open = relay(free)?.origin(origin.parse()?).start()?;
    let limited = relay(Limits { rate: 1, ..free })?.origin(origin.parse()?).start()?;
    let nobody = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let lost = relay(free)?
        .endpoint(format!("http://{nobody}").parse()?)
        .origin(origin.parse()?)
        .start()?;
    println!(
        "{}",
        json!({
            "url": emulator.url(),
            "relays": {
                "own": own.url(),
                "open": open.url(),
                "limited": limited.url(),
                "lost": lost.url(),
            },
            "secret": {
                "secretId": development.secret_id(),
                "secretKey": development.secret_key(),
            },
            "temporary": {
                "secretId": "AKIDTEMPORARY",
                "secretKey": "temporary-key",
                "token": "the-token",
            },
        })
    );
    let _ = EMULATOR.set(emulator);
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Prepares a fault for the request after this.
fn fault(event: Event) -> Result<String, FunctionError> {
    let wanted = event.json();
    let number = |name: &str| wanted.get(name).and_then(Value::as_u64).unwrap_or(1);
    let fault = match wanted["kind"].as_str().unwrap_or_default() {
        "api" => Fault::Api(ApiError::new(
            wanted["code"].as_str().unwrap_or_default().to_owned(),
            "as asked",
        )),
        "status" => Fault::HttpStatus(number("status") as u16),
        "close before" => Fault::CloseBeforeRun,
        "close after" => Fault::CloseAfterRun,
        "cut" => Fault::CutResponse,
        other => return Err(FunctionError::new(format!("no fault {other}"))),
    };
    EMULATOR.get().unwrap().inject_times(number("times"), &fault);
    Ok("injected".to_owned())
}
