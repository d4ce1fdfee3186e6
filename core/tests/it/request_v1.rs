//! Requests with a version 1 signature: queries, forms, pre-signed URLs.

use crate::support;
use crate::support::source::{Fickle, Pieces};
use crate::support::{AWKWARD, HELLO, HOST, NOW, Parsed, SECRET_ID, emit, settings, signer};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::LogType;
use scf_invoke_core::request::{
    Language, RequestError, SettingsError, SignedRequest, Signing, presigned_url,
};
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::Method;
use scf_invoke_core::sign::tc3::{SignError, Signer};
use scf_invoke_core::sign::v1::{Algorithm, sign};
use scf_invoke_core::wire::time::Day;

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
        for (algorithm, signature_method) in
            [(Algorithm::HmacSha1, "HmacSHA1"), (Algorithm::HmacSha256, "HmacSHA256")]
        {
            for buffer in [64, 100, 4096] {
                let settings = settings()
                    .method(method)
                    .language(Language::ZhCn)
                    .request_client("me")
                    .signing(Signing::V1 { algorithm, nonce: 11_886 });
                let invocation = HELLO.namespace("a b").log_type(LogType::Tail);
                let mut source = Pieces::new(AWKWARD, 10);
                let payload = Event::source(&mut source);
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
                    ("SignatureMethod", signature_method),
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
        let url = presigned_url(&settings, &HELLO, Event::none(), &mut signer(), NOW, &mut out);
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
    let none = Event::none();
    let request = SignedRequest::new(&settings, &HELLO, none, &mut signer, NOW, &mut buffer);
    assert_eq!(request.err(), Some(RequestError::Sign(SignError::DayKeyVersion1)));
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
        emit(&settings, &HELLO, Event::source(&mut source), 128),
        Err(RequestError::SourceChanged)
    );
}

#[test]
fn a_source_text_is_signed_as_its_parameters_are() {
    use base64ct::{Base64, Encoding};
    use scf_invoke_core::sign::v1::source_digest;

    let source = format!("GET{HOST}/?Action=Invoke&FunctionName=hello");
    let parameters = [("FunctionName", "hello"), ("Action", "Invoke")];
    for (algorithm, length) in [(Algorithm::HmacSha1, 20), (Algorithm::HmacSha256, 32)] {
        for key in ["key", &"k".repeat(100)] {
            let digest = source_digest(key, algorithm, source.as_bytes());
            let expected = sign(key, algorithm, Method::Get, HOST, &parameters);
            let mut text = [0; 44];
            let text = Base64::encode(&digest[..length], &mut text).unwrap();
            assert_eq!(text, expected.as_str());
        }
    }
}
