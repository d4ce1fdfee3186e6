//! The command that starts an instance: its program, its environment, its place.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::isolation::Isolation;
use super::programs;
use crate::error::ApiError;
use crate::function::config::{Config, Runtime, failed};
use crate::function::host::Host;
use crate::function::web::Web;

const PYTHON_RUNTIME: &str = include_str!("../../runtime/python.py");
const NODE_RUNTIME: &str = include_str!("../../runtime/node.js");

/// The account that functions see.
const APPID: &str = "1250000000";
const UIN: &str = "100000000001";

/// All that an instance is started for.
pub(in crate::function) struct Launch<'a> {
    /// The folder of the code, without links.
    pub(in crate::function) folder: &'a Path,
    pub(in crate::function) runtime: Runtime,
    pub(in crate::function) config: &'a Config,
    pub(in crate::function) function_name: &'a str,
    pub(in crate::function) version: &'a str,
    pub(in crate::function) region: &'a str,
    pub(in crate::function) trigger: Option<&'static str>,
    pub(in crate::function) host: &'a Host,
}

/// The paths of the code and its layers as the process sees them.
struct Places {
    code: PathBuf,
    layers: Vec<PathBuf>,
}

impl Launch<'_> {
    /// Makes the command; with it, whether the instance has a file system of its own.
    pub(super) async fn command(&self, port: u16) -> Result<(Command, bool), ApiError> {
        // A debugger finds the code where the editor has it.
        let is_debugged = self.config.debug_port.is_some();
        let interpreter = self.interpreter().await?;
        let isolation = match !is_debugged && self.host.isolates().await {
            true => {
                let own = self.folder.join(self.bootstrap());
                let program = interpreter.as_deref().unwrap_or(&own);
                let path = self.host.search_path().await;
                let hidden = programs::hidden(program, path, self.folder);
                let Config { layers, processes, .. } = self.config;
                Isolation::new(self.folder, layers, &hidden, *processes).ok()
            }
            false => None,
        };
        let is_isolated = isolation.is_some();
        let places = self.places(is_isolated);
        let mut command = self.program(&places, interpreter).await?;
        self.environment(&mut command, &places, port).await;
        // Python starts beside its handler.
        let handler_folder = Path::new(&self.config.handler)
            .parent()
            .filter(|parent| self.runtime == Runtime::Python && self.folder.join(parent).is_dir())
            .unwrap_or(Path::new(""));
        Isolation::apply(isolation, places.code.join(handler_folder), &mut command);
        Ok((command, is_isolated))
    }

    /// Returns the server of a web function, on a port that nobody has.
    pub(super) fn web(&self) -> io::Result<Option<Web>> {
        if self.runtime != Runtime::Web {
            return Ok(None);
        }
        let own_port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let headers = vec![
            ("x-scf-memory", self.config.memory_mb.to_string()),
            ("x-scf-timeout", self.config.timeout.as_millis().to_string()),
            ("x-scf-version", self.version.to_owned()),
            ("x-scf-name", self.function_name.to_owned()),
            ("x-scf-namespace", self.config.namespace.clone()),
            ("x-scf-region", self.region.to_owned()),
            ("x-scf-appid", APPID.to_owned()),
            ("x-scf-uin", UIN.to_owned()),
        ];
        Ok(Some(Web { own_port, port: None, headers }))
    }

    fn places(&self, is_isolated: bool) -> Places {
        let code = if is_isolated { "/var/user".into() } else { self.folder.to_owned() };
        // There also without a layer, as in the cloud.
        let is_at_opt = is_isolated || self.config.layers.is_empty();
        let layers = if is_at_opt { vec!["/opt".into()] } else { self.config.layers.clone() };
        Places { code, layers }
    }

    /// Returns the interpreter of the code; nothing for code that is a program itself.
    async fn interpreter(&self) -> Result<Option<PathBuf>, ApiError> {
        let Some(usual) = self.runtime.interpreter() else { return Ok(None) };
        if let Some(version) = self.config.python_version()
            && let Some(program) = self.host.version(&version).await
        {
            return Ok(Some(program));
        }
        let name = self.config.interpreter.as_deref().unwrap_or(usual);
        self.host.interpreter(name, self.runtime).await.map_err(failed).map(Some)
    }

    /// Returns the name of the file that is a program itself.
    fn bootstrap(&self) -> &'static str {
        match self.runtime {
            Runtime::Web => "scf_bootstrap",
            _ => "bootstrap",
        }
    }

    async fn program(
        &self,
        places: &Places,
        interpreter: Option<PathBuf>,
    ) -> Result<Command, ApiError> {
        let Some(program) = interpreter else {
            return Ok(Command::new(places.code.join(self.bootstrap())));
        };
        let mut command = Command::new(&program);
        if self.runtime == Runtime::Node {
            command.args(self.config.debug_port.map(|port| format!("--inspect=127.0.0.1:{port}")));
            command.args(["-e", NODE_RUNTIME]);
        } else {
            command.arg("-u");
            if let Some(port) = self.config.debug_port {
                self.check_debugpy(&program).await?;
                command.args(["-m", "debugpy", "--listen", &format!("127.0.0.1:{port}")]);
            }
            command.args(["-c", PYTHON_RUNTIME]);
        }
        command.arg(self.configured());
        Ok(command)
    }

    async fn check_debugpy(&self, python: &Path) -> Result<(), ApiError> {
        let import = Command::new(python)
            .args(["-c", "import debugpy"])
            .env_clear()
            .env("PYTHONPATH", self.folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status();
        if import.await.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        let python = python.display();
        Err(failed(format!(
            "{python} lacks debugpy, which debugs {}; run: {python} -m pip install debugpy",
            self.function_name
        )))
    }

    /// Returns the variables that the configuration sets, as the context has them.
    fn configured(&self) -> String {
        let mut variables = self.config.environment.clone();
        variables.insert("SCF_NAMESPACE".to_owned(), self.config.namespace.clone());
        let pairs: Vec<_> =
            variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        serde_json::json!({
            "environment": serde_json::json!(variables).to_string(),
            "environ": pairs.join(";"),
            "folder": self.folder.display().to_string(),
        })
        .to_string()
    }

    async fn environment(&self, command: &mut Command, places: &Places, port: u16) {
        let config = self.config;
        let code = places.code.display().to_string();
        let mut python = vec![places.code.clone()];
        let mut node = vec![places.code.clone(), places.code.join("node_modules")];
        for layer in &places.layers {
            python.push(layer.clone());
            node.extend([layer.clone(), layer.join("node_modules")]);
        }
        let mut path: Vec<_> = places.layers.iter().map(|layer| layer.join("bin")).collect();
        path.extend(std::env::split_paths(self.host.search_path().await));
        let join = |folders: Vec<PathBuf>| std::env::join_paths(folders).unwrap_or_default();
        let locale = locale();
        let credential = &self.host.credential;
        command
            .env_clear()
            .env("PATH", join(path))
            .env("HOME", "/home/qcloud")
            .env("USER", "qcloud")
            .env("LOGNAME", "qcloud")
            .env("LANG", locale)
            .env("LC_ALL", locale)
            .env("TZ", "UTC")
            .env("PWD", &code)
            .env("PYTHONDONTWRITEBYTECODE", "x")
            .env("PYTHONPATH", join(python))
            .env("NODE_PATH", join(node))
            .envs(&config.environment)
            .env("SCF_RUNTIME_API", "127.0.0.1")
            .env("SCF_RUNTIME_API_PORT", port.to_string())
            .env("_SCF_SERVER_PORT", "28902")
            .env("_HANDLER", &config.handler)
            .env("SCF_FUNCTIONNAME", self.function_name)
            .env("SCF_FUNCTIONVERSION", self.version)
            .env("SCF_NAMESPACE", &config.namespace)
            .env("SCF_RUNTIME", config.runtime_name.as_deref().unwrap_or(self.runtime.name()))
            .env("TENCENTCLOUD_RUNENV", "SCF")
            .env("TENCENTCLOUD_REGION", self.region)
            .env("TENCENTCLOUD_APPID", APPID)
            .env("TENCENTCLOUD_UIN", UIN)
            .env("TENCENTCLOUD_SECRETID", credential.secret_id())
            .env("TENCENTCLOUD_SECRETKEY", credential.secret_key())
            .env("TENCENTCLOUD_SESSIONTOKEN", credential.token().unwrap_or_default())
            .env("TENCENTCLOUD_SCF_ENDPOINT", self.host.endpoint())
            .env("USER_CODE_ROOT", format!("{code}/"))
            .envs(
                self.trigger
                    .filter(|trigger| *trigger == "timer")
                    .map(|trigger| ("TRIGGER_SRC", trigger)),
            );
    }

    /// Says why the process cannot be started.
    pub(super) fn error(&self, error: &io::Error) -> ApiError {
        let file = self.folder.join(self.bootstrap());
        let file = file.display();
        failed(match (self.runtime.interpreter(), error.kind()) {
            (None, io::ErrorKind::PermissionDenied) => {
                format!("{file} is not executable; run: chmod +x {file}")
            }
            (None, io::ErrorKind::NotFound) => {
                format!(
                    "{file} is missing, or names an interpreter in its first line that is not there"
                )
            }
            _ => format!("the function's process cannot be started: {error}"),
        })
    }
}

/// Returns the cloud's locale; one that every system has where this one lacks it, for programs
/// complain about a locale that is not there.
fn locale() -> &'static str {
    static LOCALE: std::sync::OnceLock<&str> = std::sync::OnceLock::new();
    LOCALE.get_or_init(|| {
        let archive = std::fs::read("/usr/lib/locale/locale-archive").unwrap_or_default();
        let name = b"en_US.utf8";
        let is_there = Path::new("/usr/lib/locale/en_US.utf8").is_dir()
            || archive.windows(name.len()).any(|window| window == name);
        if is_there { "en_US.UTF8" } else { "C.UTF-8" }
    })
}
