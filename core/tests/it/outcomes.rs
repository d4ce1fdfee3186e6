//! The outcome of each end of an attempt: the table `outcomes.tsv`, over the
//! bytes of a connection.

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Next, Outcome, RetryPolicy};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::invocation::InvocationType;
use scf_invoke_core::transport::{Stream, StreamError, Transport};

use crate::support::scripted::Scripted;
use crate::support::table::{Row, Way, rows};
use crate::support::{HELLO, settings, signer};

type Exchanged = Result<(), ExchangeError<StreamError<embedded_io::ErrorKind>>>;

const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";

/// Returns an outcome as the table has it.
fn in_words(outcome: Outcome) -> String {
    let next = match outcome.next {
        Next::Done => "done",
        Next::GiveUp => "give up",
        Next::AgainNow => "again now",
        Next::AgainOnNewConnection => "again on a new connection",
        Next::AgainWithNewCredentials => "again with new credentials",
        Next::AgainAfter(_) => "again after a wait",
    };
    format!("{}; {next}", outcome.delivery)
}

/// Returns a connection that gives what the row has, and takes what the way
/// lets it.
fn connection(row: &Row, way: Way) -> Scripted {
    let write_limit = if way.is_whole() { None } else { Some(150) };
    Scripted::responding(&[row.bytes()]).change(|script| script.write_limit = write_limit)
}

/// Makes one attempt over the connection, and asks what comes next.
fn outcome(row: &Row, way: Way, exchange: impl FnOnce(&mut Call<'_>) -> Exchanged) -> Outcome {
    let (mut signer, settings) = (signer(), settings());
    let kind = match row.asynchronous {
        true => InvocationType::Event,
        false => InvocationType::RequestResponse,
    };
    let invocation = HELLO.invocation_type(kind);
    let mut buffer = [0; 1024];
    // A clock that was never set, so that the server's date can correct it.
    let local = 5;
    let mut request =
        SignedRequest::new(&settings, &invocation, "{}".into(), &mut signer, local, &mut buffer)
            .unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let exchanged = exchange(&mut call);
    assert_eq!(call.is_sent(), way.is_whole());
    let end = AttemptEnd {
        reused: way.is_reused(),
        local,
        signed: local,
        server_time: call.server_time(),
        ..AttemptEnd::new(call.classify(&exchanged), call.is_sent())
    };
    let outcome = Attempts::new(RetryPolicy::default()).end(&end, &mut Clock::new(), 0);
    // The error says the same of the delivery.
    if let Err(error) = call.finish(exchanged) {
        assert_eq!(error.delivery(), outcome.delivery, "{row:?}");
    } else {
        let reply = parts.reply(&buffer).unwrap();
        if let Err(error) = reply.result_text() {
            assert_eq!(error.delivery(), outcome.delivery, "{row:?}");
        }
    }
    outcome
}

#[test]
fn each_end_comes_to_its_outcome() {
    for row in rows(DATE) {
        for way in Way::ALL {
            let mut stream = Stream::new(connection(&row, way));
            let outcome = outcome(&row, way, |call| stream.exchange(call));
            assert_eq!(in_words(outcome), row.outcome(way), "{way:?} of {row:#?}");
        }
    }
}

#[cfg(feature = "async")]
#[test]
fn each_end_comes_to_its_outcome_without_blocking() {
    use crate::support::scripted::asynchronous::{Yielding, block_on};
    use scf_invoke_core::transport::AsyncTransport;

    for row in rows(DATE) {
        for way in Way::ALL {
            let mut stream = Stream::new(Yielding(connection(&row, way)));
            let outcome =
                outcome(&row, way, |call| block_on(AsyncTransport::exchange(&mut stream, call)));
            assert_eq!(in_words(outcome), row.outcome(way), "{way:?} of {row:#?}");
        }
    }
}
