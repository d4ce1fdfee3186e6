//! The other side of a call, for several tests; each uses a part.
pub mod response;
pub mod scripted;
pub mod source;
pub mod table;

use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{RequestError, Settings, SignedRequest};
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};
use sha2::{Digest, Sha256};

pub const SECRET_ID: &str = "AKIDEXAMPLE";
pub const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
pub const HOST: &str = "scf.tencentcloudapi.com";
pub const NOW: u64 = 1_700_000_000;
pub const HELLO: Invocation<'static> = Invocation::new("hello");

/// Every character that JSON, queries or forms treat in a way of its own.
pub const AWKWARD: &str = "[\"\\\" \\\\ \\u0000 \\n \u{7f} é 中 😀 /?&=+%#\", {\"\": 1e5}]";

pub fn settings() -> Settings<'static> {
    Settings::new(Region::AP_GUANGZHOU, HOST)
}

pub fn signer() -> Signer<'static> {
    Signer::new(SECRET_ID, SECRET_KEY).unwrap()
}

/// Returns all bytes of a request, emitted through a buffer of that size.
pub fn emit(
    settings: &Settings<'_>,
    invocation: &Invocation<'_>,
    mut payload: Event<'_>,
    buffer: usize,
) -> Result<Vec<u8>, RequestError> {
    let mut signer = signer();
    let mut buffer = vec![0; buffer];
    let mut request = SignedRequest::new(
        settings,
        invocation,
        payload.reborrow(),
        &mut signer,
        NOW,
        &mut buffer,
    )?;
    let mut answer = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut answer, None);
    transmitted(&mut call)
}

/// Returns all bytes that a call wants sent.
pub fn transmitted(call: &mut Call<'_>) -> Result<Vec<u8>, RequestError> {
    let mut sent = Vec::new();
    loop {
        let bytes = call.transmit()?;
        if bytes.is_empty() {
            assert!(call.is_sent());
            return Ok(sent);
        }
        sent.extend_from_slice(bytes);
    }
}

/// Gives a call the bytes of a response, in pieces of the sizes that `piece`
/// says; the peer then closes.
pub fn feed(
    call: &mut Call<'_>,
    response: &[u8],
    mut piece: impl FnMut() -> usize,
) -> Result<(), ExchangeError<()>> {
    let mut rest = response;
    loop {
        let window = call.window();
        assert!(!window.is_empty());
        let count = piece().min(window.len()).min(rest.len());
        window[..count].copy_from_slice(&rest[..count]);
        rest = &rest[count..];
        if call.received(count)? {
            return Ok(());
        }
        assert!(count > 0, "the call waits although the peer has closed");
    }
}

/// A request taken apart as HTTP.
pub struct Parsed {
    pub line: String,
    pub fields: Vec<(String, String)>,
    pub body: String,
}

impl Parsed {
    pub fn new(request: &[u8]) -> Self {
        let text = std::str::from_utf8(request).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let fields = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { line, fields, body: body.to_owned() }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        let mut all = self.fields.iter().filter(|(field, _)| field == name);
        let first = all.next().map(|(_, value)| value.as_str());
        assert!(all.next().is_none(), "{name} twice");
        first
    }
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Returns the Authorization header that the request must have, by the public
/// signer.
pub fn authorization(request: &Parsed, action: Option<&str>, payload: PayloadHash) -> String {
    let (method, target) = request.line.split_once(' ').unwrap();
    let target = target.strip_suffix(" HTTP/1.1").unwrap();
    let canonical = CanonicalRequest {
        method: if method == "GET" { Method::Get } else { Method::Post },
        query: target.split_once('?').map_or("", |(_, query)| query),
        content_type: request.field("Content-Type").unwrap(),
        host: request.field("Host").unwrap(),
        signed_action: action,
        payload,
    };
    let signature = signer().sign("scf", NOW, &canonical).unwrap();
    format!(
        "TC3-HMAC-SHA256 Credential={SECRET_ID}/2023-11-14/scf/tc3_request, SignedHeaders={}, \
         Signature={}",
        canonical.signed_headers(),
        std::str::from_utf8(signature.hex()).unwrap(),
    )
}
