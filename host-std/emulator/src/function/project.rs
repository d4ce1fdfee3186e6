//! The place of functions: one in a folder itself, those of a `template.yaml`, or one in
//! each subfolder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::config::project_file::{Described, SERVERLESS, TEMPLATE, serverless, template};
use super::config::{self, failed};
use crate::api::is_function_name;
use crate::error::ApiError;

/// A function that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    pub(super) name: String,
    /// The folder of its code.
    pub(super) code: PathBuf,
    /// The settings of a project's file, and the file.
    pub(super) settings: Option<(PathBuf, Map<String, Value>)>,
}

/// The folder that the functions are in.
#[derive(Debug)]
pub(super) struct Project {
    root: PathBuf,
    /// The settings in the project's files, read again when a file changes.
    files: Mutex<HashMap<PathBuf, (Stamp, Arc<Described>)>>,
    templates: Mutex<Option<(Stamp, Arc<Vec<Described>>)>>,
}

/// A `template.yaml` and its functions.
type Templates = (PathBuf, Arc<Vec<Described>>);

/// Tells whether a file is still the one that was read.
type Stamp = (Option<SystemTime>, u64);

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = file.metadata().ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}

fn first_of(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|name| folder.join(name)).find(|file| file.is_file())
}

impl Project {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, files: Mutex::default(), templates: Mutex::default() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns whether the folder is still there.
    pub(super) fn is_there(&self) -> bool {
        self.root.is_dir()
    }

    /// Finds a function by its name.
    pub(super) fn locate(&self, name: &str) -> Result<Option<Located>, ApiError> {
        if is_function(&self.root) {
            let located = self.in_folder(&self.root, None)?;
            return Ok(Some(located).filter(|located| located.name == name));
        }
        if let Some((file, templates)) = self.templates()? {
            let found = templates.iter().find(|described| described.name.as_deref() == Some(name));
            if let Some(described) = found {
                return Ok(Some(self.described(name, &file, described)));
            }
        }
        let folder = self.root.join(name);
        if !folder.is_dir() {
            return Ok(None);
        }
        self.in_folder(&folder, Some(name)).map(Some)
    }

    /// Returns the names of all functions, and the folders that are none, each with the
    /// reason.
    pub(super) fn list(&self) -> (Vec<String>, Vec<(String, &'static str)>) {
        if is_function(&self.root) {
            let name = self.in_folder(&self.root, None).map(|located| located.name);
            return (name.into_iter().collect(), Vec::new());
        }
        let (mut names, mut skipped) = (Vec::new(), Vec::new());
        if let Ok(Some((_, templates))) = self.templates() {
            names.extend(templates.iter().filter_map(|described| described.name.clone()));
        }
        for entry in std::fs::read_dir(&self.root).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if !path.is_dir() || !is_function(&path) || name.starts_with('.') {
                continue;
            }
            if is_function_name(&name) {
                names.push(name);
            } else {
                skipped.push((name, "it is no function's name"));
            }
        }
        names.sort();
        names.dedup();
        skipped.sort();
        (names, skipped)
    }

    fn in_folder(&self, folder: &Path, name: Option<&str>) -> Result<Located, ApiError> {
        let own = || match name {
            Some(name) => name.to_owned(),
            None => name_of(folder),
        };
        let file = first_of(folder, &SERVERLESS).filter(|_| !config::has_own_file(folder));
        let Some(file) = file else {
            return Ok(Located { name: own(), code: folder.to_owned(), settings: None });
        };
        let described = self.serverless(&file)?;
        let name = match (name, &described.name) {
            (None, Some(given)) if is_function_name(given) => given.clone(),
            _ => own(),
        };
        Ok(self.described(&name, &file, &described))
    }

    fn described(&self, name: &str, file: &Path, described: &Described) -> Located {
        let folder = file.parent().unwrap_or(&self.root);
        Located {
            name: name.to_owned(),
            code: folder.join(&described.code),
            settings: Some((file.to_owned(), described.settings.clone())),
        }
    }

    fn serverless(&self, file: &Path) -> Result<Arc<Described>, ApiError> {
        let now = stamp(file);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(now), Some((then, described))) = (now, files.get(file))
            && *then == now
        {
            return Ok(Arc::clone(described));
        }
        let described = Arc::new(parse(file, serverless)?);
        if let Some(now) = now {
            files.insert(file.to_owned(), (now, Arc::clone(&described)));
        }
        Ok(described)
    }

    fn templates(&self) -> Result<Option<Templates>, ApiError> {
        let Some(file) = first_of(&self.root, &TEMPLATE) else {
            return Ok(None);
        };
        let now = stamp(&file);
        let mut known = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(now), Some((then, described))) = (now, &*known)
            && *then == now
        {
            return Ok(Some((file, Arc::clone(described))));
        }
        let described = Arc::new(parse(&file, template)?);
        *known = now.map(|now| (now, Arc::clone(&described)));
        Ok(Some((file, described)))
    }
}

fn parse<T>(file: &Path, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, ApiError> {
    let text = config::read_file(file)?.unwrap_or_default();
    read(&text).map_err(|what| failed(format!("{}: {what}", file.display())))
}

fn is_function(folder: &Path) -> bool {
    config::is_function(folder) || first_of(folder, &SERVERLESS).is_some()
}

/// Returns the name of a folder, made one that a function may have.
fn name_of(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect();
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if is_function_name(name) { name.to_owned() } else { "function".to_owned() }
}
