//! Further contents of a report.

use super::page::Gallery;
use super::review_record::ReviewRecord;

/// Further contents of a report, beside the reading.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReportExtras {
    /// The files and settings of the reading.
    pub provenance: Option<Provenance>,
    /// Name of the file or folder with the regions.
    pub regions: Option<String>,
    /// Remarks of the laboratory on the specimen, each with its name, such as `note`.
    pub facts: Vec<(String, String)>,
    /// The reviews that the reading was made with; `None` for the reading of the program.
    pub review: Option<ReviewRecord>,
    /// A section after the results, which is not printed.
    pub(crate) gallery: Option<Gallery>,
}

impl ReportExtras {
    /// The same with what the reading was made from.
    #[must_use]
    pub fn with_provenance(self, provenance: Provenance) -> Self {
        Self { provenance: Some(provenance), ..self }
    }

    /// The same with the reviews that the reading was made with.
    #[must_use]
    pub fn with_review(self, review: ReviewRecord) -> Self {
        Self { review: Some(review), ..self }
    }

    /// The same with the name of the file or folder with the regions.
    #[must_use]
    pub fn with_regions(self, name: impl Into<String>) -> Self {
        Self { regions: Some(name.into()), ..self }
    }

    /// The same with one more fact of the laboratory. An empty one is left out.
    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let fact = (name.into(), value.into());
        if !fact.1.is_empty() {
            self.facts.push(fact);
        }
        self
    }
}

/// A file that a reading was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct InputDigest {
    /// Its field.
    pub field: String,
    /// Its name, without its folder.
    pub name: String,
    /// Its BLAKE3 digest, hexadecimal.
    pub blake3: String,
}

/// The files and settings of a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// BLAKE3 digest of the assay, the parameters and the options, hexadecimal.
    pub settings: String,
    /// The files.
    pub inputs: Vec<InputDigest>,
}

impl Provenance {
    /// The digest of the settings, and the files.
    #[must_use]
    pub fn new(settings: impl Into<String>, inputs: Vec<InputDigest>) -> Self {
        Self { settings: settings.into(), inputs }
    }
}
