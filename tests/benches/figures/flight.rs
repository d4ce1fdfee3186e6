//! Many invocations at once on one thread: beside reqwest, in memory, and at
//! the API's rate.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use scf_invoke::{
    AsyncClient, CallInfo, Client, ClientBuilder, Credentials, Hook, MapOptions, Progress,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

use crate::flight_server::{Behaviour, Server};
use crate::peers;
use crate::report::{Report, Target, Times};

const EVENT: &str = r#"{"name":"world"}"#;

const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 7;
const CALLS: usize = IN_FLIGHT * 100;

/// Calls that all wait for their answers, and what the process may take then.
const WAITING: usize = 10_000;
const MAX_WAITING_MIB: f64 = 250.0;
/// Connections that may be made at once, fewer than a listener has room for.
const CONNECTING: usize = 256;

const EVENTS: usize = 10_000;
/// The API takes 100 a second for `Invoke` and 10,000 for `InvokeFunction`; the
/// one would take long, and the other is more than some machines can.
const RATE: u32 = 2_000;

pub(crate) fn run(report: &mut Report) {
    allow_descriptors();
    // Before anything else has taken memory.
    waiting(report);
    in_flight(report);
    mapped(report);
}

/// Raises the limit of open files, for this process and its servers.
fn allow_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    raised.expect("a process may go up to its own maximum");
}

/// Measures the processor time of a call, and the rate, beside reqwest.
fn in_flight(report: &mut Report) {
    report.heading("Invoke, 64 in flight on one thread: a server that does nothing but answer");
    let server = Server::start(Behaviour::Answer);
    let runtime = runtime();
    let (ours, theirs) = (builder(&server).build_async().unwrap(), reqwest::Client::new());
    let mut our = Series::default();
    let mut their = Series::default();
    for _ in 0..ROUNDS {
        our.add(measure(&runtime, || {
            let client = ours.clone();
            async move { drop(client.invoke("hello", EVENT).await.expect("a reply")) }
        }));
        their.add(measure(&runtime, || {
            let request = by_hand(&theirs, &server.address);
            async move {
                let response = request.send().await.expect("a response");
                drop(response.bytes().await.expect("its body"));
            }
        }));
    }
    our.print("scf-invoke");
    their.print("reqwest, signed by hand");
    let [our_time, our_rate] = our.times();
    let [their_time, their_rate] = their.times();
    report.ratio("CPU time, scf-invoke / reqwest", &our_time, &their_time, Target::AtMost(0.7));
    report.ratio("rate, scf-invoke / reqwest", &our_rate, &their_rate, Target::AtLeast(1.0));
}

/// The figures of one client, a round each.
#[derive(Default)]
struct Series {
    /// Seconds of the processor for a call.
    time: Vec<f64>,
    /// Calls in a second.
    rate: Vec<f64>,
}

impl Series {
    fn add(&mut self, (time, rate): (f64, f64)) {
        self.time.push(time);
        self.rate.push(rate);
    }

    fn print(&self, name: &str) {
        let median = |figures: &Vec<f64>| Times::of(figures.clone()).median();
        let (time, rate) = (median(&self.time) * 1e6, median(&self.rate));
        println!("  {name:<44} {time:>9.1} us of the processor {rate:>8.0} /s");
    }

    fn times(self) -> [Times; 2] {
        [Times::of(self.time), Times::of(self.rate)]
    }
}

/// Makes the calls, and returns the processor time of each in seconds, and
/// how many were made in a second.
fn measure<R>(runtime: &Runtime, call: impl Fn() -> R) -> (f64, f64)
where
    R: Future<Output = ()> + 'static,
{
    let (start, cpu) = (Instant::now(), thread_time());
    LocalSet::new().block_on(runtime, async {
        let mut running = JoinSet::new();
        for _ in 0..CALLS {
            if running.len() == IN_FLIGHT {
                running.join_next().await.expect("one runs").expect("it ends");
            }
            running.spawn_local(call());
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("it ends");
        }
    });
    let calls = CALLS as f64;
    ((thread_time() - cpu).as_secs_f64() / calls, calls / start.elapsed().as_secs_f64())
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// Lets one more call connect when the request of another is out.
struct Connected(Arc<Semaphore>);

impl Hook for Connected {
    fn progress(&self, _: &CallInfo<'_>, progress: Progress) {
        if progress == Progress::Waiting {
            self.0.add_permits(1);
        }
    }
}

/// Measures the memory of calls that all wait for an answer at once.
fn waiting(report: &mut Report) {
    report.heading("Invoke, 10,000 waiting at once on one thread");
    let server = Server::start(Behaviour::HoldFor(WAITING));
    let connecting = Arc::new(Semaphore::new(CONNECTING));
    let client = builder(&server).hook(Connected(Arc::clone(&connecting))).build_async().unwrap();
    forget_peak();
    runtime().block_on(async {
        let mut calls = JoinSet::new();
        for _ in 0..WAITING {
            connecting.acquire().await.expect("it is open").forget();
            let client = client.clone();
            calls.spawn(async move { drop(client.invoke("hello", EVENT).await.expect("a reply")) });
        }
        while let Some(ended) = calls.join_next().await {
            ended.expect("it ends");
        }
    });
    report.at_most("memory of the whole process, MiB", peak_mib(), MAX_WAITING_MIB);
}

/// Begins the measurement of [`peak_mib`] anew, where the system can; other
/// parts may have taken more before.
fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Returns the most memory that this process has had.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is there");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib / 1024.0
}

/// Maps events at the rate that a server takes, and at twice that: none may be
/// lost.
fn mapped(report: &mut Report) {
    for (events, rate) in [(EVENTS, RATE), (EVENTS / 4, 2 * RATE)] {
        report.heading(&format!("map of {events} events at {rate} a second; {RATE} are taken"));
        let server = Server::start(Behaviour::LimitTo(RATE));
        let client = builder(&server).build_async().unwrap();
        let start = Instant::now();
        let succeeded = runtime().block_on(map(&client, events, rate));
        let reached = events as f64 / start.elapsed().as_secs_f64();
        println!("  {:<44} {reached:>10.0} /s", "events in a second");
        report.at_most("events lost", events as f64 - succeeded as f64, 0.0);
    }
}

async fn map(client: &AsyncClient, events: usize, rate: u32) -> u64 {
    let events = (0..events).map(|number| number.to_string());
    let mut results = client.map("hello", events, MapOptions::default().rate(rate));
    while results.next().await.is_some() {}
    results.summary().succeeded
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .region(peers::REGION)
        .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
        .endpoint(format!("http://{}", server.address).parse().unwrap())
        .idle_connections(IN_FLIGHT)
}

/// Returns the request as a programmer makes it without a client for SCF.
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
