//! The outcome of each end of an attempt, over TCP: the core's table, for
//! requests that are sent whole.

mod support;
#[path = "../../../core/tests/it/support/table.rs"]
mod table;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use scf_invoke::{Error, Invocation, InvocationType, Reply};
use support::{Server, accept, answer, request, result};
use table::{Row, Way, rows};

/// Answers the first request as the row says and all others with a result;
/// stops at a connection that sends none. Returns the number of requests.
fn server(row: &'static Row) -> (Server, std::sync::mpsc::Receiver<usize>) {
    let (sender, requests) = std::sync::mpsc::channel();
    let server = Server::start(move |listener| {
        let mut count = 0;
        loop {
            let mut tcp = accept(listener);
            if request(&tcp).is_none() {
                break;
            }
            count += 1;
            if count == 1 {
                tcp.write_all(&row.bytes()).unwrap();
            } else {
                answer(tcp, &result("again"));
            }
        }
        sender.send(count).unwrap();
    });
    (server, requests)
}

fn call(row: &'static Row) -> (Result<Reply, Error>, usize) {
    let (server, requests) = server(row);
    let kind = match row.asynchronous {
        true => InvocationType::Event,
        false => InvocationType::RequestResponse,
    };
    // Each request has a connection of its own, which the server closes.
    let client = server.builder().keep_alive(Duration::ZERO).build().unwrap();
    let hello = Invocation::new("hello").invocation_type(kind);
    let reply = client.call(hello).event("{}").send();
    drop(client);
    drop(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    server.join();
    (reply, requests.recv().unwrap())
}

#[test]
fn each_end_comes_to_its_outcome() {
    // A Date that is right for the row of a wrong clock: of another hour.
    let hour = Duration::from_secs(3600);
    let date = httpdate::fmt_http_date(SystemTime::now() + hour);
    let rows: &'static [Row] = rows(&date).leak();
    for row in rows {
        let (reply, requests) = call(row);
        let (delivery, next) = row.outcome(Way::Whole).split_once("; ").unwrap();
        let again = matches!(next, "again now" | "again after a wait");
        assert_eq!(requests, if again { 2 } else { 1 }, "{row:#?}");
        match reply {
            Ok(reply) if again => assert_eq!(reply.result_text(), "again", "{row:#?}"),
            Ok(_) => assert_eq!((delivery, next), ("executed", "done"), "{row:#?}"),
            Err(error) => {
                assert_eq!(error.delivery().as_str(), delivery, "{row:#?}: {error}");
                assert_eq!(matches!(error, Error::Function(_)), next == "done", "{row:#?}");
            }
        }
    }
}
