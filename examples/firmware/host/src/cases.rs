//! The runs of the images, and the expected results.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scf_emulator::{DEVELOPMENT_SECRET_ID, DEVELOPMENT_SECRET_KEY, Emulator, Fault};
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::wire::time::Day;

use crate::functions::{self, Runs};
use crate::hostile::{self, Manner};
use crate::impostor;
use crate::qemu;
use crate::size::Sizes;
use crate::tls::{self, Front};

// The exit codes of the images.
const SUCCESS: i32 = 0;
const FUNCTION_FAILED: i32 = 1;
const CREDENTIAL: i32 = 3;
const API_ERROR: i32 = 4;
const NETWORK: i32 = 5;
const TIMEOUT: i32 = 6;

/// The name in the certificate of the TLS front.
const SERVER_NAME: &str = "scf.tencentcloudapi.com";

/// One boot of one image.
struct Case {
    name: &'static str,
    image: &'static str,
    /// The emulator's fault for the next request.
    fault: Option<Fault>,
    /// The hostile server that answers in the emulator's place.
    hostile: Option<Manner>,
    /// `true` where TLS stands in front of the emulator.
    tls: bool,
    /// `true` where a server that shows no certificate stands in front of it.
    impostor: bool,
    /// The credential is the day key of so many days ago.
    day_key: Option<u64>,
    arguments: Vec<(&'static str, String)>,
    code: i32,
    /// Texts that the output contains.
    prints: Vec<String>,
    /// The hard limit, far above what it takes.
    limit: Duration,
}

impl Case {
    fn new(name: &'static str, image: &'static str, code: i32) -> Self {
        Self {
            name,
            image,
            fault: None,
            hostile: None,
            tls: false,
            impostor: false,
            day_key: None,
            arguments: Vec::new(),
            code,
            prints: Vec::new(),
            limit: Duration::from_secs(180),
        }
    }

    /// Returns a case of the plain image, which runs one function.
    fn plain(name: &'static str, function: &str, code: i32) -> Self {
        Self::new(name, "plain", code).with("function", function)
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    fn prints(mut self, text: impl Into<String>) -> Self {
        self.prints.push(text.into());
        self
    }

    fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    fn tls(name: &'static str, code: i32) -> Self {
        let mut case = Self::new(name, "tls", code);
        case.tls = true;
        case
    }

    fn impostor(name: &'static str) -> Self {
        let mut case = Self::tls(name, NETWORK);
        case.impostor = true;
        case
    }

    /// Returns a case with the day key of so many days ago.
    fn day_key(name: &'static str, code: i32, days_ago: u64) -> Self {
        let mut case = Self::new(name, "day-key", code);
        case.day_key = Some(days_ago);
        case
    }

    fn hostile(mut self, manner: Manner) -> Self {
        self.hostile = Some(manner);
        self
    }

    /// Returns a case of the plain image before a peer that misbehaves.
    fn misled(name: &'static str, manner: Manner, code: i32) -> Self {
        Self::plain(name, "greet", code).with("timeout", 3000).hostile(manner)
    }
}

fn cases(stranger: &[u8]) -> Vec<Case> {
    let event = r#"{"name":"mps2"}"#;
    vec![
        Case::plain("plain: a synchronous call", "greet", SUCCESS)
            .with("event", event)
            .prints("result: hello mps2"),
        Case::plain("plain: an asynchronous call", "record", SUCCESS)
            .with("type", "Event")
            .with("event", event)
            .prints("request id: "),
        Case::plain("plain: a function that fails", "fail", FUNCTION_FAILED)
            .prints("no such sensor"),
        Case::plain("plain: an error of the API", "missing", API_ERROR)
            .prints("ResourceNotFound.Function")
            .prints("delivery: refused"),
        Case::plain("plain: a rate limit", "greet", API_ERROR)
            .fault(Fault::rate_limited())
            .prints("RequestLimitExceeded"),
        Case::plain("plain: closed before an answer", "greet", NETWORK)
            .fault(Fault::CloseAfterRun)
            .prints("the server closed the connection before the response was complete")
            .prints("delivery: unknown"),
        Case::plain("plain: closed in the middle of the answer", "greet", NETWORK)
            .fault(Fault::CutResponse)
            .prints("the server closed the connection before the response was complete")
            .prints("delivery: unknown"),
        Case::plain("plain: a clock at 1970", "greet", SUCCESS)
            .with("now", 0)
            .with("event", event)
            .prints("result: hello mps2")
            .prints("behind, corrected"),
        Case::plain("plain: a stalled peer", "greet", TIMEOUT)
            .fault(Fault::Delay(Duration::from_secs(30)))
            .with("timeout", 2000)
            .prints("silent for too long")
            .prints("delivery: unknown"),
        Case::plain("plain: a buffer too small", "long", NETWORK)
            .with("buffer", 1024)
            .prints("the reply needs a buffer of 3040 bytes (the function has run)")
            .prints("delivery: executed"),
        Case::plain("plain: a buffer of the size that was asked for", "long", SUCCESS)
            .with("buffer", 3040)
            .prints("result: xxxx"),
        Case::misled("hostile: not HTTP", Manner::Noise, NETWORK)
            .prints("does not start with an HTTP status line"),
        Case::misled("hostile: an endless head", Manner::EndlessHead, NETWORK)
            .prints("the response's head is over 16 KB"),
        Case::misled("hostile: an endless body", Manner::EndlessBody, TIMEOUT)
            .prints("the call took too long"),
        Case::misled("hostile: a byte now and then", Manner::Drip, TIMEOUT)
            .prints("the call took too long"),
        Case::misled("hostile: a truncated body", Manner::Truncated, NETWORK)
            .prints("the server closed the connection before the response was complete"),
        Case::misled("hostile: a web page", Manner::Page, NETWORK)
            .prints("HTTP status 502")
            .prints("it begins: <html>trouble</html>"),
        Case::misled("hostile: deep nesting", Manner::Nested, NETWORK).prints("delivery: unknown"),
        Case::misled("hostile: two lengths", Manner::TwoLengths, NETWORK)
            .prints("malformed or differing Content-Length"),
        Case::new("streaming: 6 MB out, 1 MB in", "streaming", SUCCESS)
            .prints("result: 1048576 bytes, with the right hash"),
        Case::tls("tls: 6 MB out, 1 MB in", SUCCESS)
            .prints("result: 1048576 bytes, with the right hash"),
        Case::tls("tls: another authority", NETWORK)
            .with("ca", hex(stranger))
            .prints("not to be trusted: the server's certificate is not from the known authority"),
        Case::tls("tls: another name", NETWORK)
            .with("name", "scf.example.com")
            .prints("not to be trusted: the server's certificate is for another name"),
        Case::tls("tls: a certificate of the past", NETWORK)
            .with("now", 5_000_000_000_u64)
            .prints("not to be trusted: the server's certificate has expired"),
        Case::tls("tls: a clock at 1970", NETWORK)
            .with("now", 0)
            .prints("not to be trusted: the server's certificate is not valid yet"),
        Case::tls("tls: a peer that is silent", TIMEOUT)
            .hostile(Manner::Silence)
            .with("timeout", 2000)
            .prints("the connection failed: TimedOut"),
        Case::tls("tls: a peer that does not speak TLS", NETWORK)
            .hostile(Manner::Noise)
            .prints("error: TLS failed"),
        Case::impostor("tls: no certificate at all")
            .prints("not to be trusted: the server does not show one certificate"),
        Case::new("embassy: a call, and another task beside it", "embassy", SUCCESS)
            .prints("result: at last")
            .prints("the other task went on"),
        Case::new("embassy: a clock at 1970", "embassy", SUCCESS)
            .with("now", 0)
            .prints("result: at last"),
        Case::new("embassy: a stalled peer", "embassy", TIMEOUT)
            .fault(Fault::Delay(Duration::from_secs(30)))
            .with("timeout", 2000)
            .prints("error: no answer in time"),
        Case::day_key("day-key: on its day", SUCCESS, 0).prints("result: hello key"),
        Case::day_key("day-key: on its day, with a clock at 1970", SUCCESS, 0)
            .with("now", 0)
            .prints("result: hello key"),
        Case::day_key("day-key: after midnight", CREDENTIAL, 1)
            .prints("delivery: not sent")
            .prints("get the key of that day, or set the clock"),
        Case::day_key("day-key: after midnight, by the server's clock", CREDENTIAL, 1)
            .with("now", 0)
            .prints("get the key of that day, or set the clock")
            .prints("delivery: not sent"),
        Case::new("day-key: not a key", "day-key", CREDENTIAL)
            .with("day-key", "AKIDEXAMPLE/2024-01-01/scf/00")
            .prints("64 lowercase hexadecimal digits"),
    ]
}

/// Runs the cases with `only` in their names; how many passed and failed.
pub(crate) fn run(images: &Path, only: &str) -> (usize, usize) {
    let runs = Runs::default();
    let emulator = match functions::builder(&runs).default_timeout(Duration::from_secs(60)).start()
    {
        Ok(emulator) => emulator,
        Err(error) => {
            println!("the emulator does not start: {error}");
            return (0, 1);
        }
    };
    let made =
        tls::start(SERVER_NAME, emulator.addr()).and_then(|front| Ok((front, tls::stranger()?)));
    let (front, stranger) = match made {
        Ok(made) => made,
        Err(error) => {
            println!("the TLS front does not start: {error}");
            return (0, 1);
        }
    };
    let mut sizes = Sizes::default();
    let (mut passed, mut failed) = (0, 0);
    for case in cases(&stranger).into_iter().filter(|case| case.name.contains(only)) {
        match one(&case, images, &emulator, &front, &mut sizes) {
            Ok(summary) => {
                passed += 1;
                println!("ok    {} ({summary})", case.name);
            }
            Err(problem) => {
                failed += 1;
                println!("FAIL  {}\n{problem}", case.name);
            }
        }
    }
    if "plain: an asynchronous call".contains(only) {
        // Accepted is not run yet.
        let mut tries = 0..100;
        while Arc::clone(&runs).load(Ordering::SeqCst) == 0 && tries.next().is_some() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let count = runs.load(Ordering::SeqCst);
        if count == 1 {
            passed += 1;
            println!("ok    the asynchronous function ran once");
        } else {
            failed += 1;
            println!("FAIL  the asynchronous function ran {count} times");
        }
    }
    sizes.print(images);
    (passed, failed)
}

/// Returns a line on success, and on failure all that is known.
fn one(
    case: &Case,
    images: &Path,
    emulator: &Emulator,
    front: &Front,
    sizes: &mut Sizes,
) -> Result<String, String> {
    let server = match case.hostile {
        Some(manner) => hostile::start(manner).map_err(|error| error.to_string())?,
        None if case.impostor => impostor::start().map_err(|error| error.to_string())?,
        None if case.tls => front.address,
        None => emulator.addr(),
    };
    if let Some(fault) = &case.fault {
        emulator.inject(fault.clone());
    }
    let mut arguments = case.arguments.clone();
    let mut default = |name, value: String| {
        if !arguments.iter().any(|(given, _)| *given == name) {
            arguments.push((name, value));
        }
    };
    default("server", as_seen_by_the_board(server));
    default("now", unix_time().to_string());
    match case.day_key {
        // Made now: midnight may have passed since the start.
        Some(days_ago) => default("day-key", day_key(unix_time() - days_ago * 86_400)?),
        None => {
            default("id", DEVELOPMENT_SECRET_ID.to_owned());
            default("key", DEVELOPMENT_SECRET_KEY.to_owned());
        }
    }
    default("seed", random_hex()?);
    if case.tls {
        default("ca", hex(&front.authority));
        default("name", SERVER_NAME.to_owned());
    }
    let ended = qemu::boot(&images.join(case.image), &arguments, case.limit)
        .map_err(|error| format!("QEMU does not start: {error}"))?;
    let mut problems = String::new();
    match ended.code {
        None => problems += "      it was still running, and was stopped\n",
        Some(code) if code != case.code => {
            problems += &format!("      exit code {code} where {} is expected\n", case.code);
        }
        Some(_) => {}
    }
    for text in &case.prints {
        if !ended.output.contains(text) {
            problems += &format!("      it does not print: {text}\n");
        }
    }
    if let Err(problem) = sizes.note(case.image, &ended.output) {
        problems += &problem;
    }
    if problems.is_empty() {
        let measured: Vec<&str> = ended.output.lines().filter(|line| is_figure(line)).collect();
        let seconds = format!("{:.1} s", ended.took.as_secs_f32());
        Ok([&[seconds.as_str()], measured.as_slice()].concat().join("; "))
    } else {
        for line in ended.output.lines().take(40) {
            problems += &format!("      | {line:.200}\n");
        }
        Err(problems)
    }
}

fn is_figure(line: &str) -> bool {
    ["took: ", "ram: ", "network: ", "handshake: ", "tls: "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Returns the server's address in QEMU's own network.
fn as_seen_by_the_board(server: SocketAddr) -> String {
    format!("10.0.2.2:{}", server.port())
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Returns the key of the day on which `timestamp` is, as a backend hands it
/// out.
fn day_key(timestamp: u64) -> Result<String, String> {
    let day = Day::of_timestamp(timestamp).ok_or("no day of this age")?;
    let key = DayKey::derive(DEVELOPMENT_SECRET_KEY, day, "scf").ok_or("no day key")?;
    let mut text = [0; 256];
    let text = key.export(DEVELOPMENT_SECRET_ID, &mut text).ok_or("no room for the day key")?;
    Ok(text.to_owned())
}

/// Returns 32 random bytes: the board has no source of its own.
fn random_hex() -> Result<String, String> {
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut bytes))
        .map_err(|error| format!("no random numbers: {error}"))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
