//! TOML in, validated assay out. Every error names the file, the key, the line and what is allowed.

use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::check;
use super::definition::Assay;
use super::problem::Problem;
use super::range;
use crate::error::{Error, Location, Result};

/// Largest assay file read, bytes. The built-in ones have about 8 kB; an image given by mistake has more.
const MAX_FILE_BYTES: u64 = 1 << 20;

impl Assay {
    /// A definition from its TOML text. `location` is where the text came from, for messages.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// use breakapart::Location;
    /// let text = Assay::builtin_toml("alk")?.replace("cutoff_percent = 15", "cutoff_percent = 150");
    /// let message = Assay::from_toml(&text, &Location::file("our_alk.toml")).unwrap_err().to_string();
    /// assert!(message.starts_with("our_alk.toml, key `decision.cutoff_percent`: line "));
    /// assert!(message.ends_with("150 is out of range: allowed is 0.1 to 90 %"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Assay`] naming the key, its value and what is allowed: no TOML, an unknown or missing key, a
    /// value of the wrong type or out of range, or values that contradict each other.
    pub fn from_toml(text: &str, location: &Location) -> Result<Self> {
        let document = DeTable::parse(text).map_err(|e| {
            let line = e.span().map_or(String::new(), |span| format!("line {}: ", line_of(text, span.start)));
            Problem::new("", format!("{line}not valid TOML: {}", e.message())).into_error(location)
        })?;
        read_checked(text, document.get_ref()).map_err(|problem| {
            let line = key_position(document.get_ref(), &problem.key)
                .map_or(String::new(), |at| format!("line {}: ", line_of(text, at)));
            Problem { text: format!("{line}{}", problem.text), ..problem }.into_error(location)
        })
    }

    /// A definition from a TOML file.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, [`Error::Limit`] if it is larger than an assay file can be,
    /// [`Error::Assay`] as for [`Assay::from_toml`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let needed = fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
        if needed > MAX_FILE_BYTES {
            return Err(Error::Limit { location: Location::file(path), needed, limit: MAX_FILE_BYTES });
        }
        let text = fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        Self::from_toml(&text, &Location::file(path))
    }

    /// A built-in definition by name, otherwise a file by path. A file that is named like a built-in
    /// definition is reached by a path with a separator, such as `./alk`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if there is neither; it lists the built-in names. Otherwise as
    /// [`Assay::read`].
    pub fn load(name_or_path: &str) -> Result<Self> {
        if Self::builtin_names().any(|name| name == name_or_path) {
            return Self::builtin(name_or_path);
        }
        if Path::new(name_or_path).exists() {
            return Self::read(name_or_path);
        }
        let known: Vec<&str> = Self::builtin_names().collect();
        let allowed = format!("the path of a TOML file, or one of {}", known.join(", "));
        Err(Error::parameter("assay", format!("`{name_or_path}`"), allowed))
    }

    /// Checks an assay that was made or changed in code, by the rules for files.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// let mut assay = Assay::builtin("alk")?;
    /// assay.doublet.size_ratio_max = 0.5;
    /// let message = assay.validate().unwrap_err().to_string();
    /// assert!(message.contains("doublet.size_ratio_max") && message.contains("1 to 20"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Assay`] naming the key, its value and what is allowed.
    pub fn validate(&self) -> Result<()> {
        let location = Location::file(format!("assay `{}`", self.id));
        let values = toml::Value::try_from(self)
            .map_err(|e| Problem::new("", format!("cannot be written as TOML: {e}")).into_error(&location))?;
        range::check(&values)
            .and_then(|()| check::assay(self))
            .and_then(|()| check::verify_marks(self, &values))
            .map_err(|problem| problem.into_error(&location))
    }
}

/// All checks in the order in which their messages help most: values by range, then keys and types, then
/// values against each other.
fn read_checked(text: &str, document: &DeTable<'_>) -> std::result::Result<Assay, Problem> {
    let values: toml::Table = toml::from_str(text).map_err(|e| translate(&e, document))?;
    let values = toml::Value::Table(values);
    range::check(&values)?;
    let assay: Assay = toml::from_str(text).map_err(|e| translate(&e, document))?;
    check::assay(&assay)?;
    check::verify_marks(&assay, &values)?;
    Ok(assay)
}

/// A deserialisation error as key and words.
fn translate(error: &toml::de::Error, document: &DeTable<'_>) -> Problem {
    let mut path = Vec::new();
    if let Some(span) = error.span() {
        deepest_at(document, span.start, &mut Vec::new(), &mut path);
    }
    let message = error.message();
    let named = message.split('`').nth(1).unwrap_or_default();
    let unknown = message.strip_prefix("unknown field ");
    if (unknown.is_some() || message.starts_with("missing field")) && path.last().is_none_or(|k| k != named) {
        path.push(named.to_owned());
    }
    let text = match unknown.and_then(|rest| rest.split_once(", ")) {
        Some((_, expected)) => format!("unknown key: {}", expected.replacen("expected", "allowed is", 1)),
        None if unknown.is_some() => "unknown key: no key is allowed here".to_owned(),
        None if message.starts_with("missing field") => "key is missing".to_owned(),
        None => message.replacen(", expected", ": allowed is", 1),
    };
    Problem::new(path.join("."), text)
}

/// The path of the innermost key whose name or value holds a byte position.
fn deepest_at(table: &DeTable<'_>, at: usize, here: &mut Vec<String>, found: &mut Vec<String>) {
    for (key, value) in table {
        here.push(key.get_ref().to_string());
        descend(value.get_ref(), at, &[key.span(), value.span()], here, found);
        here.pop();
    }
}

fn descend(
    value: &DeValue<'_>,
    at: usize,
    spans: &[Range<usize>],
    here: &mut Vec<String>,
    found: &mut Vec<String>,
) {
    if spans.iter().any(|span| span.contains(&at)) && here.len() > found.len() {
        found.clone_from(here);
    }
    match value {
        DeValue::Table(table) => deepest_at(table, at, here, found),
        DeValue::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                here.push(i.to_string());
                descend(item.get_ref(), at, &[item.span()], here, found);
                here.pop();
            }
        }
        _ => {}
    }
}

/// Byte position of a key, or of the innermost table on the way to it that is there.
fn key_position(document: &DeTable<'_>, key: &str) -> Option<usize> {
    let mut parts = key.split('.');
    let (name, mut value) = document.get_key_value(parts.next()?)?;
    let mut position = name.span().start;
    for part in parts {
        value = match value.get_ref() {
            DeValue::Table(table) => match table.get_key_value(part) {
                Some((name, value)) => {
                    position = name.span().start;
                    value
                }
                None => break,
            },
            DeValue::Array(items) => match part.parse::<usize>().ok().and_then(|i| items.get(i)) {
                Some(item) => {
                    position = item.span().start;
                    item
                }
                None => break,
            },
            _ => break,
        };
    }
    Some(position)
}

/// Line of a byte position, the first being 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|b| *b == b'\n').count()
}
