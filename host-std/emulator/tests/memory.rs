//! Memory that strangers can make an emulator take. It is measured for the
//! whole process, so this test has one of its own.
#![cfg(target_os = "linux")]

mod support;

use std::io::Write;
use std::net::TcpStream;

use scf_emulator::Emulator;
use support::Tc3;

#[test]
fn bodies_that_nobody_signed_take_no_memory() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    };
    let emulator = Emulator::builder().function("hello", |_| Ok("hello")).start().unwrap();
    let before = resident();
    let megabyte = vec![b' '; 1 << 20];
    let mut waiting = Vec::new();
    for authorization in [
        "",
        "Authorization: nonsense\r\n",
        "Authorization: TC3-HMAC-SHA256 Credential=unknown/2023-11-14/scf/tc3_request, \
         SignedHeaders=content-type;host, Signature=00\r\nX-TC-Timestamp: 1700000000\r\n",
    ] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(emulator.addr()).unwrap();
            let head = format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\n{authorization}\
                 Content-Type: application/json\r\nContent-Length: 10485760\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            for _ in 0..9 {
                stream.write_all(&megabyte).unwrap();
            }
            waiting.push(stream);
        }
    }
    // All of them were read by now but for what the system buffers.
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes for 540 MB that nobody signed");
    assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
}
