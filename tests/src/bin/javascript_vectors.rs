//! The core's own results for many requests and responses, as JSON: the
//! JavaScript package has to agree with it, byte for byte.

use scf_invoke_core::attempt::Retry;
use scf_invoke_core::call::Call;
use scf_invoke_core::error::Error;
use scf_invoke_core::reply::{ReplyClass, ReplyParts};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Action, Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Language, Settings, SignedRequest, Signing, presigned_url};
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::{Method, Signer};
use scf_invoke_core::sign::v1::Algorithm;
use scf_invoke_core::wire::time::Day;
use serde_json::{Value, json};

const HOST: &str = "scf.tencentcloudapi.com";
const SECRET_ID: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const NONCE: u32 = 42;

fn main() {
    let requests: Vec<_> = (0..400).map(request).collect();
    let answers: Vec<_> = ANSWERS.iter().map(|&(status, body)| answer(status, body)).collect();
    println!("{}", json!({ "requests": requests, "answers": answers, "nonce": NONCE }));
}

/// Numbers that are the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len() as u64) as usize]
    }
}

fn event(draw: &mut Draw) -> Option<String> {
    const PIECES: &[&str] = &[
        "a",
        "plain text ",
        "\"",
        "\\",
        "/",
        "\n",
        "\r",
        "\t",
        "\u{8}",
        "\u{c}",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "é",
        "中文",
        "😀",
        "\u{2028}",
        "\u{ffff}",
        "'()*!~ %+&=#",
        "𝄞𝄞",
    ];
    let mut text = String::new();
    for _ in 0..draw.below(30) {
        text.push_str(draw.pick(PIECES));
    }
    match draw.below(8) {
        0 => None,
        1 => Some("null".to_owned()),
        2 => Some(" [1, -2.5e3 ,\n true] ".to_owned()),
        // Long enough for pieces, whose ends lie everywhere.
        3 => Some(json!(text.repeat(1 + draw.below(900) as usize)).to_string()),
        4 => Some(json!({ text.as_str(): [text, 1.5] }).to_string()),
        _ => Some(json!(text).to_string()),
    }
}

/// Returns one request, and what the core signs for it.
fn request(seed: u64) -> Value {
    let mut draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let timestamp = 1_500_000_000 + draw.below(400_000_000);
    let mut options = json!({});
    let mut invocation = Invocation::new(draw.pick(&["hello", "a", "A-b_9"]));
    let action = draw.pick(&["Invoke", "InvokeFunction"]);
    options["action"] = action.into();
    if action == "InvokeFunction" {
        invocation = invocation.action(Action::InvokeFunction);
    }
    let asynchronous = action == "Invoke" && draw.below(5) == 0;
    if asynchronous {
        options["invocationType"] = "Event".into();
        invocation = invocation.invocation_type(InvocationType::Event);
    } else {
        if draw.below(2) == 0 {
            options["invocationType"] = "RequestResponse".into();
            invocation = invocation.invocation_type(InvocationType::RequestResponse);
        }
        if draw.below(2) == 0 {
            options["logType"] = "Tail".into();
            invocation = invocation.log_type(LogType::Tail);
        }
    }
    let text = draw.pick(&["$LATEST", "7", "é\"\\😀"]);
    if draw.below(2) == 0 {
        options["qualifier"] = text.into();
        invocation = invocation.qualifier(text);
    }
    if draw.below(2) == 0 {
        options["namespace"] = text.into();
        invocation = invocation.namespace(text);
    }
    if draw.below(3) == 0 {
        options["routingKey"] = r#"{"k":"v\"é"}"#.into();
        invocation = invocation.routing_key(r#"{"k":"v\"é"}"#);
    }
    let region = draw.pick(&["ap-guangzhou", "ap-shanghai-fsi"]);
    let mut settings = Settings::new(Region::new(region).unwrap(), HOST);
    if draw.below(2) == 0 {
        options["language"] = "zh-CN".into();
        settings = settings.language(Language::ZhCn);
    }
    let mut event = event(&mut draw);
    if asynchronous && event.as_ref().is_some_and(|event| event.len() > 100_000) {
        event = None;
    }

    let long_key = "k".repeat(80);
    let key = draw.pick(&[SECRET_KEY, &long_key]);
    let day = Day::of_timestamp(timestamp).unwrap();
    let mut place = [0; 128];
    let exported = DayKey::derive(key, day, "scf").unwrap();
    let exported = exported.export(SECRET_ID, &mut place).unwrap();
    let secret = || Signer::new(SECRET_ID, key).unwrap();
    let (credentials, signer) = match draw.below(3) {
        0 => (json!({ "dayKey": exported }), {
            let (secret_id, key) = DayKey::import(exported).unwrap();
            Signer::with_day_key(secret_id, key).unwrap()
        }),
        1 => (json!({ "secretId": SECRET_ID, "secretKey": key }), secret()),
        _ => (
            json!({ "secretId": SECRET_ID, "secretKey": key, "token": "to+ken/=" }),
            secret().token("to+ken/=").unwrap(),
        ),
    };
    let presigning = settings
        .method(Method::Get)
        .signing(Signing::V1 { algorithm: Algorithm::HmacSha256, nonce: NONCE });
    let payload = || event.as_deref().map_or(Event::none(), Event::from);
    let url = presigned_url(
        &presigning,
        &invocation,
        payload(),
        &mut signer.clone(),
        timestamp,
        &mut vec![0; 64 << 10],
    )
    .ok()
    .map(str::to_owned);
    let mut signer = signer;
    let mut buffer = vec![0; 1 << 16];
    let mut request =
        SignedRequest::new(&settings, &invocation, payload(), &mut signer, timestamp, &mut buffer)
            .unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let mut message = Vec::new();
    loop {
        let bytes = call.transmit().unwrap();
        if bytes.is_empty() {
            break;
        }
        message.extend_from_slice(bytes);
    }
    let message = String::from_utf8(message).unwrap();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let fields: serde_json::Map<_, _> = head
        .lines()
        .skip(1)
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.into()))
        .collect();
    json!({
        "client": { "region": region, "host": HOST, "credentials": credentials },
        "now": timestamp * 1000,
        "functionName": fields_of(body)["FunctionName"],
        "event": event,
        "options": options,
        "headers": fields,
        "body": body,
        "url": url,
    })
}

fn fields_of(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

/// Answers of the API, of functions, of proxies and of nobody in particular.
const ANSWERS: &[(u16, &str)] = &[
    (
        200,
        r#"{"Response":{"Result":{"RetMsg":"\"hi\"","InvokeResult":0,"ErrMsg":"","Duration":0.826,"BillDuration":1,"MemUsage":3207168,"Log":"a\nb","FunctionRequestId":"f"},"RequestId":"r"}}"#,
    ),
    (
        200,
        r#"{"Response":{"RequestId":"r","Result":{"RetMsg":"h\u00e9\ud83d\ude00\/\b\f","Log":""}}}"#,
    ),
    (
        200,
        r#"{"Response":{"Result":{"RetMsg":"{\"errorCode\":-1,\"errorMessage\":\"why\",\"statusCode\":430}","InvokeResult":1},"RequestId":"r"}}"#,
    ),
    (
        200,
        r#"{"Response":{"Result":{"RetMsg":"","InvokeResult":-1,"ErrMsg":"broke"},"RequestId":"r"}}"#,
    ),
    (200, r#"{"Response":{"Result":{"RetMsg":"ok","InvokeResult":200},"RequestId":"r"}}"#),
    (200, r#"{"Response":{"Result":{},"RequestId":"r"}}"#),
    (200, r#"{"Response":{"RequestId":"r"}}"#),
    (
        200,
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow"},"RequestId":"r"}}"#,
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded.New","Message":"slow"},"RequestId":"r"}}"#,
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}}"#,
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"m"},"RequestId":"r"}}"#,
    ),
    (200, r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}"#),
    (
        200,
        r#"{"Response":{"Error":{"Code":"FailedOperation.FunctionStatusError","Message":"m"},"RequestId":"r"}}"#,
    ),
    (200, r#"{"Response":{"Error":{"Code":"Whatever.New","Message":"m"},"RequestId":"r"}}"#),
    (
        503,
        r#"{"Response":{"Error":{"Code":"ResourceInsufficient","Message":"m"},"RequestId":"r"}}"#,
    ),
    (200, r#"{"code":4000,"message":"old","codeDesc":"InvalidParameter"}"#),
    (200, r#"{"code":0,"message":"","codeDesc":"Success"}"#),
    (200, r#"{"some":"json"}"#),
    (200, r#"{"Response":{"Result":{"RetMsg":1},"RequestId":"r"}}"#),
    (200, r#"{"Response":{"Result":{"RetMsg":"a","RetMsg":"b"},"RequestId":"r"}}"#),
    (200, r#"{"Response":{"Result":{"RetMsg":"cut off"#),
    (200, "<html><body>hello</body></html>"),
    (200, ""),
    (200, "null"),
    (404, "<html>not here</html>"),
    (429, "slow down"),
    (502, "<html>bad gateway</html>"),
    (500, r#"{"Response":{"Result":{"RetMsg":"x"},"RequestId":"r"}}"#),
    (403, r#"{"Response":{"Result":{"RetMsg":"x"},"RequestId":"r"}}"#),
];

/// Returns one answer, and what the core makes of it.
fn answer(status: u16, body: &str) -> Value {
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let hello = Invocation::new("hello");
    let mut signer = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    let mut buffer = vec![0; 4096];
    let event = Event::from("{}");
    let mut request =
        SignedRequest::new(&settings, &hello, event, &mut signer, 1_700_000_000, &mut buffer)
            .unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    while !call.transmit().unwrap().is_empty() {}
    call.response_head(status, None);
    call.response_body(body.as_bytes());
    call.response_end();
    let expected = match call.finish::<()>(Ok(())) {
        Ok(()) => {
            let reply = parts.reply(&buffer).unwrap();
            let fields = reply.fields();
            let failed = fields.class() == ReplyClass::FunctionFailed;
            json!({
                "error": failed.then_some("FunctionError"),
                "code": failed.then_some("FunctionFailed"),
                "delivery": failed.then_some("executed"),
                "retryable": failed.then_some(false),
                "resultText": reply.result_text().unwrap_or_else(|error| error.result_text()),
                "log": reply.log().filter(|log| !log.is_empty()),
                "requestId": reply.request_id(),
                "functionRequestId": reply.function_request_id(),
                "durationMs": fields.duration().map(|time| time.as_nanos() as f64 / 1e6),
                "billedDurationMs": fields.billed_duration(),
                "memoryBytes": fields.memory_bytes(),
            })
        }
        Err(error) => {
            let mut expected = json!({
                "error": "NetworkError",
                "delivery": error.delivery().as_str(),
                "retryable": error.retry() != Retry::Never,
            });
            if let Error::Api(api) = &error {
                expected["error"] = "ApiError".into();
                expected["code"] = api.code_text().into();
                expected["requestId"] = api.request_id().into();
            }
            expected
        }
    };
    json!({ "status": status, "body": body, "expected": expected })
}
