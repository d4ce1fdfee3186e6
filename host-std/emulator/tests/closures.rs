//! Functions that are closures of the test.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use scf_emulator::{Emulator, FunctionError, ObservationKind};
use serde_json::{Value, json};
use support::{Tc3, failed, invoke};

#[test]
fn closures_run_at_the_same_time() {
    let barrier = Arc::new(Barrier::new(8));
    let inside = Arc::clone(&barrier);
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_secs(60))
        .function("meet", move |event| {
            inside.wait();
            event.log("met");
            Ok(event.json())
        })
        .start()
        .unwrap();
    std::thread::scope(|scope| {
        for index in 0..8 {
            let emulator = &emulator;
            scope.spawn(move || {
                let result = invoke(emulator, "meet", &json!({"i": index}));
                assert_eq!(result["RetMsg"], format!("{{\"i\":{index}}}"));
                assert!(result["Log"].as_str().unwrap().contains("\nmet\n"));
            });
        }
    });
}

#[test]
fn closures_that_fail() {
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_secs(60))
        .function("error", |_| Err::<String, _>(FunctionError::new("my reason")))
        .function("panic", |event| -> Result<Value, FunctionError> {
            panic!("with {}", event.text())
        })
        .function("large", |_| Ok("x".repeat(6 * 1024 * 1024 + 1)))
        .start()
        .unwrap();
    let run = |name: &str| invoke(&emulator, name, &json!({"a": 1}));
    assert_eq!(failed(&run("error"), 430)["stackTrace"], "my reason");
    assert_eq!(failed(&run("panic"), 430)["stackTrace"], "panicked: with {\"a\":1}");
    failed(&run("large"), 407);
}

#[test]
fn a_closure_that_takes_too_long_is_left_alone() {
    // The closure waits until the test is over.
    let (over, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_millis(50))
        .function("wait", move |_| {
            let _ = wait.lock().unwrap().recv();
            Ok("late")
        })
        .start()
        .unwrap();
    failed(&invoke(&emulator, "wait", &json!({})), 433);
    drop(over);
}

#[test]
fn an_event_is_answered_at_once_and_runs_once() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let (sender, ran) = mpsc::channel();
    let barrier = Arc::new(Barrier::new(2));
    let inside = Arc::clone(&barrier);
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_secs(60))
        .function("count", move |event| {
            inside.wait();
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(event.request_id().to_owned())
        })
        .observe(move |seen| {
            if let ObservationKind::Ran { status, .. } = &seen.kind {
                sender.send(*status).unwrap();
            }
        })
        .start()
        .unwrap();
    let response =
        Tc3::new(&json!({"FunctionName": "count", "InvocationType": "Event"})).send(&emulator);
    // The answer is here, and the function cannot have ended yet.
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    let result = &response["Result"];
    assert_eq!(result["FunctionRequestId"].as_str().unwrap().len(), 36);
    assert_eq!((&result["RetMsg"], &result["InvokeResult"]), (&json!(""), &json!(0)));
    barrier.wait();
    assert_eq!(ran.recv_timeout(Duration::from_secs(10)), Ok(200));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert!(ran.try_recv().is_err());
}

#[test]
fn a_closure_that_blocks_holds_up_no_other_call() {
    let (over, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_secs(600))
        .function("wait", move |_| {
            let _ = wait.lock().unwrap().recv();
            Ok("late")
        })
        .function("hello", |_| Ok("hello"))
        .quick_function("quick", |event| Ok(event.json()))
        .start()
        .unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| invoke(&emulator, "wait", &json!({})));
        while emulator.records_of("wait").iter().all(|record| record.runs == 0) {
            std::thread::yield_now();
        }
        assert_eq!(invoke(&emulator, "hello", &json!({}))["RetMsg"], "hello");
        assert_eq!(invoke(&emulator, "quick", &json!(7))["RetMsg"], "7");
        drop(over);
        assert_eq!(waiting.join().unwrap()["RetMsg"], "late");
    });
}

#[test]
fn a_quick_closure_runs_on_the_servers_thread_with_log_and_failures_as_any_other() {
    let threads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&threads);
    let emulator = Emulator::builder()
        .quick_function("quick", move |event| {
            seen.lock().unwrap().push(std::thread::current().name().map(str::to_owned));
            event.log("as asked");
            match event.text() {
                "1" => Err(FunctionError::new("my reason")),
                "2" => panic!("with {}", event.text()),
                _ => Ok("done"),
            }
        })
        .start()
        .unwrap();
    let run = |event: u8| invoke(&emulator, "quick", &json!(event));
    assert_eq!(run(0)["RetMsg"], "done");
    assert_eq!(failed(&run(1), 430)["stackTrace"], "my reason");
    assert_eq!(failed(&run(2), 430)["stackTrace"], "panicked: with 2");
    assert!(run(0)["Log"].as_str().unwrap().contains("\nas asked\n"));
    assert_eq!(emulator.records_of("quick").len(), 4);
    // A later one moves if the one before took long, as a panic can.
    assert_eq!(threads.lock().unwrap()[0].as_deref(), Some("scf-emulator"));
}

#[test]
fn a_quick_closure_that_blocks_runs_on_a_thread_of_its_own_from_then_on() {
    let (over, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let emulator = Emulator::builder()
        .default_timeout(Duration::from_secs(600))
        .quick_function("slow", move |event| {
            match event.text() {
                "0" => std::thread::sleep(Duration::from_millis(20)),
                _ => drop(wait.lock().unwrap().recv()),
            }
            Ok("done")
        })
        .function("hello", |_| Ok("hello"))
        .start()
        .unwrap();
    invoke(&emulator, "slow", &json!(0));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| invoke(&emulator, "slow", &json!(1)));
        while emulator.records_of("slow").len() < 2 {
            std::thread::yield_now();
        }
        assert_eq!(invoke(&emulator, "hello", &json!({}))["RetMsg"], "hello");
        drop(over);
        assert_eq!(waiting.join().unwrap()["RetMsg"], "done");
    });
}
