//! The parts that all functions share: the machine's programs, and the way back to the
//! emulator.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::config::Runtime;
use super::{Instances, instance};
use crate::credential::Credential;

/// The machine as functions see it.
#[derive(Debug)]
pub(crate) struct Host {
    /// Signs the calls that functions make through the emulator.
    pub(crate) credential: Credential,
    /// Those that run now.
    pub(super) instances: Arc<Instances>,
    /// The emulator's URL.
    endpoint: OnceLock<String>,
    search_path: OnceCell<OsString>,
    interpreters: Mutex<HashMap<String, PathBuf>>,
    /// Programs by the names of versions; nothing for those that are not here.
    versions: Mutex<HashMap<String, Option<PathBuf>>>,
    isolates: OnceCell<bool>,
    has_told: AtomicBool,
}

impl Host {
    pub(crate) fn new(instances: Arc<Instances>) -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self {
            credential: Credential::new(format!("AKID{}", random()), random()).with_token(random()),
            instances,
            endpoint: OnceLock::new(),
            search_path: OnceCell::new(),
            interpreters: Mutex::default(),
            versions: Mutex::default(),
            isolates: OnceCell::new(),
            has_told: AtomicBool::new(false),
        }
    }

    pub(crate) fn set_endpoint(&self, url: String) {
        let _ = self.endpoint.set(url);
    }

    pub(super) fn endpoint(&self) -> &str {
        self.endpoint.get().map_or("", String::as_str)
    }

    /// Returns whether instances have a file system of their own here.
    pub(super) async fn isolates(&self) -> bool {
        *self.isolates.get_or_init(instance::can_isolate).await
    }

    /// Says once that instances share the machine's file system.
    pub(super) fn shared_file_system(&self) -> Option<&'static str> {
        let is_shared = self.isolates.get() == Some(&false);
        (is_shared && !self.has_told.swap(true, Ordering::Relaxed)).then_some(
            "emulator: mount namespaces are not allowed here, so instances share /tmp and can \
             write to their code\n",
        )
    }

    /// `PATH` for functions. A version manager's script in it needs the user's
    /// environment, which functions do not get: what it runs goes first.
    pub(super) async fn search_path(&self) -> &OsString {
        let path = self.search_path.get_or_init(|| async {
            let own = std::env::var_os("PATH").unwrap_or_default();
            let mut folders = Vec::new();
            for runtime in [Runtime::Python, Runtime::Node] {
                let found = runtime.interpreter().and_then(|name| find(name, &own));
                if let Some(script) = found.filter(|file| is_script(file))
                    && let Some(real) = ask(&script, runtime).await
                    && let Some(folder) = real.parent()
                {
                    folders.push(folder.to_owned());
                }
            }
            folders.extend(std::env::split_paths(&own));
            std::env::join_paths(folders).unwrap_or(own)
        });
        path.await
    }

    /// Finds the program that runs a function's code, or says what is missing.
    pub(super) async fn interpreter(
        &self,
        name: &str,
        runtime: Runtime,
    ) -> Result<PathBuf, String> {
        if let Some(known) = self.known().get(name).filter(|file| file.exists()) {
            return Ok(known.clone());
        }
        let found = find(name, self.search_path().await).ok_or_else(|| not_found(name, runtime))?;
        let real = if is_script(&found) { ask(&found, runtime).await } else { None };
        let real = real.unwrap_or(found);
        self.known().insert(name.to_owned(), real.clone());
        Ok(real)
    }

    /// Finds a version of Python, such as `python3.9`. A version manager's script of that name
    /// may have no program behind it.
    pub(super) async fn version(&self, name: &str) -> Option<PathBuf> {
        let versions = || self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = versions().get(name) {
            return known.clone();
        }
        let found = match find(name, self.search_path().await) {
            Some(script) if is_script(&script) => ask(&script, Runtime::Python).await,
            found => found,
        };
        versions().insert(name.to_owned(), found.clone());
        found
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, PathBuf>> {
        self.interpreters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what is missing if a function's program is not in the user's `PATH`.
pub(super) fn missing(name: &str, runtime: Runtime) -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find(name, &path).is_none().then(|| not_found(name, runtime))
}

fn not_found(name: &str, runtime: Runtime) -> String {
    let install = match runtime {
        Runtime::Node => "install Node.js",
        _ => "install Python 3",
    };
    format!(
        "{name} was not found; {install} and have it in PATH, or name another program in \
         function.json, as in \"interpreter\": \".venv/bin/python\""
    )
}

/// Looks a program up in a `PATH`, as a shell does.
fn find(name: &str, search_path: &OsString) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|file| is_executable(file));
    }
    std::env::split_paths(search_path)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn is_script(file: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && &start == b"#!"
}

/// Asks an interpreter where it really is.
async fn ask(file: &Path, runtime: Runtime) -> Option<PathBuf> {
    let question = match runtime {
        Runtime::Node => ["-p", "process.execPath"],
        _ => ["-c", "import sys; print(sys.executable)"],
    };
    let output = Command::new(file)
        .args(question)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|real| is_executable(real))
}
