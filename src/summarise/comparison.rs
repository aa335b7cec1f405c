//! The cutoffs that normal controls give by each method, side by side.

use serde::Serialize;

use super::caution::CutoffCaution;
use super::controls::{NormalControl, NormalControls, USUAL_CONTROLS, stands_out};
use super::cutoff::{
    Cutoff, CutoffMethod, beta_inverse_cutoff, critical_binomial, exact_upper_bound, mean_plus_sd,
};
use crate::assay::Decision;
use crate::decide::{Count, minimum_cells};
use crate::error::{Error, Result};
use crate::statistics::{Dispersion, deviation_factor, dispersion};

/// Standard deviations above the mean. Source: laboratory practice, listed by doi 10.2353/jmoldx.2009.080101.
const DEVIATIONS: f64 = 3.0;
/// Chance of the scatter of controls with one common rate below which they have none. Chosen for this crate: one set of
/// sound controls in 100.
const SCATTERS: f64 = 0.01;
/// Mean count below which counts are not normally distributed: the usual rule for the normal approximation.
const MIN_MEAN_COUNT: f64 = 5.0;
/// Factor of the bound of a standard deviation above which it is uncertain. Chosen for this crate: reached below 38 controls.
const MAX_DEVIATION_FACTOR: f64 = 1.24;
/// Share of the normal specimens that the worst control is to exceed, and the chance that it does.
const COVERED: f64 = 0.95;

/// How cutoffs are made.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CutoffParams {
    /// One-sided confidence of the bounds, and of CRITBINOM. Range 0.5 to 0.9999. Default 0.95.
    pub confidence: f64,
    /// Nuclei of the specimens that the cutoff is for. Default: those of the control with the fewest.
    pub cells: Option<usize>,
}

impl Default for CutoffParams {
    fn default() -> Self {
        Self { confidence: 0.95, cells: None }
    }
}

/// The cutoff by one method.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CutoffRow {
    /// The cutoff. A specimen is positive above it, not at it.
    pub cutoff: Cutoff,
    /// Fewest rearranged nuclei of [`CutoffComparison::cells`] that are positive.
    pub positive_from: usize,
    /// The formula with its numbers.
    pub formula: String,
    /// Evaluable nuclei on which it rests.
    pub nuclei: usize,
    /// What speaks against it.
    pub cautions: Vec<CutoffCaution>,
}

/// The cutoffs by all methods, and the controls on which they rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CutoffComparison {
    /// Normal controls.
    pub controls: usize,
    /// Rearranged and evaluable nuclei of all of them.
    pub total: Count,
    /// Evaluable nuclei of the control with the fewest.
    pub fewest_nuclei: usize,
    /// The control with the highest bound by BETAINV.
    pub worst: NormalControl,
    /// Nuclei of the specimens that the cutoffs are for.
    pub cells: usize,
    /// One-sided confidence.
    pub confidence: f64,
    /// The cutoff by each method, in the order of [`CutoffMethod::ALL`].
    pub rows: Vec<CutoffRow>,
    /// What speaks against all of them.
    pub cautions: Vec<CutoffCaution>,
}

impl CutoffComparison {
    /// The cutoff by a method.
    #[must_use]
    pub fn row(&self, method: CutoffMethod) -> Option<&CutoffRow> {
        self.rows.iter().find(|row| row.cutoff.method == method)
    }
}

impl NormalControls {
    /// The cutoffs that these controls give by each method, side by side.
    ///
    /// ```
    /// use breakapart::Assay;
    /// use breakapart::summarise::{Count, CutoffMethod, CutoffParams, NormalControl, NormalControls};
    /// let read = [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2];
    /// let control = |(i, x): (usize, usize)| Ok(NormalControl::new(format!("n{i:02}"), "alk", Count::new(x, 200)?));
    /// let controls = read.into_iter().enumerate().map(control).collect::<breakapart::Result<Vec<_>>>()?;
    /// let controls = NormalControls::new(controls, &Assay::builtin("alk")?, 20).expect("20 sound controls");
    /// let cutoffs = controls.compare(&CutoffParams::default())?;
    /// let percent = |method| cutoffs.row(method).map(|row| format!("{:.2}", row.cutoff.percent));
    /// assert_eq!(percent(CutoffMethod::InverseBeta).as_deref(), Some("5.06"));
    /// assert_eq!(percent(CutoffMethod::ExactUpperBound).as_deref(), Some("5.18"));
    /// assert_eq!(percent(CutoffMethod::CriticalBinomial).as_deref(), Some("2.00"));
    /// assert_eq!(percent(CutoffMethod::MeanPlusSd).as_deref(), Some("2.93"));
    /// assert_eq!(cutoffs.rows[0].formula, "BETAINV(0.95, 5 + 1, 200) of n14");
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the confidence is not 0.5 to 0.9999, or `cells` is 0.
    pub fn compare(&self, params: &CutoffParams) -> Result<CutoffComparison> {
        let confidence = params.confidence;
        if !(0.5..=0.9999).contains(&confidence) {
            return Err(Error::parameter("confidence", confidence, "0.5 to 0.9999"));
        }
        let controls = self.as_slice();
        let fewest_nuclei = controls.iter().map(|control| control.count.total).min().unwrap_or_default();
        let cells = params.cells.unwrap_or(fewest_nuclei);
        let worst = self.worst(confidence, beta_inverse_cutoff)?;
        let exact = self.worst(confidence, exact_upper_bound)?;
        let counts = self.counts();
        let total = self.total();
        let rate = total.percent().unwrap_or_default() / 100.0;
        let critical = critical_binomial(cells, &counts, confidence)?;
        let by_counts = Cutoff::of_count(critical, cells, controls.len());
        let mean = mean_plus_sd(&counts, 0.0)?.percent;
        let gaussian = mean_plus_sd(&counts, DEVIATIONS)?;
        let sd = mean_plus_sd(&counts, 1.0)?.percent - mean;
        let (x, n, name) = (worst.count.positive, worst.count.total, &worst.specimen);
        let by_inverse_beta = format!("BETAINV({confidence}, {x} + 1, {n}) of {name}");
        let (x, m, name) = (exact.count.positive, exact.count.total, &exact.specimen);
        let by_exact_bound = format!("BETAINV({confidence}, {x} + 1, {m} - {x}) of {name}");
        let rows = [
            (beta_inverse_cutoff(&counts, confidence)?, by_inverse_beta, n),
            (exact_upper_bound(&counts, confidence)?, by_exact_bound, m),
            (by_counts, format!("CRITBINOM({cells}, {rate:.5}, {confidence}) = {critical}"), total.total),
            (gaussian, format!("{mean:.3} % + {DEVIATIONS} x {sd:.3} %"), total.total),
        ];
        let scatter = dispersion(&counts.iter().map(|c| (c.positive, c.total)).collect::<Vec<_>>())
            .filter(|scatter| scatter.p < SCATTERS);
        let row = |(cutoff, formula, nuclei): (Cutoff, String, usize)| CutoffRow {
            positive_from: cutoff.positive_from(cells),
            cautions: self.cautions_of(cutoff.method, scatter),
            cutoff,
            formula,
            nuclei,
        };
        Ok(CutoffComparison {
            controls: controls.len(),
            total,
            fewest_nuclei,
            cells,
            confidence,
            rows: rows.into_iter().map(row).collect(),
            cautions: self.cautions(cells),
            worst,
        })
    }

    /// The control with the highest bound, the first by name of equal ones.
    fn worst(&self, confidence: f64, bound: fn(&[Count], f64) -> Result<Cutoff>) -> Result<NormalControl> {
        let mut worst: Option<(f64, &NormalControl)> = None;
        for control in self.as_slice() {
            let percent = bound(&[control.count], confidence)?.percent;
            if worst.is_none_or(|(highest, _)| percent > highest) {
                worst = Some((percent, control));
            }
        }
        let none = || Error::parameter("normal controls", 0, format!("{USUAL_CONTROLS} are usual"));
        worst.map(|(_, control)| control.clone()).ok_or_else(none)
    }

    fn cautions_of(&self, method: CutoffMethod, scatter: Option<Dispersion>) -> Vec<CutoffCaution> {
        let mut cautions = Vec::new();
        let total = self.total();
        let nothing = total.positive == 0;
        match method {
            CutoffMethod::InverseBeta | CutoffMethod::ExactUpperBound => {
                cautions.extend(scatter.map(|scatter| CutoffCaution::ScatterBetween { p: scatter.p }));
            }
            CutoffMethod::CriticalBinomial => {
                cautions.extend(nothing.then_some(CutoffCaution::NothingRearranged));
                cautions.extend(scatter.map(|Dispersion { chi_squared, degrees, p }| {
                    CutoffCaution::NoCommonRate { chi_squared, degrees, p }
                }));
            }
            CutoffMethod::MeanPlusSd => {
                let controls = self.as_slice().len();
                let mean = total.positive as f64 / controls as f64;
                let factor = deviation_factor(controls, 0.95);
                cautions.extend(nothing.then_some(CutoffCaution::NothingRearranged));
                cautions.extend((mean < MIN_MEAN_COUNT).then_some(CutoffCaution::SkewedCounts { mean }));
                let uncertain = factor > MAX_DEVIATION_FACTOR;
                cautions.extend(uncertain.then_some(CutoffCaution::UncertainDeviation { factor }));
            }
        }
        cautions
    }

    fn cautions(&self, cells: usize) -> Vec<CutoffCaution> {
        let controls = self.as_slice().len();
        let total = self.total();
        let mut cautions = Vec::new();
        if controls < USUAL_CONTROLS {
            cautions.push(CutoffCaution::FewControls { controls });
        }
        let needed = ((1.0 - COVERED).ln() / COVERED.ln()).ceil() as usize;
        if controls < needed {
            let chance = 1.0 - COVERED.powf(controls as f64);
            cautions.push(CutoffCaution::WorstOfFew { controls, chance, needed });
        }
        let outliers = self.as_slice().iter().filter(|control| stands_out(control, total, controls));
        cautions.extend(outliers.map(|control| CutoffCaution::StandsOut {
            specimen: control.specimen.clone(),
            percent: control.percent(),
        }));
        let accepted = minimum_cells(self.assay());
        if accepted < cells {
            cautions.push(CutoffCaution::SmallerSpecimens { cells, accepted });
        }
        match self.assay().decision {
            Decision::Single(_) => {}
            Decision::TwoStage(_) => cautions.push(CutoffCaution::FirstStageUnchanged),
            Decision::PerPattern(_) => cautions.push(CutoffCaution::PatternsUnchanged),
        }
        cautions
    }
}
