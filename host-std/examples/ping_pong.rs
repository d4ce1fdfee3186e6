//! How near a small call comes to the bare socket that it uses:
//! `cargo run --release -p scf-std --example ping_pong`

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use scf_std::{Client, Credentials, Invocation, Payload};

const CALLS: u32 = 20_000;

/// Answers every request that ends where the first one did.
fn serve(mut tcp: TcpStream, length: usize) {
    let body = r#"{"Response":{"Result":{"RetMsg":"hello world","Log":"","ErrMsg":"","MemUsage":16777216,"Duration":1.5,"BillDuration":2,"FunctionRequestId":"3d3ad510-f3a8-4e84-81ee-99979a09a482","InvokeResult":0},"RequestId":"1fb8e02a-0746-4fbb-8e0d-e8685394b680"}}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut buffer = vec![0; length];
    while tcp.read_exact(&mut buffer).is_ok() {
        if tcp.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDEXAMPLE0123456789", "the-secret-key", None)?)
        .endpoint(format!("http://{address}").parse()?)
        .build()?;
    let event = r#"{"name":"world"}"#;
    let mut request = vec![];
    client.write_request(&Invocation::new("hello"), Payload::from(event), None, &mut request)?;
    let length = request.len();
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let _ = tcp.set_nodelay(true);
            thread::spawn(move || serve(tcp, length));
        }
    });

    let mut tcp = TcpStream::connect(address)?;
    tcp.set_nodelay(true)?;
    let mut buffer = [0; 16 << 10];
    let mut best = [Duration::MAX; 2];
    for _ in 0..5 {
        let start = Instant::now();
        for _ in 0..CALLS {
            tcp.write_all(&request)?;
            if tcp.read(&mut buffer)? == 0 {
                return Err("the server is gone".into());
            }
        }
        best[0] = best[0].min(start.elapsed());
        let start = Instant::now();
        for _ in 0..CALLS {
            if client.invoke("hello", event)?.result() != "hello world" {
                return Err("the answer is wrong".into());
            }
        }
        best[1] = best[1].min(start.elapsed());
    }
    let [raw, call] = best.map(|time| time.as_secs_f64() * 1e6 / f64::from(CALLS));
    println!("bare socket {raw:.2} us, call {call:.2} us, ratio {:.2}", raw / call);
    Ok(())
}
