//! Signatures against the official SDK's own code, byte for byte.
//!
//! The seed is that of the clock, and printed; `SCF_TESTS_SEED` sets it, and
//! `SCF_TESTS_REQUESTS` the number of requests.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Action, Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Language, Settings, SignedRequest, Signing, presigned_url};
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};
use scf_invoke_core::sign::v1::{self, Algorithm};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn setting<T: FromStr>(name: &str, default: T) -> T
where
    T::Err: Display,
{
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{name}: {error}")),
        Err(_) => default,
    }
}

/// The SDK's input, and the two requests that it made of it.
struct Vector(Value);

impl Vector {
    fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_else(|| panic!("{name} is missing"))
    }

    fn optional(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn method(&self) -> Method {
        if self.text("method") == "GET" { Method::Get } else { Method::Post }
    }

    fn algorithm(&self) -> Algorithm {
        match self.text("algorithm") {
            "HmacSHA1" => Algorithm::HmacSha1,
            _ => Algorithm::HmacSha256,
        }
    }

    fn unsigned(&self) -> bool {
        self.0["unsigned"].as_bool().unwrap()
    }

    fn is_v1(&self) -> bool {
        self.text("scheme") == "v1"
    }

    fn signer(&self) -> Signer<'_> {
        let signer = Signer::new(self.text("secret_id"), self.text("secret_key")).unwrap();
        match self.optional("token") {
            Some(token) => signer.token(token).unwrap(),
            None => signer,
        }
    }

    fn settings(&self) -> Settings<'_> {
        let signing = if self.is_v1() {
            let nonce = self.number("nonce").try_into().unwrap();
            Signing::V1 { algorithm: self.algorithm(), nonce }
        } else {
            Signing::Tc3 { action: false, payload: !self.unsigned() }
        };
        let mut settings =
            Settings::new(Region::new(self.text("region")).unwrap(), self.text("host"))
                .method(self.method())
                .signing(signing)
                .request_client(self.text("client"))
                .trace_id(self.text("trace"));
        match self.optional("language") {
            None => {}
            Some("zh-CN") => settings = settings.language(Language::ZhCn),
            Some(_) => settings = settings.language(Language::EnUs),
        }
        settings
    }

    /// Returns the invocation, and its event.
    fn invocation(&self) -> (Invocation<'_>, Option<&str>) {
        let mut invocation = Invocation::new("unnamed");
        let mut event = None;
        for pair in self.0["parameters"].as_array().unwrap() {
            let value = pair[1].as_str().unwrap();
            invocation = match pair[0].as_str().unwrap() {
                "FunctionName" => Invocation::new(value),
                "InvocationType" if value == "Event" => {
                    invocation.invocation_type(InvocationType::Event)
                }
                "InvocationType" => invocation.invocation_type(InvocationType::RequestResponse),
                "Qualifier" => invocation.qualifier(value),
                "LogType" if value == "Tail" => invocation.log_type(LogType::Tail),
                "LogType" => invocation.log_type(LogType::None),
                "Namespace" => invocation.namespace(value),
                "RoutingKey" => invocation.routing_key(value),
                "ClientContext" | "Event" => {
                    event = Some(value);
                    invocation
                }
                other => panic!("no parameter is called {other}"),
            };
        }
        if self.text("action") == "InvokeFunction" {
            invocation = invocation.action(Action::InvokeFunction);
        }
        (invocation, event)
    }

    /// Checks the SDK's own request, signed by the core's bare signing
    /// functions.
    fn check_sdk(&self) {
        let sdk = &self.0["sdk"];
        let (query, body) = (sdk["query"].as_str().unwrap(), sdk["body"].as_str().unwrap());
        if self.is_v1() {
            let form = if body.is_empty() { query } else { body };
            let mut parameters = decoded(form);
            let at = parameters.iter().position(|(name, _)| name == "Signature").unwrap();
            let (_, signature) = parameters.remove(at);
            let parameters: Vec<_> =
                parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let key = self.text("secret_key");
            let host = self.text("host");
            let ours = v1::sign(key, self.algorithm(), self.method(), host, &parameters);
            assert_eq!(ours, signature.as_str());
            return;
        }
        let header = |name: &str| sdk["headers"][name].as_str().unwrap();
        let request = CanonicalRequest {
            method: self.method(),
            query,
            content_type: header("Content-Type"),
            host: header("Host"),
            signed_action: None,
            payload: if self.unsigned() {
                PayloadHash::Unsigned
            } else {
                PayloadHash::Sha256(Sha256::digest(body).into())
            },
        };
        let service = self.text("service");
        let signature = self.signer().sign(service, self.number("timestamp"), &request).unwrap();
        let ours = format!(
            "TC3-HMAC-SHA256 Credential={}/{}/{service}/tc3_request, SignedHeaders={}, \
             Signature={}",
            self.text("secret_id"),
            std::str::from_utf8(signature.date()).unwrap(),
            request.signed_headers(),
            std::str::from_utf8(signature.hex()).unwrap(),
        );
        assert_eq!(ours, header("Authorization"));
    }

    /// Checks a whole request of the core's against the SDK's with the same
    /// text.
    fn check_core(&self, buffer: &mut [u8]) {
        let (settings, (invocation, event)) = (self.settings(), self.invocation());
        let payload = || event.map_or(Event::none(), Event::from);
        let timestamp = self.number("timestamp");
        let mut signer = self.signer();
        let mut request =
            SignedRequest::new(&settings, &invocation, payload(), &mut signer, timestamp, buffer)
                .unwrap();
        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, None);
        let mut sent = Vec::new();
        loop {
            match call.transmit().unwrap() {
                [] => break,
                bytes => sent.extend_from_slice(bytes),
            }
        }
        let sent = String::from_utf8(sent).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");

        let core = &self.0["core"];
        let query = core["query"].as_str().unwrap();
        assert_eq!(body, core["body"].as_str().unwrap());
        let target = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        let line = format!("{} {target} HTTP/1.1", self.text("method"));
        assert_eq!(lines.next(), Some(line.as_str()));

        // Every header that the SDK sets, and no more; the rest is HTTP's own.
        let mut ours: BTreeMap<_, _> = lines.map(|line| line.split_once(": ").unwrap()).collect();
        if self.method() == Method::Post {
            assert_eq!(ours.remove("Content-Length"), Some(body.len().to_string().as_str()));
        }
        let mut theirs: BTreeMap<_, _> = core["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        if self.is_v1() {
            theirs.insert("Host", self.text("host"));
        }
        assert_eq!(ours, theirs);

        if self.is_v1() && self.method() == Method::Get {
            let mut out = vec![0; 64 << 10];
            let url =
                presigned_url(&settings, &invocation, payload(), &mut signer, timestamp, &mut out);
            assert_eq!(url.unwrap(), format!("https://{}/?{query}", self.text("host")));
        }
    }
}

/// Returns the pairs of a form, as Python's `urlencode` writes it.
fn decoded(form: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    form.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[test]
fn equal_those_of_the_official_sdk() {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed: u64 = setting("SCF_TESTS_SEED", clock);
    let count: usize = setting("SCF_TESTS_REQUESTS", 1000);
    println!("SCF_TESTS_SEED={seed} SCF_TESTS_REQUESTS={count}");

    let output = Command::new(scf_tests::python())
        .arg(scf_tests::conformance().join("sign_requests.py"))
        .args([seed.to_string(), count.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "sign_requests.py failed, see above");

    let mut buffer = vec![0; 4096];
    let (mut seen, mut kinds) = (0, BTreeMap::<_, usize>::new());
    for (index, line) in String::from_utf8(output.stdout).unwrap().lines().enumerate() {
        let vector = Vector(serde_json::from_str(line).unwrap());
        let kind = [vector.text("scheme"), vector.text("method")].map(str::to_owned);
        *kinds.entry(kind).or_default() += 1;
        println!("request {index}: {}", vector.text("action"));
        vector.check_sdk();
        // Through buffers of any size it is the same request.
        let size = 64 + index * 37 % (buffer.len() - 64);
        vector.check_core(&mut buffer[..size]);
        seen += 1;
    }
    println!("{kinds:?}");
    assert_eq!(seen, count);
    assert_eq!(kinds.len(), 4, "both schemes, both methods");
}
