//! Signatures against the worked examples of the documentation.

use std::cell::Cell;

use scf_invoke_core::sign::compression::{Compression, Software};
use scf_invoke_core::sign::credential::{CredentialError, Part};
use scf_invoke_core::sign::day_key::{DayKey, ImportError};
use scf_invoke_core::sign::day_signer::DaySigner;
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, SignError, Signer};
use scf_invoke_core::sign::text::StringToSign;
use scf_invoke_core::wire::time::Day;
use sha2::Digest;

/// The documentation writes the secrets of its example as asterisks, and its
/// signature is made with them.
const SECRET_ID: &str = "AKID********************************";
const SECRET_KEY: &str = "********************************";
const TIMESTAMP: u64 = 1_551_113_065;

fn hash_of_payload() -> PayloadHash {
    let mut hash = [0; 32];
    base16ct::lower::decode(
        "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064",
        &mut hash,
    )
    .unwrap();
    PayloadHash::Sha256(hash)
}

fn documented_request() -> CanonicalRequest<'static> {
    CanonicalRequest {
        method: Method::Post,
        query: "",
        content_type: "application/json; charset=utf-8",
        host: "cvm.tencentcloudapi.com",
        signed_action: Some("DescribeInstances"),
        payload: hash_of_payload(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut out = vec![0; bytes.len() * 2];
    base16ct::lower::encode_str(bytes, &mut out).unwrap().to_owned()
}

#[test]
fn the_documented_request_has_the_documented_hash_and_signature() {
    let request = documented_request();
    assert_eq!(
        hex(&request.hash()),
        "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
    );
    assert_eq!(request.signed_headers(), "content-type;host;x-tc-action");
    let mut signer = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    let signature = signer.sign("cvm", TIMESTAMP, &request).unwrap();
    assert_eq!(
        std::str::from_utf8(signature.hex()).unwrap(),
        "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    );
    assert_eq!(signature.date(), b"2019-02-25");
}

#[test]
fn the_signed_texts_are_those_that_are_hashed() {
    for (method, query) in [(Method::Post, ""), (Method::Get, "Limit=1&Offset=0")] {
        for signed_action in [None, Some("DescribeInstances")] {
            for payload in [hash_of_payload(), PayloadHash::Unsigned] {
                let request = CanonicalRequest {
                    method,
                    query,
                    signed_action,
                    payload,
                    ..documented_request()
                };
                let text = request.to_string();
                assert_eq!(sha2::Sha256::digest(&text)[..], request.hash(), "{text}");
            }
        }
    }
    let text = StringToSign::new(TIMESTAMP, "cvm", &documented_request()).unwrap();
    assert_eq!(
        text.to_string(),
        "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n\
         7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
    );
    assert!(StringToSign::new(u64::MAX, "cvm", &documented_request()).is_none());
}

#[test]
fn the_day_key_is_the_documented_signing_key() {
    let day = Day::parse("2019-02-25").unwrap();
    let key = DayKey::derive(SECRET_KEY, day, "cvm").unwrap();
    let mut out = [0; 200];
    assert_eq!(
        key.export(SECRET_ID, &mut out).unwrap(),
        format!(
            "{SECRET_ID}/2019-02-25/cvm/\
             b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"
        )
    );
}

#[test]
fn an_imported_day_key_signs_like_the_secret() {
    let text = format!(
        "{SECRET_ID}/2019-02-25/cvm/\
         b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"
    );
    let (secret_id, key) = DayKey::import(&text).unwrap();
    let mut signer = Signer::with_day_key(secret_id, key).unwrap();
    let signature = signer.sign("cvm", TIMESTAMP, &documented_request()).unwrap();
    assert_eq!(
        std::str::from_utf8(signature.hex()).unwrap(),
        "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    );
}

#[test]
fn a_day_key_signs_on_its_day_and_for_its_service_only() {
    let day = Day::of_timestamp(TIMESTAMP).unwrap();
    let key = DayKey::derive(SECRET_KEY, day, "cvm").unwrap();
    let mut signer = Signer::with_day_key(SECRET_ID, key).unwrap();
    let request = documented_request();

    let last = day.first_second() + 86_399;
    assert!(signer.sign("cvm", last, &request).is_ok());
    let error = signer.sign("cvm", last + 1, &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the day key signs on 2019-02-25 (UTC) only, and the request is of 2019-02-26: \
         get the key of that day, or set the clock"
    );
    let error = signer.sign("scf", last, &request).unwrap_err();
    assert_eq!(error, SignError::DayKeyService);
    // None of this has used the key up.
    assert!(signer.sign("cvm", last, &request).is_ok());
}

#[test]
fn a_signer_with_the_secret_follows_the_day_and_the_service() {
    let request = documented_request();
    let mut signer = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    let first = signer.sign("cvm", TIMESTAMP, &request).unwrap();
    let later = signer.sign("cvm", TIMESTAMP + 86_400, &request).unwrap();
    let other = signer.sign("scf", TIMESTAMP, &request).unwrap();
    assert_ne!(first, later);
    assert_ne!(first, other);
    assert_eq!(signer.sign("cvm", TIMESTAMP, &request).unwrap(), first);
}

#[test]
fn a_day_key_can_be_kept_by_the_caller() {
    let request = documented_request();
    let mut first = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    assert!(first.day_key().is_none());
    let signature = first.sign("cvm", TIMESTAMP, &request).unwrap();
    let kept = first.day_key().unwrap().clone();
    let mut second = Signer::new(SECRET_ID, SECRET_KEY).unwrap().remember(kept);
    assert_eq!(second.sign("cvm", TIMESTAMP, &request).unwrap(), signature);
    // It is only a shortcut: another day is derived from the secret.
    assert!(second.sign("cvm", TIMESTAMP + 86_400, &request).is_ok());
}

#[test]
fn keys_longer_than_a_hash_block_are_hashed_first() {
    // HMAC's own rule: a key of over 64 bytes stands for its hash. 61 + "TC3"
    // is the last that fits.
    let day = Day::of_timestamp(TIMESTAMP).unwrap();
    // The expected keys are those of another implementation of HMAC.
    let expected = [
        (61, "e6659d0fd16ef519766aa7bbc3f58b261d794482d96fe89b9b5b4b6e51953283"),
        (62, "316325768c9f8f087bef2899ca396525ed44c07d95872d5c6d9f30011170cf31"),
        (200, "ef14870f6e8e014e42c3a40d93aa497352314415a070ba1019e5254bb9e2a86a"),
    ];
    for (length, hex) in expected {
        let key = DayKey::derive(&"k".repeat(length), day, "scf").unwrap();
        let mut out = [0; 200];
        assert_eq!(key.export("id", &mut out).unwrap(), format!("id/2019-02-25/scf/{hex}"));
    }
}

#[test]
fn wrong_day_keys_say_what_is_wrong() {
    let hex = "b5".repeat(32);
    let cases = [
        ("", ImportError::Form),
        ("id/2019-02-25/scf", ImportError::Form),
        (&format!("/2019-02-25/scf/{hex}"), ImportError::Form),
        (&format!("id/2019-02-25/scf/{hex}/"), ImportError::Form),
        (&format!("id/2019-02-30/scf/{hex}"), ImportError::Date),
        (&format!("id/2019-2-25/scf/{hex}"), ImportError::Date),
        (&format!("id/2019-02-25/SCF/{hex}"), ImportError::Service),
        (&format!("id/2019-02-25//{hex}"), ImportError::Service),
        (&format!("id/2019-02-25/scf/{}", hex.to_uppercase()), ImportError::Key),
        ("id/2019-02-25/scf/b5", ImportError::Key),
        (&format!("id/2019-02-25/scf/{hex}00"), ImportError::Key),
    ];
    for (text, expected) in cases {
        assert_eq!(DayKey::import(text).unwrap_err(), expected, "{text}");
        assert!(!expected.to_string().is_empty());
    }
}

#[test]
fn an_export_needs_room_for_all_of_it() {
    let day = Day::of_timestamp(TIMESTAMP).unwrap();
    let key = DayKey::derive(SECRET_KEY, day, "scf").unwrap();
    let needed = "id".len() + "scf".len() + 77;
    assert!(key.export("id", &mut vec![0; needed]).is_some());
    for short in 0..needed {
        assert!(key.export("id", &mut vec![0; short]).is_none(), "{short}");
    }
}

#[test]
fn secrets_are_never_printed() {
    let mut signer = Signer::new(SECRET_ID, "very-secret").unwrap().token("a-token").unwrap();
    signer.sign("scf", TIMESTAMP, &documented_request()).unwrap();
    let shown = format!("{signer:?}");
    assert!(shown.contains(SECRET_ID) && shown.contains("scf"), "{shown}");
    for secret in ["very-secret", "a-token", "key: ["] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn credentials_that_were_pasted_wrongly_are_refused() {
    for wrong in ["key\n", " key", "k ey", "kéy", "key\u{0}", "k\u{7f}ey"] {
        for (part, error) in [
            (Part::SecretId, Signer::new(wrong, "key").unwrap_err()),
            (Part::SecretKey, Signer::new("id", wrong).unwrap_err()),
            (Part::Token, Signer::new("id", "key").unwrap().token(wrong).unwrap_err()),
        ] {
            assert_eq!(error, CredentialError::Character(part));
            assert!(error.to_string().contains(part.as_str()));
        }
    }
    assert_eq!(Signer::new("", "key").unwrap_err().to_string(), "the secret id is empty");
    assert_eq!(Signer::new("id", "").unwrap_err(), CredentialError::Empty(Part::SecretKey));
}

#[test]
fn times_and_services_out_of_range_are_errors() {
    let mut signer = Signer::new("id", "key").unwrap();
    let request = documented_request();
    assert_eq!(signer.sign("scf", u64::MAX, &request), Err(SignError::Timestamp));
    assert_eq!(signer.sign("scf", 253_402_300_800, &request), Err(SignError::Timestamp));
    assert!(signer.sign("scf", 253_402_300_799, &request).is_ok());
    for service in ["", "SCF", "s cf", "s/f", &"s".repeat(33)] {
        assert_eq!(signer.sign(service, TIMESTAMP, &request), Err(SignError::Service));
    }
    assert!(signer.sign(&"s".repeat(32), TIMESTAMP, &request).is_ok());
}

#[test]
fn days_are_those_of_the_calendar() {
    for (timestamp, date) in [
        (0, "1970-01-01"),
        (86_399, "1970-01-01"),
        (86_400, "1970-01-02"),
        (68_169_600, "1972-02-29"),
        (951_782_400, "2000-02-29"),
        (951_868_800, "2000-03-01"),
        (1_709_164_800, "2024-02-29"),
        (4_107_542_400, "2100-03-01"),
        (253_402_300_799, "9999-12-31"),
    ] {
        let day = Day::of_timestamp(timestamp).unwrap();
        assert_eq!(std::str::from_utf8(&day.date()).unwrap(), date);
        assert_eq!(Day::parse(date), Some(day));
        assert_eq!(day.first_second(), timestamp - timestamp % 86_400);
    }
    for wrong in [
        "2100-02-29",
        "2023-13-01",
        "2023-00-10",
        "1970-01-00",
        "2023-01-32",
        "1969-12-31",
        "20230-1-01",
        "2023-01x01",
        "2023x01-01",
        "",
    ] {
        assert_eq!(Day::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn every_day_comes_back_from_its_date() {
    let step = if cfg!(miri) { 9973 } else { 1 };
    for day in (0..=2_932_896u64).step_by(step) {
        let day = Day::of_timestamp(day * 86_400).unwrap();
        let date = day.date();
        assert_eq!(Day::parse(std::str::from_utf8(&date).unwrap()), Some(day));
    }
}

#[test]
fn a_day_key_signs_by_itself_on_its_day() {
    let request = CanonicalRequest {
        method: Method::Post,
        query: "",
        content_type: "application/json",
        host: "scf.tencentcloudapi.com",
        signed_action: Some("Invoke"),
        payload: PayloadHash::of(b"{}"),
    };
    let key = DayKey::derive("key", Day::parse("2023-11-14").unwrap(), "scf").unwrap();
    let mut signer = Signer::new("id", "key").unwrap();
    for timestamp in [key.day().first_second(), 1_700_000_000, key.day().first_second() + 86_399] {
        assert_eq!(key.sign(timestamp, &request), signer.sign("scf", timestamp, &request));
    }
    for timestamp in [key.day().first_second() - 1, key.day().first_second() + 86_400] {
        assert!(matches!(key.sign(timestamp, &request), Err(SignError::DayKeyDate { .. })));
    }
    assert_eq!(key.sign(u64::MAX, &request), Err(SignError::Timestamp));
}

#[test]
fn the_hash_of_a_body_is_its_sha256() {
    for body in ["", "{}", &"a".repeat(1000)] {
        assert_eq!(
            PayloadHash::of(body.as_bytes()),
            PayloadHash::Sha256(sha2::Sha256::digest(body).into())
        );
    }
}

#[test]
fn a_day_key_is_made_of_its_bytes() {
    let day = Day::parse("2023-11-14").unwrap();
    let key = DayKey::derive("key", day, "scf").unwrap();
    let mut place = [0; 128];
    let text = key.export("id", &mut place).unwrap();
    let mut bytes = [0; 32];
    base16ct::lower::decode(&text[text.len() - 64..], &mut bytes).unwrap();
    let same = DayKey::from_bytes(&bytes, day, "scf").unwrap();
    let mut again = [0; 128];
    assert_eq!(same.export("id", &mut again), Some(text));
    assert!(DayKey::from_bytes(&bytes, day, "SCF").is_none());
}

#[test]
fn a_day_key_is_set_where_it_stays() {
    let day = Day::parse("2023-11-14").unwrap();
    let (bytes, place) = ([7; 32], &mut [0; 128]);
    let expected = DayKey::from_bytes(&bytes, day, "scf").unwrap();
    let mut key = DayKey::empty();
    assert_eq!(key.service(), "");
    assert_eq!(key.set(&bytes, day, "scf"), Some(()));
    assert_eq!(key.export("id", place), expected.export("id", &mut [0; 128]));
    // One that cannot be set signs for no service.
    assert_eq!(key.set(&bytes, day, "SCF"), None);
    assert_eq!(key.service(), "");
}

#[test]
fn a_signer_is_made_of_what_there_is() {
    let key = DayKey::derive("secret", Day::parse("2019-02-25").unwrap(), "scf").unwrap();
    let made = |id, secret, token, key| Signer::from_parts(id, secret, token, key).map(|_| ());
    assert_eq!(made("id", Some("secret"), None, None), Ok(()));
    assert_eq!(made("id", None, Some("token"), Some(key.clone())), Ok(()));
    assert_eq!(made("id", Some("secret"), None, Some(key.clone())), Ok(()));
    let empty = |part| Err(CredentialError::Empty(part));
    assert_eq!(made("", Some("secret"), None, None), empty(Part::SecretId));
    assert_eq!(made("id", None, None, None), empty(Part::SecretKey));
    assert_eq!(made("id", Some(""), None, Some(key.clone())), empty(Part::SecretKey));
    assert_eq!(made("id", None, Some(""), Some(key)), empty(Part::Token));
}

thread_local! {
    /// The blocks that the test on this thread has had compressed.
    static BLOCKS: Cell<usize> = const { Cell::new(0) };
}

/// A compression function as a program gives it.
#[derive(Clone, Copy, Debug)]
struct Counted;

impl Compression for Counted {
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        BLOCKS.set(BLOCKS.get() + blocks.len());
        Software::compress(state, blocks);
    }
}

#[test]
fn a_program_can_give_the_compression_function() {
    let request = documented_request();
    let mut by_software = Signer::new(SECRET_ID, SECRET_KEY).unwrap();
    let expected = by_software.sign("cvm", TIMESTAMP, &request).unwrap();

    let mut signer = Signer::new(SECRET_ID, SECRET_KEY).unwrap().compressed_by::<Counted>();
    assert_eq!(signer.sign("cvm", TIMESTAMP, &request).unwrap(), expected);
    let compressed = BLOCKS.replace(0);
    // The key, the canonical request, the text to sign. The crate `hmac` hashes
    // by itself.
    assert_eq!(compressed, if cfg!(feature = "hmac") { 4 } else { 21 });

    let mut text = [0; 160];
    let exported = signer.day_key().unwrap().export(SECRET_ID, &mut text).unwrap();
    let (_, key) = DayKey::import_by::<Counted>(exported).unwrap();
    let of_day = DaySigner::new(SECRET_ID, &key).unwrap().compressed_by::<Counted>();
    assert_eq!((of_day.secret_id(), of_day.day()), (SECRET_ID, key.day()));
    let mut signer = Signer::with_day_key(SECRET_ID, key).unwrap().compressed_by::<Counted>();
    assert_eq!(signer.sign("cvm", TIMESTAMP, &request).unwrap(), expected);
    assert_eq!(BLOCKS.get(), if cfg!(feature = "hmac") { 4 } else { 9 });
}

/// The table that the JavaScript package is held to as well.
const TABLE: &str = include_str!("../signing.tsv");

#[test]
fn every_request_of_the_table_has_its_day_key_and_its_signature() {
    for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
        let columns: Vec<_> = row.split('\t').collect();
        let [secret_key, timestamp, host, action, _, body, day_key, signature] = columns[..] else {
            panic!("{row}");
        };
        let timestamp = timestamp.parse().unwrap();
        let request = CanonicalRequest {
            method: Method::Post,
            query: "",
            content_type: "application/json",
            host,
            signed_action: Some(action),
            payload: PayloadHash::of(body.as_bytes()),
        };
        let mut signer = Signer::new("AKIDEXAMPLE", secret_key).unwrap();
        let signed = signer.sign("scf", timestamp, &request).unwrap();
        assert_eq!(std::str::from_utf8(signed.hex()).unwrap(), signature, "{row}");
        let mut text = [0; 128];
        let exported = signer.day_key().unwrap().export("AKIDEXAMPLE", &mut text).unwrap();
        assert!(exported.ends_with(day_key), "{row}");
    }
}

#[test]
fn a_program_can_ask_whether_its_hash_is_the_compact_one() {
    let of_the_crate = cfg!(any(target_pointer_width = "64", feature = "hmac", feature = "v1"));
    assert_eq!(Software::IS_COMPACT, !of_the_crate || cfg!(sha2_backend_soft = "compact"));
}
