//! The envelope: every form, every split, cut anywhere, and what is hostile.

use crate::hostile::HOSTILE_BODIES;
use scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke_core::reply::{
    Decoder, Fields, Member, Output, ReplyClass, ReplyError, Sink, SinkError, TextField,
    TextLayout, failure_details,
};
use scf_invoke_core::wire::json::ScanError;

const SUCCESS: &str = r#"{
    "Response": {
        "Result": {
            "MemUsage": 3207168,
            "Log": "START\n\u4e2d\ud83d\ude00\\END",
            "RetMsg": "{\"k\":[\"v\", \"w\"],\"t\":\"a\\nb\"}",
            "BillDuration": 100,
            "FunctionRequestId": "6add56fa-58f1-11e8-89a9-5254005d5fdb",
            "Duration": 0.826,
            "ErrMsg": "",
            "InvokeResult": 0
        },
        "RequestId": "c2af8a64-c922-4d55-aee0-bd86a5c2cd12"
    }
}"#;
const RET_MSG: &str = r#"{"k":["v", "w"],"t":"a\nb"}"#;
const LOG: &str = "START\n中😀\\END";

type Read = (Fields, TextLayout, Vec<u8>);

pub(crate) fn read<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    size: usize,
) -> Result<Read, ReplyError> {
    let mut decoder = Decoder::new();
    let mut buffer = vec![0; size];
    for piece in pieces {
        decoder.push(piece, &mut Output::Buffer(&mut buffer))?;
    }
    decoder.finish()?;
    Ok((*decoder.fields(), *decoder.layout(), buffer))
}

pub(crate) fn whole(text: &str) -> Result<Read, ReplyError> {
    read([text.as_bytes()], 4096)
}

pub(crate) fn fields(text: &str) -> Fields {
    whole(text).unwrap_or_else(|error| panic!("{text}: {error}")).0
}

pub(crate) fn result(members: &str) -> Result<Read, ReplyError> {
    whole(&format!(r#"{{"Response":{{"Result":{{{members}}},"RequestId":"r"}}}}"#))
}

#[test]
fn a_success_in_every_split() {
    let (fields, layout, buffer) = whole(SUCCESS).unwrap();
    assert_eq!(fields.class(), ReplyClass::Success);
    assert_eq!(fields.request_id().as_str(), "c2af8a64-c922-4d55-aee0-bd86a5c2cd12");
    assert_eq!(fields.function_request_id().as_str(), "6add56fa-58f1-11e8-89a9-5254005d5fdb");
    assert_eq!((fields.memory_bytes(), fields.billed_duration()), (Some(3_207_168), Some(100)));
    assert_eq!(fields.duration().unwrap().as_nanos(), 826_000);
    assert_eq!(fields.invoke_result(), Some(0));
    assert!(fields.has_result() && fields.error_code().is_empty() && fields.message().is_empty());
    assert_eq!(layout.result(&buffer), Some(RET_MSG.as_bytes()));
    assert_eq!(layout.log(&buffer), Some(LOG.as_bytes()));
    assert_eq!(layout.needed(), RET_MSG.len() + LOG.len());
    assert!(!layout.is_full());

    let expected = (fields, layout, buffer);
    let text = SUCCESS.as_bytes();
    let miri = cfg!(miri);
    for step in (1..70).step_by(if miri { 23 } else { 1 }) {
        assert_eq!(read(text.chunks(step), 4096).as_ref(), Ok(&expected), "{step}");
    }
    for at in (0..text.len()).step_by(if miri { 97 } else { 1 }) {
        let (front, back) = text.split_at(at);
        assert_eq!(read([front, back], 4096).as_ref(), Ok(&expected), "{at}");
        assert_eq!(read([front], 4096), Err(ReplyError::Json(ScanError::Incomplete)), "{at}");
    }
}

#[test]
fn a_buffer_may_end_within_the_last_character_of_a_log() {
    let body = br#"{"Response":{"Result":{"RetMsg":"","Log":"a\u20ac"},"RequestId":"r"}}"#;
    for size in 0..=5 {
        for step in [1, 3, 7, 1000] {
            let (_, layout, buffer) = read(body.chunks(step), size).unwrap();
            assert_eq!((layout.needed(), layout.is_full()), (4, size < 4), "{size} by {step}");
            let log = layout.log(&buffer).unwrap();
            assert_eq!(log, &"a\u{20ac}".as_bytes()[..size.min(4)], "{size} by {step}");
        }
    }
}

#[test]
fn a_buffer_too_small_names_the_size() {
    let needed = RET_MSG.len() + LOG.len();
    let sizes = 0..needed + 3;
    for size in if cfg!(miri) { sizes.step_by(19) } else { sizes.step_by(1) } {
        for step in [1, 7, 1000] {
            let (fields, layout, buffer) = read(SUCCESS.as_bytes().chunks(step), size).unwrap();
            assert_eq!(layout.needed(), needed);
            assert_eq!(layout.is_full(), size < needed, "{size}");
            assert!(layout.stored() <= size);
            assert!(layout.has(TextField::Result) && layout.has(TextField::Log));
            let log = layout.log(&buffer).unwrap();
            assert_eq!(log, &LOG.as_bytes()[..log.len()]);
            // The fields behind the texts arrive nevertheless.
            assert_eq!(fields.request_id().as_str(), "c2af8a64-c922-4d55-aee0-bd86a5c2cd12");
        }
    }
}

#[derive(Default)]
struct Collect {
    ret_msg: Vec<u8>,
    log: Vec<u8>,
    room: usize,
}

impl Sink for Collect {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        assert!(!piece.is_empty());
        self.room = self.room.checked_sub(piece.len()).ok_or(SinkError)?;
        match field {
            TextField::Result => self.ret_msg.extend_from_slice(piece),
            TextField::Log => self.log.extend_from_slice(piece),
            other => panic!("{other:?}"),
        }
        Ok(())
    }
}

#[test]
fn a_sink_gets_the_texts() {
    for step in [1, 3, 50, 1000] {
        let mut sink = Collect { room: 1000, ..Collect::default() };
        let mut decoder = Decoder::new();
        for piece in SUCCESS.as_bytes().chunks(step) {
            decoder.push(piece, &mut Output::Sink(&mut sink)).unwrap();
        }
        decoder.finish().unwrap();
        assert_eq!(
            (sink.ret_msg.as_slice(), sink.log.as_slice()),
            (RET_MSG.as_bytes(), LOG.as_bytes())
        );
        assert_eq!(decoder.layout().needed(), RET_MSG.len() + LOG.len());
        assert_eq!(decoder.layout().stored(), 0);
    }
    let mut sink = Collect { room: 20, ..Collect::default() };
    let pushed = Decoder::new().push(SUCCESS.as_bytes(), &mut Output::Sink(&mut sink));
    assert_eq!(pushed, Err(ReplyError::Sink));
}

#[test]
fn a_long_text() {
    let inner = r#"{"id":"s1","v":"a\tb"},"#.repeat(if cfg!(miri) { 20 } else { 5000 });
    let text = format!(
        r#"{{"Response":{{"Result":{{"RetMsg":{}}}}}}}"#,
        serde_json::to_string(&inner).unwrap()
    );
    for step in [1, 100, 4096, usize::MAX] {
        let (_, layout, buffer) = read(text.as_bytes().chunks(step), inner.len()).unwrap();
        assert!(!layout.is_full());
        assert_eq!(layout.result(&buffer), Some(inner.as_bytes()));
        let mut sink = Collect { room: inner.len(), ..Collect::default() };
        let mut decoder = Decoder::new();
        for piece in text.as_bytes().chunks(step) {
            decoder.push(piece, &mut Output::Sink(&mut sink)).unwrap();
        }
        assert_eq!(sink.ret_msg, inner.as_bytes());
    }
}

#[test]
fn errors_of_the_api() {
    let text = r#"{"Response":{"Error":{"Code":"ResourceNotFound.Function","Message":"no such \"f\" \u4e2d"},"RequestId":"r"}}"#;
    let fields = fields(text);
    assert_eq!(fields.class(), ReplyClass::ApiError);
    assert_eq!(fields.error_code().as_str(), "ResourceNotFound.Function");
    assert_eq!(fields.message().as_str(), "no such \"f\" 中");
    assert_eq!(fields.request_id().as_str(), "r");
    assert!(!fields.has_result());
    // An error beside a result is an error, and its message counts.
    for text in [
        r#"{"Response":{"Result":{"ErrMsg":"function's"},"Error":{"Code":"X","Message":"own"}}}"#,
        r#"{"Response":{"Error":{"Message":"own","Code":"X"},"Result":{"ErrMsg":"function's"}}}"#,
    ] {
        let fields = self::fields(text);
        assert_eq!((fields.class(), fields.message().as_str()), (ReplyClass::ApiError, "own"));
    }
    // An error without a code is one all the same.
    assert_eq!(self::fields(r#"{"Response":{"Error":{}}}"#).class(), ReplyClass::ApiError);
}

#[test]
fn the_old_form() {
    let fields = self::fields(
        r#"{"code":4104,"message":"wrong key","codeDesc":"AuthFailure.SignatureFailure"}"#,
    );
    assert_eq!(fields.class(), ReplyClass::ApiError);
    assert_eq!(
        (fields.old_code(), fields.error_code().as_str()),
        (Some(4104), "AuthFailure.SignatureFailure")
    );
    assert_eq!(fields.message().as_str(), "wrong key");
    let fields = self::fields(r#"{"code":0,"message":"","codeDesc":"Success"}"#);
    assert_eq!(fields.class(), ReplyClass::Success);
    assert!(fields.error_code().is_empty());
    assert_eq!(whole(r#"{"code":"no"}"#).map(|_| ()), Err(ReplyError::WrongType(Member::OldCode)));
    assert_eq!(whole(r#"{"code":0.5}"#).map(|_| ()), Err(ReplyError::WrongType(Member::OldCode)));
    assert_eq!(whole(r#"{"message":"x"}"#), Err(ReplyError::NotAnEnvelope));
}

#[test]
fn how_the_function_ended() {
    let outcome = |members: &str| result(members).unwrap().0.class();
    assert_eq!(outcome(""), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":200,"ErrMsg":"""#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":null,"ErrMsg":null"#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":-0.0"#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":"0""#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":"""#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":"-1""#), ReplyClass::FunctionFailed);
    assert_eq!(outcome(r#""InvokeResult":1"#), ReplyClass::FunctionFailed);
    assert_eq!(outcome(r#""InvokeResult":-1,"ErrMsg":"""#), ReplyClass::FunctionFailed);
    assert_eq!(outcome(r#""InvokeResult":2e2"#), ReplyClass::Success);
    assert_eq!(outcome(r#""InvokeResult":0,"ErrMsg":"x""#), ReplyClass::FunctionFailed);
    assert_eq!(result(r#""ErrMsg":"boom""#).unwrap().0.message().as_str(), "boom");
    // What an asynchronous call may answer.
    for text in [
        r#"{"Response":{"RequestId":"r"}}"#,
        r#"{"Response":{"Result":null,"RequestId":"r"}}"#,
        r#"{"Response":{"Result":{"FunctionRequestId":"f"}}}"#,
    ] {
        assert_eq!(fields(text).class(), ReplyClass::Success);
    }
}

#[test]
fn absent_null_and_empty() {
    for (members, has) in [("", false), (r#""RetMsg":null"#, false), (r#""RetMsg":"""#, true)] {
        let (_, layout, buffer) = result(members).unwrap();
        assert_eq!(layout.has(TextField::Result), has);
        assert_eq!(layout.result(&buffer), has.then_some(&b""[..]));
        assert_eq!(layout.log(&buffer), None);
    }
    let fields = result(r#""MemUsage":null,"Duration":null,"BillDuration":null,"FunctionRequestId":null,"Log":null"#).unwrap().0;
    assert_eq!(
        (fields.memory_bytes(), fields.duration(), fields.billed_duration()),
        (None, None, None)
    );
}

#[test]
fn wrong_types() {
    for (members, name) in [
        (r#""RetMsg":1"#, Member::RetMsg),
        (r#""RetMsg":{"a":1}"#, Member::RetMsg),
        (r#""RetMsg":[]"#, Member::RetMsg),
        (r#""ErrMsg":true"#, Member::ErrMsg),
        (r#""InvokeResult":"zero""#, Member::InvokeResult),
        (r#""InvokeResult":"0.5""#, Member::InvokeResult),
        (r#""InvokeResult":" 0""#, Member::InvokeResult),
        (r#""InvokeResult":"0 ""#, Member::InvokeResult),
        (r#""InvokeResult":"1.""#, Member::InvokeResult),
        (r#""InvokeResult":"000000000000000000000""#, Member::InvokeResult),
        (r#""InvokeResult":true"#, Member::InvokeResult),
        (r#""InvokeResult":0.5"#, Member::InvokeResult),
        (r#""InvokeResult":1e30"#, Member::InvokeResult),
        (r#""InvokeResult":{}"#, Member::InvokeResult),
    ] {
        let error = result(members).unwrap_err();
        assert_eq!(error, ReplyError::WrongType(name), "{members}");
        assert!(error.to_string().ends_with(name.as_str()));
    }
    // What only informs is left out.
    let fields = result(
        r#""MemUsage":"many","BillDuration":1.5,"Duration":-1,"FunctionRequestId":{"a":["b"]},"Log":7"#,
    ).unwrap().0;
    assert_eq!(
        (fields.memory_bytes(), fields.duration(), fields.billed_duration()),
        (None, None, None)
    );
    assert!(fields.function_request_id().is_empty());
    for &(text, error) in HOSTILE_BODIES {
        assert_eq!(whole(text), Err(error), "{text}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn duplicates_are_errors() {
    assert_eq!(result(r#""RetMsg":"a","RetMsg":"b""#), Err(ReplyError::Duplicate(Member::RetMsg)));
    assert_eq!(
        result(r#""InvokeResult":1,"Invoke\u0052esult":0"#),
        Err(ReplyError::Duplicate(Member::InvokeResult))
    );
    assert_eq!(
        whole(r#"{"Response":{"Error":null,"Error":{}}}"#),
        Err(ReplyError::Duplicate(Member::Error))
    );
    // Only among the fields that are known, at their own place.
    assert!(result(r#""x":1,"x":2,"Code":1,"Response":{"RetMsg":"n"},"RequestId":"q""#).is_ok());
}

#[test]
fn unknown_fields_are_skipped() {
    let deep = format!("{}1{}", r#"[{"Response":{"RetMsg":["#.repeat(300), "]}}]".repeat(300));
    let text = format!(
        r#"{{"New":{deep},"Response":{{"X":{deep},"Result":{{"Y":{deep},"retmsg":"no","RetMsgAndMuchMoreText":"no","RetMsg":"yes","Z":"RetMsg"}},"RequestId":"r","A":[{{"RequestId":"no"}}]}},"code2":5}}"#
    );
    let (fields, layout, buffer) = whole(&text).unwrap();
    assert_eq!(fields.request_id().as_str(), "r");
    assert_eq!(layout.result(&buffer), Some(&b"yes"[..]));
    assert_eq!(fields.class(), ReplyClass::Success);
}

#[test]
fn long_texts_are_cut_at_a_character() {
    for pad in 0..4 {
        let long = format!("{}{}", "a".repeat(pad), "中".repeat(100));
        let text = format!(
            r#"{{"Response":{{"Error":{{"Code":"{long}","Message":"{long}"}},"RequestId":"{long}"}}}}"#
        );
        for step in [1, 5, 1000] {
            let fields = read(text.as_bytes().chunks(step), 0).unwrap().0;
            for (cut, size, is_truncated) in [
                (fields.request_id().as_str(), 48, fields.request_id().is_truncated()),
                (fields.error_code().as_str(), 64, fields.error_code().is_truncated()),
                (fields.message().as_str(), 128, fields.message().is_truncated()),
            ] {
                assert!(
                    is_truncated
                        && long.starts_with(cut)
                        && cut.len() > size - 3
                        && cut.len() <= size,
                    "{cut}"
                );
            }
        }
    }
    let exact = "x".repeat(128);
    let fields = fields(&format!(r#"{{"Response":{{"Error":{{"Message":"{exact}"}}}}}}"#));
    assert_eq!(
        (fields.message().as_str(), fields.message().is_truncated()),
        (exact.as_str(), false)
    );
    // A text that is not UTF-8 ends where it is wrong.
    let body = b"{\"Response\":{\"RequestId\":\"ab\xffcd\"}}";
    let fields = read([&body[..]], 0).unwrap().0;
    assert_eq!((fields.request_id().as_str(), fields.request_id().is_truncated()), ("ab", true));
    assert_eq!(fields.request_id().to_string(), "ab...");
}

#[test]
fn durations() {
    for (text, nanos, shown) in [
        ("0", 0, "0"),
        ("0.826", 826_000, "0.826"),
        ("1", 1_000_000, "1"),
        ("1.5e-2", 15_000, "0.015"),
        ("1.5E-2", 15_000, "0.015"),
        ("1e3", 1_000_000_000, "1000"),
        ("1E+3", 1_000_000_000, "1000"),
        ("300000.000001", 300_000_000_001, "300000.000001"),
        ("0.0000019", 1, "0.000001"),
        ("1e-07", 0, "0"),
        ("123.456789999", 123_456_789, "123.456789"),
        ("0.1000000000000000055511151231257827", 100_000, "0.1"),
        ("12345678901234567890123e-20", 123_456_789, "123.456789"),
        ("0.00000000000000000000000000001e29", 1_000_000, "1"),
        ("1e-999999999999", 0, "0"),
        ("0e999999999999", 0, "0"),
        ("-0.0", 0, "0"),
        ("1e300", i64::MAX as u64, "9223372036854.775807"),
        ("99999999999999999999", i64::MAX as u64, "9223372036854.775807"),
    ] {
        for step in [1, 4, 1000] {
            let body = format!(r#"{{"Response":{{"Result":{{"Duration":{text}}}}}}}"#);
            let duration = read(body.as_bytes().chunks(step), 0).unwrap().0.duration().unwrap();
            assert_eq!(duration.as_nanos(), nanos, "{text}");
            assert_eq!(duration.to_string(), shown);
            assert_eq!(
                core::time::Duration::from(duration),
                core::time::Duration::from_nanos(nanos)
            );
        }
    }
    for text in ["-1", "-0.001", "\"-1\"", "\"1 s\"", "[]"] {
        assert_eq!(result(&format!(r#""Duration":{text}"#)).unwrap().0.duration(), None);
    }
    for (text, value) in [
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775807", Some(-i64::MAX)),
        ("9223372036854775808", None),
        ("1.0", Some(1)),
        ("12e-1", None),
        ("120e-1", Some(12)),
        ("1000000000000000000000e-21", Some(1)),
        ("1000000000000000000001e-21", None),
        ("\"7\"", Some(7)),
        ("\"-1.20e1\"", Some(-12)),
        ("\"\"", None),
        ("\"01\"", None),
    ] {
        assert_eq!(
            result(&format!(r#""MemUsage":{text}"#)).unwrap().0.memory_bytes(),
            value,
            "{text}"
        );
    }
}

#[test]
fn why_a_function_failed() {
    let details = failure_details(
        r#"{"errorCode":-1,"errorMessage":"Invoking task timed out after 3 seconds","requestId":"r","nested":{"statusCode":1},"statusCode":433}"#,
    );
    assert_eq!((details.status_code, details.error_code), (Some(433), Some(-1)));
    assert_eq!(details.error_message.as_str(), "Invoking task timed out after 3 seconds");
    assert_eq!(status_meaning(433), Some("time limit reached"));
    assert_eq!(status_meaning(0), None);
    assert_eq!(status_meaning(-65_103), None);
    let nothing = failure_details("just text");
    assert_eq!((nothing.status_code, nothing.error_message.as_str()), (None, ""));
    assert_eq!(failure_details("[433]").status_code, None);
    assert_eq!(failure_details(r#"{"statusCode":"433"}"#).status_code, None);
    // JSON that breaks off gives what there was, and never half a character.
    let text = r#"{"statusCode":430,"errorMessage":"caught \u4e2d中"#;
    for at in 0..text.len() {
        if text.is_char_boundary(at) {
            let details = failure_details(&text[..at]);
            assert!("caught 中中".starts_with(details.error_message.as_str()));
        }
    }
    let long = failure_details(&format!(r#"{{"errorMessage":"{}"}}"#, "é".repeat(100)));
    assert_eq!((long.error_message.as_str().len(), long.error_message.is_truncated()), (128, true));
}
