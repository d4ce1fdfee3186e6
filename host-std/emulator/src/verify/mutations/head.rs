//! Mistakes in the method, the path, the query and the headers.

use super::{ACCEPTED, Mutation, Part, add};
use crate::request::{HttpRequest, decode, encode};

pub(super) fn mutations(
    list: &mut Vec<Mutation>,
    request: &HttpRequest<'_>,
    hosts: &[String],
    signed_headers: &str,
) {
    for method in ["POST", "GET", "post", "get"] {
        add(list, Part::Method, "the method is the one of the request, in upper case", move |a| {
            a.method = method.into();
        });
    }
    let path = request.path.to_owned();
    for path in [String::new(), path, "//".to_owned()] {
        add(list, Part::Path, "the path is always /", move |a| a.path = path.clone().into());
    }

    let query = request.query;
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    let queries = [
        (String::new(), "the query is signed as it is sent"),
        (pairs.join("&"), "the query is signed in the order in which it is sent"),
        (query.replace('+', "%20"), "the query is signed as it is sent: + there, %20 here"),
        (query.replace("%20", "+"), "the query is signed as it is sent: %20 there, + here"),
        (decode(query, true).unwrap_or_default(), "the query is signed encoded, as it is sent"),
        (encode(query), "the query is signed as it is sent, encoded once"),
        (lower_escapes(query), "the query is signed as it is sent: case of the escapes"),
        (format!("?{query}"), "the question mark does not belong to the query"),
        (
            String::from_utf8_lossy(
                request.body.get(..4096.min(request.body.len())).unwrap_or_default(),
            )
            .into_owned(),
            "the body is hashed; the query of a POST is empty",
        ),
    ];
    for (query, hint) in queries {
        add(list, Part::Query, hint, move |a| a.query = query.clone().into());
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
        add(list, Part::Host, ACCEPTED, move |a| a.set_header("host", &host));
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
    add(list, Part::Action, "the action is signed in lower case", move |a| {
        a.set_header("x-tc-action", &action);
    });

    add(list, Part::Layout, "a blank line ends the headers", |a| a.blank_line = false);
    add(list, Part::Layout, "nothing follows the payload's hash", |a| a.tail = "\n");
    for everywhere in [false, true] {
        add(list, Part::Layout, "lines end in a line feed alone", move |a| {
            a.newline = "\r\n";
            if everywhere {
                a.sign_newline = "\r\n";
            }
        });
    }

    let as_sent = signed_headers.to_owned();
    add(list, Part::SignedHeaders, "the names are sorted and in lower case", move |a| {
        a.signed_headers = Some(as_sent.clone());
        a.headers.sort_by_key(|(name, _)| {
            as_sent.split(';').position(|sent| sent.eq_ignore_ascii_case(name))
        });
    });
    let as_sent = signed_headers.to_owned();
    add(list, Part::SignedHeaders, "the names are sorted and in lower case", move |a| {
        a.signed_headers = Some(as_sent.clone());
    });
    for names in ["content-type;host", "content-type;host;x-tc-action"] {
        add(
            list,
            Part::SignedHeaders,
            "SignedHeaders in the canonical request and in Authorization are the same",
            move |a| a.signed_headers = Some(names.to_owned()),
        );
    }
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

#[cfg(test)]
mod tests {
    use super::lower_escapes;

    #[test]
    fn escapes_in_lower_case() {
        assert_eq!(lower_escapes("a%2F%C3b%"), "a%2f%c3b%");
    }
}
