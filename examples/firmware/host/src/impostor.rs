//! A TLS 1.3 server that shows no certificate: it goes from the keys straight
//! to the end of the handshake, as one with a pre-shared key would. Anybody in
//! the middle could be it, and a client that asks only whether what it was
//! shown is right lets it in.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::SystemRandom;
use ring::{digest, hmac};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// Serves one connection.
pub(crate) fn start() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            // Ends with an error when the board has hung up.
            let _ = shake_hands(stream);
        }
    });
    Ok(address)
}

fn shake_hands(mut stream: TcpStream) -> Result<(), Failure> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let client_hello = read_record(&mut stream)?;
    // The client's key: the group P-256, 65 bytes, uncompressed.
    let mark = [0x00, 0x17, 0x00, 0x41, 0x04];
    let place = client_hello.windows(5).position(|bytes| bytes == mark).ok_or("no key share")?;
    let peer = client_hello.get(place + 4..place + 69).ok_or("a short key share")?;
    // After type, length, version and random number.
    let session_length = usize::from(*client_hello.get(38).ok_or("a short hello")?);
    let session = client_hello.get(38..39 + session_length).ok_or("a short hello")?;

    let random = SystemRandom::new();
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(unspecified)?;
    let public = private.compute_public_key().map_err(unspecified)?;
    let mut hello = vec![0x03, 0x03];
    hello.extend([0x5a; 32]);
    hello.extend(session);
    hello.extend([0x13, 0x01, 0x00]); // AES-128-GCM with SHA-256
    let mut extensions = vec![0x00, 0x2b, 0x00, 0x02, 0x03, 0x04];
    extensions.extend([0x00, 0x33, 0x00, 0x45, 0x00, 0x17, 0x00, 0x41]);
    extensions.extend(public.as_ref());
    hello.extend((extensions.len() as u16).to_be_bytes());
    hello.extend(extensions);
    let server_hello = message(2, &hello);
    write_record(&mut stream, HANDSHAKE, &server_hello)?;

    let shared =
        agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, peer), <[u8]>::to_vec)
            .map_err(unspecified)?;
    let early = Salt::new(HKDF_SHA256, &[0; 32]).extract(&[0; 32]);
    let derived = expand(&early, "derived", &hash(&[]), 32)?;
    let secret = Salt::new(HKDF_SHA256, &derived).extract(&shared);
    let so_far = [client_hello, server_hello].concat();
    let traffic = expand(&secret, "s hs traffic", &hash(&so_far), 32)?;
    let traffic = Prk::new_less_safe(HKDF_SHA256, &traffic);
    let key = expand(&traffic, "key", &[], 16)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(unspecified)?);
    let iv = expand(&traffic, "iv", &[], 12)?;

    let extensions = message(8, &[0, 0]);
    let finished_key = expand(&traffic, "finished", &[], 32)?;
    let said = hash(&[so_far, extensions.clone()].concat());
    let finished = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &finished_key), &said);
    let finished = message(20, finished.as_ref());
    for (count, content) in [extensions, finished].into_iter().enumerate() {
        let mut nonce: [u8; 12] = iv.clone().try_into().map_err(|_| "an iv of 12 bytes")?;
        nonce[11] ^= count as u8;
        let mut sealed = content;
        sealed.push(HANDSHAKE);
        let length = (sealed.len() + 16) as u16;
        let [high, low] = length.to_be_bytes();
        let header = Aad::from([APPLICATION_DATA, 3, 3, high, low]);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), header, &mut sealed)
            .map_err(unspecified)?;
        write_record(&mut stream, APPLICATION_DATA, &sealed)?;
    }
    // Whatever else the client says.
    while stream.read(&mut [0; 256])? > 0 {}
    Ok(())
}

fn unspecified(_: ring::error::Unspecified) -> &'static str {
    "cryptography failed"
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Derives a secret by HKDF-Expand-Label of TLS 1.3.
fn expand(secret: &Prk, label: &str, context: &[u8], length: usize) -> Result<Vec<u8>, Failure> {
    let label = format!("tls13 {label}");
    let info = [
        &(length as u16).to_be_bytes()[..],
        &[label.len() as u8],
        label.as_bytes(),
        &[context.len() as u8],
        context,
    ];
    let mut out = vec![0; length];
    secret.expand(&info, Length(length)).and_then(|key| key.fill(&mut out)).map_err(unspecified)?;
    Ok(out)
}

/// Returns a message of the handshake.
fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let [_, high, middle, low] = (content.len() as u32).to_be_bytes();
    [&[kind, high, middle, low], content].concat()
}

fn read_record(stream: &mut TcpStream) -> Result<Vec<u8>, Failure> {
    let mut header = [0; 5];
    stream.read_exact(&mut header)?;
    let mut content = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut content)?;
    Ok(content)
}

fn write_record(stream: &mut TcpStream, kind: u8, content: &[u8]) -> std::io::Result<()> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    stream.write_all(&[&[kind, 3, 3, high, low], content].concat())
}
