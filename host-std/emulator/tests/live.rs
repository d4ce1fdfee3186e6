//! The live view: the stream of changes, and the instances that there are.

mod support;

use scf_emulator::{Emulator, Fault};
use serde_json::{Value, json};
use support::control::{Stream, control};
use support::{Folder, Tc3};

#[test]
fn the_stream_has_each_step_and_log_of_an_invocation() {
    let emulator = Emulator::builder()
        .function("hello", |event| {
            event.log("greeting");
            Ok(event.json())
        })
        .start()
        .unwrap();
    let mut stream = Stream::open(&emulator);
    Tc3::hello().send(&emulator);
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| last != "succeeded") {
        let (name, data) = stream.next();
        match &*name {
            "log" => seen.push(data["text"].as_str().unwrap().to_owned()),
            "invocation" => seen.push(data["state"].as_str().unwrap().to_owned()),
            _ => {}
        }
    }
    assert_eq!(seen, ["received", "running", "greeting\n", "succeeded"]);
}

#[test]
fn the_stream_has_the_faults_that_wait() {
    let emulator = Emulator::builder().function("hello", |_| Ok("hello")).start().unwrap();
    let mut stream = Stream::open(&emulator);
    emulator.inject_times(2, &Fault::rate_limited());
    assert_eq!(stream.find("faults", |_| true)["faults"][0]["left"], 2);
    Tc3::hello().send(&emulator);
    assert_eq!(stream.find("faults", |_| true)["faults"][0]["left"], 1);
    emulator.disarm(None);
    assert_eq!(stream.find("faults", |_| true)["faults"], json!([]));
}

#[test]
fn a_function_that_is_added_to_the_folder_is_in_the_stream() {
    let folder = Folder::new(&[("one/index.py", "def main_handler(event, context): pass\n")]);
    let emulator = support::start(&folder.0);
    let mut stream = Stream::open(&emulator);
    folder.write("two/index.py", "def main_handler(event, context): pass\n");
    let functions = stream.find("functions", |_| true);
    assert_eq!(functions["functions"][1]["name"], "two");
    assert_eq!(functions["functions"][1]["runtime"], "Python3.9");
}

#[cfg(unix)]
#[test]
fn an_instance_is_shown_from_its_start_to_its_end() {
    let folder = Folder::new(&[("hello/index.py", "def main_handler(event, context): return 1\n")]);
    let emulator = support::start(&folder.0);
    let instances = || control(&emulator, "GET", "instances", "")["instances"].clone();
    assert_eq!(instances(), json!([]));
    let mut stream = Stream::open(&emulator);
    let state = |stream: &mut Stream| stream.find("instance", |_| true);

    Tc3::hello().send(&emulator);
    let starting = state(&mut stream);
    assert_eq!((&starting["state"], &starting["number"]), (&json!("starting"), &json!(1)));
    assert_eq!(starting["functionName"], "hello");
    assert_eq!(state(&mut stream)["state"], "running");
    let ended = stream.find("invocation", |data| data["state"] == "succeeded");
    assert_eq!(ended["instance"], 1);
    assert!(ended["startUpMs"].as_f64().unwrap() > 0.0, "{ended}");

    Tc3::hello().send(&emulator);
    let warm = stream.find("invocation", |data| data["state"] == "succeeded");
    assert_eq!((&warm["instance"], &warm["startUpMs"]), (&json!(1), &Value::Null));
    let idle = &instances()[0];
    assert_eq!(
        (&idle["state"], &idle["functionRequestId"]),
        (&json!("idle"), &warm["functionRequestId"])
    );
    assert!(idle["pid"].as_u64().unwrap() > 0, "{idle}");
    assert!(idle["sinceMs"].as_u64() >= idle["startedMs"].as_u64(), "{idle}");
    if cfg!(target_os = "linux") {
        assert!(idle["memoryBytes"].as_u64().unwrap() > 1 << 20, "{idle}");
    }

    folder.write("hello/index.py", "def main_handler(event, context): return 2\n");
    Tc3::hello().send(&emulator);
    assert_eq!(stream.find("instance", |data| data["state"] == "ended")["number"], 1);
    assert_eq!(instances()[0]["number"], 2);
}
