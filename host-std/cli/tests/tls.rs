//! Certificates of a server of one's own.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};
use support::{Done, folder, run, signed};

const API_ERROR: &str = r#"{"Response":{"Error":{"Code":"ResourceNotFound.Function","Message":"none"},"RequestId":"r"}}"#;

/// Calls a server that has a certificate of these names, which vouches for
/// itself, and of which the command is given the file where it trusts it.
fn call(test: &str, names: &[&str], is_ca: IsCa, trusts: bool) -> Done {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.is_ca = is_ca;
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let file = folder(test).join("server.pem");
    std::fs::write(&file, certificate.pem()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || serve(&listener, &certificate, &key));
    let mut command = signed(&["invoke", "hello", "-v", "--attempts", "1", "--endpoint", &url]);
    if trusts {
        command.arg("--ca-file").arg(file);
    }
    let done = run(&mut command);
    server.join().unwrap();
    done
}

/// Answers one request, of a client that trusts the certificate.
fn serve(listener: &TcpListener, certificate: &Certificate, key: &KeyPair) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let mut tcp = listener.accept().unwrap().0;
    let mut session = ServerConnection::new(Arc::new(config)).unwrap();
    if session.complete_io(&mut tcp).is_err() {
        return;
    }
    let mut stream = Stream::new(&mut session, &mut tcp);
    let mut request = vec![];
    let mut byte = [0];
    while !request.ends_with(b"\"hello\"}") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        request.push(byte[0]);
    }
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", API_ERROR.len()).unwrap();
    stream.write_all(API_ERROR.as_bytes()).unwrap();
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

#[test]
fn a_certificate_that_vouches_for_itself_is_trusted_as_a_ca_file() {
    call("self-signed", &["127.0.0.1"], IsCa::ExplicitNoCa, true).expect(4);
    let done = call("self-signed", &["127.0.0.1"], IsCa::NoCa, true).expect(4);
    // Each of its steps has a time of its own.
    for step in ["connecting", "connected; shaking hands", "TLS is ready", "the first byte"] {
        assert!(done.stderr.contains(&format!(" ms  {step}")), "{step}: {}", done.stderr);
    }
}

#[test]
fn that_of_a_ca_is_refused_with_what_to_do() {
    let is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let done = call("ca-as-server", &["127.0.0.1"], is_ca, true).expect(5);
    assert!(done.stderr.contains("basicConstraints=CA:FALSE"), "{}", done.stderr);
}

#[test]
fn one_for_another_host_is_told_by_its_names() {
    let done = call("other-host", &["one.example", "10.0.0.1"], IsCa::NoCa, true).expect(5);
    let names = "is for another host (one.example, 10.0.0.1)";
    assert!(done.stderr.contains(names), "{}", done.stderr);
    assert!(!done.stderr.contains("DnsName"), "{}", done.stderr);
}

#[test]
fn an_untrusted_one_leads_to_the_option() {
    let done = call("untrusted", &["127.0.0.1"], IsCa::NoCa, false).expect(5);
    assert!(done.stderr.contains("hint: --ca-file FILE"), "{}", done.stderr);
}
