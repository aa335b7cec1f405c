//! One error type, whose variants say whose fault it is.

use std::fmt;
use std::path::{Path, PathBuf};

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
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read or write.
    #[error("{location}: {cause}")]
    Io {
        /// The file or folder.
        location: Location,
        /// What the system said; part of the message, and therefore not a further error of a chain.
        cause: std::io::Error,
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
    #[error("{location}: {question} (found {found}); {remedy}")]
    Undecided {
        /// Where.
        location: Location,
        /// The open question, as a statement.
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
