//! Uses the whole core in one image whose panic handler does not exist: if
//! any path in it could panic, the image does not link.

#![no_std]
#![no_main]

use core::hint::black_box;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::call::Call;
use scf_invoke_core::client::Client;
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke_core::reply::{ReplyParts, Sink, SinkError, TextField};
use scf_invoke_core::request::event::{Event, Json, Source, SourceError};
use scf_invoke_core::request::invocation::{Action, Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::{Endpoint, Region};
use scf_invoke_core::request::{Language, Settings, SignedRequest, Signing};
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::{Method, Signer};
use scf_invoke_core::transport::Stream;
use scf_invoke_core::wire::time::Day;

unsafe extern "C" {
    /// Is defined nowhere: an image with a panicking path does not link.
    fn a_panicking_path_survives() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    // SAFETY: it is never called, for an image that has this call does not
    // link.
    unsafe { a_panicking_path_survives() }
}

/// A register of some serial port: nothing is known of what it gives.
const PORT: *mut u32 = 0x4000_0000 as *mut u32;

fn input() -> u32 {
    // SAFETY: the image is linked, not run.
    unsafe { PORT.read_volatile() }
}

fn output(value: u32) {
    // SAFETY: the image is linked, not run.
    unsafe { PORT.write_volatile(value) }
}

/// Returns text of any length and content.
fn text(buffer: &mut [u8; 80]) -> &str {
    buffer.fill_with(|| input() as u8);
    let length = input() as usize;
    let bytes = buffer.get(..length).unwrap_or(&[]);
    core::str::from_utf8(bytes).unwrap_or("")
}

struct Port;

impl ErrorType for Port {
    type Error = ErrorKind;
}

impl Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        buffer.fill_with(|| input() as u8);
        // More than there is room for: a driver may be wrong.
        Ok(input() as usize)
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        bytes.iter().for_each(|&byte| output(byte.into()));
        Ok(input() as usize)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl Source for Port {
    fn rewind(&mut self) {}

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        out.fill_with(|| input() as u8);
        Ok(input() as usize)
    }
}

impl Sink for Port {
    fn write(&mut self, _: TextField, piece: &[u8]) -> Result<(), SinkError> {
        piece.iter().for_each(|&byte| output(byte.into()));
        Ok(())
    }
}

/// Calls the functions that a transport with its own HTTP uses.
fn heads(settings: &Settings<'_>, invocation: &Invocation<'_>, signer: &mut Signer<'_>, now: u64) {
    let mut buffer = [0; 256];
    let payload = Event::from("{}");
    let request = SignedRequest::new(settings, invocation, payload, signer, now, &mut buffer);
    let Ok(mut request) = request else {
        return;
    };
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let mut out = [0; 512];
    if let Ok(head) = call.head(&mut out) {
        output(head.method().len() as u32);
        output(head.target().len() as u32);
        for (name, value) in head.fields() {
            output((name.len() + value.len()) as u32);
        }
    }
    while let Ok(body) = call.body() {
        output(body.len() as u32);
    }
    let mut line = [0; 80];
    call.response_head(input() as u16, Some(text(&mut line)));
    call.response_body(text(&mut line).as_bytes());
    call.response_end();
    output(call.finish::<()>(Ok(())).is_ok().into());
    #[cfg(feature = "v1")]
    {
        let url = scf_invoke_core::request::presigned_url(
            settings,
            invocation,
            Event::none(),
            signer,
            now,
            &mut out,
        );
        output(url.unwrap_or_default().len() as u32);
        let algorithm = scf_invoke_core::sign::v1::Algorithm::HmacSha256;
        let parameters = [("b", text(&mut line)), ("a", "")];
        let signature =
            scf_invoke_core::sign::v1::sign("key", algorithm, Method::Get, "host", &parameters);
        output(signature.len() as u32);
    }
}

/// Calls every face of the core, with input that the compiler cannot know.
#[unsafe(no_mangle)]
extern "C" fn image() {
    let mut texts = [[0; 80]; 12];
    let [id, key, name, region, qualifier, namespace, routing, event, day, host, path, code] =
        &mut texts;
    let now = u64::from(input()) << 32 | u64::from(input());

    let Some(region) = Region::new(text(region)) else { return };
    let endpoint = if input() == 0 { Endpoint::default_for(region) } else { Endpoint::Internal };
    let default_host = endpoint.host("scf", region).unwrap_or_default();
    let host = if input() == 0 { text(host) } else { default_host.as_str() };
    let signing = Signing::Tc3 { action: input() == 0, payload: input() == 0 };
    #[cfg(feature = "v1")]
    let signing = if input() == 0 {
        signing
    } else {
        Signing::V1 { algorithm: scf_invoke_core::sign::v1::Algorithm::HmacSha1, nonce: input() }
    };
    let path = text(path);
    let settings = Settings::new(region, host)
        .signing(signing)
        .method(if input() == 0 { Method::Get } else { Method::Post })
        .language(Language::EnUs)
        .request_client(path)
        .trace_id(path)
        .keep_alive(input() == 0)
        .path(path);

    let key = text(key);
    let signer = match DayKey::import(text(day)) {
        Ok((secret_id, day_key)) => {
            let mut exported = [0; 256];
            output(day_key.export(secret_id, &mut exported).map_or(0, str::len) as u32);
            Signer::with_day_key(secret_id, day_key)
        }
        Err(_) => Signer::new(text(id), key).and_then(|signer| signer.token(key)),
    };
    let Ok(signer) = signer else { return };
    output(signer.secret_id().len() as u32);
    if let Some(day) = Day::of_timestamp(now) {
        output(DayKey::derive(key, day, "scf").is_some().into());
    }

    let mut invocation = Invocation::new(text(name))
        .qualifier(text(qualifier))
        .namespace(text(namespace))
        .routing_key(text(routing));
    match input() {
        0 => invocation = invocation.invocation_type(InvocationType::Event),
        1 => invocation = invocation.action(Action::InvokeFunction).log_type(LogType::Tail),
        _ => {}
    }

    heads(&settings, &invocation, &mut signer.clone(), now);
    let mut client = Client::new(Stream::new(Port), settings, signer);
    let mut buffer = [0; 512];
    let mut source = Port;
    let payload = match (input(), Json::new(text(event))) {
        (0, _) => Event::source(&mut source),
        (_, Ok(json)) => Event::from(json),
        (_, Err(_)) => Event::none(),
    };
    match client.invoke(now, &invocation, payload, &mut buffer) {
        Ok(reply) => {
            match reply.result_text() {
                Ok(result) => output(result.len() as u32),
                Err(error) => {
                    let details = error.details();
                    let meaning = status_meaning(details.status_code.unwrap_or_default());
                    output(meaning.unwrap_or_default().len() as u32);
                }
            }
            let duration = reply.duration().unwrap_or_default();
            output(duration.as_micros() as u32);
            output(reply.log().unwrap_or_default().len() as u32);
            black_box(&reply);
        }
        Err(error) => {
            output(error.delivery().as_str().len() as u32);
            let policy = RetryPolicy::default();
            output(policy.wait_ms(error.retry(), input(), input()).unwrap_or_default());
        }
    }
    let mut sink = Port;
    let reply = client.invoke_to_sink(now, &invocation, "{}", &mut buffer, &mut sink);
    output(reply.is_ok().into());
    let code = text(code);
    output(ErrorCode::advice(code).len() as u32);
    output(ErrorCode::parse(code) as u32);
}
