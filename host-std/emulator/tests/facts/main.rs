//! Small functions that hold the facts of how the cloud runs functions, one each, in Python,
//! Node.js and a custom runtime. What takes more than one call is in the other files.
#![cfg(unix)]

mod custom;
mod environment;
mod node;
mod python;
#[path = "../support/mod.rs"]
mod support;
mod versions;

use scf_emulator::Emulator;
use serde_json::Value;
use support::{Folder, failed, invoke, start};

/// A fact, the function that holds it, its event, and what it has to answer.
struct Fact {
    fact: &'static str,
    files: &'static [(&'static str, &'static str)],
    event: &'static str,
    answer: Answer,
}

enum Answer {
    /// The `RetMsg`, letter by letter.
    Text(&'static str),
    /// The status of a failure, and a part of its stack trace or message.
    Failure(u64, &'static str),
    /// A part of the log.
    Log(&'static str),
}
use Answer::{Failure, Log, Text};

const fn fact(
    fact: &'static str,
    files: &'static [(&'static str, &'static str)],
    event: &'static str,
    answer: Answer,
) -> Fact {
    Fact { fact, files, event, answer }
}

/// Runs all functions in one emulator, by this interpreter or the usual one, and names each fact
/// that does not hold.
fn hold(facts: &[Fact], interpreter: Option<&str>) {
    let folder = Folder::new(&[]);
    for (number, fact) in facts.iter().enumerate() {
        for (path, text) in fact.files {
            folder.write(&format!("fact-{number}/{path}"), text);
        }
        if let Some(interpreter) = interpreter {
            let own = fact.files.iter().find(|(path, _)| *path == "function.json");
            let mut settings: Value = serde_json::from_str(own.map_or("{}", |own| own.1)).unwrap();
            settings["interpreter"] = interpreter.into();
            folder.write(&format!("fact-{number}/function.json"), &settings.to_string());
        }
    }
    let emulator = start(&folder.0);
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let emulator = &emulator;
            scope.spawn(move || {
                for (number, fact) in facts.iter().enumerate().skip(lane).step_by(LANES) {
                    fact.check(emulator, &format!("fact-{number}"));
                }
            });
        }
    });
}

impl Fact {
    fn check(&self, emulator: &Emulator, name: &str) {
        let Self { fact, event, answer, .. } = self;
        let result = invoke(emulator, name, &serde_json::from_str(event).unwrap());
        match answer {
            Text(text) => assert_eq!(result["RetMsg"], *text, "{fact}: {result}"),
            Log(line) => {
                assert!(result["Log"].as_str().unwrap().contains(line), "{fact}: {result}");
            }
            Failure(status, words) => {
                let failure = failed(&result, *status);
                let text = format!("{}{}", failure["stackTrace"], failure["errorMessage"]);
                assert!(text.contains(words), "{fact}: {result}");
            }
        }
    }
}

/// Functions that are tried at the same time.
const LANES: usize = 4;
