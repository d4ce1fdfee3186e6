//! A folder of static files, for a page on the relay's own origin.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::body::RelayBody;

/// Files are read whole; a larger one is none of a page's.
const SIZE_LIMIT: u64 = 32 * 1024 * 1024;

/// Headers that keep other sites away from a page that can hold a key. A stricter
/// policy for scripts is the page's own to set.
const PAGE_HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[derive(Clone)]
pub(crate) struct Page {
    /// Without symbolic links, so that others can be compared with it.
    root: PathBuf,
}

impl Page {
    pub(crate) fn new(dir: &Path) -> io::Result<Self> {
        let root = dir.canonicalize()?;
        // A folder that cannot be read is an error at the start.
        fs::read_dir(&root)?;
        Ok(Self { root })
    }

    pub(crate) async fn answer(&self, path: &str, head_only: bool) -> Response<RelayBody> {
        let found = match relative(path) {
            None => None,
            Some(relative) => {
                let root = self.root.clone();
                let content_type = content_type(&relative);
                tokio::task::spawn_blocking(move || read(&root, &relative))
                    .await
                    .ok()
                    .and_then(Result::ok)
                    .map(|bytes| (bytes, content_type))
            }
        };
        let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        let (bytes, content_type) =
            found.unwrap_or_else(|| (b"There is no such file.\n".to_vec(), "text/plain"));
        let length = bytes.len();
        let body = if head_only { RelayBody::empty() } else { RelayBody::whole(bytes) };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CONTENT_LENGTH, length.into());
        for (name, value) in PAGE_HEADERS {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        // A page and the module that belongs to it change together.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Returns the file's path below the root; `None` for one that leads elsewhere,
/// that is hidden, or that another system might read otherwise.
fn relative(path: &str) -> Option<PathBuf> {
    let decoded = decode(path.strip_prefix('/')?)?;
    let mut relative = PathBuf::new();
    let mut segments = decoded.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment.is_empty() && last {
            relative.push("index.html");
            break;
        }
        let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
        if segment.is_empty() || segment.starts_with('.') || segment.contains(odd) {
            return None;
        }
        relative.push(segment);
    }
    Some(relative)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = tail else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
        bytes.push(digit(*high)? << 4 | digit(*low)?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

fn read(root: &Path, relative: &Path) -> io::Result<Vec<u8>> {
    // Symbolic links may lead anywhere; only what is below the root is shown.
    let path = root.join(relative).canonicalize()?;
    if !path.starts_with(root) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let data = fs::metadata(&path)?;
    // A pipe would hold the reader.
    if !data.is_file() || data.len() > SIZE_LIMIT {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::with_capacity(data.len() as usize);
    fs::File::open(path)?.take(SIZE_LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
