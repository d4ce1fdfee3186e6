//! Plain connections over real TCP: limits that hold, errors that explain, and
//! connections that are reused only while they live.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use embedded_io::{Read, Write};
use scf_invoke::{Connector, Deadline, Endpoint, Step, Stream, StreamErrorKind, Timeouts};

/// Long enough for anything that should happen, on a busy machine too.
const AMPLE: Duration = Duration::from_secs(60);

/// A server that handles one connection; joined when the test is over.
struct Server {
    port: u16,
    thread: thread::JoinHandle<()>,
}

impl Server {
    fn start(handle: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = thread::spawn(move || handle(listener.accept().unwrap().0));
        Self { port, thread }
    }

    fn connector(&self) -> Connector {
        Connector::new(Endpoint::parse(&format!("http://127.0.0.1:{}", self.port)).unwrap())
    }

    fn connect(&self) -> Stream {
        self.connector().connect(Deadline::after(AMPLE)).unwrap()
    }

    fn join(self) {
        self.thread.join().unwrap();
    }
}

/// Asks again until the peer's packet has come through the loopback.
fn becomes_unusable(stream: &mut Stream) -> bool {
    let end = Instant::now() + AMPLE;
    while stream.is_reusable() {
        if Instant::now() > end {
            return false;
        }
        thread::yield_now();
    }
    true
}

#[test]
fn bytes_go_out_on_flush_and_come_back() {
    let server = Server::start(|mut tcp| {
        let mut all = vec![];
        tcp.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"");
    });
    let mut stream = server.connect();
    stream.write_all(b"never flushed").unwrap();
    assert_eq!(stream.bytes_sent(), 0);
    assert!(!stream.is_reusable(), "something is left to send");
    drop(stream);
    server.join();

    let server = Server::start(|mut tcp| {
        let mut request = [0; 100_000];
        tcp.read_exact(&mut request).unwrap();
        assert!(request.iter().enumerate().all(|(i, &b)| b == (i / 7) as u8));
        tcp.write_all(b"answer").unwrap();
    });
    let mut stream = server.connect();
    let request: Vec<u8> = (0..100_000).map(|i| (i / 7) as u8).collect();
    // Small pieces, then one larger than the buffer.
    for piece in request[..50_000].chunks(999) {
        stream.write_all(piece).unwrap();
    }
    stream.write_all(&request[50_000..]).unwrap();
    let mut answer = [0; 6];
    // No flush: a read sends what is pending.
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"answer");
    assert_eq!(stream.bytes_sent(), 100_000);
    assert_eq!(stream.read(&mut answer).unwrap(), 0);
    assert!(!stream.is_reusable(), "it has ended");
    server.join();
}

#[test]
fn a_refused_connection_says_so() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let error = Connector::new(endpoint).connect(Deadline::after(AMPLE)).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Refused);
    assert_eq!(error.step(), Step::Connect);
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_name_without_an_address_says_so() {
    // No such name will ever exist under this top level domain.
    let endpoint = Endpoint::dangerous_parse_plain_http("http://no-such-host.invalid:443").unwrap();
    let timeouts = Timeouts::default().connect(AMPLE);
    let error = Connector::new(endpoint).timeouts(timeouts).connect(Deadline::NEVER).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::NameResolution);
    assert!(error.to_string().contains("no-such-host.invalid:443"), "{error}");
}

#[test]
fn localhost_is_looked_up() {
    let server = Server::start(|mut tcp| tcp.write_all(b"x").unwrap());
    let endpoint = Endpoint::parse(&format!("http://localhost:{}", server.port)).unwrap();
    // If localhost is ::1 first, nothing listens there and the next is tried.
    let mut stream = Connector::new(endpoint).connect(Deadline::after(AMPLE)).unwrap();
    assert!(stream.peer().contains("(127.0.0.1)"), "{}", stream.peer());
    assert_eq!(stream.read(&mut [0; 4]).unwrap(), 1);
    server.join();
}

#[test]
fn silence_runs_into_the_idle_timeout() {
    let (done, wait) = mpsc::channel::<()>();
    let server = Server::start(move |_tcp| {
        let _ = wait.recv();
    });
    let mut stream = server.connect();
    stream.set_idle_timeout(Some(Duration::from_millis(120)));
    let start = Instant::now();
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::IdleTimeout);
    assert_eq!(error.step(), Step::Receive);
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert!(error.to_string().contains("0.12 s"), "{error}");
    assert!(!stream.is_reusable(), "a late answer must not meet the next request");
    drop(done);
    server.join();
}

#[test]
fn silence_ends_at_the_deadline() {
    let (done, wait) = mpsc::channel::<()>();
    let server = Server::start(move |_tcp| {
        let _ = wait.recv();
    });
    let mut stream = server.connect();
    let limit = Duration::from_millis(200);
    let start = Instant::now();
    stream.set_deadline(Deadline::after(limit));
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    // The connection began with a deadline far later, which must not linger.
    assert!((limit..AMPLE / 2).contains(&start.elapsed()));
    drop(done);
    server.join();
}

#[test]
fn the_deadline_holds_against_a_server_that_drips() {
    let server = Server::start(|mut tcp| {
        // Until the client gives up and the write fails.
        while tcp.write_all(b".").is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let mut stream = server.connect();
    let limit = Duration::from_millis(400);
    stream.set_idle_timeout(Some(AMPLE));
    let start = Instant::now();
    stream.set_deadline(Deadline::after(limit));
    let mut count = 0;
    let error = loop {
        match stream.read(&mut [0; 1]) {
            Ok(n) => count += n,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    assert!(count > 1);
    assert!(start.elapsed() >= limit);
    drop(stream);
    server.join();
}

#[test]
fn the_deadline_holds_while_sending() {
    let (done, wait) = mpsc::channel::<()>();
    let server = Server::start(move |_tcp| {
        let _ = wait.recv();
    });
    let mut stream = server.connect();
    stream.set_deadline(Deadline::after(Duration::from_millis(150)));
    let block = vec![0; 1 << 20];
    // The systems' buffers take some megabytes before a write has to wait.
    let error = loop {
        if let Err(error) = stream.write(&block) {
            break error;
        }
    };
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    assert_eq!(error.step(), Step::Send);
    drop(done);
    server.join();
}

#[test]
fn a_deadline_that_has_passed_lets_nothing_happen() {
    let server = Server::start(drop);
    let error = server.connector().connect(Deadline::after(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    let timeouts = Timeouts::default().connect(Duration::ZERO);
    let error = server.connector().timeouts(timeouts).connect(Deadline::NEVER).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::ConnectTimeout);
    drop(server.connect());
    server.join();
}

#[test]
fn a_deadline_can_be_renewed_for_the_next_call() {
    let (go, wait) = mpsc::channel::<()>();
    let server = Server::start(move |mut tcp| {
        tcp.write_all(b"1").unwrap();
        wait.recv().unwrap();
        tcp.write_all(b"2").unwrap();
        let _ = wait.recv();
    });
    let mut stream = server.connect();
    stream.set_deadline(Deadline::after(Duration::from_millis(300)));
    stream.read_exact(&mut [0; 1]).unwrap();
    thread::sleep(Duration::from_millis(310));
    // The alarm left over from the first call must not end the second.
    stream.set_deadline(Deadline::after(AMPLE));
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        go.send(()).unwrap();
        go
    });
    stream.read_exact(&mut [0; 1]).unwrap();
    assert!(stream.is_reusable());
    drop(late.join().unwrap());
    server.join();
}

#[test]
fn a_connection_closed_while_idle_is_not_reused() {
    let (close, wait) = mpsc::channel::<()>();
    let server = Server::start(move |tcp| {
        let _ = wait.recv();
        drop(tcp);
    });
    let mut stream = server.connect();
    assert!(stream.is_reusable());
    assert!(stream.is_reusable(), "asking changes nothing");
    drop(close);
    assert!(becomes_unusable(&mut stream));
    server.join();
}

#[test]
fn a_connection_with_unasked_data_is_not_reused() {
    let (send, wait) = mpsc::channel::<()>();
    let (done, end) = mpsc::channel::<()>();
    let server = Server::start(move |mut tcp| {
        wait.recv().unwrap();
        tcp.write_all(b"HTTP/1.1 408 Request Timeout\r\n\r\n").unwrap();
        let _ = end.recv();
    });
    let mut stream = server.connect();
    assert!(stream.is_reusable());
    send.send(()).unwrap();
    assert!(becomes_unusable(&mut stream));
    drop(done);
    server.join();
}

#[test]
fn a_reset_is_reported_as_closed() {
    let (sent, received) = mpsc::channel::<()>();
    let server = Server::start(move |tcp| {
        received.recv().unwrap();
        // Closing with unread bytes makes the system send a reset.
        drop(tcp);
    });
    let mut stream = server.connect();
    stream.write_all(b"request").unwrap();
    stream.flush().unwrap();
    sent.send(()).unwrap();
    server.join();
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Closed);
    assert_eq!(error.step(), Step::Receive);
}

#[test]
fn ipv6_works_in_brackets() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        eprintln!("SKIPPED ipv6_works_in_brackets: this machine has no IPv6 loopback");
        return;
    };
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || listener.accept().unwrap().0.write_all(b"6").unwrap());
    let endpoint = Endpoint::parse(&format!("http://{address}")).unwrap();
    let mut stream = Connector::new(endpoint).connect(Deadline::after(AMPLE)).unwrap();
    assert_eq!(stream.peer(), address.to_string());
    let mut byte = [0; 1];
    stream.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"6");
    server.join().unwrap();
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_without_the_feature_says_so() {
    let endpoint = Endpoint::parse("https://127.0.0.1:1").unwrap();
    let error = Connector::new(endpoint).connect(Deadline::NEVER).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::TlsSetup);
}
