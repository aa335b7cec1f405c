//! The dossier.

use std::collections::BTreeSet;

use serde::Serialize;

use super::accuracy::Accuracy;
use super::concordance::Concordance;
use super::cutoff::CutoffPart;
use super::detection::Detection;
use super::input::{DossierInput, DossierOptions, Repeats};
use super::precision::PrecisionPart;
use super::reader_agreement::Readers;
use super::review_agreement::ReviewAgreement;
use super::unused::{Unused, UnusedReason};
use super::use_and_settings::UseAndSettings;
use crate::error::Result;

/// Version of the layout of `dossier.json`.
const SCHEMA_VERSION: u32 = 1;

/// The validation dossier of a laboratory for one assay.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Dossier {
    /// Version of the layout.
    pub schema_version: u32,
    /// Version of the crate that made it.
    pub crate_version: String,
    /// How it was made.
    pub options: DossierOptions,
    /// Intended use and settings.
    pub use_and_settings: UseAndSettings,
    /// Against manual counts.
    pub accuracy: Accuracy,
    /// By repeats.
    pub precision: PrecisionPart,
    /// Limit of detection.
    pub detection: Detection,
    /// Cutoff from normal controls.
    pub cutoff: CutoffPart,
    /// Agreement of readers.
    pub readers: Readers,
    /// Agreement of the readers who reviewed results; `None` if no result was reviewed.
    pub reviews: Option<ReviewAgreement>,
    /// With immunohistochemistry and sequencing.
    pub concordance: Concordance,
    /// Results, rows and reviews that could not be used, by specimen.
    pub unused: Vec<Unused>,
}

impl Dossier {
    /// Makes the dossier of a laboratory. The order of the specimens plays no part.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if an option is out of range, a specimen stands twice,
    /// repeats a specimen that is not there, or has more rearranged nuclei than evaluable ones.
    pub fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        options.validate()?;
        input.check()?;
        let mut input = input.clone();
        input.specimens.sort_by(|a, b| a.specimen.cmp(&b.specimen));
        input.reviews.sort_by(|a, b| a.specimen.cmp(&b.specimen));
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            options: *options,
            use_and_settings: UseAndSettings::of(&input),
            accuracy: Accuracy::of(&input, options)?,
            precision: PrecisionPart::of(&input, options)?,
            detection: Detection::of(&input, options)?,
            cutoff: CutoffPart::of(&input, options)?,
            readers: Readers::of(&input, options)?,
            reviews: ReviewAgreement::of(&input, options)?,
            concordance: Concordance::of(&input, options)?,
            unused: unused_of(&input),
        })
    }
}

/// All that could not be used, each once.
fn unused_of(input: &DossierInput) -> Vec<Unused> {
    let names: BTreeSet<&str> = input.specimens.iter().map(|s| s.specimen.as_str()).collect();
    let repeats = Repeats::of(input);
    let without_first = input.specimens.iter().filter_map(|specimen| {
        let first = repeats.first_of(specimen).filter(|first| !names.contains(first))?;
        let reason = UnusedReason::RepeatWithoutFirst { first: first.to_owned() };
        Some(Unused::new(&specimen.specimen, reason))
    });
    let counts = input.readers.iter().filter(|count| !names.contains(count.specimen.as_str()));
    let counts = counts.map(|count| {
        Unused::new(&count.specimen, UnusedReason::CountWithoutResult { reader: count.reader.clone() })
    });
    let all: BTreeSet<Unused> = input.unused.iter().cloned().chain(without_first).chain(counts).collect();
    all.into_iter().collect()
}
