//! Codes of terminologies, for reports that other systems read.

use serde::{Deserialize, Serialize};

/// Codes of a terminology by which other systems know the parts of a result.
///
/// A built-in assay has the codes of HL7 Genomics Reporting, marked in the list `verify`. Without this table a report for
/// other systems has texts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Codes {
    /// The terminology of all codes of this table, as an address.
    pub system: String,
    /// The observation: assessment of a genetic variant.
    pub observation: String,
    /// The test of this gene, if the terminology has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// The method, FISH.
    pub method: String,
    /// The component that names the gene.
    pub gene: String,
    /// The component that holds the ISCN string.
    pub iscn: String,
    /// The component that says whether the variant is somatic.
    pub source_class: String,
    /// The address of ISCN as the system of its strings.
    pub iscn_system: String,
}
