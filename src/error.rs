//! One error type, whose variants say whose fault it is.

mod nearest;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use nearest::nearest;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Where in the input a problem was met. Each part is shown only if it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location(Box<Parts>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    path: Option<PathBuf>,
    page: Option<usize>,
    channel: Option<String>,
    key: Option<String>,
}

impl Location {
    /// A file.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self(Box::new(Parts { path: Some(path.as_ref().to_path_buf()), ..Parts::default() }))
    }

    /// The same place, on a page (image file directory), the first being 0.
    #[must_use]
    pub fn at_page(mut self, page: usize) -> Self {
        self.0.page = Some(page);
        self
    }

    /// The same place, in a channel: its name, or its index.
    #[must_use]
    pub fn at_channel(mut self, channel: impl fmt::Display) -> Self {
        self.0.channel = Some(channel.to_string());
        self
    }

    /// The same place, at a key of a configuration file, with dots between levels.
    #[must_use]
    pub fn at_key(mut self, key: impl fmt::Display) -> Self {
        self.0.key = Some(key.to_string());
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Page of a multi-page file, the first being 0.
    #[must_use]
    pub fn page(&self) -> Option<usize> {
        self.0.page
    }

    /// Channel.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }

    /// Key of a configuration file.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        if let Some(path) = &self.0.path {
            parts.push(path.display().to_string());
        }
        if let Some(page) = self.0.page {
            parts.push(format!("page {page}"));
        }
        if let Some(channel) = &self.0.channel {
            parts.push(format!("channel {channel}"));
        }
        if let Some(key) = &self.0.key {
            parts.push(format!("key `{key}`"));
        }
        if parts.is_empty() { f.write_str("input") } else { f.write_str(&parts.join(", ")) }
    }
}

/// Everything that can go wrong. The variant says whose fault it is: the machine, the file, this crate,
/// the caller, or a limit that the caller set.
///
/// ```
/// use breakapart::{Error, PixelSize};
/// let error = PixelSize::from_um(f64::NAN).unwrap_err();
/// assert_eq!(error.code(), "invalid_parameter");
/// assert!(!error.is_data_error());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read or write.
    #[error("{location}: {cause}")]
    Io {
        /// The file or folder.
        location: Location,
        /// The system's error. It is part of the message, and also the [`source`](std::error::Error::source).
        #[source]
        cause: std::io::Error,
    },
    /// The data break the rules of their own format, or hold values that no image can have.
    #[error("{location}: {problem}")]
    Malformed {
        /// Where.
        location: Location,
        /// The fault, with the offending value.
        problem: String,
    },
    /// The file is valid, but this crate does not read such files.
    #[error("{location}: not supported: {feature}")]
    Unsupported {
        /// Where.
        location: Location,
        /// The feature that is not supported, and the remedy if one is known.
        feature: String,
    },
    /// The caller passed a value out of range.
    #[error("{name} = {value} is out of range: allowed is {allowed}")]
    InvalidParameter {
        /// The parameter.
        name: String,
        /// Its value.
        value: String,
        /// The allowed range, in words.
        allowed: String,
    },
    /// The caller used a name that does not exist.
    #[error("no {kind} `{name}`{} Known are {known}", did_you_mean(.nearest.as_deref()))]
    UnknownName {
        /// The kind of thing: `assay`, `sex`, ...
        kind: String,
        /// The name.
        name: String,
        /// The known name that was probably meant.
        nearest: Option<String>,
        /// The known names.
        known: String,
    },
    /// A value of an assay is missing, unknown or out of range, or contradicts another one.
    #[error("{location}: {problem}")]
    Assay {
        /// File and key.
        location: Location,
        /// The fault, with the value and the allowed range.
        problem: String,
    },
    /// Reading would exceed a limit that the caller set.
    #[error("{location}: needs {needed} bytes ({} MiB), the limit is {limit} bytes ({} MiB)", needed.div_ceil(1 << 20), limit >> 20)]
    Limit {
        /// Where.
        location: Location,
        /// Size of the decoded image, bytes.
        needed: u64,
        /// The limit, bytes.
        limit: u64,
    },
    /// The input leaves a choice open that must not be guessed, such as which channel is which.
    #[error("{location}: {question} (found {found}); {remedy}")]
    Undecided {
        /// Where.
        location: Location,
        /// The open choice.
        question: String,
        /// The content of the input.
        found: String,
        /// How the user can decide it.
        remedy: String,
    },
    /// The caller ended the work before it was done.
    #[error("cancelled")]
    Cancelled,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(|| ".".to_owned(), |name| format!("; did you mean `{name}`?"))
}

impl Error {
    /// A word for the variant that stays the same whatever the message says: `io`, `malformed`, `unsupported`,
    /// `invalid_parameter`, `unknown_name`, `invalid_assay`, `limit_exceeded`, `undecided` or `cancelled`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Malformed { .. } => "malformed",
            Self::Unsupported { .. } => "unsupported",
            Self::InvalidParameter { .. } => "invalid_parameter",
            Self::UnknownName { .. } => "unknown_name",
            Self::Assay { .. } => "invalid_assay",
            Self::Limit { .. } => "limit_exceeded",
            Self::Undecided { .. } => "undecided",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the fault lies in the data at hand (`malformed`, `unsupported`, `limit_exceeded`, `undecided`): other
    /// data may be read by the same call. If not, it lies in the caller's parameters or assay, or in the machine.
    #[must_use]
    pub fn is_data_error(&self) -> bool {
        match self {
            Self::Malformed { .. }
            | Self::Unsupported { .. }
            | Self::Limit { .. }
            | Self::Undecided { .. } => true,
            Self::Io { .. }
            | Self::InvalidParameter { .. }
            | Self::UnknownName { .. }
            | Self::Assay { .. }
            | Self::Cancelled => false,
        }
    }

    /// An [`Error::InvalidParameter`].
    pub fn parameter(name: impl fmt::Display, value: impl fmt::Display, allowed: impl fmt::Display) -> Self {
        Self::InvalidParameter {
            name: name.to_string(),
            value: value.to_string(),
            allowed: allowed.to_string(),
        }
    }

    /// An [`Error::UnknownName`].
    pub(crate) fn unknown<'a>(kind: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::UnknownName {
            kind: kind.to_owned(),
            name: name.to_owned(),
            nearest: nearest(name, known.iter().copied()).map(str::to_owned),
            known: known.join(", "),
        }
    }

    /// The same error of a parameter that stands in a section of all parameters.
    pub(crate) fn in_section(self, section: &str) -> Self {
        match self {
            Self::InvalidParameter { name, value, allowed } => {
                Self::InvalidParameter { name: format!("{section}.{name}"), value, allowed }
            }
            other => other,
        }
    }

    /// An [`Error::Io`].
    pub fn io(path: impl AsRef<Path>, cause: std::io::Error) -> Self {
        Self::Io { location: Location::file(path), cause }
    }

    /// An [`Error::Malformed`].
    pub fn malformed(location: Location, problem: impl fmt::Display) -> Self {
        Self::Malformed { location, problem: problem.to_string() }
    }

    /// An [`Error::Unsupported`].
    pub fn unsupported(location: Location, feature: impl fmt::Display) -> Self {
        Self::Unsupported { location, feature: feature.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn the_system_s_error_is_the_source() {
        let error = Error::io("a.tif", std::io::ErrorKind::NotFound.into());
        assert!(error.source().and_then(|source| source.downcast_ref::<std::io::Error>()).is_some());
        assert_eq!(error.code(), "io");
        assert!(error.to_string().starts_with("a.tif: "));
    }

    #[test]
    fn faults_of_the_data_are_told_from_faults_of_the_caller() {
        assert!(Error::malformed(Location::file("a.tif"), "no pages").is_data_error());
        assert!(!Error::parameter("share", f64::NAN, "0 to 1").is_data_error());
        assert!(!Error::unknown("assay", "alc", ["alk"]).is_data_error());
    }
}
