//! Mistakes in the string to sign and in the signing key.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{Mutation, Part, add};
use crate::clock::utc_date;
use crate::verify::attempt::{Attempt, RequestHash};

pub(super) fn to_sign(list: &mut Vec<Mutation>, expected: &Attempt<'_>) {
    add(list, Part::ToSign, "the hash is in lower-case hex", |a| {
        a.request_hash = RequestHash::Upper;
    });
    add(list, Part::ToSign, "the canonical request's hash stands there", |a| {
        a.request_hash = RequestHash::Absent;
    });
    add(list, Part::ToSign, "it is in seconds", |a| a.timestamp.to_mut().push_str("000"));
    add(list, Part::ToSign, "it is the X-TC-Timestamp that was sent", |a| a.timestamp = "".into());
    if let Ok(sent) = expected.timestamp.parse::<i64>() {
        // The clock is often read twice: once to sign and once to send.
        for near in [-2, -1, 1, 2] {
            let other = sent.saturating_add(near).to_string();
            add(
                list,
                Part::ToSign,
                "X-TC-Timestamp is another time: read the clock once",
                move |a| {
                    a.timestamp = other.clone().into();
                },
            );
        }
    }
    for algorithm in ["HMAC-SHA256", "tc3-hmac-sha256", "HmacSHA256", ""] {
        add(list, Part::ToSign, "the algorithm is TC3-HMAC-SHA256", move |a| {
            a.algorithm = algorithm;
        });
    }
    let without_date = expected.scope.split_once('/').map(|(_, rest)| rest.to_owned());
    let without_service = format!("{}/tc3_request", expected.key_date);
    let with_id = format!("/{}", expected.scope);
    for scope in [without_date.unwrap_or_default(), without_service, with_id, String::new()] {
        add(list, Part::ToSign, "the scope is the Credential without the secret id", move |a| {
            a.scope = scope.clone().into();
        });
    }
}

pub(super) fn key(list: &mut Vec<Mutation>, expected: &Attempt<'_>, seconds: i64) {
    let secret = expected.secret_key.as_str();
    let around = "the client's secret key has white space or quotes around it";
    let secrets = [
        (format!("{secret}\n"), "the client's secret key ends in a line break"),
        (format!("{secret}\r\n"), "the client's secret key ends in a line break"),
        (format!("{secret} "), "the client's secret key ends in a space"),
        (format!(" {secret}"), "the client's secret key begins with a space"),
        (format!("{secret}\t"), around),
        (format!("\"{secret}\""), around),
        (format!("'{secret}'"), around),
        (format!("\u{feff}{secret}"), "the client's secret key begins with a byte order mark"),
        (format!("{secret}\0"), "the client's secret key ends in a zero byte"),
        (
            secret.trim().to_owned(),
            "the server's secret key has white space around it, and the client's has not",
        ),
        (String::new(), "the client's secret key is empty"),
    ];
    for (secret, hint) in secrets {
        let secret = Zeroizing::new(secret);
        add(list, Part::Key, hint, move |a| a.secret_key = Cow::Owned(secret.clone()));
    }
    add(list, Part::Key, "the client left out TC3 before the secret key", |a| a.key_prefix = "");
    add(list, Part::Key, "the key begins with TC3 in upper case", |a| a.key_prefix = "tc3");
    add(list, Part::Key, "each step of the key is passed on as bytes, not as hex", |a| {
        a.hex_keys = true;
    });
    for terminator in ["", "tc3", "TC3_REQUEST"] {
        add(list, Part::Key, "the last step of the key is tc3_request", move |a| {
            a.key_terminator = terminator;
        });
    }
    for service in ["scf", "SCF", "cvm", ""] {
        add(list, Part::Key, "the service in the key is the one of the Credential", move |a| {
            a.key_service = service;
        });
    }
    for hours in [8, -8, 24, -24] {
        let date = utc_date(seconds.saturating_add(hours * 3600));
        add(list, Part::Key, "the date in the key is the UTC date of X-TC-Timestamp", move |a| {
            a.key_date = date.clone().into();
        });
    }
    let compact = expected.key_date.replace('-', "");
    add(list, Part::Key, "the date in the key is written YYYY-MM-DD", move |a| {
        a.key_date = compact.clone().into();
    });
}
