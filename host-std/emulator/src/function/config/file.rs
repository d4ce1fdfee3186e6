//! Reading the files that people write.

use std::path::Path;

use serde_json::{Map, Value};

use super::failed;
use crate::error::ApiError;

pub(super) const FUNCTION_JSON: &str = "function.json";
/// Settings are small; what is longer is something else.
const LIMIT: u64 = 1024 * 1024;

/// Reads a file; nothing where there is none. A pipe or a device, which could
/// block, is refused.
pub(in crate::function) fn read_file(path: &Path) -> Result<Option<String>, ApiError> {
    let wrong = |what: String| failed(format!("{}: {what}", path.display()));
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(format!("it cannot be read: {error}"))),
    };
    if !metadata.is_file() {
        return Err(wrong("it is not a regular file".to_owned()));
    }
    if metadata.len() > LIMIT {
        return Err(wrong(format!("it has more than {LIMIT} bytes")));
    }
    let bytes =
        std::fs::read(path).map_err(|error| wrong(format!("it cannot be read: {error}")))?;
    let mut text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    // A byte-order mark, which some editors write.
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(Some(text))
}

pub(super) fn json_object(path: &Path, text: &str) -> Result<Map<String, Value>, ApiError> {
    let wrong = |what: String| failed(format!("{}: {what}", path.display()));
    match serde_json::from_str(text).map_err(|error| wrong(error.to_string()))? {
        Value::Object(object) => Ok(object),
        _ => Err(wrong("it is not a JSON object".to_owned())),
    }
}
