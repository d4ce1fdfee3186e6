//! Runs the built binary, away from the credentials of whoever tests.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub(crate) const SCF: &str = env!("CARGO_BIN_EXE_tscf");

/// The secret key that the tests sign with.
pub(crate) const SECRET_KEY: &str = "a-key-that-no-text-may-show";

/// The functions that the repository shows.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/functions")
}

/// A folder of this test's own, empty.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The command with nothing of the environment but the path, for python3.
pub(crate) fn scf(arguments: &[&str]) -> Command {
    let mut command = Command::new(SCF);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// The same with credentials and a region.
pub(crate) fn signed(arguments: &[&str]) -> Command {
    let mut command = scf(arguments);
    command
        .env("TENCENTCLOUD_SECRET_ID", "AKIDEXAMPLE0123456789")
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("TENCENTCLOUD_REGION", "ap-guangzhou");
    command
}

/// Runs one of the examples' functions in an emulator for this one call.
pub(crate) fn emulated(arguments: &[&str]) -> Command {
    let mut command = scf(&["invoke"]);
    command.args(arguments).arg("--emulator").arg(examples());
    command
}

/// The exit code and the output of a command.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// Fails the test unless the code is this.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        assert!(!self.stderr.contains(SECRET_KEY), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn run(command: &mut Command) -> Done {
    command.stdin(Stdio::null()).output().unwrap().into()
}

pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Done {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have seen enough before the end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// Sends a request as it is written, and gives the answer to the connection's
/// end.
pub(crate) fn http(url: &str, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    answer
}

/// A running server of the command; stopped as by a user, or killed with the
/// test.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    stderr: BufReader<std::process::ChildStderr>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, [])
    }

    /// With these variables in its environment.
    pub(crate) fn start_with<'a>(
        arguments: &[&str],
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut child = scf(arguments)
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}"));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr, url: url.trim_end().to_owned() }
    }

    /// Reads the variables that it tells the user to set.
    pub(crate) fn exports(&mut self) -> Vec<(String, String)> {
        let mut exports = Vec::new();
        let mut line = String::new();
        while !line.contains("tscf invoke NAME") {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "it tells no key");
            if let Some(export) = line.trim().strip_prefix("export ") {
                let (name, value) = export.split_once('=').unwrap();
                exports.push((name.to_owned(), value.to_owned()));
            }
        }
        exports
    }

    /// Reads standard error until a line has this in it.
    pub(crate) fn read_until(&mut self, text: &str) {
        self.line_with(text);
    }

    /// Reads standard error until a line has this in it, and gives the line.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "it ended without {text:?}");
        }
        line
    }

    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Sends the signal and waits for the end: what came after the first line.
    pub(crate) fn stop(mut self, signal: &str) -> Done {
        let kill = Command::new("kill").args([signal, &self.id()]).status().unwrap();
        assert!(kill.success());
        let mut stdout = String::new();
        std::io::Read::read_to_string(&mut self.stdout, &mut stdout).unwrap();
        let mut stderr = String::new();
        std::io::Read::read_to_string(&mut self.stderr, &mut stderr).unwrap();
        Done { code: self.child.wait().unwrap().code(), stdout, stderr }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
