//! The whole path of the asynchronous client, polled until it ends.

#![no_std]
#![no_main]

use core::future::{self, Future};
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_io::{ErrorKind, ErrorType};
use embedded_io_async::{Read, Write};
use probes::{Port, give, now, number, take, text};
use scf_invoke_core::{AsyncClient, Invocation, Region, Settings, Signer, Stream};

/// The port, ready when it says so.
struct Turns(Port);

/// Waits for the port.
async fn turn() {
    future::poll_fn(|_| if number() == 0 { Poll::Pending } else { Poll::Ready(()) }).await;
}

impl ErrorType for Turns {
    type Error = ErrorKind;
}

impl Read for Turns {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        turn().await;
        embedded_io::Read::read(&mut self.0, buffer)
    }
}

impl Write for Turns {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        turn().await;
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        turn().await;
        embedded_io::Write::flush(&mut self.0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let settings = Settings::new(Region::AP_GUANGZHOU, text());
    let Ok(signer) = Signer::new(text(), text()) else { return };
    let mut client = AsyncClient::new(Stream::new(Turns(Port)), settings, signer);
    let mut buffer = [0; 1024];
    let invocation = Invocation::new(text());
    let mut call = pin!(client.invoke(now(), &invocation, text(), &mut buffer));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(ended) = call.as_mut().poll(&mut context) {
            match ended {
                Ok(reply) => take(reply.request_id().as_bytes()),
                Err(error) => give(error.delivery() as u32),
            }
            return;
        }
    }
}
