//! The attributes of a group of Zarr, with the places of their values for messages.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Location, Result};
use crate::limited::read_text;

/// Longest metadata file that is read. Attributes of a plate of 1,536 wells take some 200 kB.
const MAX_METADATA_BYTES: u64 = 64 << 20;

/// A value in the metadata of a folder, and its place.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) value: &'a Value,
    file: &'a Path,
    key: String,
}

/// The attributes of a group, in Zarr 2 (`.zattrs`) or Zarr 3 (`zarr.json`).
#[derive(Debug, Clone)]
pub(super) struct Attributes {
    file: PathBuf,
    /// Where the attributes of OME stand in the file.
    prefix: &'static str,
    ome: Value,
}

impl Attributes {
    /// The attributes of a group that is there.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the folder has no metadata of Zarr, or they are not JSON.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        Self::read_if_there(folder)?.ok_or_else(|| {
            let problem = "neither zarr.json nor .zattrs is in this folder: no image in OME-Zarr";
            Error::malformed(Location::file(folder), problem)
        })
    }

    /// The attributes of a folder, `None` if it has none.
    pub(super) fn read_if_there(folder: &Path) -> Result<Option<Self>> {
        let (third, second) = (folder.join("zarr.json"), folder.join(".zattrs"));
        if third.is_file() {
            let mut metadata = read_json(&third)?;
            let mut attributes = metadata.get_mut("attributes").map(Value::take).unwrap_or_default();
            let ome = attributes.get_mut("ome").map(Value::take);
            let prefix = if ome.is_some() { "attributes.ome" } else { "attributes" };
            return Ok(Some(Self { file: third, prefix, ome: ome.unwrap_or(attributes) }));
        }
        if second.is_file() {
            let ome = read_json(&second)?;
            return Ok(Some(Self { file: second, prefix: "", ome }));
        }
        Ok(None)
    }

    /// All of them.
    pub(super) fn root(&self) -> Entry<'_> {
        Entry { value: &self.ome, file: &self.file, key: self.prefix.to_owned() }
    }

    /// The value of a key, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'_>> {
        self.root().get(key)
    }

    /// The keys that are there, for messages.
    pub(super) fn keys(&self) -> String {
        let keys = self.ome.as_object().into_iter().flat_map(serde_json::Map::keys);
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        if keys.is_empty() { "no key".to_owned() } else { keys.join(", ") }
    }
}

/// The JSON of a file.
pub(super) fn read_json(file: &Path) -> Result<Value> {
    let text = read_text(file, MAX_METADATA_BYTES)?;
    serde_json::from_str(&text).map_err(|e| Error::malformed(Location::file(file), format!("not JSON: {e}")))
}

impl<'a> Entry<'a> {
    /// All of a file.
    pub(super) fn of_file(file: &'a Path, value: &'a Value) -> Self {
        Self { value, file, key: String::new() }
    }

    /// Where it stands.
    pub(super) fn location(&self) -> Location {
        let location = Location::file(self.file);
        if self.key.is_empty() { location } else { location.at_key(&self.key) }
    }

    pub(super) fn malformed(&self, problem: impl fmt::Display) -> Error {
        Error::malformed(self.location(), problem)
    }

    pub(super) fn unsupported(&self, feature: impl fmt::Display) -> Error {
        Error::unsupported(self.location(), feature)
    }

    /// The value of a key, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'a>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        let key = if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) };
        Some(Entry { value, file: self.file, key })
    }

    /// The value of a key.
    pub(super) fn need(&self, key: &str) -> Result<Entry<'a>> {
        self.get(key).ok_or_else(|| self.malformed(format!("`{key}` is missing")))
    }

    /// The values of a list.
    pub(super) fn list(&self) -> Result<Vec<Entry<'a>>> {
        let values = self.value.as_array().ok_or_else(|| self.malformed("not a list"))?;
        let entry = |(i, value)| Entry { value, file: self.file, key: format!("{}[{i}]", self.key) };
        Ok(values.iter().enumerate().map(entry).collect())
    }

    pub(super) fn text(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.malformed("not a text"))
    }

    pub(super) fn number(&self) -> Result<f64> {
        self.value.as_f64().ok_or_else(|| self.malformed("not a number"))
    }

    /// A path below the folder of the metadata, which leads nowhere else.
    pub(super) fn path(&self) -> Result<PathBuf> {
        let text = self.text()?;
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let relative = Path::new(text.trim_matches('/'));
        let stays = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !stays || relative.as_os_str().is_empty() || text.contains('\\') {
            return Err(self.malformed(format!("`{text}` is no path below this folder")));
        }
        Ok(folder.join(relative))
    }
}
