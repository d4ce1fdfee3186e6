//! Memory that strangers and queued events can make an emulator take. It is measured
//! for the whole process, so there is one test, with one part after the other.
#![cfg(target_os = "linux")]

mod support;

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use scf_emulator::Emulator;
use serde_json::json;
use support::Tc3;

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn memory_stays_bounded() {
    bodies_that_nobody_signed_take_no_memory();
    a_queue_of_large_events_is_bounded();
}

fn a_queue_of_large_events_is_bounded() {
    let (release, waits) = std::sync::mpsc::channel::<()>();
    let waits = Mutex::new(waits);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let emulator = Emulator::builder()
        .function("wait", move |_| {
            // It ends when the sender is gone.
            let _ = waits.lock().unwrap().recv();
            counted.fetch_add(1, Ordering::Relaxed);
            Ok("ran")
        })
        .default_timeout(support::LONG * 10)
        .start()
        .unwrap();
    let before = resident();
    let event = json!("x".repeat(100_000)).to_string();
    let call = Tc3::new(&json!({
        "FunctionName": "wait",
        "ClientContext": event,
        "InvocationType": "Event",
    }));
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..1500 {
        match call.send(&emulator)["Error"]["Code"].as_str() {
            None => accepted += 1,
            Some("RequestLimitExceeded") => refused += 1,
            Some(other) => panic!("{other}"),
        }
    }
    // 64 MiB of events are queued, and records of 64 MiB are kept.
    assert_eq!((accepted, refused), ((64 << 20) / event.len(), 1500 - (64 << 20) / event.len()));
    let grown = resident().saturating_sub(before);
    assert!(grown < 224 << 20, "{grown} bytes for 1,500 events of 100 KB");
    drop(release);
    emulator.wait_for_events();
    assert_eq!(runs.load(Ordering::Relaxed), accepted, "what was accepted has run");
}

fn bodies_that_nobody_signed_take_no_memory() {
    let emulator = Emulator::builder().function("hello", |_| Ok("hello")).start().unwrap();
    let before = resident();
    let megabyte = vec![b' '; 1 << 20];
    let mut waiting = Vec::new();
    for authorization in [
        "",
        "Authorization: nonsense\r\n",
        "Authorization: TC3-HMAC-SHA256 Credential=unknown/2023-11-14/scf/tc3_request, \
         SignedHeaders=content-type;host, Signature=00\r\nX-TC-Timestamp: 1700000000\r\n",
    ] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(emulator.addr()).unwrap();
            let head = format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\n{authorization}\
                 Content-Type: application/json\r\nContent-Length: 10485760\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            for _ in 0..9 {
                stream.write_all(&megabyte).unwrap();
            }
            waiting.push(stream);
        }
    }
    // All of them were read by now but for what the system buffers.
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes for 540 MB that nobody signed");
    assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
}
