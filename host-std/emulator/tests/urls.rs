//! Faults, and what is recorded, of functions that are called by URL.

mod support;

use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scf_emulator::{Emulator, Fault, RecordState};
use serde_json::json;
use support::counting::counting;
use support::{Answer, raw};

const HEAD: &str = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// An event function of some bytes, and the number of its runs.
fn emulator() -> (Emulator, Arc<AtomicUsize>) {
    counting(&json!({"statusCode": 201, "body": "0123456789"}).to_string())
}

fn get(emulator: &Emulator) -> Answer {
    raw(emulator.addr(), format!("GET /_http/hello/ {HEAD}").as_bytes())
}

#[test]
fn faults_before_the_run_hit_a_url_too() {
    let (emulator, runs) = emulator();
    let limit = "api=LimitExceeded.Function";
    for (fault, status) in
        [("throttle", 429), (limit, 502), ("status=503", 503), ("close", 0), ("reset", 0)]
    {
        emulator.inject(fault.parse().unwrap());
        assert_eq!(get(&emulator).status, status, "{fault}");
        let record = emulator.records().pop().unwrap();
        assert_eq!(record.fault.unwrap().to_string(), fault);
        assert!(record.event.unwrap().contains("\"path\":\"/\""), "{fault}");
        assert!(matches!(record.state, RecordState::Answered | RecordState::Cut), "{fault}");
    }
    emulator.inject_into("hello", "failure=432".parse().unwrap());
    let failed = get(&emulator);
    assert_eq!((failed.status, &failed.json()["statusCode"]), (502, &json!(432)));
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(get(&emulator).text(), "0123456789");
}

#[test]
fn faults_after_the_run_hit_a_url_too() {
    let (emulator, runs) = emulator();
    for fault in [Fault::CloseAfterRun, Fault::ResetAfterRun] {
        emulator.inject(fault);
        assert_eq!(get(&emulator).status, 0);
    }
    for fault in [Fault::CutResponse, Fault::ResetResponse] {
        emulator.inject(fault);
        let mut stream = TcpStream::connect(emulator.addr()).unwrap();
        std::io::Write::write_all(&mut stream, format!("GET /_http/hello {HEAD}").as_bytes())
            .unwrap();
        let mut seen = Vec::new();
        let _ = stream.read_to_end(&mut seen);
        // A reset may overtake what was sent before it.
        let text = String::from_utf8(seen).unwrap();
        assert!(!text.contains("56789"), "{text}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 4);
    let wait = Duration::from_millis(50);
    for fault in [Fault::Delay(wait), Fault::SlowResponse(wait)] {
        emulator.inject(fault);
        let began = Instant::now();
        let answer = get(&emulator);
        assert_eq!((answer.status, answer.text().as_str()), (201, "0123456789"));
        assert!(began.elapsed() >= wait);
    }
    emulator.inject(Fault::WrongClock(86_400));
    let day = support::date(support::now() + 86_400);
    let (_, day) = day.rsplit_once('-').unwrap();
    assert!(get(&emulator).header("date").unwrap().contains(&format!(", {day} ")));
}

#[test]
fn a_host_names_a_function_in_whatever_case() {
    let emulator = Emulator::builder().function("Shop_2", |_| Ok("\"open\"")).start().unwrap();
    let get = |host: &str| {
        let request =
            format!("GET / HTTP/1.1\r\nHost: {host}.localhost\r\nConnection: close\r\n\r\n");
        raw(emulator.addr(), request.as_bytes())
    };
    assert_eq!((get("Shop_2").status, get("shop_2").text().as_str()), (200, "\"open\""));
    assert_eq!(get("shop").status, 404);
}

#[test]
fn a_function_that_is_not_there_is_recorded_as_refused() {
    let (emulator, _) = emulator();
    let answer = raw(emulator.addr(), format!("GET /_http/nobody {HEAD}").as_bytes());
    assert_eq!(answer.status, 404);
    let record = emulator.records_of("nobody").pop().unwrap();
    assert_eq!(record.error.unwrap().code, "ResourceNotFound.Function");
    assert_eq!((record.state, record.trigger), (RecordState::Answered, Some("apigw")));
}
