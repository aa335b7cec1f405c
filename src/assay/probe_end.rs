//! The ends of a gene.

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

impl ProbeEnd {
    /// `"5'"` or `"3'"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FivePrime => "5'",
            Self::ThreePrime => "3'",
        }
    }
}
