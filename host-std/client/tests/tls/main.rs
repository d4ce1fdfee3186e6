//! TLS over real TCP, with a CA and servers made for each test: who is
//! trusted, what an error says, and when a session may be used again.
#![cfg(feature = "tls")]

mod peer;

use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use embedded_io::{Read as _, Write as _};
use peer::{
    AMPLE, Authority, Server, ServerStream, answer, becomes_unusable, exchange, file, refused,
    server_config,
};
use rcgen::{CertificateParams, KeyPair};
use rustls::HandshakeKind;
use rustls::pki_types::PrivateKeyDer;
use scf_invoke::{
    CaFileError, Connector, Deadline, Endpoint, Roots, StreamErrorKind, Tls, TlsError, TlsOptions,
};

#[test]
fn an_added_ca_is_trusted_by_address_and_by_name() {
    let ca = Authority::new("trusted");
    for host in ["127.0.0.1", "localhost"] {
        let server = Server::start(ca.good(), 1, |mut stream| {
            answer(&mut stream);
            answer(&mut stream);
        });
        let mut stream = server.connector(host, ca.tls()).connect(Deadline::after(AMPLE)).unwrap();
        exchange(&mut stream);
        // Tickets that came after the handshake do not count against it.
        assert!(stream.is_reusable());
        exchange(&mut stream);
        server.join();
    }
}

#[test]
fn tls_1_2_alone_is_enough() {
    let ca = Authority::new("tls12");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
    let certificate = params.signed_by(&key, &ca.issuer).unwrap();
    let config = server_config(
        certificate.der().clone(),
        PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        &[&rustls::version::TLS12],
    );
    let server = Server::start(config, 1, |mut stream| answer(&mut stream));
    exchange(&mut server.connect(ca.tls()));
    server.join();
}

#[test]
fn another_ca_is_refused() {
    let ca = Authority::new("ours");
    let other = Authority::new("theirs");
    let text = refused(other.good(), "127.0.0.1", ca.tls());
    assert!(text.contains("add its CA file"), "{text}");
    // The public roots know nothing of it either.
    let public = TlsOptions::new().roots(Roots::Bundled).build().unwrap();
    refused(other.good(), "127.0.0.1", public);
}

#[test]
fn another_name_is_refused_and_told() {
    let ca = Authority::new("name");
    let config = ca.issue(&["other.example"], (2020, 2100));
    let text = refused(config, "127.0.0.1", ca.tls());
    assert!(text.contains("other.example"), "{text}");
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let ca = Authority::new("time");
    let text = refused(ca.issue(&["127.0.0.1"], (2000, 2001)), "127.0.0.1", ca.tls());
    assert!(text.contains("has expired"), "{text}");
    let text = refused(ca.issue(&["127.0.0.1"], (2090, 2100)), "127.0.0.1", ca.tls());
    assert!(text.contains("not valid yet"), "{text}");
}

#[test]
fn dangerous_accepts_what_is_refused_otherwise() {
    let ca = Authority::new("dangerous");
    let tls = TlsOptions::new().dangerous_accept_any_certificate().build().unwrap();
    let config = ca.issue(&["other.example"], (2000, 2001));
    let server = Server::start(config, 1, |mut stream| answer(&mut stream));
    exchange(&mut server.connect(tls));
    server.join();
}

#[test]
fn a_server_that_speaks_no_tls_is_told_apart() {
    let ca = Authority::new("plain");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut tcp = listener.accept().unwrap().0;
        // The hello is read first: closing over unread bytes would reset.
        let _ = tcp.read(&mut [0; 4096]);
        let _ = tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let endpoint = Endpoint::parse(&format!("https://127.0.0.1:{port}")).unwrap();
    let error = Connector::new(endpoint).tls(ca.tls()).connect(Deadline::after(AMPLE)).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Tls);
    assert!(error.to_string().contains("did not answer in TLS"), "{error}");
    server.join().unwrap();
}

#[test]
fn a_handshake_that_never_ends_runs_into_the_connect_timeout() {
    let ca = Authority::new("mute");
    let (done, wait) = mpsc::channel::<()>();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let _tcp = listener.accept().unwrap();
        let _ = wait.recv();
    });
    let endpoint = Endpoint::parse(&format!("https://127.0.0.1:{port}")).unwrap();
    let timeouts = scf_invoke::Timeouts::default().connect(Duration::from_millis(150));
    let connector = Connector::new(endpoint).tls(ca.tls()).timeouts(timeouts);
    let error = connector.connect(Deadline::NEVER).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::ConnectTimeout);
    // The call's own end may come sooner.
    let error = connector.connect(Deadline::after(Duration::from_millis(50))).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    drop(done);
    server.join().unwrap();
}

#[test]
fn sessions_are_resumed_across_connections() {
    let ca = Authority::new("resume");
    let (report, kinds) = mpsc::channel();
    let server = Server::start(ca.good(), 2, move |mut stream| {
        answer(&mut stream);
        report.send(stream.conn.handshake_kind().unwrap()).unwrap();
    });
    let tls = ca.tls();
    exchange(&mut server.connect(tls.clone()));
    assert_eq!(kinds.recv().unwrap(), HandshakeKind::Full);
    exchange(&mut server.connect(tls));
    assert_eq!(kinds.recv().unwrap(), HandshakeKind::Resumed);
    server.join();
}

#[test]
fn small_pieces_leave_in_one_record() {
    let ca = Authority::new("record");
    let (ready, wait) = mpsc::channel::<()>();
    let server = Server::start(ca.good(), 1, move |mut stream| {
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        // From here on the bytes are read below rustls.
        ready.send(()).unwrap();
        let mut header = [0; 5];
        stream.sock.read_exact(&mut header).unwrap();
        // 1000 bytes, the content type, and 16 bytes of authentication.
        assert_eq!(u16::from_be_bytes([header[3], header[4]]), 1017);
    });
    let mut stream = server.connect(ca.tls());
    wait.recv().unwrap();
    for _ in 0..100 {
        stream.write_all(b"ten bytes.").unwrap();
    }
    stream.flush().unwrap();
    server.join();
}

#[test]
fn much_data_goes_through_both_ways() {
    let ca = Authority::new("much");
    let server = Server::start(ca.good(), 1, |mut stream| {
        let mut data = vec![0; 1_000_000];
        stream.read_exact(&mut data).unwrap();
        stream.write_all(&data).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
    });
    let mut stream = server.connect(ca.tls());
    let data: Vec<u8> = (0..1_000_000_u32).map(|i| (i / 3) as u8).collect();
    stream.write_all(&data[..1000]).unwrap();
    stream.write_all(&data[1000..]).unwrap();
    let mut back = vec![0; 1_000_000];
    stream.read_exact(&mut back).unwrap();
    assert!(back == data);
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0, "a proper end");
    assert!(!stream.is_reusable());
    server.join();
}

#[test]
fn an_end_without_good_bye_is_an_error() {
    let ca = Authority::new("cut");
    let server = Server::start(ca.good(), 1, |mut stream| answer(&mut stream));
    let mut stream = server.connect(ca.tls());
    exchange(&mut stream);
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Closed);
    server.join();
}

#[test]
fn the_client_says_good_bye() {
    let ca = Authority::new("bye");
    let server = Server::start(ca.good(), 1, |mut stream| {
        answer(&mut stream);
        // Without close_notify this would be an error.
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    });
    let mut stream = server.connect(ca.tls());
    exchange(&mut stream);
    drop(stream);
    server.join();
}

#[test]
fn a_session_that_ended_while_idle_is_not_reused() {
    let ca = Authority::new("stale");
    type End = fn(&mut ServerStream) -> io::Result<()>;
    let ends: [End; 3] = [
        // The session ends, the connection stays.
        |stream| {
            stream.conn.send_close_notify();
            stream.flush()
        },
        // The connection ends without a word.
        |stream| stream.sock.shutdown(std::net::Shutdown::Both),
        // The server says something unasked.
        |stream| {
            stream.write_all(b"HTTP/1.1 408 Request Timeout\r\n\r\n")?;
            stream.flush()
        },
    ];
    for end in ends {
        let (go, wait) = mpsc::channel::<()>();
        let server = Server::start(ca.good(), 1, move |mut stream| {
            answer(&mut stream);
            wait.recv().unwrap();
            end(&mut stream).unwrap();
            // Held open until the client has seen it.
            let _ = wait.recv();
        });
        let mut stream = server.connect(ca.tls());
        exchange(&mut stream);
        assert!(stream.is_reusable());
        go.send(()).unwrap();
        assert!(becomes_unusable(&mut stream));
        drop(go);
        server.join();
    }
}

#[test]
fn the_deadline_holds_against_a_server_that_drips() {
    let ca = Authority::new("drip");
    let server = Server::start(ca.good(), 1, |mut stream| {
        answer(&mut stream);
        // A record whose bytes come one by one: no read of plaintext ever ends.
        stream.sock.write_all(&[23, 3, 3, 0x40, 0]).unwrap();
        while stream.sock.write_all(&[0]).is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let mut stream = server.connect(ca.tls());
    exchange(&mut stream);
    let limit = Duration::from_millis(300);
    let start = Instant::now();
    stream.set_deadline(Deadline::after(limit));
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::CallTimeout);
    assert!(start.elapsed() >= limit);
    drop(stream);
    server.join();
}

#[test]
fn a_ca_file_of_no_use_is_told_with_its_path() {
    let build = |path: &PathBuf| {
        let error = TlsOptions::new().ca_file(path).build().unwrap_err();
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        match error {
            TlsError::CaFile { error, .. } => error,
            other => panic!("{other}"),
        }
    };
    let missing = PathBuf::from("no/such/ca.pem");
    assert!(matches!(build(&missing), CaFileError::Unreadable(_)));
    assert!(matches!(build(&file("empty", b"# nothing\n")), CaFileError::Empty));
    let key = KeyPair::generate().unwrap().serialize_pem();
    assert!(matches!(build(&file("key", key.as_bytes())), CaFileError::Empty));
    let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
    assert!(matches!(build(&file("cut", cut)), CaFileError::NotPem(_)));
    let junk = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(build(&file("junk", junk)), CaFileError::NotACertificate(_)));
}

#[test]
fn without_any_root_there_is_no_tls() {
    let error = TlsOptions::new().roots(Roots::Added).build().unwrap_err();
    assert!(matches!(error, TlsError::NoRoots { .. }));
    assert!(error.to_string().contains("ca-certificates"), "{error}");
}

#[test]
fn the_default_roots_are_there_on_any_machine() {
    Tls::new().unwrap();
}
