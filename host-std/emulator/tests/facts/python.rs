//! Python functions.

use crate::{Failure, Log, Text, fact, hold};

const CONFIGURED: (&str, &str) =
    ("function.json", r#"{"environment": {"MINE": "yes"}, "namespace": "default"}"#);

#[test]
fn python() {
    hold(
        &[
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
                "a value that is nested too deeply is an error of the function",
                &[(
                    "index.py",
                    "def main_handler(event, context):\n    value = []\n    for _ in range(100000):\n        value = [value]\n    return value\n",
                )],
                "{}",
                Failure(430, "RecursionError"),
            ),
            fact(
                "the event is parsed",
                &[(
                    "index.py",
                    "def main_handler(event, context):\n    return event['a'][0] + 1\n",
                )],
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
                "a handler whose file is missing is 437",
                &[
                    ("function.json", r#"{"handler": "missing.main_handler"}"#),
                    ("index.py", "def main_handler(event, context):\n    pass\n"),
                ],
                "{}",
                Failure(437, "there is no missing.py"),
            ),
            fact(
                "a result of more than 6 MB is 407, its quotes included",
                &[("index.py", "def main_handler(event, context):\n    return 'x' * (6 << 20)\n")],
                "{}",
                Failure(407, "the response has 6291458 bytes"),
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
        ],
        None,
    );
}
