//! The serial port that the modem is at, byte by byte. It waits for ever; a watchdog
//! ends what takes longer than a call may.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, Write};
use nrf_pac::uart::vals::{Baudrate, Enable};
use nrf_pac::{P0, UART0};

/// The pins of the development kit's connector, on port 0.
const TXD: u8 = 6;
const RXD: u8 = 8;

/// The port at 115,200 baud, without flow control.
pub(crate) struct Uart;

impl Uart {
    pub(crate) fn new() -> Self {
        P0.outset().write(|register| register.set_pin(TXD.into(), true));
        P0.dirset().write(|register| register.set_pin(TXD.into(), true));
        UART0.psel().txd().write(|register| {
            register.set_pin(TXD);
            register.set_connect(nrf_pac::shared::vals::Connect::Connected);
        });
        UART0.psel().rxd().write(|register| {
            register.set_pin(RXD);
            register.set_connect(nrf_pac::shared::vals::Connect::Connected);
        });
        UART0.baudrate().write(|register| register.set_baudrate(Baudrate::Baud115200));
        UART0.enable().write(|register| register.set_enable(Enable::Enabled));
        UART0.tasks_startrx().write_value(1);
        UART0.tasks_starttx().write_value(1);
        Self
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Read for Uart {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = out.first_mut() else { return Ok(0) };
        while UART0.events_rxdrdy().read() == 0 {}
        UART0.events_rxdrdy().write_value(0);
        *first = UART0.rxd().read().rxd();
        Ok(1)
    }
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for byte in bytes {
            UART0.events_txdrdy().write_value(0);
            UART0.txd().write(|register| register.set_txd(*byte));
            while UART0.events_txdrdy().read() == 0 {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
