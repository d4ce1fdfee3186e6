//! What a device meets: a clock at 1970, a key that ends at midnight, a result that
//! is larger than its buffer, credentials that come while it runs.

use scf_invoke_core::attempt::Clock;
use scf_invoke_core::error::{Delivery, Error};
use scf_invoke_core::request::RequestError;
use scf_invoke_core::sign::tc3::SignError;
use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{Client, DayKey, RetryPolicy, Signer, Stream};

use crate::support::response::{DOCUMENTED, with_length};
use crate::support::scripted::Scripted;
use crate::support::{HELLO, NOW, Parsed, SECRET_ID, SECRET_KEY, settings, signer};

/// The responses say this time: 2023-11-14, 22:13:20.
const DATE: u64 = NOW;
const EXPIRED: &str = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"1"}}"#;

fn day_key(time: u64) -> DayKey {
    DayKey::derive(SECRET_KEY, Day::of_timestamp(time).unwrap(), "scf").unwrap()
}

/// Makes a client with the key of that time's day alone.
fn client(key_of: u64, bodies: &[&str]) -> (Client<'static, Stream<Scripted>>, Scripted) {
    let responses: Vec<_> = bodies.iter().map(|body| with_length("200 OK", body)).collect();
    let stream = Scripted::responding(&responses);
    let signer = Signer::with_day_key(SECRET_ID, day_key(key_of)).unwrap();
    (Client::new(Stream::new(stream.clone()), settings(), signer), stream)
}

/// Returns the timestamps of the requests.
fn timestamps(stream: &Scripted) -> Vec<u64> {
    let script = stream.0.borrow();
    let of = |sent: &Vec<u8>| Parsed::new(sent).field("X-TC-Timestamp").unwrap().parse().unwrap();
    script.sent.iter().map(of).collect()
}

#[test]
fn a_day_key_alone_calls_with_a_clock_at_1970() {
    let (mut client, stream) = client(NOW, &[EXPIRED, DOCUMENTED, DOCUMENTED]);
    for local in [12, 14] {
        assert!(client.invoke(local, &HELLO, "{}", &mut [0; 1024]).is_ok());
    }
    let first = Day::of_timestamp(NOW).unwrap().first_second();
    assert_eq!(timestamps(&stream), [first, DATE, DATE + 2]);
}

#[test]
fn a_day_key_alone_calls_a_minute_past_its_midnight() {
    let (mut client, stream) = client(NOW, &[DOCUMENTED]);
    let last = Day::of_timestamp(NOW).unwrap().first_second() + 86_399;
    assert!(client.invoke(last + 60, &HELLO, "{}", &mut [0; 1024]).is_ok());
    assert_eq!(timestamps(&stream), [last]);
}

#[test]
fn a_day_key_of_another_day_is_named_once_the_server_has_told_the_time() {
    // With a right clock, and with one that was never set.
    for local in [NOW, 12] {
        let (mut client, stream) = client(NOW - 86_400, &[EXPIRED]);
        let error = client.invoke(local, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
        let [key, request] = [NOW - 86_400, NOW].map(|time| Day::of_timestamp(time).unwrap());
        let expected = RequestError::Sign(SignError::DayKeyDate { key, request });
        assert_eq!(error, Error::Request(expected));
        assert_eq!(stream.0.borrow().sent.len(), 1);
        // From then on it is known before anything is sent.
        let error = client.invoke(local, &HELLO, "{}", &mut [0; 1024]).unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert_eq!(stream.0.borrow().sent.len(), 1);
    }
}

#[test]
fn a_new_day_key_is_taken_and_the_clock_stays_learnt() {
    let (mut client, stream) = client(NOW - 86_400, &[EXPIRED, DOCUMENTED]);
    assert!(client.invoke(12, &HELLO, "{}", &mut [0; 1024]).is_err());
    *client.signer_mut() = Signer::with_day_key(SECRET_ID, day_key(NOW)).unwrap();
    assert!(client.invoke(13, &HELLO, "{}", &mut [0; 1024]).is_ok());
    assert_eq!(timestamps(&stream)[1..], [DATE + 1]);
}

#[test]
fn credentials_may_live_in_a_buffer_that_is_written_anew() {
    let responses = [EXPIRED, DOCUMENTED].map(|body| with_length("200 OK", body));
    let stream = Scripted::responding(&responses);
    let mut transport = Stream::new(stream.clone());
    let mut clock = Clock::new();
    let mut buffer = [0; 1024];
    for (secret_id, is_done) in [("AKIDFIRST", false), ("AKIDSECOND", true)] {
        // As after fetching temporary credentials: nothing here is 'static.
        let fetched = String::from(secret_id);
        let signer = Signer::new(&fetched, SECRET_KEY).unwrap();
        let mut client = Client::new(transport, settings(), signer).with_clock(clock);
        client.set_retry(if is_done { RetryPolicy::DEFAULT } else { RetryPolicy::NONE });
        assert_eq!(client.invoke(12, &HELLO, "{}", &mut buffer).is_ok(), is_done);
        clock = Clock::with_offset((DATE - 12).cast_signed());
        transport = client.into_transport();
    }
    assert_eq!(timestamps(&stream), [12, DATE]);
    let second = String::from_utf8(stream.0.borrow().sent[1].clone()).unwrap();
    assert!(second.contains("Credential=AKIDSECOND/"), "{second}");
}

#[test]
fn the_front_of_a_result_that_does_not_fit_is_not_lost() {
    let result = "0123456789\u{1f600}".repeat(40);
    let body = format!(
        r#"{{"Response":{{"Result":{{"RetMsg":"{result}","Duration":1.5,"InvokeResult":0}},"RequestId":"r"}}}}"#
    );
    let stream = Scripted::responding(&[with_length("200 OK", &body)]);
    let mut client = Client::new(Stream::new(stream), settings(), signer());
    let mut buffer = [0; 256];
    let error = client.invoke(NOW, &HELLO, "{}", &mut buffer).unwrap_err();
    let Error::Buffer { needed } = error else { panic!("{error:?}") };
    assert!(needed > result.len(), "{needed}");
    let reply = client.partial_reply(&buffer);
    let front = reply.result_text().unwrap();
    assert!(result.starts_with(front) && front.len() > 200, "{front}");
    assert_eq!(reply.duration().unwrap().as_micros(), 1500);
    assert_eq!(reply.request_id(), "r");
}

#[test]
fn a_failure_that_does_not_fit_is_still_a_failure() {
    let text = "x".repeat(400);
    let body = format!(
        r#"{{"Response":{{"Result":{{"RetMsg":"{text}","InvokeResult":1}},"RequestId":"r"}}}}"#
    );
    let stream = Scripted::responding(&[with_length("200 OK", &body)]);
    let mut client = Client::new(Stream::new(stream), settings(), signer());
    let mut buffer = [0; 256];
    assert!(client.invoke(NOW, &HELLO, "{}", &mut buffer).is_err());
    let failure = client.partial_reply(&buffer).result_text().unwrap_err();
    assert!(text.starts_with(failure.result_text()) && !failure.result_text().is_empty());
    // The number that codes.md has for it, as in C.
    assert_eq!(failure.code(), 80);
}

#[cfg(feature = "async")]
#[test]
fn the_asynchronous_twin_has_all_of_this() {
    use scf_invoke_core::AsyncClient;

    use crate::support::scripted::asynchronous::{Yielding, block_on};

    let long = format!(r#"{{"Response":{{"Result":{{"RetMsg":"{}"}}}}}}"#, "x".repeat(400));
    let responses = [&long, DOCUMENTED].map(|body| with_length("200 OK", body));
    let stream = Scripted::responding(&responses);
    let of_day = Signer::with_day_key(SECRET_ID, day_key(NOW)).unwrap();
    let transport = Stream::new(Yielding(stream.clone()));
    let clock = Clock::with_offset((DATE - 12).cast_signed());
    let mut client = AsyncClient::new(transport, settings(), signer()).with_clock(clock);
    *client.signer_mut() = of_day;
    let mut buffer = [0; 256];
    let error = block_on(client.invoke(12, &HELLO, "{}", &mut buffer)).unwrap_err();
    assert!(matches!(error, Error::Buffer { .. }), "{error:?}");
    assert!(client.partial_reply(&buffer).result_text().unwrap().starts_with("xxx"));
    assert!(block_on(client.invoke(13, &HELLO, "{}", &mut [0; 1024])).is_ok());
    assert_eq!(timestamps(&stream), [DATE, DATE + 1]);
    assert!(client.into_transport().is_reusable());
}
