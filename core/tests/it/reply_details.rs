//! The decoder where a reply is not quite as it should be, and what a reader of
//! it learns: messages, figures, exceptions.

use scf_invoke_core::reply::{
    Decoder, Fields, Output, ReplyError, Sink, SinkError, TextField, failure_details,
};
use scf_invoke_core::wire::json::ScanError;

use crate::reply::{fields, read, result, whole};

/// Returns the fields, result and log of a reply.
fn texts(body: &str) -> (Fields, Option<String>, Option<String>) {
    let (fields, layout, buffer) = whole(body).unwrap();
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
    let (result, log) = (text(layout.result(&buffer)), text(layout.log(&buffer)));
    (fields, result, log)
}

#[test]
fn half_a_surrogate_pair_costs_no_reply_where_it_is_not_in_the_result() {
    for (text, shown) in [
        (r"\ud83d", "\u{fffd}"),
        (r"a\ud83db", "a\u{fffd}b"),
        (r"\ude00", "\u{fffd}"),
        (r"a\ude00b", "a\u{fffd}b"),
        (r"\ud83d\n", "\u{fffd}\n"),
        (r"\ud83d\u0041", "\u{fffd}A"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (r"\ud83d\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud83d\ude00\ude00", "\u{1f600}\u{fffd}"),
    ] {
        let body = format!(
            r#"{{"{text}":["{text}"],"Response":{{"Result":{{"RetMsg":"yes","Log":"{text}","{text}":{{"{text}":"{text}"}}}},"RequestId":"{text}"}}}}"#
        );
        for step in [1, 2, 3, 1000] {
            let (fields, layout, buffer) = read(body.as_bytes().chunks(step), 64).unwrap();
            assert_eq!(layout.result(&buffer), Some(&b"yes"[..]));
            assert_eq!(layout.log(&buffer), Some(shown.as_bytes()), "{text} by {step}");
            assert_eq!(fields.request_id().as_str(), shown);
        }
        let body = format!(r#"{{"Response":{{"Result":{{"RetMsg":"{text}"}}}}}}"#);
        assert_eq!(whole(&body).map(|_| ()), Err(ReplyError::Json(ScanError::Surrogate)), "{text}");
    }
    // What is no escape at all is an error everywhere.
    let body = r#"{"Response":{"Result":{"RetMsg":"yes","Log":"\ud83d\x"}}}"#;
    assert_eq!(whole(body).map(|_| ()), Err(ReplyError::Json(ScanError::Escape)));
}

#[test]
fn of_what_only_informs_and_comes_twice_the_first_counts() {
    let body = r#"{"Response":{"Result":{"RetMsg":"yes","Log":"one","Log":"two","MemUsage":1,
        "MemUsage":2,"FunctionRequestId":"a","FunctionRequestId":"b"},"RequestId":"q","RequestId":"r"}}"#;
    let (fields, result, log) = texts(body);
    assert_eq!((result.as_deref(), log.as_deref()), (Some("yes"), Some("one")));
    assert_eq!(fields.memory_bytes(), Some(1));
    assert_eq!((fields.request_id().as_str(), fields.function_request_id().as_str()), ("q", "a"));
}

#[test]
fn content_is_what_a_result_of_the_api_has() {
    let has_content = |result: &str| {
        fields(&format!(r#"{{"Response":{{"Result":{result},"RequestId":"r"}}}}"#)).has_content()
    };
    for result in ["null", "{}", r#"{"RetMsg":null}"#, r#"{"Other":"x","More":[1]}"#] {
        assert!(!has_content(result), "{result}");
    }
    for result in [r#"{"RetMsg":""}"#, r#"{"MemUsage":0}"#, r#"{"InvokeResult":"0"}"#] {
        assert!(has_content(result), "{result}");
    }
    assert!(!fields(r#"{"Response":{"RequestId":"r"}}"#).has_content());
    assert!(!fields(r#"{"Response":{"Error":{"Code":"X","Message":"m"}}}"#).has_content());
}

#[test]
fn figures_are_those_of_a_run() {
    let has_figures = |members: &str| result(members).unwrap().0.has_figures();
    assert!(!has_figures(""));
    assert!(!has_figures(r#""MemUsage":0,"Duration":0,"BillDuration":0,"InvokeResult":1"#));
    for members in [r#""MemUsage":1"#, r#""Duration":0.000001"#, r#""BillDuration":1"#] {
        assert!(has_figures(members), "{members}");
    }
}

/// Keeps the messages, and takes no more of them than one piece.
#[derive(Default)]
struct Messages {
    api: String,
    function: String,
    refuses: bool,
}

impl Sink for Messages {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        let text = match field {
            TextField::ApiMessage => &mut self.api,
            TextField::FunctionMessage => &mut self.function,
            _ => return Ok(()),
        };
        text.push_str(std::str::from_utf8(piece).unwrap());
        if self.refuses { Err(SinkError) } else { Ok(()) }
    }
}

#[test]
fn a_sink_gets_messages_whole_and_cannot_refuse_a_reply_for_them() {
    let message = "a \"long\" message, ".repeat(20);
    let escaped = serde_json::to_string(&message).unwrap();
    for (body, is_api) in [
        (format!(r#"{{"Response":{{"Error":{{"Code":"X","Message":{escaped}}}}}}}"#), true),
        (format!(r#"{{"code":1,"message":{escaped},"codeDesc":"X"}}"#), true),
        (format!(r#"{{"Response":{{"Result":{{"ErrMsg":{escaped}}}}}}}"#), false),
    ] {
        for refuses in [false, true] {
            let mut sink = Messages { refuses, ..Messages::default() };
            let mut decoder = Decoder::new();
            decoder.push(body.as_bytes(), &mut Output::Sink(&mut sink)).unwrap();
            decoder.finish().unwrap();
            let (own, other) =
                if is_api { (&sink.api, &sink.function) } else { (&sink.function, &sink.api) };
            assert_eq!((own, other.as_str()), (&message, ""));
            assert!(decoder.fields().message().is_truncated());
        }
    }
}

#[test]
fn the_exception_is_the_last_line_of_a_trace_that_is_not_indented() {
    let exception = |trace: &str| {
        let text = serde_json::json!({ "errorMessage": "caught", "stackTrace": trace });
        failure_details(&text.to_string()).exception.as_str().to_owned()
    };
    let python = "Traceback (most recent call last):\n  File \"index.py\", line 1\nValueError: no";
    assert_eq!(exception(python), "ValueError: no");
    assert_eq!(exception("Error: no\n    at main (/var/user/index.js:1:2)\n\tat x\n"), "Error: no");
    assert_eq!(exception("one line"), "one line");
    assert_eq!(exception("  indented"), "");
    assert_eq!(exception("a\r\nb\r\n"), "b");
    assert_eq!(exception(""), "");
    assert_eq!(exception(&"é".repeat(100)), "é".repeat(64));
    assert_eq!(failure_details(r#"{"stackTrace":["a"]}"#).exception.as_str(), "");
    assert_eq!(failure_details(r#"{"exception":"a","x":"b"}"#).exception.as_str(), "");
}

#[test]
fn a_decoder_gives_its_parts_away() {
    let mut decoder = Decoder::new();
    let body = br#"{"Response":{"Result":{"RetMsg":"yes"},"RequestId":"r"}}"#;
    decoder.push(body, &mut Output::Buffer(&mut [0; 8])).unwrap();
    decoder.finish().unwrap();
    let (fields, layout) = decoder.into_parts();
    assert_eq!(fields.request_id().as_str(), "r");
    assert!(layout.has(TextField::Result) && !layout.has(TextField::Log));
    // Messages are never in the buffer.
    assert!(!layout.has(TextField::ApiMessage) && !layout.has(TextField::FunctionMessage));
}

#[test]
fn texts_are_equal_where_they_are_as_long_and_cut_alike() {
    let id = |text: &str| {
        let body = format!(r#"{{"Response":{{"Result":{{"RetMsg":""}},"RequestId":"{text}"}}}}"#);
        *fields(&body).request_id()
    };
    let room = id(&"r".repeat(255)).as_str().len();
    let (whole, cut) = (id(&"r".repeat(room)), id(&"r".repeat(room + 1)));
    assert_eq!(whole.as_str(), cut.as_str());
    assert_eq!(whole, id(&"r".repeat(room)));
    assert_eq!(cut, id(&"r".repeat(room + 2)));
    assert_ne!(whole, cut);
    assert_ne!(id("a"), id("b"));
    assert_eq!(format!("{:?} {}", id("a"), id("a")), r#""a" a"#);
    assert!(format!("{cut:?}").ends_with(r#"r"..."#));
    assert!(format!("{whole:?}").ends_with(r#"r""#));
}
