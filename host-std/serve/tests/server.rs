//! A server under attack, and its end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use scf_serve::{
    BodyLimits, Budget, Connection, Cut, Limits, Server, Service, Settings, read_body,
};
use tokio::sync::Notify;

/// Longer than anything that should happen takes, on a busy machine too.
const AMPLE: Duration = Duration::from_secs(120);

/// Answers each request with its body; `/wait` waits first, `/panic` panics,
/// `/cut` and `/reset` close the connection.
struct Echo {
    begun: Sender<()>,
    go_on: Notify,
    budget: Budget,
}

impl Service for Echo {
    type Body = Full<Bytes>;

    async fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Result<Response<Full<Bytes>>, Cut> {
        let path = request.uri().path().to_owned();
        let limits = BodyLimits::default();
        let body = read_body(request.into_body(), 1 << 20, &limits, &self.budget).await;
        let body = body.map_err(|_| Cut)?;
        connection.begin();
        match &*path {
            "/wait" => {
                self.begun.send(()).unwrap();
                self.go_on.notified().await;
            }
            "/panic" => panic!("as asked"),
            "/cut" => return Err(Cut),
            "/reset" => {
                connection.reset_at_end();
                return Err(Cut);
            }
            _ => {}
        }
        Ok(Response::new(Full::from(body.into_parts().0)))
    }
}

struct Running {
    server: Server,
    echo: Arc<Echo>,
    begun: mpsc::Receiver<()>,
}

fn start(limits: Limits) -> Running {
    let (sender, begun) = mpsc::channel();
    let echo = Arc::new(Echo { begun: sender, go_on: Notify::new(), budget: Budget::new(1 << 20) });
    let server = Server::start(Settings::new("echo").limits(limits), Arc::clone(&echo)).unwrap();
    Running { server, echo, begun }
}

fn limits(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(AMPLE)).unwrap();
    stream
}

fn ask(stream: &mut TcpStream, path: &str, body: &str) {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}");
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes()).unwrap();
}

fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

fn echoed(addr: SocketAddr) -> bool {
    let mut stream = connect(addr);
    ask(&mut stream, "/", "hello");
    answer(&mut stream).ends_with("\r\n\r\nhello")
}

#[test]
fn connections_that_wait_shut_nobody_out() {
    let running = start(limits(|limits| limits.connections = 8));
    let addr = running.server.addr();
    for beginning in
        ["", "POST / HT", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe"]
    {
        let waiting: Vec<_> = (0..40)
            .map(|_| {
                let mut stream = connect(addr);
                stream.write_all(beginning.as_bytes()).unwrap();
                stream
            })
            .collect();
        assert!(echoed(addr), "beside 40 of {beginning:?}");
        drop(waiting);
    }
}

#[test]
fn a_request_that_runs_is_not_given_up_for_a_new_connection() {
    let running = start(limits(|limits| limits.connections = 1));
    let mut first = connect(running.server.addr());
    ask(&mut first, "/wait", "first");
    running.begun.recv_timeout(AMPLE).unwrap();
    // It waits for its turn.
    let mut second = connect(running.server.addr());
    ask(&mut second, "/", "second");
    running.echo.go_on.notify_one();
    assert!(answer(&mut first).ends_with("first"));
    assert!(answer(&mut second).ends_with("second"));
}

#[test]
fn a_panic_ends_one_connection_alone() {
    let running = start(Limits::default());
    let mut other = connect(running.server.addr());
    ask(&mut other, "/wait", "other");
    running.begun.recv_timeout(AMPLE).unwrap();
    let mut panics = connect(running.server.addr());
    ask(&mut panics, "/panic", "");
    assert_eq!(answer(&mut panics), "");
    running.echo.go_on.notify_one();
    assert!(answer(&mut other).ends_with("other"));
    assert!(echoed(running.server.addr()));
}

#[test]
fn a_connection_ends_by_a_close_or_by_a_reset() {
    let running = start(Limits::default());
    let mut closed = connect(running.server.addr());
    ask(&mut closed, "/cut", "");
    assert_eq!(closed.read(&mut [0]).unwrap(), 0);
    let mut reset = connect(running.server.addr());
    ask(&mut reset, "/reset", "");
    let error = reset.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_stop_finishes_what_runs_and_ends_what_waits() {
    let running = start(Limits::default().with_grace(AMPLE));
    let mut idle = connect(running.server.addr());
    let mut runs = connect(running.server.addr());
    ask(&mut runs, "/wait", "runs");
    running.begun.recv_timeout(AMPLE).unwrap();
    running.server.shutdown_handle().shutdown();
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    running.echo.go_on.notify_one();
    assert!(answer(&mut runs).ends_with("runs"));
    running.server.wait();
    assert!(TcpStream::connect(running.server.addr()).is_err());
}

#[test]
fn a_second_stop_ends_at_once_and_so_does_the_end_of_the_grace() {
    for grace in [AMPLE * 100, Duration::from_millis(1)] {
        let running = start(Limits::default().with_grace(grace));
        let mut runs = connect(running.server.addr());
        ask(&mut runs, "/wait", "runs");
        running.begun.recv_timeout(AMPLE).unwrap();
        running.server.shutdown_handle().shutdown();
        if grace > AMPLE {
            running.server.shutdown_handle().shutdown();
        }
        running.server.wait();
        assert_eq!(answer(&mut runs), "");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let running = start(Limits::default());
    let settings = Settings::new("second").bind(running.server.addr());
    let error = Server::start(settings, running.echo).unwrap_err().to_string();
    assert!(error.contains(&running.server.addr().to_string()), "{error}");
}
