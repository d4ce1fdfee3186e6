//! Many invocations at once on one thread.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use scf_invoke::{AsyncClient, Client, Credentials, Endpoint, MapOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::peers;
use crate::report::{Report, Target, Times};
use crate::server;

const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 7;
const CALLS: usize = IN_FLIGHT * 100;
const WAITING: usize = 10_000;
const MAX_WAITING_MIB: f64 = 250.0;
const EVENT: &str = r#"{"name":"world"}"#;

const RATE: u32 = 2_000;

/// In the process of a server: how it behaves.
const SERVER: &str = "SCF_FIGURES_SERVER";

/// How a server behaves.
#[derive(Clone, Copy)]
enum Behaviour {
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

pub(crate) fn run(report: &mut Report) {
    in_flight(report);
    waiting(report);
    mapped(report);
}

/// The processor's time of a call, and the rate, beside reqwest.
fn in_flight(report: &mut Report) {
    report.heading("Invoke, 64 in flight on one thread: a server that does nothing but answer");
    let server = Server::start(Behaviour::Answer);
    let runtime = runtime();
    let (ours, theirs) = (server.client(), reqwest::Client::new());
    let (mut times, mut rates) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..ROUNDS {
        let client = &ours;
        let measured = measure(&runtime, move || {
            let client = client.clone();
            async move { client.invoke("hello", EVENT).await.map(drop).map_err(|e| e.to_string()) }
        });
        record(&mut times, &mut rates, "scf-invoke", measured);
        let (client, host) = (&theirs, &server.address);
        let measured = measure(&runtime, move || {
            let request = by_hand(client, host);
            async move {
                let response = request.send().await.map_err(|e| e.to_string())?;
                response.bytes().await.map(drop).map_err(|e| e.to_string())
            }
        });
        record(&mut times, &mut rates, "reqwest, signed by hand", measured);
    }
    let take = |map: &mut BTreeMap<_, _>, name| Times::of(map.remove(name).unwrap_or_default());
    let (our_time, our_rate) = (take(&mut times, "scf-invoke"), take(&mut rates, "scf-invoke"));
    let name = "reqwest, signed by hand";
    let (their_time, their_rate) = (take(&mut times, name), take(&mut rates, name));
    for (name, time, rate) in
        [("scf-invoke", &our_time, &our_rate), (name, &their_time, &their_rate)]
    {
        println!(
            "  {name:<44} {:>9.1} us of the processor {:>8.0} /s",
            time.median() * 1e6,
            rate.median()
        );
    }
    let cpu = "processor's time, scf-invoke / reqwest";
    report.ratio(cpu, &our_time, &their_time, Target::AtMost(0.7));
    report.ratio("rate, scf-invoke / reqwest", &our_rate, &their_rate, Target::AtLeast(1.0));
}

type Series = BTreeMap<&'static str, Vec<f64>>;

fn record(times: &mut Series, rates: &mut Series, name: &'static str, (time, rate): (f64, f64)) {
    times.entry(name).or_default().push(time);
    rates.entry(name).or_default().push(rate);
}

/// Makes the calls, and returns the processor's time of each in seconds, and
/// how many were made in a second.
fn measure<F, R>(runtime: &tokio::runtime::Runtime, call: F) -> (f64, f64)
where
    F: Fn() -> R,
    R: Future<Output = Result<(), String>> + 'static,
{
    let set = tokio::task::LocalSet::new();
    let (start, cpu) = (Instant::now(), thread_time());
    set.block_on(runtime, async {
        let mut running: JoinSet<Result<(), String>> = JoinSet::new();
        for _ in 0..CALLS {
            if running.len() == IN_FLIGHT {
                running.join_next().await.expect("one runs").expect("it ends").expect("a reply");
            }
            running.spawn_local(call());
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("it ends").expect("a reply");
        }
    });
    let calls = CALLS as f64;
    ((thread_time() - cpu).as_secs_f64() / calls, calls / start.elapsed().as_secs_f64())
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// The memory of calls that all wait for an answer at once.
fn waiting(report: &mut Report) {
    report.heading("Invoke, 10,000 waiting at once on one thread");
    let server = Server::start(Behaviour::HoldFor(WAITING));
    let client = server.client();
    runtime().block_on(async {
        let mut calls = JoinSet::new();
        for _ in 0..WAITING {
            let client = client.clone();
            calls.spawn(async move { client.invoke("hello", EVENT).await.map(drop) });
        }
        while let Some(ended) = calls.join_next().await {
            ended.expect("it ends").expect("a reply");
        }
    });
    report.at_most("memory of the whole process, MiB", peak_mib(), MAX_WAITING_MIB);
}

/// The most memory that this process has had.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

/// Events at a rate: none may be lost.
fn mapped(report: &mut Report) {
    report.heading("map of 10,000 events at 2,000 a second, against a limit of that rate");
    let server = Server::start(Behaviour::LimitTo(RATE));
    let client = server.client();
    let start = Instant::now();
    let succeeded = runtime().block_on(async {
        let events = (0..10_000).map(|number| number.to_string());
        let mut results = client.map("hello", events, MapOptions::default().rate(RATE));
        while results.next().await.is_some() {}
        results.summary().succeeded
    });
    let rate = 10_000.0 / start.elapsed().as_secs_f64();
    println!("  {:<44} {rate:>10.0} /s", "events in a second");
    report.at_most("events lost", 10_000.0 - succeeded as f64, 0.0);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn by_hand(client: &reqwest::Client, host: &str) -> reqwest::RequestBuilder {
    let signed = peers::sign(host, "hello", EVENT, peers::TIMESTAMP, peers::DATE);
    client
        .post(format!("http://{host}/"))
        .header("Content-Type", "application/json")
        .header("X-TC-Action", "Invoke")
        .header("X-TC-Version", "2018-04-16")
        .header("X-TC-Region", peers::REGION)
        .header("X-TC-Timestamp", peers::TIMESTAMP)
        .header("Authorization", signed.authorization)
        .body(signed.body)
}

/// A server in a process of its own, which ends with this.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(behaviour: Behaviour) -> Self {
        let program = env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .env(SERVER, behaviour.text())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut address = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut address).expect("its address");
        Self { child, address: address.trim().to_owned() }
    }

    fn client(&self) -> AsyncClient {
        Client::builder()
            .region(peers::REGION)
            .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
            .endpoint(Endpoint::parse(&format!("http://{}", self.address)).unwrap())
            .idle_connections(IN_FLIGHT)
            .build_async()
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process ends, if this is the process of a server.
pub(crate) fn serve_if_asked() {
    let Ok(behaviour) = env::var(SERVER) else { return };
    let state = Arc::new(State {
        behaviour: Behaviour::parse(&behaviour),
        requests: AtomicUsize::new(0),
        opened: Notify::new(),
        second: Mutex::new((Instant::now(), 0)),
    });
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("{}", listener.local_addr().expect("it is bound"));
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(answer_all(tcp, Arc::clone(&state)));
        }
    });
}

struct State {
    behaviour: Behaviour,
    requests: AtomicUsize,
    opened: Notify,
    /// The beginning of this second, and the requests in it.
    second: Mutex<(Instant, u32)>,
}

impl State {
    /// Whether a request is over the rate.
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
        let opened = self.opened.notified();
        let count = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        match self.behaviour {
            Behaviour::HoldFor(requests) if count < requests => opened.await,
            _ => self.opened.notify_waiters(),
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
