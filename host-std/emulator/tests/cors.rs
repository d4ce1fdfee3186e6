//! Pages of other origins: as the API, none, unless they were allowed.

mod support;

use scf_emulator::{Emulator, Fault, StartError};
use support::{Answer, Tc3, raw};

const PAGE: &str = "http://127.0.0.1:8000";

fn from(origin: &str) -> Tc3 {
    let mut request = Tc3::hello();
    request.extra.push(("Origin".into(), origin.into()));
    request
}

fn preflight(emulator: &Emulator, origin: &str) -> Answer {
    let request = format!(
        "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,x-tc-action\r\nConnection: close\r\n\r\n"
    );
    raw(emulator.addr(), request.as_bytes())
}

fn emulator(origins: &[&str]) -> Emulator {
    let mut builder = Emulator::builder().function("hello", |_| Ok("hello"));
    for origin in origins {
        builder = builder.origin(*origin);
    }
    builder.start().unwrap()
}

#[test]
fn a_page_that_was_allowed_reads_every_answer() {
    let emulator = emulator(&["https://app.example", PAGE]);
    // A preflight is no request, and takes no fault.
    emulator.inject(Fault::HttpStatus(502));
    let answer = preflight(&emulator, PAGE);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("Access-Control-Allow-Methods"), Some("GET, POST"));
    let asked = Some("authorization, x-tc-action");
    assert_eq!(answer.header("Access-Control-Allow-Headers"), asked);

    let fault = from(PAGE).exchange(&emulator);
    assert_eq!(fault.status, 502);
    let good = from(PAGE).exchange(&emulator);
    assert_eq!(good.json()["Response"]["Result"]["RetMsg"], "hello");
    let wrong = Tc3 { secret_key: "wrong".into(), ..from(PAGE) }.exchange(&emulator);
    assert_eq!(wrong.json()["Response"]["Error"]["Code"], "AuthFailure.SignatureFailure");
    for answer in [answer, fault, good, wrong] {
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(PAGE));
        assert_eq!(answer.header("Access-Control-Expose-Headers"), Some("Date"));
        assert_eq!(answer.header("Vary"), Some("Origin"));
    }
}

#[test]
fn no_other_page_runs_anything() {
    for (origins, page) in [
        (&[][..], PAGE),
        (&[PAGE], "http://127.0.0.1:8001"),
        (&[PAGE], "http://127.0.0.1:80001"),
        (&[PAGE], "https://127.0.0.1:8000"),
        (&[PAGE], "null"),
    ] {
        let emulator = emulator(origins);
        for answer in [preflight(&emulator, page), from(page).exchange(&emulator)] {
            assert_eq!(answer.status, 403, "{page}");
            assert_eq!(answer.json()["Response"]["Error"]["Code"], "UnauthorizedOperation");
            assert_ne!(answer.json()["Response"]["RequestId"], "");
            assert!(!answer.head.to_lowercase().contains("access-control"), "{}", answer.head);
        }
    }
}

#[test]
fn a_page_of_the_emulators_own_origin_runs_functions() {
    let emulator = emulator(&[]);
    let own = from(&emulator.url()).exchange(&emulator);
    assert_eq!(own.json()["Response"]["Result"]["RetMsg"], "hello");
}

#[test]
fn what_is_no_origin_is_told_at_the_start() {
    for text in ["*", "null", "app.example", "https://", "https://a.example/", "https://A.example"]
    {
        let error = Emulator::builder().origin(text).start().unwrap_err();
        assert!(matches!(error, StartError::Origin(_)) && error.to_string().contains(text));
    }
}
