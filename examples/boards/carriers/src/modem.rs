//! A modem that ends TLS and HTTP itself: it takes a whole request over a serial
//! line, by AT commands, and gives status and body of the response.
//!
//! The commands are those of Quectel's modems (EC2x, BG9x): `AT+QHTTPCFG`,
//! `AT+QHTTPURL`, `AT+QHTTPPOST`, `AT+QHTTPREAD`. Other makers have the same steps
//! under other names.

use core::fmt;

use embedded_io::{Read, Write};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::transport::Transport;

/// The bytes that the head of a request may have.
const HEAD: usize = 1024;

/// The longest line of the modem's, in bytes.
const LINE: usize = 64;

/// The seconds that the modem waits for the request, and for the response.
const SECONDS: &str = "80";

/// Carries calls over a modem's serial line.
///
/// The line waits as long as its driver does: give it a timeout of more than 80 s.
pub struct Modem<'a, S> {
    serial: S,
    url: &'a str,
}

impl<'a, S: Read + Write> Modem<'a, S> {
    /// Sends calls to `url`, such as `https://scf.tencentcloudapi.com/`, over a
    /// modem that is attached and has its PDP context and TLS set up.
    pub const fn new(serial: S, url: &'a str) -> Self {
        Self { serial, url }
    }
}

/// The error of a modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModemError<E> {
    /// The serial line failed.
    Serial(E),
    /// The serial line has ended.
    Closed,
    /// The modem refused a command, or answered something unexpected.
    Refused,
    /// The modem has this error of its own; it made no request, or got no response.
    Code(u16),
}

impl<E: fmt::Display> fmt::Display for ModemError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(error) => error.fmt(f),
            Self::Closed => f.write_str("the modem's serial line has ended"),
            Self::Refused => f.write_str("the modem refused a command"),
            Self::Code(code) => write!(f, "the modem reports error {code}"),
        }
    }
}

impl<S: Read + Write> Transport for Modem<'_, S> {
    type Error = ModemError<S::Error>;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        let mut text = [0; HEAD];
        let head = call.head(&mut text)?;
        let length: usize = head
            .fields()
            .find(|(name, _)| *name == "Content-Length")
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or_default();
        let head = head.as_bytes();
        self.prepare(head.len().saturating_add(length)).map_err(ExchangeError::Transport)?;
        self.write(head).map_err(ExchangeError::Transport)?;
        loop {
            let bytes = call.body()?;
            if bytes.is_empty() {
                break;
            }
            if let Err(error) = self.write(bytes) {
                call.transmit_failed();
                return Err(ExchangeError::Transport(error));
            }
        }
        self.receive(call).map_err(ExchangeError::Transport)
    }
}

impl<S: Read + Write> Modem<'_, S> {
    /// Makes the modem ask for a request of so many bytes.
    fn prepare(&mut self, length: usize) -> Result<(), ModemError<S::Error>> {
        // The request comes with its own head, and the response without.
        self.command(&["AT+QHTTPCFG=\"requestheader\",1"], b"OK")?;
        let mut digits = [0; 20];
        let url_length = decimal(self.url.len(), &mut digits);
        self.command(&["AT+QHTTPURL=", url_length, ",", SECONDS], b"CONNECT")?;
        self.write(self.url.as_bytes())?;
        self.expect(b"OK")?;
        let mut digits = [0; 20];
        let length = decimal(length, &mut digits);
        self.command(&["AT+QHTTPPOST=", length, ",", SECONDS, ",", SECONDS], b"CONNECT")
    }

    /// Waits for the response, and gives it to the call.
    fn receive(&mut self, call: &mut Call<'_>) -> Result<(), ModemError<S::Error>> {
        self.expect(b"OK")?;
        // +QHTTPPOST: error,status,length
        let mut line = [0; LINE];
        let report = self.line(&mut line)?;
        let report = report.strip_prefix(b"+QHTTPPOST: ").ok_or(ModemError::Refused)?;
        let mut numbers = report.split(|&byte| byte == b',').map(number);
        match numbers.next() {
            Some(Some(0)) => {}
            code => return Err(code.flatten().map_or(ModemError::Refused, ModemError::Code)),
        }
        let status = numbers.next().flatten().ok_or(ModemError::Refused)?;
        // The modem keeps the Date header to itself: a wrong clock is set by the
        // network's time, AT+CCLK.
        call.response_head(status, None);
        self.command(&["AT+QHTTPREAD=", SECONDS], b"CONNECT")?;
        self.body(call)?;
        call.response_end();
        Ok(())
    }

    /// Gives the body to the call, which ends before a line with OK.
    fn body(&mut self, call: &mut Call<'_>) -> Result<(), ModemError<S::Error>> {
        const END: &[u8] = b"\r\nOK\r\n";
        let mut matched = 0;
        loop {
            let byte = self.byte()?;
            if END.get(matched) == Some(&byte) {
                matched += 1;
                if matched == END.len() {
                    return Ok(());
                }
                continue;
            }
            // What looked like the end was the body's. Only CR begins the end.
            call.response_body(END.get(..matched).unwrap_or_default());
            matched = usize::from(byte == b'\r');
            if matched == 0 {
                call.response_body(&[byte]);
            }
        }
    }

    /// Sends a command and waits for its answer.
    fn command(&mut self, parts: &[&str], answer: &[u8]) -> Result<(), ModemError<S::Error>> {
        for part in parts {
            self.write(part.as_bytes())?;
        }
        self.write(b"\r")?;
        self.expect(answer)
    }

    fn expect(&mut self, answer: &[u8]) -> Result<(), ModemError<S::Error>> {
        let mut line = [0; LINE];
        if self.line(&mut line)? == answer { Ok(()) } else { Err(ModemError::Refused) }
    }

    /// Reads the next line that is not empty, without its end; what does not fit
    /// is cut.
    fn line<'l>(&mut self, line: &'l mut [u8; LINE]) -> Result<&'l [u8], ModemError<S::Error>> {
        let mut length = 0;
        loop {
            match self.byte()? {
                b'\n' if length > 0 => return Ok(line.get(..length).unwrap_or_default()),
                b'\r' | b'\n' => {}
                byte => {
                    if let Some(place) = line.get_mut(length) {
                        *place = byte;
                        length += 1;
                    }
                }
            }
        }
    }

    fn byte(&mut self) -> Result<u8, ModemError<S::Error>> {
        let mut byte = [0];
        match self.serial.read(&mut byte).map_err(ModemError::Serial)? {
            0 => Err(ModemError::Closed),
            _ => Ok(byte[0]),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ModemError<S::Error>> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.serial.write(rest).map_err(ModemError::Serial)? {
                0 => return Err(ModemError::Closed),
                count => rest = rest.get(count..).unwrap_or_default(),
            }
        }
        self.serial.flush().map_err(ModemError::Serial)
    }
}

/// Returns a number in decimal digits.
fn decimal(number: usize, digits: &mut [u8; 20]) -> &str {
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return str::from_utf8(digits.get(at..).unwrap_or_default()).unwrap_or_default();
        }
    }
}

/// Returns the number that these digits are.
fn number(digits: &[u8]) -> Option<u16> {
    str::from_utf8(digits).ok()?.parse().ok()
}
