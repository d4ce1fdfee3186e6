//! Event invocations: accepted at once, run in their turn, tried again, and
//! never lost in silence.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use scf_emulator::{Builder, Emulator, FunctionError, ObservationKind, RecordState};
use serde_json::{Value, json};
use support::{Answer, Tc3};

fn event(name: &str) -> Tc3 {
    Tc3::new(&json!({"FunctionName": name, "InvocationType": "Event", "ClientContext": "{}"}))
}

fn accepted(response: &Value) -> String {
    assert_eq!(response.get("Error"), None, "{response}");
    response["Result"]["FunctionRequestId"].as_str().unwrap().to_owned()
}

/// A function that fails so often before it succeeds, and counts its runs.
fn failing(times: usize) -> (Builder, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let builder =
        Emulator::builder().retry_minute(Duration::from_millis(1)).function("flaky", move |_| {
            if counter.fetch_add(1, Ordering::SeqCst) < times {
                return Err(FunctionError::new("not yet"));
            }
            Ok("at last")
        });
    (builder, runs)
}

#[test]
fn an_event_whose_function_fails_runs_twice_more_under_the_same_id() {
    for (times, runs, state) in [
        (0, 1, RecordState::Succeeded),
        (2, 3, RecordState::Succeeded),
        (9, 3, RecordState::Failed),
    ] {
        let (builder, counter) = failing(times);
        let emulator = builder.start().unwrap();
        let id = accepted(&event("flaky").send(&emulator));
        emulator.wait_for_events();
        let [record] = &*emulator.records_of("flaky") else { panic!("one request") };
        assert_eq!((record.state, record.runs), (state, runs));
        assert_eq!(record.function_request_id.as_deref(), Some(&*id));
        assert_eq!(counter.load(Ordering::SeqCst) as u32, runs);
    }
}

#[test]
fn a_synchronous_call_is_never_run_again() {
    let (builder, runs) = failing(9);
    let emulator = builder.start().unwrap();
    let result = support::invoke(&emulator, "flaky", &json!({}));
    support::failed(&result, 430);
    emulator.wait_for_events();
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_retry_waits_a_real_minute_unless_told_otherwise() {
    let (seen, waits) = mpsc::channel();
    let (builder, _) = failing(9);
    let emulator = builder
        .retry_minute(Duration::from_secs(60))
        .observe(move |observation| {
            if let ObservationKind::Retrying { wait } = observation.kind {
                seen.send(wait).unwrap();
            }
        })
        .start()
        .unwrap();
    accepted(&event("flaky").send(&emulator));
    assert_eq!(waits.recv().unwrap(), Duration::from_secs(60));
}

/// Lets an event fail with a status each time, with minutes that are short. Returns its waits, in
/// minutes, and whether the function has run.
fn waits_of_failing(status: u16, minute: Duration) -> (Vec<u32>, bool) {
    let (seen, observed) = mpsc::channel();
    let (builder, runs) = failing(0);
    let emulator = builder
        .retry_minute(minute)
        .observe(move |observation| seen.send(observation.kind.clone()).unwrap())
        .start()
        .unwrap();
    emulator.inject(format!("failure={status}").parse().unwrap());
    let id = accepted(&event("flaky").send(&emulator));
    let mut waits = Vec::new();
    loop {
        match observed.recv().unwrap() {
            ObservationKind::Retrying { wait } => {
                waits.push(u32::try_from(wait.as_nanos() / minute.as_nanos()).unwrap());
            }
            ObservationKind::GivenUp => break,
            _ => {}
        }
    }
    emulator.wait_for_events();
    let parameters = json!({"FunctionName": "flaky", "FunctionRequestId": id});
    let run = ask(&emulator, "GetRequestStatus", &parameters)["Data"][0].clone();
    assert_eq!(run["RetCode"], -1, "{run}");
    let event = ask(&emulator, "GetAsyncEventStatus", &json!({"InvokeRequestId": id}));
    assert_eq!(event["Result"]["Status"], "FAILED");
    (waits, runs.load(Ordering::SeqCst) > 0)
}

#[test]
fn an_event_that_fails_is_tried_after_one_minute_and_two_more_and_then_given_up() {
    assert_eq!(waits_of_failing(430, Duration::from_micros(10)), (vec![1, 2], false));
}

#[test]
fn a_limit_comes_before_the_function_and_is_tried_for_a_day_an_hour_apart_at_last() {
    let wanted = [&[1, 2, 4, 8, 16, 32][..], &[60; 23]].concat();
    for status in [410, 429] {
        let waits = waits_of_failing(status, Duration::from_micros(10));
        assert_eq!(waits, (wanted.clone(), false), "{status}");
    }
}

#[test]
fn what_cannot_run_is_refused_and_not_queued() {
    let (builder, _) = failing(0);
    let emulator = builder.start().unwrap();
    let response = event("nobody").send(&emulator);
    assert_eq!(response["Error"]["Code"], "ResourceNotFound.Function");
    emulator.wait_for_events();
}

/// A function that waits until the test lets it go.
fn gated(builder: Builder) -> (Builder, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (began, begun) = mpsc::channel();
    let (go, gate) = mpsc::channel();
    let gate = Mutex::new(gate);
    let builder = builder.default_timeout(Duration::from_secs(600)).function("gated", move |_| {
        began.send(()).unwrap();
        let _ = gate.lock().unwrap().recv();
        Ok("done")
    });
    (builder, begun, go)
}

#[test]
fn the_queue_is_bounded() {
    let (builder, begun, go) = gated(Emulator::builder().max_queued_events(2));
    let emulator = builder.start().unwrap();
    accepted(&event("gated").send(&emulator));
    accepted(&event("gated").send(&emulator));
    begun.recv().unwrap();
    let refused = event("gated").send(&emulator);
    assert_eq!(refused["Error"]["Code"], "RequestLimitExceeded");
    for _ in 0..3 {
        go.send(()).unwrap();
    }
    emulator.wait_for_events();
    accepted(&event("gated").send(&emulator));
    emulator.wait_for_events();
    // The bound in bytes: 64 MiB.
    let (builder, _begun, go) = gated(Emulator::builder());
    let emulator = builder.start().unwrap();
    let large = Tc3::new(&json!({
        "FunctionName": "gated",
        "InvocationType": "Event",
        "ClientContext": format!("\"{}\"", "x".repeat(128 * 1024 - 2)),
    }));
    let answers = (0..514).map(|_| large.send(&emulator));
    let refused = answers.filter(|answer| answer.get("Error").is_some()).count();
    assert_eq!(refused, 2, "of 514 events of 128 KiB");
    drop(go);
    emulator.wait_for_events();
}

#[test]
fn events_leave_an_instance_to_synchronous_calls() {
    let (builder, begun, go) = gated(Emulator::builder().max_instances(2));
    let emulator = builder.start().unwrap();
    for _ in 0..5 {
        accepted(&event("gated").send(&emulator));
    }
    begun.recv().unwrap();
    let running = |state| move |record: &&scf_emulator::Record| record.state == state;
    let records = emulator.records_of("gated");
    assert_eq!(records.iter().filter(running(RecordState::Running)).count(), 1);
    assert_eq!(records.iter().filter(running(RecordState::Queued)).count(), 4);
    drop(go);
    emulator.wait_for_events();
}

#[test]
fn a_stop_finishes_what_was_accepted() {
    let (builder, begun, go) = gated(Emulator::builder().grace(Duration::from_secs(600)));
    let emulator = builder.start().unwrap();
    for _ in 0..3 {
        accepted(&event("gated").send(&emulator));
    }
    begun.recv().unwrap();
    emulator.shutdown_handle().shutdown();
    drop(go);
    emulator.wait();
    let records = emulator.records_of("gated");
    assert!(records.iter().all(|record| record.state == RecordState::Succeeded), "{records:?}");
}

#[test]
fn what_a_stop_cannot_finish_is_named() {
    let abandoned = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&abandoned);
    let (builder, _) = failing(9);
    let (builder, begun, _go) = gated(builder.retry_minute(Duration::from_secs(3600)));
    let (retries, retrying) = mpsc::channel();
    let emulator = builder
        .grace(Duration::from_millis(1))
        .observe(move |observation| match observation.kind {
            ObservationKind::Abandoned => {
                seen.lock().unwrap().push(observation.function_name.clone().unwrap());
            }
            ObservationKind::Retrying { .. } => retries.send(()).unwrap(),
            _ => {}
        })
        .start()
        .unwrap();
    // One waits for its next try, and one runs on.
    accepted(&event("flaky").send(&emulator));
    retrying.recv().unwrap();
    accepted(&event("gated").send(&emulator));
    begun.recv().unwrap();
    emulator.shutdown_handle().shutdown();
    emulator.wait();
    let mut names = abandoned.lock().unwrap().clone();
    names.sort();
    assert_eq!(names, ["flaky", "gated"]);
    let records = emulator.records();
    assert!(records.iter().all(|record| record.state == RecordState::Abandoned), "{records:?}");
}

/// The question is on its way when the stop comes, and is answered after it.
#[test]
fn an_event_that_a_stop_gives_up_is_aborted() {
    let (builder, _) = failing(9);
    let (states, changes) = mpsc::channel();
    let emulator = builder
        .retry_minute(Duration::from_secs(3600))
        .grace(Duration::from_secs(600))
        .observe(move |observation| match observation.kind {
            ObservationKind::Abandoned => states.send("abandoned").unwrap(),
            ObservationKind::Retrying { .. } => states.send("retrying").unwrap(),
            _ => {}
        })
        .start()
        .unwrap();
    let id = accepted(&event("flaky").send(&emulator));
    assert_eq!(changes.recv().unwrap(), "retrying");
    let mut question = Tc3::new(&json!({"InvokeRequestId": id})).at(&emulator);
    question.action = "GetAsyncEventStatus".into();
    question.extra.push(("Expect".into(), "100-continue".into()));
    let bytes = question.bytes("close");
    let (head, body) = bytes.split_at(bytes.len() - question.body.len());
    let mut stream = TcpStream::connect(emulator.addr()).unwrap();
    stream.write_all(head).unwrap();
    let mut seen = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut seen).unwrap();
    emulator.shutdown_handle().shutdown();
    assert_eq!(changes.recv().unwrap(), "abandoned");
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = Answer::parse(&answer).json();
    assert_eq!(answer["Response"]["Result"]["Status"], "ABORTED", "{answer}");
}

/// Asks a question of the API.
fn ask(emulator: &Emulator, action: &str, parameters: &Value) -> Value {
    let mut request = Tc3::new(parameters);
    request.action = action.into();
    request.send(emulator)
}

#[test]
fn scripts_can_wait_for_an_event() {
    let (builder, begun, go) = gated(Emulator::builder());
    let emulator = builder.start().unwrap();
    let id = accepted(&event("gated").send(&emulator));
    begun.recv().unwrap();
    let status = || {
        let answer = ask(&emulator, "GetAsyncEventStatus", &json!({"InvokeRequestId": id}));
        answer["Result"]["Status"].clone()
    };
    let run = || {
        let parameters = json!({"FunctionName": "gated", "FunctionRequestId": id});
        ask(&emulator, "GetRequestStatus", &parameters)["Data"][0].clone()
    };
    assert_eq!((status(), run()["RetCode"].clone()), (json!("RUNNING"), json!(1)));
    drop(go);
    emulator.wait_for_events();
    assert_eq!(status(), "FINISHED");
    let run = run();
    assert_eq!((&run["RetCode"], &run["RetryNum"]), (&json!(0), &json!(0)));
    assert!(run["RetMsg"].as_str().unwrap().contains("done"), "{run}");
    let unknown = ask(&emulator, "GetAsyncEventStatus", &json!({"InvokeRequestId": "x"}));
    assert_eq!(unknown["Error"]["Code"], "ResourceNotFound.AsyncEvent");
}

#[test]
fn functions_can_be_asked_for() {
    let (builder, _) = failing(0);
    let emulator = builder.function("other", |_| Ok("x")).start().unwrap();
    let one = ask(&emulator, "GetFunction", &json!({"FunctionName": "other"}));
    assert_eq!((&one["FunctionName"], &one["Status"]), (&json!("other"), &json!("Active")));
    assert_eq!(one["RequestId"].as_str().unwrap().len(), 36);
    let none = ask(&emulator, "GetFunction", &json!({"FunctionName": "nobody"}));
    assert_eq!(none["Error"]["Code"], "ResourceNotFound.Function");
    let all = ask(&emulator, "ListFunctions", &json!({"Limit": 1, "Offset": 1}));
    assert_eq!(
        (&all["TotalCount"], &all["Functions"][0]["FunctionName"]),
        (&json!(2), &json!("other"))
    );
    let other = ask(&emulator, "DeleteFunction", &json!({"FunctionName": "other"}));
    assert_eq!(other["Error"]["Code"], "InvalidAction");
}
