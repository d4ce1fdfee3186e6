//! Endpoints: every form that is accepted, and why the others are not.

use scf_invoke::{Endpoint, EndpointError, Scheme};

#[test]
fn the_accepted_forms() {
    use Scheme::{Http, Https};
    // text, scheme, host, port, Host header, path
    let cases = [
        ("https://a.example", Https, "a.example", 443, "a.example", "/"),
        ("a.example", Https, "a.example", 443, "a.example", "/"),
        ("a.example:8443", Https, "a.example", 8443, "a.example:8443", "/"),
        ("HTTPS://A.Example:443/", Https, "a.example", 443, "a.example", "/"),
        ("https://a.example/scf", Https, "a.example", 443, "a.example", "/scf"),
        ("a.example/x/y%20z/", Https, "a.example", 443, "a.example", "/x/y%20z/"),
        ("http://127.0.0.1:9000", Http, "127.0.0.1", 9000, "127.0.0.1:9000", "/"),
        ("http://127.8.9.10", Http, "127.8.9.10", 80, "127.8.9.10", "/"),
        ("http://localhost:80", Http, "localhost", 80, "localhost", "/"),
        ("http://[::1]:9000/p", Http, "::1", 9000, "[::1]:9000", "/p"),
        ("[2001:DB8::1]", Https, "2001:db8::1", 443, "[2001:db8::1]", "/"),
        ("https://[::1]", Https, "::1", 443, "[::1]", "/"),
        ("my_relay", Https, "my_relay", 443, "my_relay", "/"),
        ("a.example/at/http://b", Https, "a.example", 443, "a.example", "/at/http://b"),
    ];
    for (text, scheme, host, port, header, path) in cases {
        let endpoint = Endpoint::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(endpoint.scheme(), scheme, "{text}");
        assert_eq!(endpoint.host(), host, "{text}");
        assert_eq!(endpoint.port(), port, "{text}");
        assert_eq!(endpoint.host_header(), header, "{text}");
        assert_eq!(endpoint.path(), path, "{text}");
        // The text that is shown can be parsed again.
        assert_eq!(endpoint.to_string().parse(), Ok(endpoint), "{text}");
    }
}

#[test]
fn the_refused_forms() {
    use EndpointError as E;
    let host = |text: &str| E::Host(text.to_owned());
    let long = "a".repeat(64);
    let cases = [
        ("", E::Empty),
        ("https://a b", E::Character(' ')),
        ("https://a\r\nX: y", E::Character('\r')),
        ("a.example\u{a0}", E::Character('\u{a0}')),
        ("ftp://a.example", E::Scheme),
        ("://a.example", E::Scheme),
        ("https://user:pw@a.example", E::UserInfo),
        ("https://a.example?x=1", E::Query),
        ("https://a.example/?x=1", E::Query),
        ("https://a.example/#x", E::Fragment),
        ("https://", host("")),
        ("https:///path", host("")),
        ("a..example", host("a..example")),
        ("a.example.", host("a.example.")),
        ("-a.example", host("-a.example")),
        ("b\u{fc}cher.example", host("b\u{fc}cher.example")),
        ("http://127.1", host("127.1")),
        ("http://0x7f.1", host("0x7f.1")),
        ("http://2130706433", host("2130706433")),
        ("1.2.3.4.5", host("1.2.3.4.5")),
        ("a%2eexample", host("a%2eexample")),
        ("a[b]", host("a[b]")),
        (&long, host(&long)),
        ("::1", E::Ipv6),
        ("[::1", E::Ipv6),
        ("[fe80::1%25eth0]", E::Ipv6),
        ("[a.example]", E::Ipv6),
        ("[::1]9000", E::Port),
        ("a.example:", E::Port),
        ("a.example:0", E::Port),
        ("a.example:65536", E::Port),
        ("a.example:+80", E::Port),
        ("a.example:http", E::Port),
        ("a.example/%2", E::Path),
        ("a.example/\\", E::Path),
        ("a.example/\u{e9}", E::Path),
    ];
    for (text, expected) in cases {
        assert_eq!(Endpoint::parse(text), Err(expected), "{text:?}");
    }
}

#[test]
fn plain_http_stays_on_this_machine() {
    for text in [
        "http://scf.tencentcloudapi.com",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://0.0.0.0",
    ] {
        let error = Endpoint::parse(text).unwrap_err();
        assert!(matches!(error, EndpointError::PlainHttp(_)), "{text}: {error}");
        assert!(error.to_string().contains("use https"));
        assert!(Endpoint::dangerous_parse_plain_http(text).is_ok(), "{text}");
    }
}

#[test]
fn the_default_is_the_public_endpoint() {
    assert_eq!("https://scf.tencentcloudapi.com".parse(), Ok(Endpoint::default()));
}

#[test]
fn no_text_makes_the_parser_panic() {
    // Every text of up to four of the characters that mean something.
    let alphabet = ["h", "1", ":", "/", "[", "]", "@", "?", "#", "%", ".", "://", "\u{e9}"];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        texts = texts
            .iter()
            .flat_map(|text| alphabet.iter().map(move |part| format!("{text}{part}")))
            .collect();
        for text in &texts {
            if let Ok(endpoint) = Endpoint::parse(text) {
                assert_eq!(endpoint.to_string().parse(), Ok(endpoint), "{text}");
            }
        }
    }
}
