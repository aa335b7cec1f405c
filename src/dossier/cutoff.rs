//! The cutoff from the laboratory's normal controls.

use serde::Serialize;

use super::input::{DossierInput, DossierOptions, DossierSpecimen};
use super::minimum::NORMALS;
use super::part::{Part, TooFew};
use crate::assay::{Comparator, CutoffProvenance, Percent};
use crate::decide::Count;
use crate::error::Result;
use crate::summarise::{CutoffComparison, CutoffParams, NormalControl, NormalControls, USUAL_CONTROLS};

/// A normal control.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NormalSpecimen {
    /// Its name.
    pub specimen: String,
    /// Rearranged nuclei of the evaluable ones.
    pub count: Count,
    /// The same in percent.
    pub percent: Option<f64>,
}

/// The cutoff from normal controls, and the one that the assay uses.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CutoffPart {
    /// Cutoff of the assay, percent.
    pub in_use_percent: Percent,
    /// The side to which the cutoff itself belongs.
    pub comparator: Comparator,
    /// Where the cutoff of the assay comes from.
    pub provenance: CutoffProvenance,
    /// Normal controls.
    pub normals: Vec<NormalSpecimen>,
    /// Cutoffs by four methods side by side.
    pub comparison: Part<CutoffComparison>,
}

impl CutoffPart {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        let assay = &input.assay;
        let normals: Vec<&DossierSpecimen> = input.originals().filter(|s| s.is_normal).collect();
        let control = |specimen: &&DossierSpecimen| {
            let mut control = NormalControl::new(&specimen.specimen, &assay.id, specimen.count);
            control.failed_fields = specimen.failed_fields;
            control.withheld_by.clone_from(&specimen.withheld_by);
            control
        };
        let comparison = if normals.len() < NORMALS {
            let (of, found) = ("normal controls (column `control`: negative)".to_owned(), normals.len());
            Part::TooFew(TooFew { of, found, needed: NORMALS })
        } else {
            match NormalControls::new(normals.iter().map(control).collect(), assay, USUAL_CONTROLS) {
                Ok(controls) => {
                    let params = CutoffParams { confidence: options.confidence, ..CutoffParams::default() };
                    Part::Given(controls.compare(&params)?)
                }
                Err(refused) => {
                    Part::NotGiven { reasons: refused.faults.iter().map(ToString::to_string).collect() }
                }
            }
        };
        let normal = |specimen: &DossierSpecimen| NormalSpecimen {
            specimen: specimen.specimen.clone(),
            count: specimen.count,
            percent: specimen.count.percent(),
        };
        Ok(Self {
            in_use_percent: assay.decision.cutoff(),
            comparator: assay.decision.comparator(),
            provenance: assay.cutoff_provenance.clone(),
            normals: normals.into_iter().map(normal).collect(),
            comparison,
        })
    }
}
