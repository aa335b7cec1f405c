//! What a number of copies is about: a probe, or an end of a gene with its partner.

use std::fmt;

use crate::error::{Error, Result};
use crate::words::words;

/// The name of a probe: a gene, a locus or an end of a gene, such as `ALK`, `D21S259` or `3'ALK`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProbeName(String);

impl ProbeName {
    /// A name that an ISCN string can hold.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if it is empty or has other characters than letters, digits and `'-.@_`. A small `x` is
    /// the sign before a number of copies, and stands in no name.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if !name.is_empty() && name.chars().all(is_of_name) {
            Ok(Self(name))
        } else {
            Err(Error::parameter("probe name", format!("`{name}`"), "letters but `x`, digits, and `'-.@_`"))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProbeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name can have a character.
pub(super) fn is_of_name(c: char) -> bool {
    (c.is_ascii_alphanumeric() && c != 'x') || matches!(c, '\'' | '-' | '.' | '@' | '_')
}

/// How two probes lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Connected: still joined.
    Con,
    /// Separated, where they should be joined.
    Sep,
}

words!(Relation, "relation of probes", {
    Con => "con",
    Sep => "sep",
});

/// A probe, or probes that are joined or separated: `ALK`, `3'ALK sep 5'ALK`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Target {
    /// The first probe.
    pub first: ProbeName,
    /// Further ones, each with its relation to the one before.
    pub others: Vec<(Relation, ProbeName)>,
}

impl Target {
    /// One probe.
    #[must_use]
    pub fn probe(name: ProbeName) -> Self {
        Self { first: name, others: Vec::new() }
    }

    /// Two probes.
    #[must_use]
    pub fn pair(first: ProbeName, relation: Relation, second: ProbeName) -> Self {
        Self { first, others: vec![(relation, second)] }
    }

    /// Whether it is about two probes or more.
    #[must_use]
    pub fn is_relation(&self) -> bool {
        !self.others.is_empty()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.others.iter().try_for_each(|(relation, probe)| write!(f, " {relation} {probe}"))
    }
}
