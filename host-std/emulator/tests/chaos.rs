//! Many calls at once while instances are killed: each is answered once and right, nothing is
//! run twice, nothing is left behind.
//!
//! `CHAOS_CALLS` sets how many calls there are.
#![cfg(target_os = "linux")]

mod support;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use scf_emulator::Emulator;
use serde_json::{Value, json};
use support::control::control;
use support::{Folder, Tc3};

const CONNECTIONS: usize = 64;
/// The growth of this process in which its own records and the allocator's slack have room.
const MEMORY_SLACK: u64 = 64 << 20;

/// Notes each run in a file before it answers.
const WORK: &str = "import os
def main_handler(event, context):
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write('%d\\n' % event['n'])
    return {'n': event['n'], 'id': context['request_id']}
";

fn calls() -> usize {
    std::env::var("CHAOS_CALLS").map_or(600, |text| text.parse().expect("a number of calls"))
}

/// One connection that is kept, with one call at a time.
struct Caller {
    stream: BufReader<TcpStream>,
}

impl Caller {
    fn call(&mut self, emulator: &Emulator, number: usize) -> Value {
        let event = json!({"n": number}).to_string();
        let request =
            Tc3::new(&json!({"FunctionName": "work", "ClientContext": event})).at(emulator);
        self.stream.get_mut().write_all(&request.bytes("keep-alive")).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).unwrap() > 0, "the connection is open");
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        assert!(self.stream.buffer().is_empty(), "one answer for one call");
        serde_json::from_slice::<Value>(&body).unwrap()["Response"].take()
    }
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// The children of this process by their state, such as `S` or `Z`.
fn children() -> Vec<char> {
    let me = std::process::id().to_string();
    let stats = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let state = fields.next()?.chars().next()?;
        (fields.next()? == me).then_some(state)
    });
    stats.collect()
}

/// Kills one instance after the other, in an order that looks random, until `is_over` is set.
/// Returns how many it killed.
fn kill_at_random(emulator: &Emulator, is_over: &AtomicBool) -> usize {
    let (mut killed, mut random) = (0, 0x2545_f491_4f6c_dd1d_u64);
    while !is_over.load(Ordering::Relaxed) {
        let instances = control(emulator, "GET", "instances", "");
        let pids: Vec<i64> = instances["instances"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|instance| instance["pid"].as_i64())
            .collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        if !pids.is_empty() {
            let pid = pids[(random >> 33) as usize % pids.len()];
            let status = std::process::Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .stderr(std::process::Stdio::null())
                .status();
            killed += usize::from(status.unwrap().success());
        }
        // A pause for the machine, on which nothing here depends.
        std::thread::sleep(Duration::from_millis(30));
    }
    killed
}

/// Returns how often each number stands in the file.
fn runs(file: &Path) -> BTreeMap<usize, usize> {
    let mut runs = BTreeMap::new();
    for line in fs::read_to_string(file).unwrap().lines() {
        *runs.entry(line.parse().unwrap()).or_default() += 1;
    }
    runs
}

#[test]
fn calls_are_answered_once_and_right_while_instances_are_killed() {
    // An instance can write to its own /tmp and to the machine's devices alone.
    let file = Path::new("/dev/shm").join(format!("scf-emulator-{}", std::process::id()));
    fs::write(&file, "").unwrap();
    let settings = json!({"environment": {"RUNS": file}, "concurrency": CONNECTIONS}).to_string();
    let folder = Folder::new(&[("work/index.py", WORK), ("work/function.json", &settings)]);
    // What a process opens once, to learn of its children's ends, is open after a first call.
    let first = support::start(support::examples());
    support::invoke(&first, "hello", &json!({}));
    drop(first);
    let (descriptors_before, calls) = (descriptors(), calls());
    let emulator = support::start(&folder.0);
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let half = std::sync::Mutex::new(None);

    let (answers, killed) = std::thread::scope(|scope| {
        let killer = scope.spawn(|| kill_at_random(&emulator, &is_over));
        let callers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let stream = BufReader::new(TcpStream::connect(emulator.addr()).unwrap());
                    let mut caller = Caller { stream };
                    let mut answers = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= calls {
                            return answers;
                        }
                        if number == calls / 2 {
                            emulator.clear_records();
                            *half.lock().unwrap() = Some(resident());
                        }
                        answers.push((number, caller.call(&emulator, number)));
                    }
                })
            })
            .collect();
        let answers: Vec<_> =
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
        is_over.store(true, Ordering::Relaxed);
        (answers, killer.join().unwrap())
    });
    emulator.clear_records();
    let grown = resident().saturating_sub(half.lock().unwrap().unwrap());

    let runs = runs(&file);
    fs::remove_file(&file).unwrap();
    let (mut succeeded, mut ids) = (0, HashSet::new());
    for (number, answer) in &answers {
        let result = &answer["Result"];
        let value: Value = serde_json::from_str(result["RetMsg"].as_str().unwrap()).unwrap();
        assert!(ids.insert(result["FunctionRequestId"].to_string()), "an id of its own");
        if result["InvokeResult"] == 0 {
            let wanted = json!({"n": number, "id": result["FunctionRequestId"]});
            assert_eq!(value, wanted, "its own answer");
            assert_eq!(runs.get(number), Some(&1), "{number} has run once");
            succeeded += 1;
        } else {
            // Killed while it ran, or while it started.
            assert!([439, 445].contains(&value["statusCode"].as_i64().unwrap()), "{answer}");
            assert!(runs.get(number).is_none_or(|times| *times == 1), "{number} ran at most once");
        }
    }
    assert_eq!(answers.len(), calls);
    println!(
        "{calls} calls, {killed} instances killed, {succeeded} succeeded; memory grew by {} KiB",
        grown / 1024
    );
    assert!(killed > 0 && succeeded + killed >= calls, "no call fails but for a kill");
    assert!(grown < MEMORY_SLACK, "memory grew by {grown} bytes");
    assert!(!children().contains(&'Z'), "no zombie: {:?}", children());
    drop(emulator);
    assert_eq!(children(), [], "no process is left");
    assert_eq!(descriptors(), descriptors_before, "no descriptor is left");
}
