//! The world of an instance: each test holds a fact of how the cloud runs functions.
#![cfg(target_os = "linux")]

mod support;

use serde_json::{Value, json};
use support::{Folder, failed, invoke, result_of, start};

fn python(code: &str) -> Folder {
    Folder::new(&[("f/index.py", code)])
}

#[test]
fn no_file_of_the_emulator_is_open_in_a_function() {
    let folder = python(
        "import os\ndef main_handler(event, context):\n    links = [os.readlink('/proc/self/fd/' + n) for n in os.listdir('/proc/self/fd') if os.path.islink('/proc/self/fd/' + n)]\n    return sorted(link.split(':')[0] for link in links)\n",
    );
    // Standard input and output, and the connection to the runtime API.
    let seen = result_of(&invoke(&start(&folder.0), "f", &json!({})));
    assert_eq!(seen, json!(["/dev/null", "pipe", "pipe", "socket"]));
}

/// Writes to its own `/tmp`, and tries to write elsewhere.
const WRITES: &str = "import os
def can_write(folder):
    try:
        open(folder + '/scf-emulator-test', 'w').close()
        return True
    except OSError:
        return False
def main_handler(event, context):
    before = os.listdir('/tmp')
    places = [os.environ['USER_CODE_ROOT'], '/opt', '/usr', '/var', '/var/tmp', '/home/qcloud', '/']
    return {
        'root': os.environ['USER_CODE_ROOT'],
        'tmp': before,
        'wrote': [place for place in places if can_write(place)],
        'own': can_write('/tmp'),
    }
";

#[test]
fn each_instance_has_its_own_tmp_and_everything_else_is_read_only() {
    let folder = python(WRITES);
    let result = invoke(&start(&folder.0), "f", &json!({}));
    let seen = result_of(&result);
    if result["Log"].as_str().unwrap().contains("mount namespaces are not allowed") {
        assert_ne!(seen["root"], "/var/user/");
        return;
    }
    assert_eq!((&seen["root"], &seen["own"]), (&json!("/var/user/"), &json!(true)));
    assert_eq!(seen["wrote"], json!([]), "where it could write");
    let own = folder.0.file_name().unwrap().to_str().unwrap();
    assert_eq!(seen["tmp"], json!([own]), "the function's own folder and nothing else");
}

#[test]
fn a_functions_own_key_is_accepted_by_the_emulator() {
    let folder =
        python("import os\ndef main_handler(event, context):\n    return dict(os.environ)\n");
    let emulator = start(&folder.0);
    let seen = result_of(&invoke(&emulator, "f", &json!({})));
    let text = |name: &str| seen[format!("TENCENTCLOUD_{name}")].as_str().unwrap().to_owned();
    assert_eq!(text("SCF_ENDPOINT"), emulator.url());
    let mut request = support::Tc3::new(&json!({"FunctionName": "f"}));
    request.secret_id = text("SECRETID");
    request.secret_key = text("SECRETKEY");
    request.extra.push(("X-TC-Token".to_owned(), text("SESSIONTOKEN")));
    let response: Value = request.send(&emulator);
    assert_eq!(response["Result"]["InvokeResult"], 0, "{response}");
}

#[test]
fn what_a_function_does_to_its_own_process_spoils_no_later_call() {
    let python = "import os, sys\ndef main_handler(event, context):\n    if event == 'environ': os.environ.clear()\n    if event == 'output': sys.stdout = None\n    if event == 'close': sys.stderr.close()\n    return [os.getpid(), context['function_name']]\n";
    let node = "exports.main_handler = async (event, context) => {\n  if (event === 'environ') for (const name in process.env) delete process.env[name];\n  if (event === 'output') console.log = null;\n  return [process.pid, context.function_name];\n};";
    let folder = Folder::new(&[("python/index.py", python), ("node/index.js", node)]);
    let emulator = start(&folder.0);
    for name in ["python", "node"] {
        let call = |event: &str| result_of(&invoke(&emulator, name, &json!(event)));
        let first = call("");
        assert_eq!(first[1], name);
        for event in ["environ", "output", "close", ""] {
            assert_eq!(call(event), first, "{name}: {event}");
        }
    }
}

#[test]
fn a_python_package_that_is_not_installed_is_told_with_the_command() {
    let folder = Folder::new(&[
        ("f/index.py", "import flask_of_tomorrow\n"),
        ("f/requirements.txt", "flask_of_tomorrow\n"),
    ]);
    let ret = failed(&invoke(&start(&folder.0), "f", &json!({})), 430);
    assert!(ret["stackTrace"].as_str().unwrap().contains("-m pip install -r "), "{ret}");
}

#[test]
fn an_interpreter_in_the_machines_tmp_works_beside_the_instances_own() {
    let tools = Folder::new(&[("bin/is-here", "")]);
    let link = |program: &str, name: &str| {
        let at = tools.0.join("bin").join(name);
        std::os::unix::fs::symlink(program, &at).unwrap();
        at.display().to_string()
    };
    let (python, shell) = (link(&python_file(), "python-of-tmp"), link("/bin/sh", "shell-of-tmp"));
    let code = "import os, sys\ndef main_handler(event, context):\n    return [sys.executable, sorted(os.listdir('/tmp'))]\n";
    let folder = Folder::new(&[
        ("managed/index.py", code),
        ("managed/function.json", &json!({"interpreter": python}).to_string()),
        ("custom/bootstrap", &format!("#!{shell}\necho shell of tmp\n")),
    ]);
    let emulator = start(&folder.0);
    let result = result_of(&invoke(&emulator, "managed", &json!({})));
    assert_eq!(result[0], python.as_str());
    let ended = invoke(&emulator, "custom", &json!({}));
    failed(&ended, 445);
    assert!(ended["Log"].as_str().unwrap().contains("shell of tmp"), "{ended}");
}

/// Returns the file of the Python that functions get.
fn python_file() -> String {
    let ask = ["-c", "import sys; print(sys.executable)"];
    let output = std::process::Command::new("python3").args(ask).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
