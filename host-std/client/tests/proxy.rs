//! The client through real proxies: tinyproxy (HTTP CONNECT) and microsocks
//! (SOCKS 5), which `tests/setup` installs.

mod support;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use scf_emulator::Emulator;
use scf_invoke::{
    ClientBuilder, Credentials, Delivery, Error, Proxy, RetryPolicy, StreamErrorKind,
};

/// A proxy in a process of its own, which ends with the test.
struct Program {
    child: Child,
    port: u16,
}

impl Program {
    /// Starts a proxy at a free port. Somebody else may take that in between;
    /// then the program ends, and another port is tried.
    fn start(mut command: impl FnMut(u16) -> Command) -> Self {
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut child = command(port)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the proxy is installed by tests/setup");
            while child.try_wait().unwrap().is_none() {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Self { child, port };
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        panic!("the proxy does not start");
    }

    /// tinyproxy, with more lines of configuration.
    fn http(test: &str, lines: &str) -> Self {
        Self::start(|port| {
            let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tinyproxy-{test}"));
            let text = format!("Listen 127.0.0.1\nPort {port}\nAllow 127.0.0.1\n{lines}\n");
            fs::write(&path, text).unwrap();
            let mut command = Command::new("tinyproxy");
            command.arg("-d").arg("-c").arg(path);
            command
        })
    }

    /// microsocks, with more arguments.
    fn socks(arguments: &[&str]) -> Self {
        Self::start(|port| {
            let mut command = Command::new("microsocks");
            command.args(["-i", "127.0.0.1", "-p", &port.to_string()]).args(arguments);
            command
        })
    }

    fn proxy(&self, scheme: &str, login: &str) -> Proxy {
        format!("{scheme}://{login}127.0.0.1:{}", self.port).parse().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn emulator() -> Emulator {
    Emulator::builder().function("echo", |event| Ok(event.json())).start().unwrap()
}

#[cfg(feature = "tokio")]
fn asynchronous<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn builder(url: &str, emulator: &Emulator, proxy: Proxy) -> ClientBuilder {
    let credential = emulator.credential();
    let credentials =
        Credentials::new(credential.secret_id(), credential.secret_key(), None).unwrap();
    support::builder(url).credentials(credentials).proxy(proxy).retry(RetryPolicy::NONE)
}

/// Invokes twice through the proxy: the connection is kept.
fn works(proxy: Proxy) {
    let emulator = emulator();
    for url in [emulator.url(), emulator.url().replace("127.0.0.1", "localhost")] {
        let client = builder(&url, &emulator, proxy.clone()).build().unwrap();
        for event in ["1", "2"] {
            assert_eq!(client.invoke("echo", event).unwrap().result_text(), event);
        }
        #[cfg(feature = "tokio")]
        asynchronous(async {
            let client = builder(&url, &emulator, proxy.clone()).build_async().unwrap();
            for event in ["1", "2"] {
                assert_eq!(client.invoke("echo", event).await.unwrap().result_text(), event);
            }
        });
    }
}

/// Returns the error of a call, which was not sent.
fn fails(url: &str, proxy: Proxy) -> (StreamErrorKind, String) {
    let emulator = emulator();
    let client = builder(url, &emulator, proxy.clone()).build().unwrap();
    let error = client.invoke("echo", "1").unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    #[cfg(feature = "tokio")]
    asynchronous(async {
        let client = builder(url, &emulator, proxy).build_async().unwrap();
        let other = client.invoke("echo", "1").await.unwrap_err();
        assert_eq!(other.to_string(), error.to_string(), "both clients say the same");
    });
    let Error::Network { error: stream, .. } = &error else { panic!("{error:?}") };
    (stream.kind(), error.to_string())
}

#[test]
fn an_http_proxy_leads_to_the_endpoint() {
    let program = Program::http("open", "");
    works(program.proxy("http", ""));
}

#[test]
fn an_http_proxy_may_want_a_login() {
    let program = Program::http("login", "BasicAuth user pass-word");
    works(program.proxy("http", "user:pass%2Dword@"));
    for login in ["", "user:wrong@"] {
        let (kind, text) = fails("http://127.0.0.1:9", program.proxy("http", login));
        assert_eq!(kind, StreamErrorKind::Proxy);
        let proxy = format!("through the proxy http://127.0.0.1:{}", program.port);
        assert!(text.contains(&proxy) && text.contains("status 40"), "{text}");
        assert!(!text.contains("wrong"), "{text}");
    }
}

#[test]
fn an_http_proxy_may_refuse_the_way() {
    let program = Program::http("refuses", "ConnectPort 443");
    let (kind, text) = fails("http://127.0.0.1:9", program.proxy("http", ""));
    assert_eq!(kind, StreamErrorKind::Proxy);
    assert!(text.contains("refuses to lead there (status 403)"), "{text}");
}

#[test]
fn a_socks_proxy_leads_to_the_endpoint() {
    let program = Program::socks(&[]);
    works(program.proxy("socks5", ""));
    works(program.proxy("socks5h", ""));
    let (kind, text) = fails("http://127.0.0.1:1", program.proxy("socks5", ""));
    assert_eq!(kind, StreamErrorKind::Proxy);
    assert!(text.contains("the host refused the proxy's connection"), "{text}");
}

#[test]
fn a_socks_proxy_may_want_a_login() {
    let program = Program::socks(&["-u", "user", "-P", "p@ss"]);
    works(program.proxy("socks5h", "user:p%40ss@"));
    let (_, text) = fails("http://127.0.0.1:1", program.proxy("socks5h", "user:wrong@"));
    assert!(text.contains("refused the user or password"), "{text}");
    let (_, text) = fails("http://127.0.0.1:1", program.proxy("socks5h", ""));
    assert!(text.contains("wants a login"), "{text}");
}

#[test]
fn a_proxy_that_is_not_there_or_none_is_named() {
    let program = Program::socks(&[]);
    let (_, text) = fails("http://127.0.0.1:1", program.proxy("http", ""));
    let expected = format!("through the proxy http://127.0.0.1:{}: the", program.port);
    assert!(text.contains(&expected), "{text}");

    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let proxy = format!("http://127.0.0.1:{port}").parse().unwrap();
    let (kind, text) = fails("http://127.0.0.1:1", proxy);
    assert_eq!(kind, StreamErrorKind::Refused);
    let expected = format!("connecting to the proxy http://127.0.0.1:{port}: the connection was");
    assert!(text.starts_with(&expected), "{text}");
}

#[test]
fn a_text_that_is_no_proxy_is_refused() {
    for (text, expected) in [
        ("ftp://proxy:1", "scheme"),
        ("proxy:x", "host:port"),
        ("http://proxy:1/path", "host:port"),
        ("http://us%er@proxy:1", "percent-encoded"),
        ("", "host:port"),
    ] {
        let error = Proxy::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    for (text, shown) in [
        ("proxy", "http://proxy:80"),
        ("http://[::1]/", "http://[::1]:80"),
        ("socks5://u:p@proxy", "socks5://proxy:1080"),
        ("SOCKS5H://proxy:9", "socks5h://proxy:9"),
    ] {
        let proxy = Proxy::parse(text).unwrap();
        assert_eq!(
            (proxy.to_string(), format!("{proxy:?}")),
            (shown.into(), format!("Proxy({shown})"))
        );
    }
}
