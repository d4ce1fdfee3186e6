//! Decoding a reply whose result has 6 MiB.

use std::hint::black_box;
use std::time::Duration;

use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;
use serde::Deserialize;

use crate::peers;
use crate::report::{Report, Target};

const SIZE: usize = 6 << 20;

/// The envelope, as a client with serde reads it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    result: Result,
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Result {
    ret_msg: String,
    duration: f64,
    mem_usage: i64,
}

fn envelope(result: &str) -> String {
    let result = serde_json::to_string(result).unwrap();
    format!(
        "{{\"Response\":{{\"Result\":{{\"MemUsage\":3207168,\"Log\":\"\",\"RetMsg\":{result},\
         \"BillDuration\":100,\"FunctionRequestId\":\"6add56fa-58f1-11e8-89a9-5254005d5fdb\",\
         \"Duration\":0.826,\"ErrMsg\":\"\",\"InvokeResult\":0}},\"RequestId\":\"c2af8a64\"}}}}"
    )
}

pub(crate) fn run(report: &mut Report) {
    let rows = r#"{"id":12,"name":"pump","state":"running","load":0.75},"#;
    let json = format!("[{}0]", rows.repeat(SIZE / rows.len()));
    let text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/".repeat(SIZE / 64);
    for (name, result) in [("JSON", json), ("text without escapes", text)] {
        report.heading(&format!("Decode a reply with a result of 6 MiB: {name}"));
        let body = envelope(&result);
        let settings = Settings::new(Region::AP_GUANGZHOU, peers::HOST);
        let mut signer = Signer::new(peers::SECRET_ID, peers::SECRET_KEY).unwrap();
        let function = Invocation::new("report");
        let mut buffer = vec![0; SIZE + (1 << 20)];
        let mut ours = || {
            let mut request = SignedRequest::new(
                &settings,
                &function,
                Event::none(),
                &mut signer,
                peers::TIMESTAMP,
                &mut buffer,
            )
            .unwrap();
            let mut parts = ReplyParts::new();
            let mut call = Call::new(&mut request, &mut parts, None);
            call.response_head(200, None);
            call.response_body(body.as_bytes());
            call.response_end();
            call.finish::<()>(Ok(())).unwrap();
            let reply = parts.reply(&buffer).unwrap();
            assert_eq!(reply.result_text().unwrap().len(), result.len());
            black_box((reply.duration(), reply.memory_bytes()));
        };
        let serde = || {
            let Envelope { response } = serde_json::from_slice(body.as_bytes()).unwrap();
            assert_eq!(response.result.ret_msg.len(), result.len());
            black_box((response.result.duration, response.result.mem_usage, response.request_id));
        };
        let times = report.time(
            Duration::from_millis(30),
            &mut [("scf-invoke-core", Box::new(&mut ours)), ("serde_json", Box::new(serde))],
        );
        report.ratio("serde_json / scf-invoke-core", &times[1], &times[0], Target::AtLeast(1.0));
    }
}
