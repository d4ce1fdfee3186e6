//! The parts of what the blocking client adds to the time of a raw socket.

use std::convert::Infallible;
use std::time::Duration;

use embedded_io::{ErrorType, Read, Write};
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::tc3::Signer;
use scf_invoke_core::{Client, Stream};

use crate::carry::{EVENT, PingPong};
use crate::peers;
use crate::report::Report;
use crate::server;

/// Prints the parts of the difference between the client, which `invoke` calls, and the
/// raw socket. `guarded` is that socket as the client uses it: with limits of time, and
/// looked at before each request.
pub(crate) fn run(
    report: &mut Report,
    invoke: impl Fn(),
    raw: &mut PingPong,
    guarded: &mut PingPong,
) {
    report.heading("What the client adds to the raw socket");
    let settings = Settings::new(Region::AP_GUANGZHOU, peers::HOST);
    let signer = Signer::new(peers::SECRET_ID, peers::SECRET_KEY).unwrap();
    let mut core = Client::new(Stream::new(Memory::default()), settings, signer);
    let hello = Invocation::new("hello");
    let mut buffer = vec![0; 16 << 10];
    let in_memory = || {
        let reply = core.invoke(peers::TIMESTAMP, &hello, EVENT, &mut buffer).unwrap();
        assert_eq!(reply.result_text(), Ok("hello from scf"));
    };
    let times = report.time(
        Duration::from_millis(30),
        &mut [
            ("scf-invoke", Box::new(invoke)),
            ("raw socket, the same bytes", Box::new(|| drop(raw.exchange()))),
            ("raw socket with limits and a look at it", Box::new(|| drop(guarded.exchange()))),
            ("scf-invoke-core on a stream in memory", Box::new(in_memory)),
        ],
    );
    let [client, raw, guarded, core] = [0, 1, 2, 3].map(|candidate| times[candidate].median());
    report.part("added in all", client - raw);
    report.part("  signing, encoding and decoding", core);
    report.part("  limits of time, and a look whether it is open", guarded - raw);
    report.part("  the rest: hooks, pool, cancellation, buffers", client - guarded - core);
}

/// A stream that answers each request at once.
struct Memory {
    answer: Vec<u8>,
    read: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { answer: server::answer(), read: 0 }
    }
}

impl ErrorType for Memory {
    type Error = Infallible;
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let left = &self.answer[self.read..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.read += count;
        Ok(count)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.read = 0;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
