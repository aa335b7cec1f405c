//! An ISCN string as data, and its emitter.

use std::fmt;

use super::count::{Count, Nuclei, Times};
use super::probe::Target;

/// What an ISCN string of interphase FISH (`nuc ish`) begins with.
pub(super) const PREFIX: &str = "nuc ish";

/// An ISCN string of interphase FISH.
///
/// `Display` writes it, `FromStr` reads it. A string that was read is written the same, but for blanks, for a comma before
/// `(... sep ...)` as in older editions, and for a second kind of times symbol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Iscn {
    /// The sign before a number of copies.
    pub times: Times,
    /// The probe sets; of a chimerism those of the recipient.
    pub probe_sets: Vec<ProbeSet>,
    /// The probe sets of the donor's cells, after `//`; `None` without chimerism.
    pub donor: Option<Vec<ProbeSet>>,
}

/// One probe set with the patterns that its nuclei show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ProbeSet {
    /// The band, as older strings state it: `21q22`.
    pub band: Option<String>,
    /// The patterns, the most frequent first.
    pub patterns: Vec<Pattern>,
}

/// A pattern of signals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Pattern {
    /// What it shows, each in parentheses.
    pub groups: Vec<Group>,
    /// The nuclei that show it; `None` if that is not stated.
    pub nuclei: Option<Nuclei>,
}

/// The contents of one pair of parentheses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Group {
    /// Each with a count of its own: `(3'ALKx2,5'ALKx1)`.
    Each(Vec<Counted>),
    /// All with one count: `(ABL1,BCR)x3`.
    #[non_exhaustive]
    Shared {
        /// The probes.
        targets: Vec<Target>,
        /// Their count.
        count: Count,
    },
}

/// A probe, or a relation of probes, with its count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Counted {
    /// The probe or the relation.
    pub target: Target,
    /// Its count.
    pub count: Count,
}

impl Counted {
    /// A probe or a relation with its count.
    #[must_use]
    pub fn new(target: Target, count: Count) -> Self {
        Self { target, count }
    }
}

impl Iscn {
    /// The string of one probe set.
    #[must_use]
    pub fn of_set(patterns: Vec<Pattern>, times: Times) -> Self {
        Self { times, probe_sets: vec![ProbeSet { band: None, patterns }], donor: None }
    }

    /// The patterns of all probe sets.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.probe_sets.iter().chain(self.donor.iter().flatten()).flat_map(|set| &set.patterns)
    }
}

impl Pattern {
    /// The groups as they are written.
    pub(super) fn text(&self, times: Times) -> String {
        self.groups.iter().map(|group| group.text(times)).collect()
    }
}

impl Group {
    /// Whether it states nothing but relations: `(3'ALK sep 5'ALKx1)`.
    pub(super) fn is_relation(&self) -> bool {
        match self {
            Self::Each(counted) => counted.iter().all(|counted| counted.target.is_relation()),
            Self::Shared { targets, .. } => targets.iter().all(Target::is_relation),
        }
    }

    fn text(&self, times: Times) -> String {
        let joined = |parts: Vec<String>| parts.join(",");
        match self {
            Self::Each(counted) => {
                let one = |counted: &Counted| format!("{}{}", counted.target, counted.count.text(times));
                format!("({})", joined(counted.iter().map(one).collect()))
            }
            Self::Shared { targets, count } => {
                let targets = joined(targets.iter().map(Target::to_string).collect());
                format!("({targets}){}", count.text(times))
            }
        }
    }
}

impl fmt::Display for Iscn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        write_sets(f, &self.probe_sets, self.times)?;
        if let Some(donor) = &self.donor {
            f.write_str("//")?;
            write_sets(f, donor, self.times)?;
        }
        Ok(())
    }
}

fn write_sets(f: &mut fmt::Formatter<'_>, sets: &[ProbeSet], times: Times) -> fmt::Result {
    for (i, set) in sets.iter().enumerate() {
        if i > 0 {
            f.write_str(",")?;
        }
        if let Some(band) = &set.band {
            write!(f, "{}{band}", if i == 0 { " " } else { "" })?;
        }
        for (j, pattern) in set.patterns.iter().enumerate() {
            let nuclei = pattern.nuclei.map_or_else(String::new, Nuclei::text);
            write!(f, "{}{}{nuclei}", if j > 0 { "/" } else { "" }, pattern.text(times))?;
        }
    }
    Ok(())
}
