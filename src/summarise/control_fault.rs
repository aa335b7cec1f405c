//! Why no cutoff can be made from normal controls.

use std::fmt;

use crate::decide::Count;

/// Why no cutoff can be made from the controls.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ControlFault {
    /// There are too few of them.
    TooFewControls {
        /// Controls that there are.
        found: usize,
        /// Controls needed.
        needed: usize,
    },
    /// Two have the same name: one specimen would count twice.
    NamedTwice {
        /// The name.
        specimen: String,
    },
    /// Controls were scored by another assay.
    OtherAssay {
        /// The controls.
        specimens: Vec<String>,
        /// Id of that assay.
        scored_by: String,
        /// Id of the assay that the cutoff is for.
        wanted: String,
    },
    /// Some fields of a control could not be read.
    Incomplete {
        /// The control.
        specimen: String,
        /// Fields that could not be read.
        failed_fields: usize,
    },
    /// The verdict on a control was withheld.
    Withheld {
        /// The control.
        specimen: String,
        /// Codes of the findings.
        by: Vec<String>,
    },
    /// A control has fewer evaluable nuclei than the assay asks for.
    TooFewNuclei {
        /// The control.
        specimen: String,
        /// Its evaluable nuclei.
        found: usize,
        /// Nuclei needed.
        needed: usize,
    },
    /// A control has more rearranged nuclei than a normal specimen can have.
    NotNormal {
        /// The control.
        specimen: String,
        /// Its nuclei.
        count: Count,
        /// Percentage of all other controls together.
        others_percent: f64,
    },
}

impl fmt::Display for ControlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewControls { found, needed } => {
                write!(
                    f,
                    "{found} normal controls are too few: {needed} are needed, {} more.",
                    needed - found
                )
            }
            Self::NamedTwice { specimen } => {
                write!(f, "{specimen}: two controls have this name. Leave one out, or rename it.")
            }
            Self::OtherAssay { specimens, scored_by, wanted } => write!(
                f,
                "{}: scored by the assay `{scored_by}`, and the cutoff is for `{wanted}`. Score by `{wanted}`.",
                specimens.join(", ")
            ),
            Self::Incomplete { specimen, failed_fields } => write!(
                f,
                "{specimen}: {failed_fields} of its fields could not be read, and the counts are without them. Repair the fields \
                 and score it again, or leave it out."
            ),
            Self::Withheld { specimen, by } => write!(
                f,
                "{specimen}: its verdict is withheld ({}). Mend the fault that the report names and score it again, or leave \
                 it out.",
                by.join(", ")
            ),
            Self::TooFewNuclei { specimen, found, needed } => write!(
                f,
                "{specimen}: {found} evaluable nuclei are too few: the assay asks for {needed}. Add fields, or leave it out."
            ),
            Self::NotNormal { specimen, count, others_percent } => write!(
                f,
                "{specimen}: {} of {} nuclei ({:.1} %) read as rearranged, in the other controls {others_percent:.1} %. That is \
                 more than a normal specimen shows. Look at it; leave it out if it is not normal.",
                count.positive,
                count.total,
                count.percent().unwrap_or_default()
            ),
        }
    }
}

/// All reasons why no cutoff can be made from some controls.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RefusedControls {
    /// The reasons: of the controls in their order, then of all together.
    pub faults: Vec<ControlFault>,
}

impl fmt::Display for RefusedControls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no cutoff can be made from these controls")?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for RefusedControls {}
