//! A server of your own, with a CA of your own:
//! `cargo run -p scf-invoke --example custom_tls`.
//!
//! A rustls server in front of the emulator stands for a relay or a gateway.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::{env, fs, thread};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use scf_emulator::Emulator;
use scf_invoke::{Client, Credentials, Roots, TlsOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().function("echo", |event| Ok(event.json())).start()?;

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let ca_file = env::temp_dir().join(format!("scf-invoke-{}.pem", std::process::id()));
    fs::write(&ca_file, made.cert.pem())?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?;
    let gateway = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = format!("https://localhost:{}", gateway.local_addr()?.port());
    let upstream = emulator.url().replace("http://", "");
    thread::spawn(move || pass_on(&gateway, &Arc::new(config), &upstream));

    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(endpoint.parse()?)
        // Nothing but this CA is trusted; without `roots` it would be one more.
        .tls(TlsOptions::new().roots(Roots::Added).ca_file(&ca_file))
        .build()?;
    println!("over TLS: {}", client.invoke("echo", r#""hello""#)?.result_text());
    Ok(fs::remove_file(ca_file)?)
}

/// Passes one request on, and its response back.
fn pass_on(gateway: &TcpListener, config: &Arc<ServerConfig>, upstream: &str) -> Option<()> {
    let tls = ServerConnection::new(Arc::clone(config)).ok()?;
    let mut client = StreamOwned::new(tls, gateway.accept().ok()?.0);
    let mut upstream = TcpStream::connect(upstream).ok()?;
    let mut buffer = [0; 8192];
    let count = client.read(&mut buffer).ok()?;
    upstream.write_all(&buffer[..count]).ok()?;
    let count = upstream.read(&mut buffer).ok()?;
    client.write_all(&buffer[..count]).ok()
}
