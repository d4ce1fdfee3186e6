//! The reader of members takes what the decoder takes, and means the same.

use scf_invoke_core::attempt::Received;
use scf_invoke_core::reply::{
    Decoder, Member, MemberNumbers, MemberReader, MemberSink, Output, Sink, SinkError, TextField,
};

use crate::support::table::rows;

/// Bodies beside those of the table of outcomes.
const BODIES: &[&str] = &[
    // Numbers of every form, and what is none.
    r#"{"Response":{"Result":{"RetMsg":"","InvokeResult":-1,"Duration":0.826,"MemUsage":1e3,"BillDuration":2.0}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","InvokeResult":"1","Duration":"0.826","MemUsage":"","BillDuration":null}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","InvokeResult":2e2}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","InvokeResult":0.5}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","InvokeResult":"one"}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","InvokeResult":true}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","MemUsage":0.5,"Duration":-1,"BillDuration":"x"}}}"#,
    r#"{"code":0,"codeDesc":"Success","Response":{"Result":{"RetMsg":"x"}}}"#,
    r#"{"code":"4100","message":"m","codeDesc":"AuthFailure"}"#,
    r#"{"code":4100.5,"message":"m"}"#,
    // Values of the wrong kind.
    r#"{"Response":{"Result":{"RetMsg":{}}}}"#,
    r#"{"Response":{"Result":{"RetMsg":1}}}"#,
    r#"{"Response":{"Result":{"RetMsg":null,"ErrMsg":null}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","ErrMsg":[1]}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","Log":{"a":[1]},"FunctionRequestId":5},"RequestId":false}}"#,
    r#"{"Response":{"Result":"x"}}"#,
    r#"{"Response":{"Result":null,"Error":null,"RequestId":"r"}}"#,
    r#"{"Response":{"Error":{"Code":7}}}"#,
    r#"{"Response":[{"Result":{"RetMsg":"x"}}]}"#,
    r#"{"Response":"x","code":1}"#,
    r#"[{"Response":{"Result":{"RetMsg":"x"}}}]"#,
    r#""Response""#,
    // Members that come twice, of another place, of nearly the same name.
    r#"{"Response":{"Result":{"RetMsg":"a","RetMsg":"b"}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"a"},"Result":{"RetMsg":"b"}}}"#,
    r#"{"Response":{"Error":{"Code":"a","Code":"b"}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","Log":"a","Log":"b","MemUsage":1,"MemUsage":2,"Duration":[],"Duration":3},"RequestId":"r","RequestId":"s"}}"#,
    r#"{"code":0,"message":"a","message":"b","RequestId":"r"}"#,
    r#"{"Response":{"RetMsg":"a","Result":{"RequestId":"b","RetMsg":"c"}},"Error":{}}"#,
    r#"{"Response":{"Result":{"RetMsgs":"a","FunctionRequestIdFunctionRequestId":"b","Ret\u004dsg":"c"}}}"#,
    // A result and an error, failures, escapes and halves of pairs.
    r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"Result":{"RetMsg":"x"}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"x","ErrMsg":"bad\n\u00e9","InvokeResult":1}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"\"\ud83d\ude00\"","Log":"\ud83d.\u4e2d\ude00"}}}"#,
    r#"{"Response":{"Result":{"RetMsg":"\ud83d"}}}"#,
    r#"{"Response":{"Result":{"\ud83d":1,"RetMsg":"x"},"RequestId":"\udc00"}} "#,
    r#"{"Response":{"Result":{"RetMsg":"x"}}}x"#,
    r#"{"Response":{"Result":{"RetMsg":"x"}"#,
];

/// The texts of the decoder.
#[derive(Default)]
struct Texts {
    result: Vec<u8>,
    log: Vec<u8>,
    messages: Vec<u8>,
}

impl Sink for Texts {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        match field {
            TextField::Result => &mut self.result,
            TextField::Log => &mut self.log,
            _ => &mut self.messages,
        }
        .extend(piece);
        Ok(())
    }
}

/// What the reader hands on.
#[derive(Default)]
struct Members(Vec<(Member, Vec<u8>)>);

impl Members {
    fn text(&self, of: Member) -> &[u8] {
        self.0.iter().find(|(member, _)| *member == of).map_or(b"", |(_, text)| text)
    }

    /// Returns the number that a host reads from the text.
    fn number(&self, of: Member) -> Option<f64> {
        str::from_utf8(self.text(of)).ok()?.parse().ok()
    }

    fn whole(&self, of: Member) -> Option<i32> {
        self.number(of).filter(|number| number.fract() == 0.0).map(|number| number as i32)
    }
}

impl MemberSink for Members {
    fn write(&mut self, member: Member, piece: &[u8]) {
        match self.0.iter_mut().find(|(each, _)| *each == member) {
            Some((_, text)) => text.extend(piece),
            None => self.0.push((member, piece.to_vec())),
        }
    }
}

/// Compares both readings of a body that comes in two pieces.
fn compare(status: u16, body: &str, cut: usize, asynchronous: bool) {
    let (first, second) = body.as_bytes().split_at(cut);
    let about = format!("{status} {body}, cut at {cut}, asynchronous: {asynchronous}");

    let (mut decoder, mut texts) = (Decoder::new(), Texts::default());
    let mut read = Ok(());
    for piece in [first, second] {
        read = decoder.push(piece, &mut Output::Sink(&mut texts));
    }
    read = read.and_then(|()| decoder.finish());
    let fields = decoder.fields();
    let decoded = Received::from_response(status, read, fields, asynchronous, Some(429));

    let (mut reader, mut members) = (MemberReader::new(), Members::default());
    for piece in [first, second] {
        reader.push(piece, &mut members);
    }
    let figures = [Member::Duration, Member::BillDuration, Member::MemUsage];
    let numbers = MemberNumbers {
        invoke_result: members.whole(Member::InvokeResult),
        old_code: members.whole(Member::OldCode),
        has_figures: figures.iter().any(|figure| members.number(*figure) > Some(0.0)),
    };
    let codes = [Member::Code, Member::OldCodeText].map(|member| members.text(member));
    let code = if codes[0].is_empty() { codes[1] } else { codes[0] };
    let handed =
        Received::from_members(status, &mut reader, code, &numbers, asynchronous, Some(429));

    for sent in [false, true] {
        let (decoded, handed) = (decoded.delivery(sent), handed.delivery(sent));
        assert_eq!(handed, decoded, "{about}, sent: {sent}");
    }
    let retries = [decoded, handed].map(|received| received.retry(received.delivery(true)));
    assert_eq!(retries[1], retries[0], "{about}");
    assert_eq!(reader.has_content(), fields.has_content(), "{about}");
    if let (Received::ApiError { code, .. }, Received::ApiError { code: other, .. }) =
        (decoded, handed)
    {
        assert_eq!(other, code, "{about}");
    }
    if read.is_ok() {
        assert_eq!(members.text(Member::RetMsg), texts.result, "{about}");
        assert_eq!(members.text(Member::Log), texts.log, "{about}");
        assert_eq!(members.text(Member::RequestId), fields.request_id().as_bytes(), "{about}");
        let memory = members.number(Member::MemUsage).filter(|bytes| bytes.fract() == 0.0);
        assert_eq!(memory.map(|bytes| bytes as i64), fields.memory_bytes(), "{about}");
        let id = fields.function_request_id().as_bytes();
        assert_eq!(members.text(Member::FunctionRequestId), id, "{about}");
        let messages = [Member::Message, Member::OldMessage, Member::ErrMsg];
        assert_eq!(messages.map(|member| members.text(member)).concat(), texts.messages, "{about}");
    }
}

#[test]
fn each_body_means_what_the_decoder_says_wherever_it_is_cut() {
    let table = rows("Thu, 26 Nov 2026 00:00:00 GMT");
    let bodies = table.iter().map(|row| row.body).chain(BODIES.iter().copied());
    for body in bodies {
        for status in [200, 403, 429, 502] {
            for asynchronous in [false, true] {
                compare(status, body, 0, asynchronous);
            }
        }
    }
    for body in BODIES {
        for cut in 0..body.len() {
            compare(200, body, cut, false);
        }
    }
}

#[test]
fn of_a_member_that_only_informs_the_first_counts() {
    let (mut reader, mut members) = (MemberReader::new(), Members::default());
    reader.push(br#"{"Response":{"RequestId":"first","RequestId":"second"}}"#, &mut members);
    assert!(reader.finish());
    assert_eq!(members.text(Member::RequestId), b"first");
}

#[test]
fn what_is_no_envelope_is_none() {
    for body in ["", "<html>", "{}", r#"{"Response":{}}"#, r#"{"RequestId":"r"}"#] {
        let mut reader = MemberReader::default();
        reader.push(body.as_bytes(), &mut Members::default());
        assert!(!reader.finish(), "{body}");
        assert!(!reader.has_content(), "{body}");
    }
}
