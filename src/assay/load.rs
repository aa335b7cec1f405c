//! TOML in, validated assay out. Every error names the file, the key, the line and the allowed values.

use std::fs;
use std::path::Path;

use toml::de::DeTable;

use super::check;
use super::definition::Assay;
use super::deserialise::Unchecked;
use super::problem::{Problem, key_position, line_of, translate};
use super::range;
use crate::error::{Error, Location, Result};

/// Maximum size of an assay file, bytes. The built-in ones have about 8 kB; an image passed by mistake has more.
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
    /// [`Error::Assay`] naming the key, its value and the allowed values: no TOML, an unknown or missing key, a
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

    /// A built-in definition by name, in upper or lower case, otherwise a file by path. A file that is named like a
    /// built-in definition is reached by a path with a separator, such as `./alk`.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if there is neither; it lists the built-in names. Otherwise as [`Assay::read`].
    pub fn load(name_or_path: &str) -> Result<Self> {
        match Self::builtin(name_or_path) {
            Err(Error::UnknownName { .. }) if Path::new(name_or_path).exists() => Self::read(name_or_path),
            Err(Error::UnknownName { kind, name, nearest, known }) => {
                let known = format!("{known}, and TOML files by their path");
                Err(Error::UnknownName { kind, name, nearest, known })
            }
            other => other,
        }
    }

    /// Checks an assay that was made or changed in code, by the rules for files. Only marks ([`Assay::verify`]) of values
    /// that are no longer there are accepted.
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
    /// [`Error::Assay`] naming the key, its value and the allowed values.
    pub fn validate(&self) -> Result<()> {
        let location = Location::file(format!("assay `{}`", self.id));
        self.checked_values().map(|_| ()).map_err(|problem| problem.into_error(&location))
    }

    /// The one list of checks: values by range, then against each other. Returns the values as TOML.
    fn checked_values(&self) -> std::result::Result<toml::Value, Problem> {
        let values = toml::Value::try_from(self)
            .map_err(|e| Problem::new("", format!("cannot be written as TOML: {e}")))?;
        range::check(&values)?;
        check::assay(self)?;
        Ok(values)
    }
}

/// All checks in the order in which their messages help most: values by range, then keys and types, then
/// values against each other, then the marks.
fn read_checked(text: &str, document: &DeTable<'_>) -> std::result::Result<Assay, Problem> {
    let values: toml::Table = toml::from_str(text).map_err(|e| translate(&e, document))?;
    let values = toml::Value::Table(values);
    range::check(&values)?;
    let assay = toml::Deserializer::parse(text)
        .and_then(Unchecked::deserialize)
        .map_err(|e| translate(&e, document))?;
    check::verify_marks(&assay, &assay.checked_values()?)?;
    Ok(assay)
}
