//! Files that hold secrets: read with bounds, and looked at for who else may
//! read them.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::CredentialError;

/// More than any credentials file holds; a wrong path may name a device.
const MAX_FILE: u64 = 1024 * 1024;

pub(super) struct SecretFile {
    pub(super) text: Zeroizing<String>,
    /// The advice to its owner, where others may read the file.
    pub(super) warning: Option<String>,
}

/// Reads a file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<SecretFile>, CredentialError> {
    match open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, error)),
    }
}

pub(super) fn unreadable(path: &Path, error: io::Error) -> CredentialError {
    CredentialError::Unreadable { path: path.to_owned(), error: Arc::new(error) }
}

fn open(path: &Path) -> io::Result<SecretFile> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let size = metadata.len();
    if size > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // With room for the whole from the start, no unwiped copy is left behind
    // by a buffer that grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size as usize + 1));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let text = str::from_utf8(&bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))?;
    Ok(SecretFile { text: Zeroizing::new(text.to_owned()), warning: warning(path, &metadata) })
}

#[cfg(unix)]
fn warning(path: &Path, metadata: &Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let path = path.display();
    (metadata.permissions().mode() & 0o044 != 0)
        .then(|| format!("{path} can be read by other users of this machine: chmod 600 {path}"))
}

#[cfg(not(unix))]
fn warning(_path: &Path, _metadata: &Metadata) -> Option<String> {
    None
}
