//! `tscf map` against an emulator in the test's own process, which counts what
//! ran.
#![cfg(unix)]

mod support;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use scf_emulator::{Emulator, Event, FunctionError, Reply};
use serde_json::{Value, json};
use support::{Done, folder, run, run_with_input, scf};

/// An emulator whose function counts how often it got each event.
struct Cloud {
    emulator: Emulator,
    runs: Arc<Mutex<HashMap<u64, u32>>>,
}

impl Cloud {
    fn start() -> Self {
        Self::with(|_| Ok(()), |builder| builder)
    }

    /// The function calls `before` with each number that it gets, and doubles
    /// it.
    fn with(
        before: impl Fn(u64) -> Result<(), FunctionError> + Send + Sync + 'static,
        set: impl FnOnce(scf_emulator::Builder) -> scf_emulator::Builder,
    ) -> Self {
        let runs: Arc<Mutex<HashMap<u64, u32>>> = Arc::default();
        let counted = Arc::clone(&runs);
        let double = move |event: Event| -> Result<Reply, FunctionError> {
            let number = event.json().as_u64().unwrap();
            *counted.lock().unwrap().entry(number).or_default() += 1;
            before(number)?;
            Ok(json!(number * 2).into())
        };
        let builder = Emulator::builder().function("double", double).max_instances(64);
        Self { emulator: set(builder).start().unwrap(), runs }
    }

    fn map(&self, arguments: &[&str]) -> Command {
        self.paced(&[arguments, &["--rate", "100000"]].concat())
    }

    /// The same at a pace of the test's.
    fn paced(&self, arguments: &[&str]) -> Command {
        let mut command = scf(&["map", "double"]);
        let credential = self.emulator.credential();
        command
            .args(arguments)
            .args(["--endpoint", &self.emulator.url()])
            .env("TENCENTCLOUD_SECRET_ID", credential.secret_id())
            .env("TENCENTCLOUD_SECRET_KEY", credential.secret_key())
            .env("TENCENTCLOUD_REGION", "ap-guangzhou");
        command
    }

    /// Returns how often each number ran, and forgets it.
    fn runs(&self) -> HashMap<u64, u32> {
        std::mem::take(&mut self.runs.lock().unwrap())
    }

    fn assert_each_ran_once(&self, count: u64) {
        let runs = self.runs();
        let twice: Vec<_> = runs.iter().filter(|(_, runs)| **runs != 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert_eq!(runs.len() as u64, count);
    }
}

/// Writes the numbers below the count, one a line.
fn numbers(test: &str, count: u64) -> PathBuf {
    let file = folder(test).join("events");
    let text: String = (0..count).map(|number| format!("{number}\n")).collect();
    std::fs::write(&file, text).unwrap();
    file
}

fn results(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(stdout: &str) -> Vec<u64> {
    results(stdout).iter().map(|result| result["line"].as_u64().unwrap()).collect()
}

#[test]
fn results_come_in_the_order_of_the_input_each_in_a_line() {
    let cloud = Cloud::start();
    let file = numbers("map-order", 500);
    let done = run(&mut cloud.map(&[file.to_str().unwrap()])).expect(0);
    for (at, result) in results(&done.stdout).iter().enumerate() {
        assert_eq!(result["line"], at + 1);
        assert_eq!(result["ok"], true);
        assert_eq!(result["result"], at * 2);
    }
    assert!(done.stderr.contains("500 events in "), "{}", done.stderr);
    assert!(done.stderr.contains("      500  succeeded"), "{}", done.stderr);
    cloud.assert_each_ran_once(500);
}

#[test]
fn unordered_results_do_not_wait_for_a_slow_one() {
    // The first event is answered once the last has been seen.
    let (sender, receiver) = std::sync::mpsc::channel();
    let receiver = Mutex::new(receiver);
    let before = move |number| {
        match number {
            0 => receiver.lock().unwrap().recv().unwrap(),
            99 => sender.send(()).unwrap(),
            _ => {}
        }
        Ok(())
    };
    let minute = std::time::Duration::from_secs(60);
    let cloud = Cloud::with(before, |builder| builder.default_timeout(minute));
    let file = numbers("map-unordered", 100);
    let done = run(&mut cloud.map(&[file.to_str().unwrap(), "--unordered", "-j", "4"])).expect(0);
    let mut lines = lines(&done.stdout);
    assert!(lines.iter().position(|line| *line == 1).unwrap() > 90, "{lines:?}");
    lines.sort_unstable();
    assert!(lines.into_iter().eq(1..=100));
}

#[test]
fn the_exit_code_is_that_of_the_worst_event() {
    let before = |number| match number {
        3 => Err(FunctionError::new("on purpose")),
        _ => Ok(()),
    };
    let cloud = Cloud::with(before, |builder| builder);
    let done = run_with_input(&mut cloud.map(&["-"]), b"1\r\n\n2\n3\n").expect(1);
    let ended = results(&done.stdout);
    assert_eq!(lines(&done.stdout), [1, 3, 4], "an empty line is none, and counted");
    assert_eq!(ended[2]["error"], "function");
    assert_eq!(ended[2]["delivery"], "executed");

    let done = run_with_input(&mut cloud.map(&[]), b"1\n{a\n").expect(2);
    let ended = results(&done.stdout);
    assert_eq!(ended[1]["error"], "usage");
    let message = ended[1]["message"].as_str().unwrap();
    assert!(message.starts_with("the event in line 2 is not JSON: line 2, column 2"), "{message}");
    assert!(done.stderr.contains("        1  invalid, not sent"), "{}", done.stderr);

    let done = run(&mut cloud.map(&["no/such/file"])).expect(2);
    assert!(done.stderr.contains("no/such/file cannot be read"), "{}", done.stderr);
    let mut nobody = cloud.map(&["-"]);
    run(nobody.env_remove("TENCENTCLOUD_SECRET_ID")).expect(3);
    let mut missing = scf(&["map", "nothing", "-"]);
    missing.args(["--emulator", "."]);
    run_with_input(&mut missing, b"1\n").expect(4);
}

#[test]
fn refused_requests_are_paced_and_none_is_lost() {
    let cloud = Cloud::with(|_| Ok(()), |builder| builder.rate_limit(100));
    let file = numbers("map-limit", 150);
    let done = run(&mut cloud.map(&[file.to_str().unwrap(), "--attempts", "20"])).expect(0);
    assert_eq!(lines(&done.stdout).len(), 150);
    cloud.assert_each_ran_once(150);
}

#[test]
fn the_rate_holds() {
    let cloud = Cloud::start();
    let file = numbers("map-rate", 40);
    let started = std::time::Instant::now();
    run(&mut cloud.paced(&[file.to_str().unwrap(), "--rate", "50"])).expect(0);
    assert!(started.elapsed() >= std::time::Duration::from_millis(760));
}

#[test]
fn an_asynchronous_event_is_accepted() {
    let cloud = Cloud::start();
    let done = run_with_input(&mut cloud.map(&["--async"]), b"1\n2\n").expect(0);
    let ended = results(&done.stdout);
    assert_eq!(ended[1]["accepted"], true);
    assert!(ended[1].get("result").is_none() && ended[1].get("duration_ms").is_none());
}

#[test]
fn a_journal_of_something_else_is_not_used() {
    let cloud = Cloud::start();
    let dir = folder("map-journal-errors");
    let journal = dir.join("journal");
    let option = ["--journal", journal.to_str().unwrap()];
    run_with_input(&mut cloud.map(&option), b"1\n2\n").expect(0);
    let done = run_with_input(&mut cloud.map(&option), b"1\n3\n").expect(2);
    assert!(done.stderr.contains("line 2 is not the event that the journal"), "{}", done.stderr);

    let other = ["--qualifier", "prod"];
    let done = run_with_input(cloud.map(&option).args(other), b"1\n").expect(2);
    assert!(done.stderr.contains("is of another call"), "{}", done.stderr);

    std::fs::write(&journal, "some text\n").unwrap();
    let done = run_with_input(&mut cloud.map(&option), b"1\n").expect(2);
    assert!(done.stderr.contains("is not one of tscf's: line 1 is not JSON"), "{}", done.stderr);
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), "some text\n", "it is left alone");
}

#[test]
fn what_may_have_run_is_listed_and_repeated_only_where_asked() {
    let cloud = Cloud::start();
    let file = numbers("map-unknown", 5);
    let journal = file.with_file_name("journal");
    let arguments = [file.to_str().unwrap(), "--journal", journal.to_str().unwrap()];
    run(&mut cloud.map(&arguments)).expect(0);
    // A journal as a program leaves it that was killed in the call of line 2,
    // and then in the middle of a record.
    let text = std::fs::read_to_string(&journal).unwrap();
    let cut: String = text
        .lines()
        .filter(|line| !line.contains(r#""delivery":"executed","line":2}"#))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_ne!(cut, text);
    std::fs::write(&journal, cut + r#"{"li"#).unwrap();
    cloud.runs();

    let done = run(&mut cloud.map(&arguments)).expect(5);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("        4  done before"), "{}", done.stderr);
    assert!(done.stderr.contains("        1  may have run: line 2"), "{}", done.stderr);
    assert!(cloud.runs().is_empty());

    let done = run(cloud.map(&arguments).arg("--repeat-unknown")).expect(0);
    assert_eq!(lines(&done.stdout), [2]);
    assert_eq!(cloud.runs(), HashMap::from([(1, 1)]));
    run(cloud.map(&arguments).arg("--repeat-unknown")).expect(0);
    assert!(cloud.runs().is_empty());
}

/// Starts it, and waits until so many results have come.
fn start(mut command: Command, results: usize) -> (Child, Vec<String>) {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    let mut lines = vec![];
    let mut reader = BufReader::with_capacity(1, stdout);
    for _ in 0..results {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        lines.push(line);
    }
    (child, lines)
}

fn signal(child: &Child, signal: &str) {
    let mut kill = Command::new("kill");
    assert!(kill.args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// The number of events of the test that follows: `MAP_EVENTS=100000` is what
/// `tests/run long` gives it.
fn event_count() -> u64 {
    std::env::var("MAP_EVENTS").map_or(3000, |count| count.parse().unwrap())
}

#[test]
fn a_run_that_is_stopped_and_killed_goes_on_where_it_was() {
    let cloud = Cloud::start();
    let count = event_count();
    let file = numbers("map-resume", count);
    let journal = file.with_file_name("journal");
    let arguments = [file.to_str().unwrap(), "--journal", journal.to_str().unwrap(), "-j", "8"];

    // Ctrl-C ends it after the calls in progress: nothing is in doubt.
    let (child, before) = start(cloud.map(&arguments), count as usize / 10);
    signal(&child, "-INT");
    let done = Done::from(child.wait_with_output().unwrap()).expect(130);
    assert!(!done.stderr.contains("may have run"), "{}", done.stderr);
    let mut printed = before.len() + done.stdout.lines().count();
    assert_eq!(cloud.runs.lock().unwrap().len(), printed);

    // Killed, it leaves events of which nobody knows.
    for _ in 0..3 {
        let (mut child, before) = start(cloud.map(&arguments), count as usize / 10);
        child.kill().unwrap();
        child.wait().unwrap();
        printed += before.len();
    }
    let done = run(&mut cloud.map(&arguments));
    let unknown: Vec<u64> = unknown(&journal);
    assert_eq!(done.code, Some(if unknown.is_empty() { 0 } else { 5 }), "{}", done.stderr);
    assert!(unknown.len() <= 3 * 4 * 8, "more than the window of each run: {}", unknown.len());
    assert!(printed + done.stdout.lines().count() + unknown.len() <= count as usize);
    let runs = cloud.runs();
    assert!(runs.values().all(|runs| *runs == 1), "one ran twice");
    // Every event ran, or is one of those in doubt.
    for number in 0..count {
        assert!(runs.contains_key(&number) || unknown.contains(&(number + 1)), "{number} is lost");
    }
    let done = run(cloud.map(&arguments).arg("--repeat-unknown")).expect(0);
    assert_eq!(lines(&done.stdout), unknown);
}

/// Returns the lines that the journal has no end of.
fn unknown(journal: &Path) -> Vec<u64> {
    let mut open = std::collections::BTreeSet::new();
    for record in results(&std::fs::read_to_string(journal).unwrap()).iter().skip(1) {
        let line = record["line"].as_u64().unwrap();
        if record.get("event").is_some() {
            open.insert(line);
        } else {
            open.remove(&line);
        }
    }
    open.into_iter().collect()
}

#[test]
fn two_runs_do_not_share_a_journal() {
    let cloud = Cloud::start();
    let journal = folder("map-lock").join("journal");
    let arguments = ["-", "--journal", journal.to_str().unwrap()];
    let mut first = cloud
        .map(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    first.stdin.as_mut().unwrap().write_all(b"1\n").unwrap();
    let mut line = String::new();
    BufReader::new(first.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let done = run(&mut cloud.map(&arguments)).expect(2);
    assert!(done.stderr.contains("is in use by another tscf"), "{}", done.stderr);
    // Ctrl-C ends it although it waits for another line, which stays possible.
    let input = first.stdin.take();
    signal(&first, "-INT");
    Done::from(first.wait_with_output().unwrap()).expect(130);
    drop(input);
}

#[test]
fn a_second_ctrl_c_names_what_may_have_run() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let sender = Mutex::new(sender);
    let before = move |number| {
        sender.lock().unwrap().send(number).unwrap();
        loop {
            std::thread::park();
        }
    };
    let cloud =
        Cloud::with(before, |builder| builder.default_timeout(std::time::Duration::from_secs(600)));
    let file = numbers("map-second", 2);
    let mut child = cloud
        .map(&[file.to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    receiver.recv().unwrap();
    receiver.recv().unwrap();
    signal(&child, "-INT");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("2 calls are in progress"), "{line}");
    signal(&child, "-INT");
    line.clear();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "tscf: interrupted; what may have run: lines 1, 2\n");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
