//! One error type, whose variants say whose fault it is.

use std::fmt;
use std::path::{Path, PathBuf};

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Where in the input a problem was met. Each part is shown only if it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The file.
    pub path: Option<PathBuf>,
    /// Page (image file directory) of a multi-page file, the first being 0.
    pub page: Option<usize>,
    /// Channel: its name, or its index as text.
    pub channel: Option<String>,
    /// Key of a configuration file, with dots between levels.
    pub key: Option<String>,
}

impl Location {
    /// A file.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self { path: Some(path.as_ref().to_path_buf()), ..Self::default() }
    }

    /// The same place, on a page.
    #[must_use]
    pub fn page(mut self, page: usize) -> Self {
        self.page = Some(page);
        self
    }

    /// The same place, in a channel.
    #[must_use]
    pub fn channel(mut self, channel: impl fmt::Display) -> Self {
        self.channel = Some(channel.to_string());
        self
    }

    /// The same place, at a key.
    #[must_use]
    pub fn key(mut self, key: impl fmt::Display) -> Self {
        self.key = Some(key.to_string());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        if let Some(path) = &self.path {
            parts.push(path.display().to_string());
        }
        if let Some(page) = self.page {
            parts.push(format!("page {page}"));
        }
        if let Some(channel) = &self.channel {
            parts.push(format!("channel {channel}"));
        }
        if let Some(key) = &self.key {
            parts.push(format!("key `{key}`"));
        }
        if parts.is_empty() { f.write_str("input") } else { f.write_str(&parts.join(", ")) }
    }
}

/// Everything that can go wrong. The variant says whose fault it is: the machine, the file, this crate,
/// the caller, or a limit that the caller set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read or write.
    #[error("{location}: {source}")]
    Io {
        /// The file or folder.
        location: Location,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file breaks the rules of its own format, or holds values that no image can have.
    #[error("{location}: {problem}")]
    Malformed {
        /// Where.
        location: Location,
        /// What is wrong, with the offending value.
        problem: String,
    },
    /// The file is valid, but this crate does not read such files.
    #[error("{location}: not supported: {feature}")]
    Unsupported {
        /// Where.
        location: Location,
        /// What is not supported, and what to do instead where that is known.
        feature: String,
    },
    /// The caller gave a value out of range.
    #[error("{name} = {value} is out of range: allowed is {allowed}")]
    InvalidParameter {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// The allowed range, in words.
        allowed: String,
    },
    /// An assay file holds a value that is missing, unknown or out of range.
    #[error("{location}: {problem}")]
    Assay {
        /// File and key.
        location: Location,
        /// What is wrong, with the value and the allowed range.
        problem: String,
    },
    /// Reading would exceed a limit that the caller set.
    #[error("{location}: needs {needed} bytes, the limit is {limit} bytes")]
    Limit {
        /// Where.
        location: Location,
        /// Bytes that the decoded image would take.
        needed: u64,
        /// The limit in force.
        limit: u64,
    },
    /// The input leaves a choice open that must not be guessed, such as which channel is which.
    #[error("{location}: cannot decide {question}; found {found}; {remedy}")]
    Undecided {
        /// Where.
        location: Location,
        /// What could not be decided.
        question: String,
        /// What the input holds.
        found: String,
        /// How the user can decide it.
        remedy: String,
    },
}

impl Error {
    /// An [`Error::InvalidParameter`].
    pub fn parameter(name: impl fmt::Display, value: impl fmt::Display, allowed: impl fmt::Display) -> Self {
        Self::InvalidParameter {
            name: name.to_string(),
            value: value.to_string(),
            allowed: allowed.to_string(),
        }
    }

    /// An [`Error::Io`].
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { location: Location::file(path), source }
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
