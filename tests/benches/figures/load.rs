//! The emulator under load, beside a bare hyper server that answers the same
//! bytes to the same load generator.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::Full;
use hyper::Response;
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use scf_emulator::{Credential, Emulator, HttpRequest, authorize};
use scf_invoke::{Client, Credentials, Endpoint};

use crate::carry::PingPong;
use crate::peers;
use crate::report::{Report, Target, Times};

/// Connections of the load generator, and exchanges on each in one run.
const CONNECTIONS: usize = 8;
const EXCHANGES: usize = 50;

const NAMES: [&str; 4] =
    ["bare hyper server", "a quick closure", "a closure that may block", "a warm Python function"];

const EVENT: &str = r#"{"name":"world"}"#;

/// What is far from its aim still has a floor.
const QUICK_CLOSURE: Target = Target::Aim { aim: 0.7, floor: 0.4 };
/// The bare server hands nothing to another thread; a closure that may block runs on one of
/// its own.
const CLOSURE: Target = Target::AtLeast(0.3);

pub(crate) fn run(report: &mut Report) {
    report.heading("The emulator under load: 400 calls from 8 connections");
    let functions = scf_tests::root().join("examples/functions");
    let emulator = Emulator::builder()
        .functions_dir(functions)
        .quick_function("quick", |_| Ok("hello from scf"))
        .function("closure", |_| Ok("hello from scf"))
        .credential(Credential::new(peers::SECRET_ID, peers::SECRET_KEY))
        .start()
        .unwrap();
    let addr = emulator.addr();
    let quick = request(addr, "quick");
    let answer = PingPong::new(addr, quick.clone()).exchange();
    let bare = bare_server(answer);
    let mut to_bare = Load::new(bare, &quick);
    let mut to_quick = Load::new(addr, &quick);
    let mut to_closure = Load::new(addr, &request(addr, "closure"));
    let mut to_process = Load::new(addr, &request(addr, "hello"));
    let times = report.time(
        Duration::from_millis(100),
        &mut [
            (NAMES[0], Box::new(|| to_bare.run())),
            (NAMES[1], Box::new(|| to_quick.run())),
            (NAMES[2], Box::new(|| to_closure.run())),
            (NAMES[3], Box::new(|| to_process.run())),
        ],
    );
    for (name, times) in NAMES.iter().zip(&times) {
        let rate = (CONNECTIONS * EXCHANGES) as f64 / times.median();
        println!("  {name:<44} {rate:>10.0} /s");
    }
    report.ratio("rate of a quick closure / of a bare server", &times[0], &times[1], QUICK_CLOSURE);
    report.ratio("rate of a closure that may block / of that", &times[0], &times[2], CLOSURE);
    floor(report, &quick, &times[0]);
}

/// Prints the rate that a server which verifies signatures cannot exceed, here: the bare server's
/// time for an exchange, and that of the signature and the parameters alone.
fn floor(report: &mut Report, request: &[u8], bare: &Times) {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&request[..end]).unwrap();
    let headers: Vec<(&str, &str)> =
        head.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let request = HttpRequest {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body: &request[end + 4..],
    };
    let credentials = [Credential::new(peers::SECRET_ID, peers::SECRET_KEY)];
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let verify = || drop(authorize(&request, &credentials, now).unwrap());
    let times = report.time(
        Duration::from_millis(10),
        &mut [("signature and parameters alone", Box::new(verify))],
    );
    let exchange = bare.median() / (CONNECTIONS * EXCHANGES) as f64;
    let share = exchange / (exchange + times[0].median());
    println!("  {:<44} {share:>11.2}x", "rate that this alone leaves of a bare server's");
}

/// Returns a signed request as bytes; it is good for minutes.
fn request(addr: SocketAddr, function: &str) -> Vec<u8> {
    let client = Client::builder()
        .region(peers::REGION)
        .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
        .endpoint(Endpoint::parse(&format!("http://{addr}")).unwrap())
        .build()
        .unwrap();
    let mut bytes = Vec::new();
    client.call(function).event(EVENT).write_request(None, &mut bytes).unwrap();
    bytes
}

/// Connections that are kept, each with one request at a time.
struct Load(Vec<PingPong>);

impl Load {
    fn new(addr: SocketAddr, request: &[u8]) -> Self {
        Self((0..CONNECTIONS).map(|_| PingPong::new(addr, request.to_vec())).collect())
    }

    fn run(&mut self) {
        std::thread::scope(|scope| {
            for connection in &mut self.0 {
                scope.spawn(|| {
                    for _ in 0..EXCHANGES {
                        connection.exchange();
                    }
                });
            }
        });
    }
}

/// Starts a server on a thread of its own, as the emulator has one, that reads
/// each request and sends `answer`.
fn bare_server(answer: Vec<u8>) -> SocketAddr {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = Bytes::from(answer[end + 4..].to_vec());
    let (bound, addr) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            bound.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let body = body.clone();
                let service = service_fn(move |request| bare(request, body.clone()));
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
            }
        });
    });
    addr.recv().unwrap()
}

async fn bare(
    request: hyper::Request<Incoming>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut sent = request.into_body();
    while !sent.is_end_stream() {
        http_body_util::BodyExt::frame(&mut sent).await.transpose()?;
    }
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Full::from(body)).expect("a fixed header is one"))
}
