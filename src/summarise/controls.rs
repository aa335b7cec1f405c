//! Normal controls that a cutoff may be made from.

use std::collections::BTreeMap;

use serde::Serialize;

use super::control_fault::{ControlFault, RefusedControls};
use crate::assay::Assay;
use crate::decide::{Count, minimum_cells};
use crate::statistics::chance_of_more;

/// Normal controls that laboratories use for a cutoff, and fewest without a caution. Source: "20 typical, ACMG E9", by
/// the review of cutoffs doi 10.2353/jmoldx.2009.080101; not read in the original.
pub const USUAL_CONTROLS: usize = 20;

/// Fewest normal controls whatever is asked for. Source: at least 5 donors, the chapter of a laboratory manual
/// (barnardhealth.us).
pub(crate) const MIN_CONTROLS: usize = 5;

/// Highest percentage of a normal control. Source: cutoffs in use are 1 to 30 %, so that no normal specimen lies above.
const MAX_NORMAL_PERCENT: f64 = 30.0;

/// Percentage from which a control is refused if it also stands out from the others. Source: the usual cutoff of
/// break-apart assays (ALK: doi 10.3390/ijms20163939).
const POSITIVE_PERCENT: f64 = 15.0;

/// Chance that any control of a set of sound ones stands out. Chosen for this crate.
const STANDS_OUT: f64 = 0.001;

/// A normal control: a specimen that is known to be normal, as it was scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NormalControl {
    /// Its name.
    pub specimen: String,
    /// Id of the assay that scored it.
    pub assay: String,
    /// Nuclei read as rearranged, of the evaluable ones.
    pub count: Count,
    /// Fields that could not be read.
    pub failed_fields: usize,
    /// Codes of the findings that withhold its verdict.
    pub withheld_by: Vec<String>,
}

impl NormalControl {
    /// A control without faults.
    #[must_use]
    pub fn new(specimen: impl Into<String>, assay: impl Into<String>, count: Count) -> Self {
        Self {
            specimen: specimen.into(),
            assay: assay.into(),
            count,
            failed_fields: 0,
            withheld_by: Vec::new(),
        }
    }

    pub(super) fn percent(&self) -> f64 {
        self.count.percent().unwrap_or_default()
    }
}

/// Normal controls of one assay, from which a cutoff can be made: enough of them, each complete, with enough nuclei, and
/// none that reads as a rearranged specimen does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NormalControls {
    /// The controls, by name.
    controls: Vec<NormalControl>,
    #[serde(skip)]
    assay: Assay,
}

impl NormalControls {
    /// Checks controls for a cutoff of `assay`. At least `min_controls` are needed, and never fewer than 5;
    /// [`USUAL_CONTROLS`] are usual.
    ///
    /// ```
    /// use breakapart::Assay;
    /// use breakapart::summarise::{Count, NormalControl, NormalControls, USUAL_CONTROLS};
    /// let control = |i: usize| Ok(NormalControl::new(format!("n{i}"), "alk", Count::new(i % 4, 100)?));
    /// let controls = (0..7).map(control).collect::<breakapart::Result<Vec<_>>>()?;
    /// let refused = NormalControls::new(controls.clone(), &Assay::builtin("alk")?, USUAL_CONTROLS).unwrap_err();
    /// assert!(refused.to_string().ends_with("7 normal controls are too few: 20 are needed, 13 more."));
    /// assert!(NormalControls::new(controls, &Assay::builtin("alk")?, 5).is_ok());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RefusedControls`] with all reasons.
    pub fn new(
        mut controls: Vec<NormalControl>,
        assay: &Assay,
        min_controls: usize,
    ) -> Result<Self, RefusedControls> {
        controls.sort_by(|a, b| a.specimen.cmp(&b.specimen));
        let all = sum(&controls);
        let mut faults = of_other_assays(&controls, assay);
        let scored_by_it = controls.iter().filter(|control| control.assay == assay.id);
        faults.extend(scored_by_it.flat_map(|control| faults_of(control, all, assay)));
        let twice = controls.windows(2).filter(|pair| pair[0].specimen == pair[1].specimen);
        faults.extend(twice.map(|pair| ControlFault::NamedTwice { specimen: pair[0].specimen.clone() }));
        let needed = min_controls.max(MIN_CONTROLS);
        if controls.len() < needed {
            faults.push(ControlFault::TooFewControls { found: controls.len(), needed });
        }
        if faults.is_empty() {
            Ok(Self { controls, assay: assay.clone() })
        } else {
            Err(RefusedControls { faults })
        }
    }

    /// The controls, sorted by name.
    #[must_use]
    pub fn as_slice(&self) -> &[NormalControl] {
        &self.controls
    }

    /// The assay that the cutoff is for.
    #[must_use]
    pub fn assay(&self) -> &Assay {
        &self.assay
    }

    /// Rearranged and evaluable nuclei of all controls together.
    #[must_use]
    pub fn total(&self) -> Count {
        sum(&self.controls)
    }

    pub(super) fn counts(&self) -> Vec<Count> {
        self.controls.iter().map(|control| control.count).collect()
    }
}

fn sum(controls: &[NormalControl]) -> Count {
    let add = |a: Count, b: &NormalControl| Count {
        positive: a.positive + b.count.positive,
        total: a.total + b.count.total,
    };
    controls.iter().fold(Count::default(), add)
}

/// The controls of each other assay.
fn of_other_assays(controls: &[NormalControl], assay: &Assay) -> Vec<ControlFault> {
    let mut by_assay: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for control in controls.iter().filter(|control| control.assay != assay.id) {
        by_assay.entry(&control.assay).or_default().push(control.specimen.clone());
    }
    let fault = |(scored_by, specimens): (&str, Vec<String>)| {
        let (scored_by, wanted) = (scored_by.to_owned(), assay.id.clone());
        ControlFault::OtherAssay { specimens, scored_by, wanted }
    };
    by_assay.into_iter().map(fault).collect()
}

fn faults_of(control: &NormalControl, all: Count, assay: &Assay) -> Vec<ControlFault> {
    let specimen = control.specimen.clone();
    let mut faults = Vec::new();
    if control.failed_fields > 0 {
        let specimen = specimen.clone();
        faults.push(ControlFault::Incomplete { specimen, failed_fields: control.failed_fields });
    }
    if !control.withheld_by.is_empty() {
        faults.push(ControlFault::Withheld { specimen: specimen.clone(), by: control.withheld_by.clone() });
    }
    let Count { positive, total } = control.count;
    let needed = minimum_cells(assay);
    if total < needed {
        faults.push(ControlFault::TooFewNuclei { specimen, found: total, needed });
        return faults;
    }
    let is_positive = control.percent() >= POSITIVE_PERCENT && stands_out(control, all, 1);
    if control.percent() > MAX_NORMAL_PERCENT || is_positive {
        let others = Count { positive: all.positive - positive, total: all.total - total };
        let others_percent = others.percent().unwrap_or_default();
        faults.push(ControlFault::NotNormal { specimen, count: control.count, others_percent });
    }
    faults
}

/// Whether a control has more rearranged nuclei than the other `controls` let expect.
pub(super) fn stands_out(control: &NormalControl, all: Count, controls: usize) -> bool {
    let Count { positive, total } = control.count;
    let chance = chance_of_more((positive, total), (all.positive, all.total));
    chance * (controls.max(1) as f64) < STANDS_OUT
}
