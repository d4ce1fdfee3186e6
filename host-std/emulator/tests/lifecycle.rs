//! Starting and stopping: nothing is left behind.
#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use scf_emulator::{Credential, Emulator, StartError};
use serde_json::json;
use support::{Folder, Tc3, invoke};

/// A function that starts a process of its own and says who they are.
const PARENT: &str = "import os, socket, subprocess, time
child = subprocess.Popen(['sleep', '1000'], start_new_session=True)
def main_handler(event, context):
    pids = '%d %d' % (os.getpid(), child.pid)
    if 'port' in event:
        with socket.create_connection(('127.0.0.1', event['port'])) as test:
            test.sendall(pids.encode())
    time.sleep(event.get('seconds', 0))
    return pids
";

/// Far more time than a process needs to end: only a failure takes it.
const AMPLE: Duration = Duration::from_secs(60);

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + AMPLE;
    while !done() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Gone, or dead and waiting for process 1 to notice.
fn gone(pid: &str) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Err(_) => true,
        Ok(stat) => stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'),
    }
}

fn on_linux() -> bool {
    Path::new("/proc/self/stat").exists()
}

#[test]
fn a_drop_ends_processes_that_wait_and_closes_the_port() {
    let folder = Folder::new(&[("parent/index.py", PARENT)]);
    let emulator = Emulator::start(&folder.0).unwrap();
    let addr = emulator.addr();
    let result = invoke(&emulator, "parent", &json!({}));
    let pids: Vec<&str> = result["RetMsg"].as_str().unwrap().trim_matches('"').split(' ').collect();
    if on_linux() {
        assert!(pids.iter().all(|pid| !gone(pid)));
    }
    drop(emulator);
    // Its own child is reaped, so even its entry is gone at once.
    assert!(!Path::new(&format!("/proc/{}", pids[0])).exists());
    wait_until("the grandchild ends", || gone(pids[1]));
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn a_drop_ends_processes_that_run() {
    let folder =
        Folder::new(&[("parent/index.py", PARENT), ("parent/function.json", "{\"timeout\": 600}")]);
    let emulator = Emulator::start(&folder.0).unwrap();
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let event = json!({"seconds": 600, "port": test.local_addr().unwrap().port()});
    Tc3::new(&json!({
        "FunctionName": "parent",
        "InvocationType": "Event",
        "ClientContext": event.to_string(),
    }))
    .send(&emulator);
    let pids = std::io::read_to_string(test.accept().unwrap().0).unwrap();
    let pids: Vec<&str> = pids.split(' ').collect();
    drop(emulator);
    assert!(!Path::new(&format!("/proc/{}", pids[0])).exists());
    wait_until("the grandchild ends", || gone(pids[1]));
}

/// Set in a second run of this test binary: the folder of functions to serve there.
const SECOND_RUN: &str = "SCF_EMULATOR_TEST_FUNCTIONS";

/// Runs one test of this binary again, in a process of its own, with `SECOND_RUN` set.
fn second_run(test: &str, functions: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(SECOND_RUN, functions);
    command
}

#[test]
fn processes_end_with_an_emulator_that_is_killed() {
    if let Some(functions) = std::env::var_os(SECOND_RUN) {
        let emulator = Emulator::start(functions).unwrap();
        let result = invoke(&emulator, "parent", &json!({}));
        println!("pids {}", result["RetMsg"].as_str().unwrap().trim_matches('"'));
        // Serves until the first run kills this process, or itself ends.
        std::io::read_to_string(std::io::stdin()).unwrap();
        return;
    }
    if !on_linux() {
        return;
    }
    let folder = Folder::new(&[("parent/index.py", PARENT)]);
    let (mut second, pids) = serve_in_second_run(&folder);
    second.kill().unwrap();
    second.wait().unwrap();
    for pid in pids {
        wait_until("a process ends", || gone(&pid));
    }
}

/// Serves a folder in a second run of this binary, and returns it with the processes of the
/// function `parent` in it.
fn serve_in_second_run(folder: &Folder) -> (Child, Vec<String>) {
    let mut second = second_run("processes_end_with_an_emulator_that_is_killed", &folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(second.stdout.take().unwrap()).lines();
    let pids =
        lines.map_while(Result::ok).find_map(|line| Some(line.split_once("pids ")?.1.to_owned()));
    (second, pids.unwrap().split(' ').map(str::to_owned).collect())
}

/// Returns another process of the process group that an instance leads.
#[cfg(target_os = "linux")]
fn guard_of(instance: &str) -> String {
    let of_group = std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (pid, rest) = (stat.split(' ').next()?, stat.rsplit(')').next()?);
        let group = rest.split_whitespace().nth(2)?;
        (group == instance && pid != instance).then(|| pid.to_owned())
    });
    of_group.expect("an instance has a guard")
}

#[cfg(target_os = "linux")]
#[test]
fn the_end_of_a_killed_emulator_spares_the_instances_of_others() {
    let folder = Folder::new(&[("parent/index.py", PARENT)]);
    let (mut second, theirs) = serve_in_second_run(&folder);
    // The guard is late: all that it is to kill has ended, and another emulator has started an
    // instance, before its input ends and it comes to look.
    let guard = guard_of(&theirs[0]);
    let input = File::options().write(true).open(format!("/proc/{guard}/fd/0")).unwrap();
    second.kill().unwrap();
    second.wait().unwrap();
    for pid in &theirs {
        // It may end by itself without its emulator.
        let _ = Command::new("kill").args(["-KILL", pid]).stderr(Stdio::null()).status();
        wait_until("a process ends", || gone(pid));
    }
    let emulator = Emulator::start(&folder.0).unwrap();
    let ours = invoke(&emulator, "parent", &json!({}));
    assert!(!gone(&guard));
    drop(input);
    wait_until("the guard ends", || gone(&guard));
    assert_eq!(invoke(&emulator, "parent", &json!({}))["RetMsg"], ours["RetMsg"]);
}

/// Forbids mount namespaces within a user namespace, makes sure of that, and runs what it is
/// given.
#[cfg(target_os = "linux")]
const WITHOUT_NAMESPACES: &str = "echo 0 >/proc/sys/user/max_mnt_namespaces || exit 90
if unshare --mount true 2>/dev/null; then exit 91; fi
exec \"$@\"";

#[cfg(target_os = "linux")]
#[test]
fn without_mount_namespaces_processes_end_as_well() {
    let within = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", program]);
        command
    };
    if !within("true").status().is_ok_and(|status| status.success()) {
        eprintln!("not tried: without user namespaces, none of mounts can be forbidden here");
        return;
    }
    let output = within("sh")
        .args(["-c", WITHOUT_NAMESPACES, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_drop_ends_processes_that_wait_and_closes_the_port"])
        .args(["a_drop_ends_processes_that_run", "processes_end_with_an_emulator_that_is_killed"])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {printed}{errors}", output.status);
    assert!(printed.contains("3 passed"), "{printed}");
}

/// Starts threads until it may not, and then processes without an end.
#[cfg(target_os = "linux")]
const BOMB: &str = "import os, threading
def main_handler(event, context):
    if event['what'] == 'processes':
        while True:
            try:
                os.fork()
            except OSError:
                pass
    end = threading.Event()
    threads = []
    try:
        while len(threads) < 1000:
            threads.append(threading.Thread(target=end.wait))
            threads[-1].start()
    except RuntimeError:
        threads.pop()
    end.set()
    for thread in threads:
        thread.join()
    return len(threads)
";

/// The kernel holds a user's instances to their number of tasks at once, and none of root's.
#[cfg(target_os = "linux")]
#[test]
fn a_fork_bomb_of_a_user_is_held_at_once() {
    if let Some(functions) = std::env::var_os(SECOND_RUN) {
        let emulator = support::start(functions);
        let threads = invoke(&emulator, "bomb", &json!({"what": "threads"}));
        if threads["Log"].as_str().unwrap().contains("mount namespaces are not allowed") {
            println!("without namespaces");
            return;
        }
        let count = support::result_of(&threads).as_u64().unwrap();
        assert!((100..256).contains(&count), "{count} threads");
        support::failed(&invoke(&emulator, "bomb", &json!({"what": "processes"})), 439);
        println!("held");
        return;
    }
    let folder = Folder::new(&[
        ("bomb/index.py", BOMB),
        ("bomb/function.json", r#"{"processes": 8, "memory": 3072}"#),
    ]);
    let test = second_run("a_fork_bomb_of_a_user_is_held_at_once", &folder.0);
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    let mut command = if is_root { Command::new("setpriv") } else { Command::new("env") };
    command.args(nobody.iter().filter(|_| is_root));
    command.arg(test.get_program()).args(test.get_args()).env(SECOND_RUN, &folder.0);
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    if printed.contains("without namespaces") || !printed.contains("running 1 test") {
        eprintln!("not tried: {}{printed}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert!(output.status.success() && printed.contains("held"), "{printed}");
}

#[test]
fn python_that_is_not_there() {
    if let Some(functions) = std::env::var_os(SECOND_RUN) {
        let emulator = Emulator::start(functions).unwrap();
        let response = Tc3::new(&json!({"FunctionName": "hello"})).send(&emulator);
        assert_eq!(response["Error"]["Code"], "FailedOperation.FunctionStatusError");
        let message = response["Error"]["Message"].as_str().unwrap();
        assert!(message.contains("install Python 3"), "{message}");
        return;
    }
    let output = second_run("python_that_is_not_there", support::examples())
        .env("PATH", "/does/not/exist")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(printed.contains("1 passed"), "{printed}");
}

#[test]
fn two_at_once_and_many_in_turn() {
    let make = || Emulator::builder().function("a", |_| Ok("x")).start().unwrap();
    let (one, two) = (make(), make());
    assert_ne!(one.addr(), two.addr());
    assert_eq!(invoke(&one, "a", &json!({}))["RetMsg"], "x");
    assert_eq!(invoke(&two, "a", &json!({}))["RetMsg"], "x");
    for _ in 0..20 {
        drop(make());
    }
}

#[test]
fn within_asynchronous_code() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let emulator = Emulator::builder().function("a", |_| Ok("x")).start().unwrap();
        assert_eq!(invoke(&emulator, "a", &json!({}))["RetMsg"], "x");
    });
}

#[test]
fn serves_until_it_is_shut_down() {
    let emulator = Emulator::builder().start().unwrap();
    let handle = emulator.shutdown_handle();
    let stopper = std::thread::spawn(move || handle.shutdown());
    emulator.wait();
    stopper.join().unwrap();
    assert!(TcpStream::connect(emulator.addr()).is_err());
    emulator.wait();
}

#[test]
fn refuses_to_start() {
    let error = Emulator::start("/does/not/exist").unwrap_err();
    assert!(matches!(error, StartError::FunctionsDir(..)));
    assert!(error.to_string().contains("/does/not/exist"));

    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = Emulator::builder().bind(everywhere).start().unwrap_err();
    assert!(matches!(error, StartError::NotLoopback(_)));
    Emulator::builder().bind(everywhere).allow_remote(true).start().unwrap();

    let first = Emulator::builder().start().unwrap();
    let error = Emulator::builder().bind(first.addr()).start().unwrap_err();
    assert!(matches!(error, StartError::Bind(..)));

    let error = Emulator::builder().function("a.b", |_| Ok("x")).start().unwrap_err();
    assert!(matches!(error, StartError::FunctionName(_)));
}

#[test]
fn credentials_of_its_own() {
    let emulator = Emulator::builder()
        .credential(Credential::new("AKIDone", "key one"))
        .credential(Credential::new("AKIDtwo", "key two"))
        .function("a", |_| Ok("x"))
        .start()
        .unwrap();
    assert_eq!(emulator.credential().secret_id(), "AKIDone");
    for (id, key) in [("AKIDone", "key one"), ("AKIDtwo", "key two")] {
        let mut request = Tc3::new(&json!({"FunctionName": "a"}));
        request.secret_id = id.into();
        request.secret_key = key.into();
        assert_eq!(request.send(&emulator)["Result"]["RetMsg"], "x");
    }
    // The development key is not known any more.
    let response = Tc3::new(&json!({"FunctionName": "a"})).send(&emulator);
    assert_eq!(response["Error"]["Code"], "AuthFailure.SecretIdNotFound");

    let shown = format!(
        "{emulator:?} {:?}",
        Emulator::builder().credential(Credential::new("a", "key one"))
    );
    assert!(!shown.contains("key one"), "{shown}");
}
