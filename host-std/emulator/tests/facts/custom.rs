//! Custom runtimes.

use crate::{Failure, Log, Text, fact, hold};

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
pub(crate) use bootstrap;

#[test]
fn custom_runtime() {
    hold(
        &[
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
                "whoever says again that it is ready changes nothing",
                &[(
                    "bootstrap",
                    bootstrap!(
                        "    again = call('POST', 'init/ready')[0]\n    call('POST', 'invocation/response', b'%d ' % again + event)"
                    ),
                )],
                "[1]",
                Text("200 [1]"),
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
                "a result of more than 6 MB is 407",
                &[(
                    "bootstrap",
                    bootstrap!("    call('POST', 'invocation/response', b'x' * ((6 << 20) + 1))"),
                )],
                "{}",
                Failure(407, "the response has 6291457 bytes"),
            ),
            fact(
                "a cold start is in the log",
                &[("bootstrap", bootstrap!("    call('POST', 'invocation/response', b'')"))],
                "{}",
                Log("\nInit Report RequestId: "),
            ),
            fact(
                "the result is in the log as it is",
                &[("bootstrap", bootstrap!("    call('POST', 'invocation/response', b'plain')"))],
                "{}",
                Log(" RetMsg:\"plain\"\nEND RequestId: "),
            ),
            fact(
                "a failure is in the log",
                &[("bootstrap", bootstrap!("    call('POST', 'invocation/error', b'mine')"))],
                "{}",
                Log("ERROR RequestId: "),
            ),
            fact(
                "one that ends before it is ready did not start",
                &[("bootstrap", "#!/bin/sh\nexit 7\n")],
                "{}",
                Failure(445, "did not start: exit status: 7"),
            ),
        ],
        None,
    );
}
