//! Settings, starting and stopping, and the relay in another server.

mod support;

use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::mpsc;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use scf_invoke::TlsOptions;
use scf_relay::{Builder, Handler, RELAY_HEADER, Relay, StartError};
use support::{AMPLE, Endpoint, HELLO, Request, Seen, connect};

#[test]
fn settings_that_cannot_be() {
    let error = |builder: Builder| builder.start().unwrap_err();
    for path in ["", "scf", "/scf/", "//", "/a//b", "/../x", "/a?b", "/a b", "/%61"] {
        assert!(matches!(error(Relay::builder().path(path)), StartError::Path(_)), "{path}");
    }
    for host in ["", "a b", "a\r\nEvil: 1", "user@host", "host/path", "h\u{f6}st"] {
        assert!(matches!(error(Relay::builder().host(host)), StartError::Host(_)), "{host}");
    }
    let with_path = Relay::builder().endpoint("https://a.example/path".parse().unwrap());
    assert!(matches!(error(with_path), StartError::EndpointPath(_)));
    let page = error(Relay::builder().page("no/such/folder"));
    assert!(page.to_string().contains("no/such/folder"), "{page}");
    let tls = Relay::builder().tls(TlsOptions::new().ca_file("no-such.pem"));
    assert!(matches!(error(tls), StartError::Tls(_)));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = error(Relay::builder().bind(taken.local_addr().unwrap()));
    assert!(matches!(bind, StartError::Bind(..)));
}

#[test]
fn a_drop_closes_the_port_and_every_connection() {
    let (steps, step) = mpsc::channel();
    let endpoint = Endpoint::start(move |mut stream| {
        Seen::read(&mut stream);
        steps.send("arrived").unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
        steps.send("ended").unwrap();
    });
    let (relay, _log) = endpoint.relay(|builder| builder);
    let (addr, url) = (relay.addr(), relay.url());
    assert_eq!(url, format!("http://{addr}"));
    let mut idle = connect(addr);
    let mut waiting = connect(addr);
    let request = Request::good();
    waiting.write_all(&[request.head(), request.body].concat()).unwrap();
    assert_eq!(step.recv_timeout(AMPLE).unwrap(), "arrived");
    drop(relay);
    assert_eq!(step.recv_timeout(AMPLE).unwrap(), "ended");
    for stream in [&mut idle, &mut waiting] {
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    }
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn a_handle_stops_it_from_another_thread() {
    let relay = Relay::builder().start().unwrap();
    let handle = relay.shutdown_handle();
    std::thread::scope(|scope| {
        scope.spawn(|| handle.shutdown());
        relay.wait();
    });
    assert!(TcpStream::connect(relay.addr()).is_err());
}

/// Returns a request as another server would hand it over.
fn request(length: usize, body: &'static str) -> hyper::Request<Full<Bytes>> {
    let mut request = hyper::Request::post("https://relay.example/scf");
    for (name, value) in Request::good().without("Content-Length").headers {
        request = request.header(name, value);
    }
    request.header("Content-Length", length).body(Full::from(body)).unwrap()
}

#[test]
fn it_works_in_another_server() {
    let (endpoint, seen) = Endpoint::answering(HELLO);
    let builder = Relay::builder().endpoint(endpoint.url().parse().unwrap());
    let handler: Handler = builder.handler().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = IpAddr::from([10, 0, 0, 1]);
    runtime.block_on(async {
        // A clone shares all, on any task.
        let cloned = handler.clone();
        let task = tokio::spawn(async move { cloned.handle(request(2, "{}"), client).await });
        let response = task.await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
        assert_eq!(seen.recv_timeout(AMPLE).unwrap().body, b"{}");

        // A body of another length than its head says is never a whole one.
        for length in [1, 3] {
            let response = handler.handle(request(length, "{}"), client).await;
            assert_eq!(response.headers()[RELAY_HEADER], "not-sent");
            assert_eq!(response.status(), 400);
        }
    });
    assert!(seen.try_recv().is_err());
}
