//! The mistakes that clients make in a TC3 signature, each as an edit of the
//! expected attempt.

use zeroize::Zeroizing;

use super::payload;
use super::tc3::{Attempt, RequestHash};
use crate::clock::utc_date;
use crate::request::{HttpRequest, decode, encode};

/// What an edit changes. Two edits of the same part exclude each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Method,
    Path,
    Query,
    ContentType,
    Host,
    Action,
    Layout,
    SignedHeaders,
    Payload,
    ToSign,
    Key,
}

/// The hint of an edit that is no mistake, but another accepted form. It is
/// there to be combined with mistakes.
pub(super) const ACCEPTED: &str = "";

pub(super) struct Edit {
    pub(super) part: Part,
    pub(super) hint: &'static str,
    pub(super) apply: Box<dyn Fn(&mut Attempt)>,
}

pub(super) fn edits(
    expected: &Attempt,
    request: &HttpRequest<'_>,
    hosts: &[String],
    signed_headers: &str,
    seconds: i64,
) -> Vec<Edit> {
    let mut list = Vec::new();
    head(&mut list, request, hosts, signed_headers);
    payload::edits(&mut list, request);
    to_sign(&mut list, expected);
    key(&mut list, expected, seconds);
    list
}

pub(super) fn add(
    list: &mut Vec<Edit>,
    part: Part,
    hint: &'static str,
    apply: impl Fn(&mut Attempt) + 'static,
) {
    list.push(Edit {
        part,
        hint,
        apply: Box::new(apply),
    });
}

fn head(list: &mut Vec<Edit>, request: &HttpRequest<'_>, hosts: &[String], signed_headers: &str) {
    for method in ["POST", "GET", "post", "get"] {
        add(
            list,
            Part::Method,
            "the method is the one of the request, in upper case",
            move |a| {
                a.method = method.to_owned();
            },
        );
    }
    let path = request.path.to_owned();
    for path in [String::new(), path, "//".to_owned()] {
        add(list, Part::Path, "the path is always /", move |a| {
            a.path.clone_from(&path)
        });
    }

    let query = request.query;
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    let queries = [
        (String::new(), "the query is signed as it is sent"),
        (
            pairs.join("&"),
            "the query is signed in the order in which it is sent",
        ),
        (
            query.replace('+', "%20"),
            "the query is signed as it is sent: + there, %20 here",
        ),
        (
            query.replace("%20", "+"),
            "the query is signed as it is sent: %20 there, + here",
        ),
        (
            decode(query, true).unwrap_or_default(),
            "the query is signed encoded, as it is sent",
        ),
        (
            encode(query),
            "the query is signed as it is sent, encoded once",
        ),
        (
            lower_escapes(query),
            "the query is signed as it is sent: case of the escapes",
        ),
        (
            format!("?{query}"),
            "the question mark does not belong to the query",
        ),
        (
            String::from_utf8_lossy(
                request
                    .body
                    .get(..4096.min(request.body.len()))
                    .unwrap_or_default(),
            )
            .into_owned(),
            "the body is hashed; the query of a POST is empty",
        ),
    ];
    for (query, hint) in queries {
        add(list, Part::Query, hint, move |a| a.query.clone_from(&query));
    }

    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/plain;charset=UTF-8",
        "",
    ] {
        add(
            list,
            Part::ContentType,
            "the content type is signed exactly as it is sent; look for an HTTP library that adds \
             a charset",
            move |a| a.set_header("content-type", content_type),
        );
    }

    let bare = hosts.last().cloned().unwrap_or_default();
    let region = request.header("x-tc-region").unwrap_or_default();
    let received = hosts.first().cloned().unwrap_or_default();
    for host in hosts {
        let host = host.clone();
        add(list, Part::Host, ACCEPTED, move |a| {
            a.set_header("host", &host)
        });
    }
    for host in [
        "scf.tencentcloudapi.com".to_owned(),
        format!("scf.{region}.tencentcloudapi.com"),
        "scf.intl.tencentcloudapi.com".to_owned(),
        "scf.internal.tencentcloudapi.com".to_owned(),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        received.replace("127.0.0.1", "localhost"),
        received.replace("localhost", "127.0.0.1"),
        format!("{bare}:80"),
        format!("{bare}:443"),
        format!("http://{received}"),
        format!("https://{received}"),
        format!("https://{bare}"),
        format!("{received}/"),
        bare.to_uppercase(),
        String::new(),
    ] {
        add(
            list,
            Part::Host,
            "the host is signed as the Host header has it; a relay must pass that header on",
            move |a| a.set_header("host", &host),
        );
    }

    let action = request.header("x-tc-action").unwrap_or_default().to_owned();
    add(
        list,
        Part::Action,
        "the action is signed in lower case",
        move |a| {
            a.set_header("x-tc-action", &action);
        },
    );

    add(list, Part::Layout, "a blank line ends the headers", |a| {
        a.blank_line = false
    });
    add(
        list,
        Part::Layout,
        "nothing follows the payload's hash",
        |a| a.tail = "\n",
    );
    for everywhere in [false, true] {
        add(
            list,
            Part::Layout,
            "lines end in a line feed alone",
            move |a| {
                a.newline = "\r\n";
                if everywhere {
                    a.sign_newline = "\r\n";
                }
            },
        );
    }

    let as_sent = signed_headers.to_owned();
    add(
        list,
        Part::SignedHeaders,
        "the names are sorted and in lower case",
        move |a| {
            a.signed_headers.clone_from(&as_sent);
            a.headers.sort_by_key(|(name, _)| {
                as_sent
                    .split(';')
                    .position(|sent| sent.eq_ignore_ascii_case(name))
            });
        },
    );
    let as_sent = signed_headers.to_owned();
    add(
        list,
        Part::SignedHeaders,
        "the names are sorted and in lower case",
        move |a| {
            a.signed_headers.clone_from(&as_sent);
        },
    );
    for names in ["content-type;host", "content-type;host;x-tc-action"] {
        add(
            list,
            Part::SignedHeaders,
            "SignedHeaders in the canonical request and in Authorization are the same",
            move |a| a.signed_headers = names.to_owned(),
        );
    }
}

fn to_sign(list: &mut Vec<Edit>, expected: &Attempt) {
    add(list, Part::ToSign, "the hash is in lower-case hex", |a| {
        a.request_hash = RequestHash::Upper;
    });
    add(
        list,
        Part::ToSign,
        "the canonical request's hash stands there",
        |a| {
            a.request_hash = RequestHash::Absent;
        },
    );
    add(list, Part::ToSign, "it is in seconds", |a| {
        a.timestamp.push_str("000")
    });
    add(
        list,
        Part::ToSign,
        "it is the X-TC-Timestamp that was sent",
        |a| a.timestamp.clear(),
    );
    if let Ok(sent) = expected.timestamp.parse::<i64>() {
        // The clock is often read twice: once to sign and once to send.
        for near in [-2, -1, 1, 2] {
            let other = sent.saturating_add(near).to_string();
            add(
                list,
                Part::ToSign,
                "X-TC-Timestamp is another time: read the clock once",
                move |a| {
                    a.timestamp.clone_from(&other);
                },
            );
        }
    }
    for algorithm in ["HMAC-SHA256", "tc3-hmac-sha256", "HmacSHA256", ""] {
        add(
            list,
            Part::ToSign,
            "the algorithm is TC3-HMAC-SHA256",
            move |a| {
                a.algorithm = algorithm.to_owned();
            },
        );
    }
    let without_date = expected
        .scope
        .split_once('/')
        .map(|(_, rest)| rest.to_owned());
    let without_service = format!("{}/tc3_request", expected.key_date);
    let with_id = format!("/{}", expected.scope);
    for scope in [
        without_date.unwrap_or_default(),
        without_service,
        with_id,
        String::new(),
    ] {
        add(
            list,
            Part::ToSign,
            "the scope is the Credential without the secret id",
            move |a| {
                a.scope.clone_from(&scope);
            },
        );
    }
}

fn key(list: &mut Vec<Edit>, expected: &Attempt, seconds: i64) {
    let secret = expected.secret_key.as_str();
    let around = "the client's secret key has white space or quotes around it";
    let secrets = [
        (
            format!("{secret}\n"),
            "the client's secret key ends in a line break",
        ),
        (
            format!("{secret}\r\n"),
            "the client's secret key ends in a line break",
        ),
        (
            format!("{secret} "),
            "the client's secret key ends in a space",
        ),
        (
            format!(" {secret}"),
            "the client's secret key begins with a space",
        ),
        (format!("{secret}\t"), around),
        (format!("\"{secret}\""), around),
        (format!("'{secret}'"), around),
        (
            format!("\u{feff}{secret}"),
            "the client's secret key begins with a byte order mark",
        ),
        (
            format!("{secret}\0"),
            "the client's secret key ends in a zero byte",
        ),
        (
            secret.trim().to_owned(),
            "the server's secret key has white space around it, and the client's has not",
        ),
        (String::new(), "the client's secret key is empty"),
    ];
    for (secret, hint) in secrets {
        let secret = Zeroizing::new(secret);
        add(list, Part::Key, hint, move |a| {
            a.secret_key.clone_from(&secret)
        });
    }
    add(
        list,
        Part::Key,
        "the client left out TC3 before the secret key",
        |a| a.key_prefix = "",
    );
    add(
        list,
        Part::Key,
        "the key begins with TC3 in upper case",
        |a| a.key_prefix = "tc3",
    );
    add(
        list,
        Part::Key,
        "each step of the key is passed on as bytes, not as hex",
        |a| {
            a.hex_keys = true;
        },
    );
    for terminator in ["", "tc3", "TC3_REQUEST"] {
        add(
            list,
            Part::Key,
            "the last step of the key is tc3_request",
            move |a| {
                a.key_terminator = terminator;
            },
        );
    }
    for service in ["scf", "SCF", "cvm", ""] {
        add(
            list,
            Part::Key,
            "the service in the key is the one of the Credential",
            move |a| {
                a.key_service = service.to_owned();
            },
        );
    }
    for hours in [8, -8, 24, -24] {
        let date = utc_date(seconds.saturating_add(hours * 3600));
        add(
            list,
            Part::Key,
            "the date in the key is the UTC date of X-TC-Timestamp",
            move |a| {
                a.key_date.clone_from(&date);
            },
        );
    }
    let compact = expected.key_date.replace('-', "");
    add(
        list,
        Part::Key,
        "the date in the key is written YYYY-MM-DD",
        move |a| {
            a.key_date.clone_from(&compact);
        },
    );
}

fn lower_escapes(query: &str) -> String {
    let mut pieces = query.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push('%');
        match (piece.get(..2), piece.get(2..)) {
            (Some(escape), Some(rest)) => {
                out.push_str(&escape.to_ascii_lowercase());
                out.push_str(rest);
            }
            _ => out.push_str(piece),
        }
    }
    out
}
