//! The reading of one specimen.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::assay::Assay;
use crate::classify::NucleusCall;
use crate::error::Result;
#[cfg(feature = "run")]
use crate::quality::{RunFacts, replace_findings_of_run};
use crate::reading::{FieldReading, Instrument, NucleusRow};
use crate::summarise::{Grounds, SummariseParams, Summary, summarise};

/// The version of the layout of a saved reading. One of another version is refused when it is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct SchemaVersion;

impl SchemaVersion {
    /// The version that this crate writes and reads. It rises when a key changes its name or meaning.
    pub const CURRENT: u32 = 1;
}

impl Serialize for SchemaVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::CURRENT)
    }
}

impl<'de> Deserialize<'de> for SchemaVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let version = u32::deserialize(deserializer)?;
        if version == Self::CURRENT {
            return Ok(Self);
        }
        let current = Self::CURRENT;
        Err(serde::de::Error::custom(format!(
            "a reading of schema version {version}, this crate reads version {current}"
        )))
    }
}

/// The reading of one specimen, with all that it was decided with.
///
/// It can be saved and loaded by any `serde` format that keeps floats, such as JSON. A loaded reading has no label images
/// and gives the same verdict.
///
/// ```
/// use breakapart::analyse::{Analyser, SpecimenReading};
/// use breakapart::{Assay, Field};
/// use ndarray::Array2;
/// let dark = || Array2::<u16>::from_elem((64, 64), 100);
/// let field = Field::new("field_000", dark(), dark(), dark())?;
/// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
/// let saved = serde_json::to_string(&reading)?;
/// let loaded: SpecimenReading = serde_json::from_str(&saved)?;
/// assert_eq!(loaded.decide()?, reading.summary);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SpecimenReading {
    /// Version of the layout.
    pub schema_version: SchemaVersion,
    /// The specimen's name.
    pub name: String,
    /// The assay that it was read by.
    pub assay: Assay,
    /// Its fields by name.
    pub fields: Vec<FieldReading>,
    /// Properties of the microscope and the probes.
    pub instrument: Instrument,
    /// Facts and findings that the verdict was decided with.
    pub grounds: Grounds,
    /// Parameters of the summary.
    pub params: SummariseParams,
    /// Counts, percentage, findings and verdict over all fields.
    pub summary: Summary,
}

impl SpecimenReading {
    /// The calls of all nuclei, in the order of the fields.
    pub fn calls(&self) -> impl Iterator<Item = &NucleusCall> {
        self.fields.iter().flat_map(FieldReading::calls)
    }

    /// One row a nucleus, for flat tables.
    pub fn rows(&self) -> impl Iterator<Item = NucleusRow<'_>> {
        self.fields.iter().flat_map(FieldReading::rows)
    }

    /// The reading as part of another run: judged by these facts, every nucleus as it was called.
    ///
    /// # Errors
    /// As [`summarise`].
    #[cfg(feature = "run")]
    pub(crate) fn of_run(mut self, facts: &RunFacts) -> Result<Self> {
        replace_findings_of_run(&mut self.grounds.findings, facts, &self.assay.id);
        self.summary = self.decide()?;
        Ok(self)
    }

    /// Summarises the calls again, by the assay, the facts and the findings of the reading.
    ///
    /// # Errors
    /// As [`summarise`].
    pub fn decide(&self) -> Result<Summary> {
        let calls: Vec<NucleusCall> = self.calls().cloned().collect();
        summarise(&calls, &self.assay, &self.grounds, &self.params)
    }
}
