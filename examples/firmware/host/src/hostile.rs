//! A peer that answers as no server should.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The ways in which it misbehaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// Not a word.
    Silence,
    /// Not HTTP, and not TLS either.
    Noise,
    /// Header after header, for ever.
    EndlessHead,
    /// A body that has no end, as fast as it can.
    EndlessBody,
    /// A byte of a body now and then, for ever.
    Drip,
    /// A head that says more bytes than come.
    Truncated,
    /// A web page where the API's answer should be.
    Page,
    /// Arrays in arrays in arrays.
    Nested,
    /// Two lengths that differ.
    TwoLengths,
}

/// Serves one connection in this manner, and ends with it or after a minute.
pub(crate) fn start(manner: Manner) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            // Ends with an error when the board has hung up.
            let _ = answer(stream, manner);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let until = Instant::now() + Duration::from_secs(60);
    // All of the request: closing with some of it unread would be a reset.
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut request = [0; 4096];
    while stream.read(&mut request).is_ok_and(|count| count > 0) {}
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    match manner {
        Manner::Silence => std::thread::sleep(Duration::from_secs(30)),
        Manner::Noise => stream.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n")?,
        Manner::EndlessHead => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            while Instant::now() < until {
                stream.write_all(b"X-More: and more and more and more\r\n")?;
            }
        }
        Manner::EndlessBody => {
            stream.write_all(CHUNKED)?;
            let start = r#"{"Response":{"Result":{"RetMsg":""#;
            write!(stream, "{:x}\r\n{start}\r\n", start.len())?;
            while Instant::now() < until {
                stream.write_all(b"10\r\nand so on and on\r\n")?;
            }
        }
        Manner::Drip => {
            stream.write_all(CHUNKED)?;
            while Instant::now() < until {
                stream.write_all(b"1\r\n \r\n")?;
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        Manner::Truncated => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Response\":{")?;
        }
        Manner::Page => stream.write_all(
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 20\r\n\r\n<html>trouble</html>",
        )?,
        Manner::Nested => {
            let mut body = b"{\"Response\":{\"Result\":".to_vec();
            body.extend(std::iter::repeat_n(b'[', 100_000));
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len())?;
            stream.write_all(&body)?;
        }
        Manner::TwoLengths => stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")?,
    }
    Ok(())
}
