//! Cutoffs of patterns that are reported beside the verdict.

use serde::{Deserialize, Serialize};

use super::percent::{Comparator, Percent};

/// Cutoffs of intact patterns that a report names beside the verdict, percent of the evaluable nuclei. They change no
/// verdict. A section cuts loci off many nuclei, so that such cutoffs are far from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Secondary {
    /// The side of the cutoffs to which the cutoffs themselves belong.
    pub comparator: Comparator,
    /// Nuclei with fewer intact loci than normal and nothing else, such as `1F`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monosomy_percent: Option<Percent>,
    /// Nuclei with more intact loci than normal and nothing else, such as `3F` and more, amplified ones included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polysomy_percent: Option<Percent>,
    /// Nuclei in which the gene is amplified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplification_percent: Option<Percent>,
}
