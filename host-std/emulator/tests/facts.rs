//! Small functions that hold the facts of how the cloud runs functions, one each, in Python,
//! Node.js and a custom runtime. What takes more than one call is in the other files.
#![cfg(unix)]

mod support;

use scf_emulator::Emulator;
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

/// Runs all functions in one emulator, and names each fact that does not hold.
fn hold(facts: &[Fact]) {
    let folder = Folder::new(&[]);
    for (number, fact) in facts.iter().enumerate() {
        for (path, text) in fact.files {
            folder.write(&format!("fact-{number}/{path}"), text);
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

const CONFIGURED: (&str, &str) =
    ("function.json", r#"{"environment": {"MINE": "yes"}, "namespace": "default"}"#);

#[test]
fn python() {
    hold(&[
        fact(
            "a text is answered as JSON, with its quotes",
            &[("index.py", "def main_handler(event, context):\n    return 'hello'\n")],
            "{}",
            Text(r#""hello""#),
        ),
        fact(
            "what encodes by itself is encoded twice",
            &[(
                "index.py",
                "import json\ndef main_handler(event, context):\n    return json.dumps([1])\n",
            )],
            "{}",
            Text(r#""[1]""#),
        ),
        fact(
            "letters beyond ASCII stay as they are",
            &[("index.py", "def main_handler(event, context):\n    return '云é'\n")],
            "{}",
            Text(r#""云é""#),
        ),
        fact(
            "a Decimal is answered as text",
            &[(
                "index.py",
                "import decimal\ndef main_handler(event, context):\n    return decimal.Decimal('1.10')\n",
            )],
            "{}",
            Text(r#""1.10""#),
        ),
        fact(
            "a value without a JSON form is an error of the function",
            &[("index.py", "def main_handler(event, context):\n    return {1, 2}\n")],
            "{}",
            Failure(430, "index.main_handler returned a set, which has no JSON form"),
        ),
        fact(
            "the event is parsed",
            &[("index.py", "def main_handler(event, context):\n    return event['a'][0] + 1\n")],
            r#"{"a": [6]}"#,
            Text("7"),
        ),
        fact(
            "the default handler is index.main_handler, and one that is missing is 437",
            &[("index.py", "def another(event, context):\n    pass\n")],
            "{}",
            Failure(437, "index.py has no function main_handler"),
        ),
        fact(
            "a handler's file may have folders, and its folder is the working directory",
            &[
                ("function.json", r#"{"handler": "src/app.run"}"#),
                (
                    "src/app.py",
                    "import os, beside\ndef run(event, context):\n    return os.path.basename(os.getcwd()) + beside.NAME\n",
                ),
                ("src/beside.py", "NAME = '!'\n"),
            ],
            "{}",
            Text(r#""src!""#),
        ),
        fact(
            "the context is a dict of 11 keys",
            &[(
                "index.py",
                "def main_handler(event, context):\n    return ' '.join(sorted(context))\n",
            )],
            "{}",
            Text(
                r#""environ environment function_name function_version memory_limit_in_mb namespace request_id tencentcloud_appid tencentcloud_region tencentcloud_uin time_limit_in_ms""#,
            ),
        ),
        fact(
            "the context's environment is JSON text of the configured variables and the namespace",
            &[
                CONFIGURED,
                (
                    "index.py",
                    "import json\ndef main_handler(event, context):\n    return [json.loads(context['environment'])['MINE'], context['environ']]\n",
                ),
            ],
            "{}",
            Text(r#"["yes", "MINE=yes;SCF_NAMESPACE=default"]"#),
        ),
        fact(
            "the root logger writes to the log from DEBUG up",
            &[(
                "index.py",
                "import logging\ndef main_handler(event, context):\n    logging.debug('step %d', 1)\n",
            )],
            "{}",
            Log("step 1\n"),
        ),
        fact(
            "the clock's zone is UTC",
            &[(
                "index.py",
                "import time\ndef main_handler(event, context):\n    return [time.timezone, time.tzname[0]]\n",
            )],
            "{}",
            Text(r#"[0, "UTC"]"#),
        ),
        fact(
            "no bytecode is written",
            &[(
                "index.py",
                "import sys\ndef main_handler(event, context):\n    return sys.dont_write_bytecode\n",
            )],
            "{}",
            Text("true"),
        ),
        fact(
            "a cold start is in the log",
            &[("index.py", "def main_handler(event, context):\n    pass\n")],
            "{}",
            Log("\nInit Report RequestId: "),
        ),
        fact(
            "the result is in the log, and nothing is null",
            &[("index.py", "def main_handler(event, context):\n    pass\n")],
            "{}",
            Log(" RetMsg:\"null\"\nEND RequestId: "),
        ),
        fact(
            "a failure is in the log",
            &[("index.py", "def main_handler(event, context):\n    raise KeyError('mine')\n")],
            "{}",
            Log("ERROR RequestId: "),
        ),
    ]);
}

#[test]
fn node() {
    hold(&[
        fact(
            "a text is answered as JSON, with its quotes",
            &[("index.js", "exports.main_handler = async () => 'hello';")],
            "{}",
            Text(r#""hello""#),
        ),
        fact(
            "what encodes by itself is encoded twice",
            &[("index.js", "exports.main_handler = async () => JSON.stringify([1]);")],
            "{}",
            Text(r#""[1]""#),
        ),
        fact(
            "a value goes through JSON.stringify",
            &[(
                "index.js",
                "exports.main_handler = async () => ({ a: undefined, b: new Date(0) });",
            )],
            "{}",
            Text(r#"{"b":"1970-01-01T00:00:00.000Z"}"#),
        ),
        fact(
            "the promise of an async handler is the result, whatever its callback is called with",
            &[(
                "index.js",
                "exports.main_handler = async (event, context, callback) => { callback(null, 1); return event.a; };",
            )],
            r#"{"a": 6}"#,
            Text("6"),
        ),
        fact(
            "a handler that is not async is answered by its callback",
            &[(
                "index.js",
                "exports.main_handler = (event, context, callback) => setTimeout(callback, 1, null, 'later');",
            )],
            "{}",
            Text(r#""later""#),
        ),
        fact(
            "an error that is passed to the callback has a stack trace",
            &[(
                "index.js",
                "exports.main_handler = (event, context, callback) => callback(new TypeError('mine'));",
            )],
            "{}",
            Failure(430, "TypeError: mine"),
        ),
        fact(
            "a handler that is missing is 437",
            &[("index.js", "exports.another = () => {};")],
            "{}",
            Failure(437, "main_handler"),
        ),
        fact(
            "the context has what Python's has, and what is Node's own",
            &[(
                "index.js",
                "exports.main_handler = async (event, context) => Object.keys(context).sort().join(' ');",
            )],
            "{}",
            Text(
                r#""callbackWaitsForEmptyEventLoop done environ environment fail function_name function_version getRemainingTimeInMillis memory_limit_in_mb namespace request_id succeed tencentcloud_appid tencentcloud_region tencentcloud_uin time_limit_in_ms""#,
            ),
        ),
        fact(
            "the context tells how much time is left",
            &[(
                "index.js",
                "exports.main_handler = async (event, context) => { const left = context.getRemainingTimeInMillis(); return left > 0 && left <= context.time_limit_in_ms; };",
            )],
            "{}",
            Text("true"),
        ),
        fact(
            "the console writes a tab between time, request id and text",
            &[(
                "index.js",
                "exports.main_handler = async (event, context) => { console.log('mine %d', 1); };",
            )],
            "{}",
            Log("\tmine 1\n"),
        ),
        fact(
            "the clock's zone is UTC",
            &[("index.js", "exports.main_handler = async () => new Date(0).getTimezoneOffset();")],
            "{}",
            Text("0"),
        ),
        fact(
            "modules are found in the code's folder and in its node_modules",
            &[
                (
                    "index.js",
                    "exports.main_handler = async () => require('plain') + require('installed');",
                ),
                ("plain.js", "module.exports = 'a';"),
                ("node_modules/installed/index.js", "module.exports = 'b';"),
            ],
            "{}",
            Text(r#""ab""#),
        ),
        fact(
            "an ES module is a function too",
            &[("index.mjs", "export const main_handler = async (event) => event;")],
            "[null]",
            Text("[null]"),
        ),
    ]);
}

/// A custom runtime in Python. It runs what comes after it for each event, with `call` to speak
/// to the runtime API.
macro_rules! bootstrap {
    ($code:literal) => {
        concat!(
            r#"#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ["SCF_RUNTIME_API"], int(os.environ["SCF_RUNTIME_API_PORT"]))
def call(method, path, body=None):
    api.request(method, "/runtime/" + path, body)
    response = api.getresponse()
    return response.status, dict(response.headers), response.read()
print("initialised", flush=True)
call("POST", "init/ready")
while True:
    _, headers, event = call("GET", "invocation/next")
"#,
            $code
        )
    };
}

#[test]
fn custom_runtime() {
    hold(&[
        fact(
            "its body passes as it is",
            &[(
                "bootstrap",
                bootstrap!("    call('POST', 'invocation/response', event + b' as it is')"),
            )],
            "[1]",
            Text("[1] as it is"),
        ),
        fact(
            "the first answer counts and is final",
            &[(
                "bootstrap",
                bootstrap!(
                    "    call('POST', 'invocation/response', b'first')\n    call('POST', 'invocation/error', b'second')"
                ),
            )],
            "{}",
            Text("first"),
        ),
        fact(
            "an error that it reports is an error of the user's code",
            &[("bootstrap", bootstrap!("    call('POST', 'invocation/error', b'mine')"))],
            "{}",
            Failure(443, "mine"),
        ),
        fact(
            "whoever asks again within an invocation gets the same event",
            &[(
                "bootstrap",
                bootstrap!(
                    "    call('POST', 'invocation/response', b'the same' if call('GET', 'invocation/next')[2] == event else b'another')"
                ),
            )],
            "[1]",
            Text("the same"),
        ),
        fact(
            "the limits are headers of the event",
            &[
                (
                    "bootstrap",
                    bootstrap!(
                        "    call('POST', 'invocation/response', (headers['memory_limit_in_mb'] + ' ' + headers['time_limit_in_ms']).encode())"
                    ),
                ),
                ("function.json", r#"{"memory": 256, "timeout": 60}"#),
            ],
            "{}",
            Text("256 60000"),
        ),
        fact(
            "the output of initialisation is in the log of the first invocation",
            &[("bootstrap", bootstrap!("    call('POST', 'invocation/response', b'')"))],
            "{}",
            Log("initialised\n"),
        ),
        fact(
            "its environment is the cloud's",
            &[
                (
                    "bootstrap",
                    bootstrap!(
                        "    call('POST', 'invocation/response', ' '.join(os.environ[name] for name in ['_HANDLER', 'TENCENTCLOUD_RUNENV', 'SCF_NAMESPACE', 'USER', 'TZ', 'MINE']).encode())"
                    ),
                ),
                CONFIGURED,
            ],
            "{}",
            Text("index.main_handler SCF default qcloud UTC yes"),
        ),
        fact(
            "one that ends before it is ready did not start",
            &[("bootstrap", "#!/bin/sh\nexit 7\n")],
            "{}",
            Failure(445, "did not start: exit status: 7"),
        ),
    ]);
}
