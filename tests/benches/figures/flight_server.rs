//! A server for many connections, in a process of its own, so that the figures
//! are the client's alone.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::server;

/// The variable that makes this program a server, and says how it behaves.
const VARIABLE: &str = "SCF_FIGURES_SERVER";

/// The connections that wait to be accepted, at most; the system may allow fewer.
const BACKLOG: u32 = 4096;

/// How a server behaves.
#[derive(Clone, Copy)]
pub(crate) enum Behaviour {
    Answer,
    /// Holds its answers back until it has so many requests.
    HoldFor(usize),
    /// Refuses what is over so many requests in a second.
    LimitTo(u32),
}

impl Behaviour {
    fn text(self) -> String {
        match self {
            Self::Answer => "answer".to_owned(),
            Self::HoldFor(requests) => format!("hold {requests}"),
            Self::LimitTo(rate) => format!("limit {rate}"),
        }
    }

    fn parse(text: &str) -> Self {
        match text.split_once(' ') {
            Some(("hold", requests)) => Self::HoldFor(requests.parse().expect("a number")),
            Some(("limit", rate)) => Self::LimitTo(rate.parse().expect("a number")),
            _ => Self::Answer,
        }
    }
}

/// A server that ends with this.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let program = env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .env(VARIABLE, behaviour.text())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut address = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut address).expect("its address");
        Self { child, address: address.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process is ended, if this is the process of a server.
pub(crate) fn serve_if_asked() {
    let Ok(behaviour) = env::var(VARIABLE) else { return };
    let state = Arc::new(State {
        behaviour: Behaviour::parse(&behaviour),
        requests: AtomicUsize::new(0),
        enough: Notify::new(),
        second: Mutex::new((Instant::now(), 0)),
    });
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = listen();
        println!("{}", listener.local_addr().expect("it is bound"));
        loop {
            let (tcp, _) = listener.accept().await.expect("a connection");
            tokio::spawn(answer_all(tcp, Arc::clone(&state)));
        }
    });
}

fn listen() -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    socket.listen(BACKLOG).expect("it listens")
}

struct State {
    behaviour: Behaviour,
    requests: AtomicUsize,
    /// There are as many requests as are held for.
    enough: Notify,
    /// The beginning of this second, and the requests in it.
    second: Mutex<(Instant, u32)>,
}

impl State {
    /// Returns whether a request is over the rate.
    fn refuses(&self) -> bool {
        let Behaviour::LimitTo(rate) = self.behaviour else {
            return false;
        };
        let mut second = self.second.lock().expect("nobody panics");
        if second.0.elapsed() >= Duration::from_secs(1) {
            *second = (Instant::now(), 0);
        }
        second.1 += 1;
        second.1 > rate
    }

    /// Waits until there are as many requests as are held for.
    async fn hold(&self) {
        let Behaviour::HoldFor(requests) = self.behaviour else {
            return;
        };
        let enough = self.enough.notified();
        if self.requests.fetch_add(1, Ordering::SeqCst) + 1 < requests {
            enough.await;
        } else {
            self.enough.notify_waiters();
        }
    }
}

async fn answer_all(mut tcp: TcpStream, state: Arc<State>) {
    let _ = tcp.set_nodelay(true);
    let (answer, refusal) = (server::answer(), server::refusal());
    let (mut request, mut buffer) = (Vec::new(), [0; 2048]);
    loop {
        match tcp.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
        if !server::is_whole(&request) {
            continue;
        }
        request.clear();
        state.hold().await;
        let answer = if state.refuses() { &refusal } else { &answer };
        if tcp.write_all(answer).await.is_err() {
            return;
        }
    }
}
