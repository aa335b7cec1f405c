//! The fields of an assay definition (see `assays/*.toml` for the built-in ones).

use serde::{Deserialize, Serialize};

/// End of the gene that a probe marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProbeEnd {
    /// 5' of the breakpoint.
    #[serde(rename = "5'")]
    FivePrime,
    /// 3' of the breakpoint: the kinase end of kinase genes.
    #[serde(rename = "3'")]
    ThreePrime,
}

/// Which samples a definition was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleType {
    /// Formalin-fixed paraffin-embedded tissue section: nuclei are cut.
    Ffpe,
    /// Smears, touch preparations, cell blocks read as whole nuclei.
    Cytology,
    /// Bone marrow or blood.
    Marrow,
}

/// Sex of the patient, which sets the normal copy number of an X-linked gene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Two X chromosomes.
    Female,
    /// One X chromosome.
    Male,
}
