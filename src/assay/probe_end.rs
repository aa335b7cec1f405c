//! The ends of a gene.

use serde::{Deserialize, Serialize};

use crate::words::words;

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

words!(ProbeEnd, "end of the gene", {
    FivePrime => "5'",
    ThreePrime => "3'",
});
