//! Each carrier against a server or modem that plays one exchange.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle};

use carriers::{HttpClient, Modem, ModemError, over_tcp};
use embedded_io::ErrorType;
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use scf_invoke_core::lite::Target;
use scf_invoke_core::{AsyncClient, Client, Delivery, Error, Invocation, Region, Settings, Signer};

const HOST: &str = "scf.tencentcloudapi.com";
const NOW: u64 = 1_700_000_000;
const BODY: &str = r#"{"Response":{"Result":{"RetMsg":"hello","InvokeResult":0},"RequestId":"1"}}"#;
const EVENT: &str = r#"{"name":"world"}"#;
const SENT: &str = r#"{"FunctionName":"hello","ClientContext":"{\"name\":\"world\"}"}"#;

fn settings() -> Settings<'static> {
    Settings::new(Region::AP_GUANGZHOU, HOST)
}

fn signer() -> Signer<'static> {
    Signer::new("AKIDEXAMPLE", "the-secret-key").unwrap()
}

/// Serves one request; the thread returns it.
fn serve() -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(SENT.as_bytes()) {
            let mut piece = [0; 256];
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "the request ended early");
            request.extend_from_slice(&piece[..count]);
        }
        let head = "HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: ";
        write!(stream, "{head}{}\r\n\r\n{BODY}", BODY.len()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, serving)
}

/// The host's own TCP, which blocks.
struct Tcp(SocketAddr);
struct Connection(TcpStream);

impl TcpConnect for Tcp {
    type Error = io::Error;
    type Connection<'a> = Connection;

    async fn connect(&self, _: SocketAddr) -> io::Result<Connection> {
        TcpStream::connect(self.0).map(Connection)
    }
}

impl ErrorType for Connection {
    type Error = io::Error;
}

impl embedded_io_async::Read for Connection {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl embedded_io_async::Write for Connection {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Dns for Tcp {
    type Error = io::Error;

    async fn get_host_by_name(&self, _: &str, _: AddrType) -> io::Result<IpAddr> {
        Ok(self.0.ip())
    }

    async fn get_host_by_address(&self, _: IpAddr, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Runs a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the host's TCP blocks"),
    }
}

#[test]
fn a_tcp_stack_carries_a_call() {
    let (address, serving) = serve();
    let target = Target { host: HOST, region: Region::AP_GUANGZHOU, function: "hello" };
    let mut buffer = [0; 1024];
    let tcp = Tcp(address);
    let call = over_tcp(&tcp, address, &target, signer(), EVENT, NOW, &mut buffer);
    assert_eq!(now(call).unwrap().result_text(), Ok("hello"));
    assert!(
        serving.join().unwrap().starts_with("POST / HTTP/1.1\r\nHost: scf.tencentcloudapi.com")
    );
}

#[test]
fn reqwless_carries_a_call() {
    let (address, serving) = serve();
    let tcp = Tcp(address);
    let http = HttpClient::new(
        reqwless::client::HttpClient::new(&tcp, &tcp),
        "http://scf.tencentcloudapi.com/",
    );
    let mut client = AsyncClient::new(http, settings(), signer());
    let mut buffer = [0; 1024];
    let reply = now(client.invoke(NOW, &Invocation::new("hello"), EVENT, &mut buffer)).unwrap();
    assert_eq!(reply.result_text(), Ok("hello"));
    let request = serving.join().unwrap();
    assert_eq!(request.matches("Host: scf.tencentcloudapi.com\r\n").count(), 1, "{request}");
    assert_eq!(request.matches(&format!("Content-Length: {}\r\n", SENT.len())).count(), 1);
    assert!(request.contains("Authorization: TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
}

/// A modem that says what it is made to say, and keeps what is written to it.
struct Line<'a> {
    says: &'a [u8],
    written: Vec<u8>,
}

impl ErrorType for Line<'_> {
    type Error = io::Error;
}

impl embedded_io::Read for Line<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.says, buffer)
    }
}

impl embedded_io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut self.written, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a call over a modem that says this; returns the result, or the error.
fn over_modem(says: &str) -> (Result<String, Error<ModemError<io::Error>>>, String) {
    let mut line = Line { says: says.as_bytes(), written: Vec::new() };
    let modem = Modem::new(&mut line, "https://scf.tencentcloudapi.com/");
    let mut client = Client::new(modem, settings(), signer());
    let mut buffer = [0; 1024];
    let reply = client.invoke(NOW, &Invocation::new("hello"), EVENT, &mut buffer);
    let result = reply.map(|reply| reply.result_text().unwrap().to_owned());
    (result, String::from_utf8(line.written).unwrap())
}

const READY: &str = "\r\nOK\r\n\r\nCONNECT\r\n\r\nOK\r\n\r\nCONNECT\r\n";

#[test]
fn a_modem_that_ends_tls_itself_carries_a_call() {
    let response = format!("{READY}\r\nOK\r\n\r\n+QHTTPPOST: 0,200,{}\r\n", BODY.len());
    let (result, written) = over_modem(&format!("{response}\r\nCONNECT\r\n{BODY}\r\nOK\r\n"));
    assert_eq!(result.unwrap(), "hello");
    let commands = [
        "AT+QHTTPCFG=\"requestheader\",1\r",
        "AT+QHTTPURL=32,80\rhttps://scf.tencentcloudapi.com/",
        "AT+QHTTPPOST=",
    ];
    assert!(written.starts_with(&commands.concat()), "{written}");
    let (_, after) = written.split_once("AT+QHTTPPOST=").unwrap();
    let (length, request) = after.split_once(",80,80\r").unwrap();
    let (request, _) = request.split_once("AT+QHTTPREAD=80\r").unwrap();
    assert_eq!(request.len(), length.parse().unwrap());
    assert!(request.starts_with("POST / HTTP/1.1\r\n") && request.ends_with(SENT), "{request}");
}

#[test]
fn what_a_modem_refuses_is_not_sent_and_what_it_lost_is_unknown() {
    let (result, _) = over_modem("\r\nERROR\r\n");
    assert_eq!(result.unwrap_err().delivery(), Delivery::NotSent);
    // Error 702 is a timeout, after the whole request has left.
    let (result, _) = over_modem(&format!("{READY}\r\nOK\r\n\r\n+QHTTPPOST: 702\r\n"));
    let Err(Error::Transport { error: ModemError::Code(702), delivery }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(delivery, Delivery::Unknown);
}
