//! Node.js functions.

use crate::{Fact, Failure, Log, Text, fact, hold};

#[test]
fn node() {
    hold(FACTS, None);
    hold(MODULES, None);
}

/// They hold in every version.
pub(crate) const FACTS: &[Fact] = &[
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
        &[("index.js", "exports.main_handler = async () => ({ a: undefined, b: new Date(0) });")],
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
        "a handler whose file is missing is 437",
        &[
            ("function.json", r#"{"handler": "missing.main_handler"}"#),
            ("index.js", "exports.main_handler = () => {};"),
        ],
        "{}",
        Failure(437, "there is no missing.js"),
    ),
    fact(
        "a handler's file may have folders",
        &[
            ("function.json", r#"{"handler": "src/app.run"}"#),
            ("src/app.js", "exports.run = async () => require('./beside');"),
            ("src/beside.js", "module.exports = 'beside';"),
        ],
        "{}",
        Text(r#""beside""#),
    ),
    fact(
        "a value without a JSON form is an error of the function",
        &[("index.js", "exports.main_handler = async () => 1n;")],
        "{}",
        Failure(430, "BigInt"),
    ),
    fact(
        "a result of more than 6 MB is 407, its quotes included",
        &[("index.js", "exports.main_handler = async () => 'x'.repeat(6 << 20);")],
        "{}",
        Failure(407, "the response has 6291458 bytes"),
    ),
    fact(
        "a cold start is in the log",
        &[("index.js", "exports.main_handler = async () => {};")],
        "{}",
        Log("\nInit Report RequestId: "),
    ),
    fact(
        "the result is in the log, and nothing is null",
        &[("index.js", "exports.main_handler = async () => {};")],
        "{}",
        Log(" RetMsg:\"null\"\nEND RequestId: "),
    ),
    fact(
        "a failure is in the log",
        &[("index.js", "exports.main_handler = async () => { throw new Error('mine'); };")],
        "{}",
        Log("ERROR RequestId: "),
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
];

/// Node 10 has no ES modules.
pub(crate) const MODULES: &[Fact] = &[fact(
    "an ES module is a function too",
    &[("index.mjs", "export const main_handler = async (event) => event;")],
    "[null]",
    Text("[null]"),
)];
