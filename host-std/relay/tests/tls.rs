//! An https endpoint: whom the relay trusts.

mod support;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use scf_invoke::{Roots, TlsOptions};
use scf_relay::{Outcome, Relay};
use support::{AMPLE, Endpoint, HELLO, Request};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, Stream};

#[test]
fn only_an_endpoint_that_is_trusted_gets_a_request() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("relay-ca.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let (sender, heads) = mpsc::channel();
    let endpoint = Endpoint::start(move |mut tcp| {
        let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = Stream::new(&mut session, &mut tcp);
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\"hello\"}") {
            // A client that does not trust breaks off.
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                assert!(request.is_empty());
                return;
            }
            request.push(byte[0]);
        }
        sender.send(String::from_utf8(request).unwrap()).unwrap();
        stream.write_all(HELLO.as_bytes()).unwrap();
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    let url = endpoint.url().replace("http:", "https:");
    let start = |tls| support::relay(Relay::builder().endpoint(url.parse().unwrap()).tls(tls));

    let (relay, log) = start(TlsOptions::new().roots(Roots::Bundled));
    let answer = Request::good().send(relay.addr());
    answer.expect(502, "not-sent", "Relay.Unreachable");
    let Outcome::Own { detail, .. } = log.recv_timeout(AMPLE).unwrap().outcome else {
        panic!("the relay's own");
    };
    assert!(detail.contains("certificate"), "{detail}");

    let (relay, _log) = start(TlsOptions::new().roots(Roots::Added).ca_file(file));
    Request::good().send(relay.addr()).expect_hello();
    let head = heads.recv_timeout(AMPLE).unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nhost: {}\r\n", endpoint.addr)), "{head}");
}
