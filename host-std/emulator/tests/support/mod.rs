//! A client of the tests' own: it signs, and can sign wrongly on purpose.
// Each test file uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod control;
pub mod counting;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use scf_emulator::{
    ApiError, Call, Credential, DEVELOPMENT_SECRET_ID, DEVELOPMENT_SECRET_KEY, Emulator,
    HttpRequest, authorize,
};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// 2023-11-14 22:13:20 UTC: already the next day in Beijing.
pub const NOW: i64 = 1_700_000_000;
pub const DATE: &str = "2023-11-14";

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256(data: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(data.as_ref()))
}

pub fn hmac256(key: &[u8], data: impl AsRef<[u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_ref());
    mac.finalize().into_bytes().to_vec()
}

pub fn hmac1(key: &[u8], data: impl AsRef<[u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.update(data.as_ref());
    mac.finalize().into_bytes().to_vec()
}

pub fn base64(data: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(data)
}

/// A TC3 request. The fields are what is sent and rightly signed; a test
/// changes them before, or the texts while, signing.
#[derive(Clone)]
pub struct Tc3 {
    pub method: String,
    pub query: String,
    pub body: Vec<u8>,
    pub host: String,
    pub content_type: String,
    pub action: String,
    pub version: String,
    pub region: String,
    pub timestamp: i64,
    pub date: String,
    pub service: String,
    pub secret_id: String,
    pub secret_key: String,
    pub signed_headers: String,
    pub extra: Vec<(String, String)>,
    pub key_prefix: String,
    pub key_date: Option<String>,
    pub unsigned: bool,
}

impl Tc3 {
    pub fn new(parameters: &Value) -> Self {
        Self {
            method: "POST".into(),
            query: String::new(),
            body: parameters.to_string().into_bytes(),
            host: "127.0.0.1:9000".into(),
            content_type: "application/json".into(),
            action: "Invoke".into(),
            version: "2018-04-16".into(),
            region: "ap-guangzhou".into(),
            timestamp: NOW,
            date: DATE.into(),
            service: "scf".into(),
            secret_id: DEVELOPMENT_SECRET_ID.into(),
            secret_key: DEVELOPMENT_SECRET_KEY.into(),
            signed_headers: "content-type;host".into(),
            extra: Vec::new(),
            key_prefix: "TC3".into(),
            key_date: None,
            unsigned: false,
        }
    }

    pub fn hello() -> Self {
        Self::new(&json!({"FunctionName": "hello"}))
    }

    pub fn get(query: &str) -> Self {
        Self {
            method: "GET".into(),
            query: query.into(),
            body: Vec::new(),
            content_type: "application/x-www-form-urlencoded".into(),
            ..Self::hello()
        }
    }

    /// For a running emulator, with its address and the time as it is.
    pub fn at(mut self, emulator: &Emulator) -> Self {
        self.host = emulator.addr().to_string();
        self.timestamp = now();
        self.date = date(self.timestamp);
        self
    }

    pub fn canonical(&self) -> String {
        let lines: String = self
            .signed_headers
            .split(';')
            .map(|name| {
                let value = match name {
                    "content-type" => self.content_type.clone(),
                    "host" => self.host.clone(),
                    "x-tc-action" => self.action.to_lowercase(),
                    other => {
                        let found = self.extra.iter().find(|(key, _)| key == other);
                        found.unwrap().1.to_lowercase()
                    }
                };
                format!("{name}:{value}\n")
            })
            .collect();
        let payload = if self.unsigned { sha256("UNSIGNED-PAYLOAD") } else { sha256(&self.body) };
        format!("{}\n/\n{}\n{lines}\n{}\n{payload}", self.method, self.query, self.signed_headers)
    }

    pub fn to_sign(&self, canonical: &str) -> String {
        format!(
            "TC3-HMAC-SHA256\n{}\n{}/{}/tc3_request\n{}",
            self.timestamp,
            self.date,
            self.service,
            sha256(canonical)
        )
    }

    pub fn sign(&self, to_sign: &str) -> String {
        let secret = format!("{}{}", self.key_prefix, self.secret_key);
        let date = self.key_date.as_ref().unwrap_or(&self.date);
        let key = hmac256(secret.as_bytes(), date);
        let key = hmac256(&key, &self.service);
        hex(&hmac256(&hmac256(&key, "tc3_request"), to_sign))
    }

    pub fn signature(&self) -> String {
        self.sign(&self.to_sign(&self.canonical()))
    }

    pub fn headers(&self, signature: &str) -> Vec<(String, String)> {
        let authorization = format!(
            "TC3-HMAC-SHA256 Credential={}/{}/{}/tc3_request, SignedHeaders={}, Signature={signature}",
            self.secret_id, self.date, self.service, self.signed_headers
        );
        let mut headers: Vec<(String, String)> = [
            ("Host", self.host.as_str()),
            ("Content-Type", self.content_type.as_str()),
            ("X-TC-Action", self.action.as_str()),
            ("X-TC-Version", self.version.as_str()),
            ("X-TC-Region", self.region.as_str()),
            ("X-TC-Timestamp", self.timestamp.to_string().as_str()),
            ("Authorization", authorization.as_str()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        if self.unsigned {
            headers.push(("X-TC-Content-SHA256".into(), "UNSIGNED-PAYLOAD".into()));
        }
        headers.extend(self.extra.clone());
        headers
    }

    /// Authorizes it with that signature.
    pub fn authorize_signed(&self, signature: &str) -> Result<Call, ApiError> {
        self.authorize_with(signature, &[Credential::development()])
    }

    pub fn authorize_with(
        &self,
        signature: &str,
        credentials: &[Credential],
    ) -> Result<Call, ApiError> {
        let headers = self.headers(signature);
        let request = HttpRequest {
            method: &self.method,
            path: "/",
            query: &self.query,
            headers: &borrowed(&headers),
            body: &self.body,
        };
        let authorized = authorize(&request, credentials, NOW)?;
        Ok(authorized.invocation().expect("an invocation"))
    }

    /// Authorizes it, rightly signed.
    pub fn authorize(&self) -> Result<Call, ApiError> {
        self.authorize_signed(&self.signature())
    }

    pub fn code(&self) -> String {
        self.authorize().unwrap_err().code.into_owned()
    }

    /// Sends it to a running emulator and gives `Response` of the answer.
    pub fn send(&self, emulator: &Emulator) -> Value {
        let answer = self.exchange(emulator);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["Response"].clone()
    }

    pub fn exchange(&self, emulator: &Emulator) -> Answer {
        let request = self.clone().at(emulator);
        let mut stream = TcpStream::connect(emulator.addr()).unwrap();
        stream.write_all(&request.bytes("close")).unwrap();
        let mut all = Vec::new();
        // A connection that is cut gives what came until then.
        let _ = stream.read_to_end(&mut all);
        Answer::parse(&all)
    }

    /// The request as bytes, signed.
    pub fn bytes(&self, connection: &str) -> Vec<u8> {
        let target =
            if self.query.is_empty() { "/".to_owned() } else { format!("/?{}", self.query) };
        let mut headers = self.headers(&self.signature());
        headers.push(("Connection".into(), connection.into()));
        bytes(&self.method, &target, &headers, &self.body)
    }
}

pub fn bytes(method: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    if method != "GET" {
        bytes.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

/// An answer read to the connection's end; status 0 where there was none.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn parse(all: &[u8]) -> Self {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            return Self { status: 0, head: String::new(), body: all.to_vec() };
        };
        let head = String::from_utf8(all[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: all[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Sends raw bytes and reads to the connection's end.
pub fn raw(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(addr).unwrap();
    let _ = stream.write_all(bytes);
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    Answer::parse(&all)
}

/// Invokes a function with the end of its log and gives `Result`.
pub fn invoke(emulator: &Emulator, name: &str, event: &Value) -> Value {
    let response = Tc3::new(&json!({
        "FunctionName": name,
        "ClientContext": event.to_string(),
        "LogType": "Tail",
    }))
    .send(emulator);
    assert!(response.get("Error").is_none(), "{response}");
    response["Result"].clone()
}

/// Gives the value that RetMsg is the JSON of, and checks that the function succeeded.
pub fn result_of(result: &Value) -> Value {
    assert_eq!(result["InvokeResult"], 0, "{result}");
    serde_json::from_str(result["RetMsg"].as_str().unwrap()).unwrap()
}

/// More time than the usual three seconds, for machines that are busy.
pub const LONG: std::time::Duration = std::time::Duration::from_secs(60);

/// Serves the functions of a folder.
pub fn start(dir: impl Into<PathBuf>) -> Emulator {
    Emulator::builder().functions_dir(dir).default_timeout(LONG).start().unwrap()
}

/// Checks a failure and gives its RetMsg.
pub fn failed(result: &Value, status: u64) -> Value {
    let ret: Value = serde_json::from_str(result["RetMsg"].as_str().unwrap()).unwrap();
    assert_eq!(result["InvokeResult"], 1, "{result}");
    assert_ne!(result["ErrMsg"], "", "{result}");
    assert_eq!(ret["statusCode"], status, "{ret}");
    assert_eq!(ret["errorCode"], -1);
    assert_eq!(ret["requestId"], result["FunctionRequestId"]);
    ret
}

pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// A date found by walking the calendar, unlike the emulator's own.
pub fn date(unix: i64) -> String {
    let mut days = unix / 86_400;
    let mut year = 1970;
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

/// The functions that the project shows.
pub fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/functions")
}

/// A folder of functions that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Files by path; one named `bootstrap` and a script become executable.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let name = format!("scf-emulator-{}", uuid::Uuid::new_v4());
        let folder = Self(std::env::temp_dir().join(name));
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        if path.ends_with("bootstrap") || text.starts_with("#!") {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Returns the lines of a log, but for the one that a machine without mount namespaces adds.
pub fn lines(log: &str) -> Vec<&str> {
    log.lines().filter(|line| !line.starts_with("emulator: mount namespaces are not")).collect()
}

/// Returns headers as a request borrows them.
pub fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
