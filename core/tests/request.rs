//! Requests as they go over the wire.

mod support;

use scf_core::invocation::{Action, Invocation, InvocationError, InvocationType, LogType};
use scf_core::payload::{self, Json, Payload, Source, SourceError};
use scf_core::region::{Endpoint, Region};
use scf_core::request::{Language, RequestError, Settings, SettingsError, Signing};
use scf_core::tc3::{CanonicalRequest, Method, PayloadHash};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{HOST, NOW, Parsed, SECRET_ID, emit, settings, signer};

const HELLO: Invocation<'static> = Invocation::new("hello");

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The Authorization header that the request must have, by the public signer.
fn authorization(request: &Parsed, action: Option<&str>, payload: PayloadHash) -> String {
    let (method, target) = request.line.split_once(' ').unwrap();
    let target = target.strip_suffix(" HTTP/1.1").unwrap();
    let canonical = CanonicalRequest {
        method: if method == "GET" { Method::Get } else { Method::Post },
        query: target.split_once('?').map_or("", |(_, query)| query),
        content_type: request.field("Content-Type").unwrap(),
        host: request.field("Host").unwrap(),
        signed_action: action,
        payload,
    };
    let signature = signer().sign("scf", NOW, &canonical).unwrap();
    format!(
        "TC3-HMAC-SHA256 Credential={SECRET_ID}/2023-11-14/scf/tc3_request, SignedHeaders={}, \
         Signature={}",
        canonical.signed_headers(),
        std::str::from_utf8(signature.hex()).unwrap(),
    )
}

#[test]
fn a_post_has_every_header_and_parameter() {
    let settings =
        settings().language(Language::EnUs).request_client("scf-test_1.0").trace_id("trace-1");
    let invocation = HELLO
        .invocation_type(InvocationType::RequestResponse)
        .qualifier("$LATEST")
        .log_type(LogType::Tail)
        .namespace("blue")
        .routing_key(r#"{"k":"v"}"#);
    let event = r#"{"name":"wörld","path":"C:\\"}"#;
    let request = Parsed::new(&emit(&settings, &invocation, event.into(), 512).unwrap());

    assert_eq!(request.line, "POST / HTTP/1.1");
    let names: Vec<_> = request.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Host",
            "Content-Type",
            "Content-Length",
            "X-TC-Action",
            "X-TC-Version",
            "X-TC-Timestamp",
            "X-TC-Region",
            "X-TC-Language",
            "X-TC-RequestClient",
            "X-TC-TraceId",
            "Authorization",
        ]
    );
    for (name, value) in [
        ("Host", HOST),
        ("Content-Type", "application/json"),
        ("Content-Length", &request.body.len().to_string()),
        ("X-TC-Action", "Invoke"),
        ("X-TC-Version", "2018-04-16"),
        ("X-TC-Timestamp", "1700000000"),
        ("X-TC-Region", "ap-guangzhou"),
        ("X-TC-Language", "en-US"),
        ("X-TC-RequestClient", "scf-test_1.0"),
        ("X-TC-TraceId", "trace-1"),
    ] {
        assert_eq!(request.field(name), Some(value), "{name}");
    }
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        body,
        json!({
            "FunctionName": "hello",
            "InvocationType": "RequestResponse",
            "Qualifier": "$LATEST",
            "LogType": "Tail",
            "Namespace": "blue",
            "RoutingKey": r#"{"k":"v"}"#,
            "ClientContext": event,
        })
    );
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

#[test]
fn what_is_not_set_is_not_sent() {
    let request = Parsed::new(&emit(&settings(), &HELLO, Payload::none(), 512).unwrap());
    assert_eq!(request.body, r#"{"FunctionName":"hello"}"#);
    let invocation = HELLO.action(Action::InvokeFunction);
    let request = Parsed::new(&emit(&settings(), &invocation, "[1]".into(), 512).unwrap());
    assert_eq!(request.body, r#"{"FunctionName":"hello","Event":"[1]"}"#);
    assert_eq!(request.field("X-TC-Action"), Some("InvokeFunction"));
}

#[test]
fn all_forms_of_tc3_are_signed_as_sent() {
    for action in [false, true] {
        for payload in [false, true] {
            for method in [Method::Post, Method::Get] {
                let settings = settings().signing(Signing::Tc3 { action, payload }).method(method);
                let event = r#"{"a b":"/+&=?#"}"#;
                let sent = emit(&settings, &HELLO, event.into(), 128).unwrap();
                let request = Parsed::new(&sent);
                let hash = if payload {
                    PayloadHash::Sha256(sha256(request.body.as_bytes()))
                } else {
                    PayloadHash::Unsigned
                };
                assert_eq!(
                    request.field("Authorization").unwrap(),
                    authorization(&request, action.then_some("Invoke"), hash)
                );
                let unsigned = request.field("X-TC-Content-SHA256");
                assert_eq!(unsigned, (!payload).then_some("UNSIGNED-PAYLOAD"));
                if method == Method::Get {
                    assert_eq!(
                        request.line,
                        "GET /?FunctionName=hello&ClientContext=\
                         %7B%22a%20b%22%3A%22%2F%2B%26%3D%3F%23%22%7D HTTP/1.1"
                    );
                    assert_eq!(request.body, "");
                    assert_eq!(request.field("Content-Length"), None);
                    assert_eq!(
                        request.field("Content-Type"),
                        Some("application/x-www-form-urlencoded")
                    );
                }
            }
        }
    }
}

#[test]
fn a_token_goes_into_its_own_header() {
    let mut signer = signer().token("temporary").unwrap();
    let settings = settings().keep_alive(false).path("/relay/scf");
    let mut buffer = [0; 256];
    let mut call = scf_core::call::Call::new(
        &settings,
        &HELLO,
        Payload::none(),
        &mut signer,
        NOW,
        &mut buffer,
        None,
    )
    .unwrap();
    let request = Parsed::new(&support::transmitted(&mut call).unwrap());
    assert_eq!(request.field("X-TC-Token"), Some("temporary"));
    assert_eq!(request.field("Connection"), Some("close"));
    // The path is where a relay listens; what is signed stays the API's.
    assert_eq!(request.line, "POST /relay/scf HTTP/1.1");
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

/// A source over a slice, in pieces of any size.
struct Pieces<'a> {
    text: &'a [u8],
    at: usize,
    size: usize,
}

impl<'a> Pieces<'a> {
    fn new(text: &'a str, size: usize) -> Self {
        Self { text: text.as_bytes(), at: usize::MAX, size }
    }
}

impl Source for Pieces<'_> {
    fn rewind(&mut self) {
        self.at = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let count = self.size.min(out.len()).min(self.text.len() - self.at);
        out[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Every character that JSON, queries or forms treat in a way of its own.
const AWKWARD: &str = "[\"\\\" \\\\ \\u0000 \\n \u{7f} é 中 😀 /?&=+%#\", {\"\": 1e5}]";

#[test]
fn every_buffer_and_every_source_sends_the_same_bytes() {
    for method in [Method::Post, Method::Get] {
        let settings = settings().method(method);
        let invocation = HELLO.namespace("na\"me").routing_key("{\"\\u00e9\":\"\\\\\"}");
        let whole = emit(&settings, &invocation, AWKWARD.into(), 64 << 10).unwrap();
        let sizes = if cfg!(miri) { 65..66 } else { 64..400 };
        for buffer in sizes {
            let sent = emit(&settings, &invocation, AWKWARD.into(), buffer).unwrap();
            assert_eq!(sent, whole, "{buffer}");
            let checked = Json::new(AWKWARD).unwrap();
            assert_eq!(emit(&settings, &invocation, checked.into(), buffer).unwrap(), whole);
            for size in [1, 7, 1000] {
                let mut source = Pieces::new(AWKWARD, size);
                let payload = Payload::source(&mut source);
                assert_eq!(emit(&settings, &invocation, payload, buffer).unwrap(), whole);
            }
        }
    }
}

#[test]
fn long_runs_without_escapes_are_sent_as_they_are() {
    let run = |length: usize| "x".repeat(length);
    // Runs that meet, runs that do not, the longest at either end.
    let short = [[100, 600, 0], [512, 511, 513]];
    let long = [[600, 20_000, 40_000], [70_000, 500, 600]];
    for runs in short.iter().chain(if cfg!(miri) { &[][..] } else { &long }) {
        let event = format!("[\"{}\",\"{}\\n{}\"]", run(runs[0]), run(runs[1]), run(runs[2]));
        let escaped = event.replace('\\', "\\\\").replace('"', "\\\"");
        let expected = format!("{{\"FunctionName\":\"hello\",\"ClientContext\":\"{escaped}\"}}");
        for buffer in [64, 700, 16 << 10] {
            let sent = emit(&settings(), &HELLO, event.as_str().into(), buffer).unwrap();
            let request = Parsed::new(&sent);
            assert_eq!(request.body, expected);
            let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
            let authorization = authorization(&request, Some("Invoke"), hash);
            assert_eq!(request.field("Authorization").unwrap(), authorization);
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_names_the_size() {
    for buffer in 0..64 {
        let error = emit(&settings(), &HELLO, Payload::none(), buffer).unwrap_err();
        assert_eq!(error, RequestError::Buffer { needed: 64 });
    }
}

#[test]
fn six_megabytes_go_through_half_a_kilobyte() {
    let readings = if cfg!(miri) { 20 } else { 380_000 };
    let mut source = payload::from_fn(|index, piece| {
        let open = if index == 0 { "[" } else { "," };
        let close = if index + 1 == readings { "]" } else { "" };
        let written =
            core::fmt::write(piece, format_args!("{open}{{\"n\":{}}}{close}", index % 100_000));
        written.map_err(|_| SourceError)?;
        Ok(index < readings)
    });
    let sent = emit(&settings(), &HELLO, Payload::source(&mut source), 512).unwrap();
    let request = Parsed::new(&sent);
    assert_eq!(request.field("Content-Length").unwrap(), request.body.len().to_string());
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let event: Value = serde_json::from_str(body["ClientContext"].as_str().unwrap()).unwrap();
    assert_eq!(event.as_array().unwrap().len(), readings as usize);
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

/// A source that writes something else the second time.
struct Fickle {
    texts: [&'static str; 2],
    pass: usize,
    at: usize,
}

impl Source for Fickle {
    fn rewind(&mut self) {
        self.pass += 1;
        self.at = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let text = self.texts[(self.pass - 1).min(1)].as_bytes();
        let count = out.len().min(text.len() - self.at);
        out[..count].copy_from_slice(&text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[test]
fn a_source_that_changes_never_completes_its_declared_length() {
    for second in ["[1,2,4]", "[1,2]", "[1,2,33]", "", "[1,2,3]   ", "[\"\"\"\"\"]", "[1,2,3] "] {
        for method in [Method::Post, Method::Get] {
            let settings = settings().method(method);
            let mut source = Fickle { texts: ["[1,2,3]", second], pass: 0, at: 0 };
            let mut signer = signer();
            let mut buffer = [0; 64];
            let payload = Payload::source(&mut source);
            let mut call = scf_core::call::Call::new(
                &settings,
                &HELLO,
                payload,
                &mut signer,
                NOW,
                &mut buffer,
                None,
            )
            .unwrap();
            let mut sent = Vec::new();
            let error = loop {
                match call.transmit() {
                    Ok([]) => panic!("{second:?} was sent"),
                    Ok(bytes) => sent.extend_from_slice(bytes),
                    Err(error) => break error,
                }
            };
            assert_eq!(error, RequestError::SourceChanged);
            assert!(!call.is_sent());
            if let Some((head, body)) = String::from_utf8(sent).unwrap().split_once("\r\n\r\n") {
                assert_eq!(method, Method::Post);
                let length = head.split("Content-Length: ").nth(1).unwrap();
                let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                assert!(body.len() < length, "{second:?}");
            }
        }
    }
}

#[test]
fn a_source_that_fails_or_never_ends_or_lies_is_an_error() {
    let endless = |_: u32, piece: &mut payload::Piece| {
        piece.push_str("1111111111").map(|()| true).map_err(|_| SourceError)
    };
    let mut source = payload::from_fn(endless);
    let event = HELLO.invocation_type(InvocationType::Event);
    if !cfg!(miri) {
        assert_eq!(
            emit(&settings(), &event, Payload::source(&mut source), 512),
            Err(RequestError::PayloadTooLarge { limit: 128 << 10 })
        );
    }
    let mut source = payload::from_fn(|_, _| Err(SourceError));
    assert_eq!(
        emit(&settings(), &HELLO, Payload::source(&mut source), 512),
        Err(RequestError::Source)
    );
    struct Liar;
    impl Source for Liar {
        fn rewind(&mut self) {}
        fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
            Ok(out.len() + 1)
        }
    }
    assert_eq!(
        emit(&settings(), &HELLO, Payload::source(&mut Liar), 512),
        Err(RequestError::Source)
    );
    let mut source = Pieces::new("{\"half\":", 3);
    assert!(matches!(
        emit(&settings(), &HELLO, Payload::source(&mut source), 512),
        Err(RequestError::Payload(_))
    ));
}

#[test]
fn wrong_parameters_are_refused_each_with_its_own_error() {
    let long_name = "a".repeat(61);
    let long_key = format!("{{\"k\":\"{}\"}}", "v".repeat(1017));
    let fitting_key = format!("{{\"k\":\"{}\"}}", "v".repeat(1016));
    let cases = [
        (Invocation::new(""), InvocationError::FunctionNameMissing),
        (Invocation::new(&long_name), InvocationError::FunctionName),
        (Invocation::new("1hello"), InvocationError::FunctionName),
        (Invocation::new("hello-"), InvocationError::FunctionName),
        (Invocation::new("hello_"), InvocationError::FunctionName),
        (Invocation::new("he llo"), InvocationError::FunctionName),
        (Invocation::new("héllo"), InvocationError::FunctionName),
        (Invocation::new("hello\n"), InvocationError::FunctionName),
        (HELLO.qualifier(""), InvocationError::Empty("Qualifier")),
        (HELLO.qualifier("a\r\nb"), InvocationError::Control("Qualifier")),
        (HELLO.namespace("\u{0}"), InvocationError::Control("Namespace")),
        (HELLO.namespace("\u{85}"), InvocationError::Control("Namespace")),
        (HELLO.namespace(""), InvocationError::Empty("Namespace")),
        (HELLO.routing_key("{\"k\":\"v\"}\n"), InvocationError::Control("RoutingKey")),
        (HELLO.routing_key(""), InvocationError::RoutingKey),
        (HELLO.routing_key("[]"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":1}"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":{\"k\":\"v\"}}"), InvocationError::RoutingKey),
        (HELLO.routing_key("{\"k\":\"v\""), InvocationError::RoutingKey),
        (HELLO.routing_key(&long_key), InvocationError::RoutingKeyTooLong(1025)),
        (
            HELLO.invocation_type(InvocationType::Event).log_type(LogType::Tail),
            InvocationError::LogTypeOfEvent,
        ),
        (
            HELLO.action(Action::InvokeFunction).invocation_type(InvocationType::Event),
            InvocationError::EventOfInvokeFunction,
        ),
    ];
    for (invocation, expected) in cases {
        assert_eq!(invocation.check(), Err(expected));
        let error = emit(&settings(), &invocation, Payload::none(), 512).unwrap_err();
        assert_eq!(error, RequestError::Invocation(expected));
        assert!(!error.to_string().is_empty());
    }
    for name in ["a", "Z9", "a-b_c", &"a".repeat(60)] {
        assert_eq!(Invocation::new(name).check(), Ok(()));
    }
    assert_eq!(HELLO.routing_key(&fitting_key).check(), Ok(()));
    assert_eq!(HELLO.routing_key("{}").check(), Ok(()));
}

#[test]
fn events_that_are_not_json_or_too_large_are_refused() {
    for wrong in ["", "{", "{'a':1}", "hello", "[1,]", "{}{}", "\"\n\"", "01", "nul", "\u{feff}{}"]
    {
        let error = emit(&settings(), &HELLO, wrong.into(), 512).unwrap_err();
        assert!(matches!(error, RequestError::Payload(_)), "{wrong}");
        assert!(error.to_string().starts_with("the event is not JSON: "), "{error}");
        assert!(Json::new(wrong).is_err());
    }
    if cfg!(miri) {
        return;
    }
    let string = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    let event = HELLO.invocation_type(InvocationType::Event);
    for (invocation, limit) in [(HELLO, 6 << 20), (event, 128 << 10)] {
        let fits = string(limit);
        assert!(emit(&settings(), &invocation, fits.as_str().into(), 4096).is_ok());
        let over = string(limit + 1);
        let expected = Err(RequestError::PayloadTooLarge { limit: limit as u64 });
        assert_eq!(emit(&settings(), &invocation, over.as_str().into(), 4096), expected);
        let checked = Json::new(&over).unwrap();
        assert_eq!(emit(&settings(), &invocation, checked.into(), 4096), expected);
        let mut source = Pieces::new(&over, 4096);
        let payload = Payload::source(&mut source);
        assert_eq!(emit(&settings(), &invocation, payload, 4096), expected);
    }
    // 6 MiB of quotes are 12 MiB as a JSON string, over the request's limit.
    let dense = format!("[{}0]", "\"\",".repeat((6 << 20) / 3 - 1));
    assert!(matches!(
        emit(&settings(), &HELLO, dense.as_str().into(), 4096),
        Err(RequestError::TooLarge { limit: 10_485_760, .. })
    ));
    // A GET takes 32 KiB of query.
    let get = settings().method(Method::Get);
    let room = (32 << 10) - "FunctionName=hello&ClientContext=".len() - 2 * 2;
    assert!(emit(&get, &HELLO, string(room).as_str().into(), 512).is_ok());
    assert_eq!(
        emit(&get, &HELLO, string(room + 1).as_str().into(), 512),
        Err(RequestError::TooLarge { size: 32_769, limit: 32_768 })
    );
}

#[test]
fn wrong_settings_are_refused() {
    let region = Region::AP_GUANGZHOU;
    let long = "x".repeat(129);
    let cases = [
        (Settings::new(region, ""), SettingsError::Host),
        (Settings::new(region, "SCF.tencentcloudapi.com"), SettingsError::Host),
        (Settings::new(region, "a\r\nX-Evil: 1"), SettingsError::Host),
        (Settings::new(region, "a/b"), SettingsError::Host),
        (settings().path("relay"), SettingsError::Path),
        (settings().path("/a b"), SettingsError::Path),
        (settings().path("/a?b"), SettingsError::Path),
        (settings().request_client(""), SettingsError::RequestClient),
        (settings().request_client("a b"), SettingsError::RequestClient),
        (settings().request_client(&long), SettingsError::RequestClient),
        (settings().trace_id("a\n"), SettingsError::TraceId),
        (settings().trace_id(&long), SettingsError::TraceId),
    ];
    for (settings, expected) in cases {
        let error = emit(&settings, &HELLO, Payload::none(), 512).unwrap_err();
        assert_eq!(error, RequestError::Settings(expected));
        assert!(!error.to_string().is_empty());
    }
    for wrong in ["", "AP-GUANGZHOU", "ap guangzhou", "ap-\n", &"a".repeat(33)] {
        assert_eq!(Region::new(wrong), None);
    }
}

#[test]
fn regions_and_endpoints_are_the_documented_ones() {
    let documented = "ap-bangkok, ap-beijing, ap-chengdu, ap-chongqing, ap-guangzhou, \
         ap-hongkong, ap-mumbai, ap-seoul, ap-shanghai, ap-shanghai-fsi, ap-shenzhen-fsi, \
         ap-singapore, ap-tokyo, eu-frankfurt, na-ashburn, na-siliconvalley, na-toronto, \
         sa-saopaulo";
    let ours: Vec<_> = Region::ALL.iter().map(|region| region.name()).collect();
    assert_eq!(ours.join(", "), documented);
    let region = Region::AP_SHENZHEN_FSI;
    for (endpoint, host) in [
        (Endpoint::default_for(region), "scf.ap-shenzhen-fsi.tencentcloudapi.com"),
        (Endpoint::default_for(Region::AP_TOKYO), "scf.tencentcloudapi.com"),
        (Endpoint::Regional, "scf.ap-shenzhen-fsi.tencentcloudapi.com"),
        (Endpoint::International, "scf.intl.tencentcloudapi.com"),
        (Endpoint::Internal, "scf.internal.tencentcloudapi.com"),
    ] {
        assert_eq!(endpoint.host("scf", region).unwrap(), host);
    }
    assert_eq!(Endpoint::Global.host(&"s".repeat(80), region), None);
}

#[test]
fn the_head_alone_is_what_the_message_begins_with() {
    for method in [Method::Post, Method::Get] {
        let settings = settings().method(method);
        let whole = emit(&settings, &HELLO, AWKWARD.into(), 4096).unwrap();
        let mut signer = signer();
        let mut buffer = [0; 100];
        let mut call = scf_core::call::Call::new(
            &settings,
            &HELLO,
            AWKWARD.into(),
            &mut signer,
            NOW,
            &mut buffer,
            None,
        )
        .unwrap();
        let needed = match call.head(&mut [0; 64]) {
            Err(RequestError::Buffer { needed }) => needed,
            other => panic!("{other:?}"),
        };
        assert!(call.head(&mut vec![0; needed - 1]).is_err());
        let mut out = vec![0; needed];
        let head = call.head(&mut out).unwrap();
        assert_eq!(head.as_bytes(), &whole[..needed]);
        let parsed = Parsed::new(&whole);
        assert_eq!(format!("{} {} HTTP/1.1", head.method(), head.target()), parsed.line);
        let fields: Vec<_> =
            head.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(fields, parsed.fields);
        assert_eq!(call.is_sent(), method == Method::Get);
        let mut body = Vec::new();
        loop {
            match call.body().unwrap() {
                [] => break,
                bytes => body.extend_from_slice(bytes),
            }
        }
        assert_eq!(body, parsed.body.as_bytes());
        assert!(call.is_sent());
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_value_becomes_a_payload() {
    #[derive(serde::Serialize)]
    struct Reading<'a> {
        sensor: &'a str,
        celsius: i8,
    }
    let reading = Reading { sensor: "roof \"north\"", celsius: -3 };
    let mut scratch = [0; 64];
    let json = Json::from_value(&reading, &mut scratch).unwrap();
    assert_eq!(json.as_str(), r#"{"sensor":"roof \"north\"","celsius":-3}"#);
    assert!(Json::from_value(&reading, &mut [0; 8]).is_err());
}

#[cfg(feature = "v1")]
mod version_1 {
    use super::*;
    use scf_core::day_key::DayKey;
    use scf_core::tc3::{SignError, Signer};
    use scf_core::time::Day;
    use scf_core::v1::{Algorithm, presigned_url, sign};

    fn decoded(form: &str) -> Vec<(String, String)> {
        form.split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| {
                let mut bytes = Vec::new();
                let mut rest = value.bytes();
                while let Some(byte) = rest.next() {
                    if byte == b'%' {
                        let hex = [rest.next().unwrap(), rest.next().unwrap()];
                        let hex = std::str::from_utf8(&hex).unwrap();
                        bytes.push(u8::from_str_radix(hex, 16).unwrap());
                    } else {
                        bytes.push(byte);
                    }
                }
                (name.to_owned(), String::from_utf8(bytes).unwrap())
            })
            .collect()
    }

    #[test]
    fn get_and_post_carry_signed_parameters() {
        for method in [Method::Get, Method::Post] {
            for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha256] {
                for buffer in [64, 100, 4096] {
                    let settings = settings()
                        .method(method)
                        .language(Language::ZhCn)
                        .request_client("me")
                        .signing(Signing::V1 { algorithm, nonce: 11_886 });
                    let invocation = HELLO.namespace("a b").log_type(LogType::Tail);
                    let mut source = Pieces::new(AWKWARD, 10);
                    let payload = Payload::source(&mut source);
                    let sent = emit(&settings, &invocation, payload, buffer).unwrap();
                    let same = emit(&settings, &invocation, AWKWARD.into(), buffer).unwrap();
                    assert_eq!(sent, same);
                    let request = Parsed::new(&sent);
                    assert_eq!(request.field("Authorization"), None);
                    assert_eq!(request.field("X-TC-Action"), None);
                    let form = match method {
                        Method::Post => {
                            let length = request.body.len().to_string();
                            assert_eq!(request.field("Content-Length"), Some(length.as_str()));
                            request.body.clone()
                        }
                        Method::Get => {
                            let target = request.line.strip_prefix("GET /?").unwrap();
                            target.strip_suffix(" HTTP/1.1").unwrap().to_owned()
                        }
                    };
                    let mut parameters = decoded(&form);
                    let (name, signature) = parameters.pop().unwrap();
                    assert_eq!(name, "Signature");
                    assert!(parameters.is_sorted());
                    let pairs: Vec<_> =
                        parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                    let expected = sign(support::SECRET_KEY, algorithm, method, HOST, &pairs);
                    assert_eq!(signature, expected.as_str());
                    for pair in [
                        ("Action", "Invoke"),
                        ("ClientContext", AWKWARD),
                        ("FunctionName", "hello"),
                        ("Language", "zh-CN"),
                        ("LogType", "Tail"),
                        ("Namespace", "a b"),
                        ("Nonce", "11886"),
                        ("Region", "ap-guangzhou"),
                        ("RequestClient", "me"),
                        ("SecretId", SECRET_ID),
                        ("SignatureMethod", algorithm.as_str()),
                        ("Timestamp", "1700000000"),
                        ("Version", "2018-04-16"),
                    ] {
                        assert!(pairs.contains(&pair), "{pair:?}");
                    }
                    assert_eq!(pairs.len(), 13);
                }
            }
        }
    }

    #[test]
    fn a_presigned_url_is_the_query_of_the_get() {
        let signing = Signing::V1 { algorithm: Algorithm::HmacSha256, nonce: 7 };
        let settings = settings().method(Method::Get).signing(signing);
        let request = Parsed::new(&emit(&settings, &HELLO, AWKWARD.into(), 512).unwrap());
        let target = request.line.strip_prefix("GET ").unwrap();
        let target = target.strip_suffix(" HTTP/1.1").unwrap();
        let mut out = [0; 2048];
        let url =
            presigned_url(&settings, &HELLO, AWKWARD.into(), &mut signer(), NOW, &mut out).unwrap();
        assert_eq!(url, format!("https://{HOST}{target}"));
        let needed = url.len();
        let mut out = vec![0; needed - 1];
        assert_eq!(
            presigned_url(&settings, &HELLO, AWKWARD.into(), &mut signer(), NOW, &mut out),
            Err(RequestError::Buffer { needed })
        );
    }

    #[test]
    fn a_presigned_url_needs_get_and_version_1() {
        let signing = Signing::V1 { algorithm: Algorithm::HmacSha256, nonce: 7 };
        for settings in [settings().signing(signing), settings().method(Method::Get)] {
            let mut out = [0; 2048];
            let url =
                presigned_url(&settings, &HELLO, Payload::none(), &mut signer(), NOW, &mut out);
            assert_eq!(url, Err(RequestError::Settings(SettingsError::Presigned)));
        }
    }

    #[test]
    fn a_day_key_cannot_make_it_and_a_form_is_limited() {
        let signing = Signing::V1 { algorithm: Algorithm::HmacSha1, nonce: 7 };
        let settings = settings().signing(signing);
        let day = Day::of_timestamp(NOW).unwrap();
        let key = DayKey::derive("key", day, "scf").unwrap();
        let mut signer = Signer::with_day_key("id", key).unwrap();
        let mut buffer = [0; 128];
        let call = scf_core::call::Call::new(
            &settings,
            &HELLO,
            Payload::none(),
            &mut signer,
            NOW,
            &mut buffer,
            None,
        );
        assert_eq!(call.err(), Some(RequestError::Sign(SignError::DayKeyVersion1)));
        if !cfg!(miri) {
            let event = format!("\"{}\"", "x".repeat(1 << 20));
            assert!(matches!(
                emit(&settings, &HELLO, event.as_str().into(), 512),
                Err(RequestError::TooLarge { limit: 1_048_576, .. })
            ));
        }
    }

    #[test]
    fn a_source_that_changes_between_its_three_passes_is_an_error() {
        let signing = Signing::V1 { algorithm: Algorithm::HmacSha1, nonce: 7 };
        let settings = settings().signing(signing);
        let mut source = Fickle { texts: ["[1,2,3]", "[1,2,4]"], pass: 0, at: 0 };
        assert_eq!(
            emit(&settings, &HELLO, Payload::source(&mut source), 128),
            Err(RequestError::SourceChanged)
        );
    }
}
