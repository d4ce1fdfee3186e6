//! The outcome of each end of an attempt, over TCP: the core's table, run by
//! both clients.

mod support;
#[path = "../../../core/tests/it/support/table.rs"]
mod table;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, SystemTime};

use scf_invoke::{ClientBuilder, Error, Invocation, InvocationType, Reply};
use support::{Server, accept, answer, request, result};
use table::{Row, Way, rows};

/// The size of an event of which a server reads the beginning only: more than the
/// system takes for both of them.
const LARGE: usize = 6_000_000;

/// Sends a call, first another one where its connection is to be used again.
type Send = fn(ClientBuilder, Way, Invocation<'_>, &str) -> Result<Reply, Error>;

fn blocking(
    builder: ClientBuilder,
    way: Way,
    invocation: Invocation<'_>,
    event: &str,
) -> Result<Reply, Error> {
    let client = builder.build().unwrap();
    if way == Way::PartOnReused {
        assert_eq!(client.invoke("hello", "{}").unwrap().result_text(), "before");
    }
    client.call(invocation).event(event).send()
}

#[cfg(feature = "tokio")]
fn asynchronous(
    builder: ClientBuilder,
    way: Way,
    invocation: Invocation<'_>,
    event: &str,
) -> Result<Reply, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = builder.build_async().unwrap();
        if way == Way::PartOnReused {
            assert_eq!(client.invoke("hello", "{}").await.unwrap().result_text(), "before");
        }
        client.call(invocation).event(event).send().await
    })
}

/// Answers the first request as the row says and all others with a result;
/// stops at a connection that sends none. Returns the number of requests.
fn server(row: &'static Row, way: Way) -> (Server, Receiver<usize>) {
    let (sender, requests) = mpsc::channel();
    let server = Server::start(move |listener| {
        let mut count = 0;
        loop {
            let mut tcp = accept(listener);
            if count > 0 {
                if request(&tcp).is_none() {
                    break;
                }
                answer(tcp, &result("again"));
            } else if way == Way::Whole {
                request(&tcp).unwrap();
                tcp.write_all(&row.bytes()).unwrap();
            } else {
                if way == Way::PartOnReused {
                    request(&tcp).unwrap();
                    answer(&tcp, &result("before"));
                }
                tcp.read_exact(&mut [0; 1000]).unwrap();
                tcp.write_all(&row.bytes()).unwrap();
                // Closed with the rest unread, so that the client's writes fail.
                tcp.shutdown(Shutdown::Write).unwrap();
            }
            count += 1;
        }
        sender.send(count).unwrap();
    });
    (server, requests)
}

fn call(row: &'static Row, way: Way, send: Send) -> (Result<Reply, Error>, usize) {
    let (server, requests) = server(row, way);
    let kind = match row.asynchronous {
        true => InvocationType::Event,
        false => InvocationType::RequestResponse,
    };
    let mut builder = server.builder();
    if way != Way::PartOnReused {
        // Each request has a connection of its own, which the server closes.
        builder = builder.keep_alive(Duration::ZERO);
    }
    let event = match way {
        Way::Whole => "{}".to_owned(),
        _ => format!("\"{}\"", "x".repeat(LARGE)),
    };
    let reply = send(builder, way, Invocation::new("hello").invocation_type(kind), &event);
    drop(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    server.join();
    (reply, requests.recv().unwrap())
}

fn each_end_comes_to_its_outcome(ways: &[Way], send: Send) {
    // A Date that is right for the row of a wrong clock: of another hour.
    let hour = Duration::from_secs(3600);
    let date = httpdate::fmt_http_date(SystemTime::now() + hour);
    let rows: &'static [Row] = rows(&date).leak();
    for &way in ways {
        // Most ends do not depend on how much was sent, and large events take time.
        let depends = |row: &&Row| row.outcome(way) != row.outcome(Way::Whole);
        for row in rows.iter().filter(|row| way == Way::Whole || depends(row)) {
            let (reply, requests) = call(row, way, send);
            let (delivery, next) = row.outcome(way).split_once("; ").unwrap();
            let again = next.starts_with("again ") && next != "again with new credentials";
            assert_eq!(requests, if again { 2 } else { 1 }, "{way:?} {row:#?}");
            match reply {
                Ok(reply) if again => assert_eq!(reply.result_text(), "again", "{row:#?}"),
                Ok(_) => assert_eq!((delivery, next), ("executed", "done"), "{row:#?}"),
                Err(error) => {
                    assert_eq!(error.delivery().as_str(), delivery, "{way:?} {row:#?}: {error}");
                    assert_eq!(matches!(error, Error::Function(_)), next == "done", "{row:#?}");
                }
            }
        }
    }
}

#[test]
fn each_end_of_a_whole_request_comes_to_its_outcome() {
    each_end_comes_to_its_outcome(&[Way::Whole], blocking);
}

#[test]
fn each_end_of_a_part_of_a_request_comes_to_its_outcome() {
    each_end_comes_to_its_outcome(&[Way::PartOnNew, Way::PartOnReused], blocking);
}

#[test]
#[cfg(feature = "tokio")]
fn the_asynchronous_client_comes_to_the_same() {
    each_end_comes_to_its_outcome(&[Way::Whole, Way::PartOnNew, Way::PartOnReused], asynchronous);
}
