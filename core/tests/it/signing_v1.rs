//! Signatures of version 1, of any action.

use scf_invoke_core::sign::tc3::Method;
use scf_invoke_core::sign::v1::{Algorithm, sign};

/// As the documentation writes the secrets of its example.
const SECRET_ID: &str = "AKID********************************";
const SECRET_KEY: &str = "********************************";

/// The parameters of the protocol's example, in no order.
const PARAMETERS: [(&str, &str); 7] = [
    ("Timestamp", "1465185768"),
    ("Action", "Invoke"),
    ("Version", "2018-04-16"),
    ("FunctionName", "hello"),
    ("SecretId", SECRET_ID),
    ("Nonce", "11886"),
    ("Region", "ap-guangzhou"),
];

#[test]
fn parameters_in_any_order_have_the_signature_of_the_sorted_ones() {
    let mut parameters = PARAMETERS;
    for _ in 0..parameters.len() {
        let host = "scf.tencentcloudapi.com";
        let signature = sign(SECRET_KEY, Algorithm::HmacSha1, Method::Get, host, &parameters);
        assert_eq!(signature, "MUoxEcfaTXpBQLuk4MHIfOtI66I=");
        parameters.rotate_left(1);
    }
}

/// By Python's `hmac`: a key longer than a block, of 64 bytes, is hashed first.
#[test]
fn secrets_around_a_hash_block_sign_as_python_signs() {
    let parameters = [("Action", "Invoke"), ("FunctionName", "hello")];
    for (length, sha1, sha256) in [
        (63, "Gq8DQ+vjKsxliriRSHficZigtto=", "DwFufkWmFMWPcA817TuX8gnjBVKIsFeMNl7g+s9TH/o="),
        (64, "njiZ6TLcQZ/QDK1a69WUnlUlYEA=", "+je7u8uIfVbHWE/iO6ZGi/z/dlLSIdgHoPfptAJ0Gr4="),
        (65, "/JH+rkbm4Po8RVyo5CrYZ4N6bp0=", "oux2mlh54Z5lWLCdX6QzacGaklrEofhc61n/XbbuzYk="),
        (128, "suWhFchYybM1YP6jkryypSTdTBI=", "r9YIZSPJVAh0oRattjqBDejb3tcS7db5IYh18LUPrC0="),
    ] {
        let secret = "k".repeat(length);
        for (algorithm, expected) in [(Algorithm::HmacSha1, sha1), (Algorithm::HmacSha256, sha256)]
        {
            let host = "scf.tencentcloudapi.com";
            let signature = sign(&secret, algorithm, Method::Get, host, &parameters);
            assert_eq!(signature, expected, "{algorithm:?} with {length} bytes");
        }
    }
}

#[test]
fn method_host_key_and_hash_are_all_signed() {
    let host = "scf.tencentcloudapi.com";
    let sha1 = Algorithm::HmacSha1;
    let all = [
        sign(SECRET_KEY, sha1, Method::Get, host, &PARAMETERS),
        sign(SECRET_KEY, Algorithm::HmacSha256, Method::Get, host, &PARAMETERS),
        sign(SECRET_KEY, sha1, Method::Post, host, &PARAMETERS),
        sign(SECRET_KEY, sha1, Method::Get, "scf.internal.tencentcloudapi.com", &PARAMETERS),
        sign("another key", sha1, Method::Get, host, &PARAMETERS),
        sign(&"long".repeat(20), sha1, Method::Get, host, &PARAMETERS),
        sign(SECRET_KEY, sha1, Method::Get, host, &PARAMETERS[1..]),
    ];
    let different: std::collections::BTreeSet<_> = all.iter().map(|s| s.as_str()).collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(all[1].len(), 44);
}
