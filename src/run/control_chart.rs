//! Control charts over runs (Levey and Jennings 1950): the controls of each run against those of earlier runs.

use std::collections::BTreeSet;

use statrs::statistics::Statistics;

use crate::colour::Colour;
use crate::run::control::Control;
use crate::run::history::{ControlFigures, EarlierRun};

/// Earlier runs from which limits are drawn. The standard deviation of 10 values has a relative error of 24 %; with fewer a
/// limit at 3 SD would say little.
pub(super) const MIN_EARLIER_RUNS: usize = 10;

/// Limits of the chart, standard deviations: beyond the first a run is marked, beyond the second it is out of control
/// (Westgard's rules 1-2s and 1-3s).
pub(super) const LIMITS_SD: [f64; 2] = [2.0, 3.0];

/// Figures past this are no figures of a microscope.
const MAX_FIGURE: f64 = 1e9;

/// A figure that is followed. Each is the mean over the controls of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    NegativePercent,
    PositivePercent,
    Snr(Colour),
    Diameter(Colour),
    Shift,
}

impl Followed {
    pub(super) const ALL: [Self; 7] = [
        Self::NegativePercent,
        Self::PositivePercent,
        Self::Snr(Colour::Red),
        Self::Snr(Colour::Green),
        Self::Diameter(Colour::Red),
        Self::Diameter(Colour::Green),
        Self::Shift,
    ];

    /// Its name in files.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NegativePercent => "negative_percent",
            Self::PositivePercent => "positive_percent",
            Self::Snr(Colour::Red) => "red_snr",
            Self::Snr(Colour::Green) => "green_snr",
            Self::Diameter(Colour::Red) => "red_diameter_um",
            Self::Diameter(Colour::Green) => "green_diameter_um",
            Self::Shift => "shift_um",
        }
    }

    /// Its name for people, and its unit.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NegativePercent => ("Rearranged in negative controls", "%"),
            Self::PositivePercent => ("Rearranged in positive controls", "%"),
            Self::Snr(Colour::Red) => ("Signal height over noise, red", ""),
            Self::Snr(Colour::Green) => ("Signal height over noise, green", ""),
            Self::Diameter(Colour::Red) => ("Signal diameter, red", "um"),
            Self::Diameter(Colour::Green) => ("Signal diameter, green", "um"),
            Self::Shift => ("Shift of green against red", "um"),
        }
    }

    /// Its value for one control; `None` if the control does not have it.
    fn of(self, control: &ControlFigures) -> Option<f64> {
        let figures = &control.figures;
        let is_negative = control.control == Control::Negative;
        match self {
            Self::NegativePercent => figures.percent_rearranged.filter(|_| is_negative),
            Self::PositivePercent => figures.percent_rearranged.filter(|_| !is_negative),
            Self::Snr(colour) => figures.signal_height_snr[colour],
            Self::Diameter(colour) => figures.signal_diameter_um[colour],
            Self::Shift => figures.shift_um,
        }
        .filter(|value| value.abs() < MAX_FIGURE)
    }

    /// The mean over the controls of a run by one assay; `None` if none has it.
    fn of_run(self, controls: &[ControlFigures], assay: &str) -> Option<f64> {
        let of_assay = controls.iter().filter(|control| control.assay == assay);
        let values: Vec<f64> = of_assay.filter_map(|control| self.of(control)).collect();
        (!values.is_empty()).then(|| values.iter().mean())
    }
}

/// The mean of the earlier runs and their standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) mean: f64,
    pub(super) sd: f64,
}

/// Where a run lies in its chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Too few earlier runs to say.
    Open,
    /// Within 2 SD.
    InControl,
    /// Beyond 2 SD.
    Warning,
    /// Beyond 3 SD.
    OutOfControl,
}

impl Standing {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InControl => "in_control",
            Self::Warning => "warning",
            Self::OutOfControl => "out_of_control",
        }
    }
}

/// The value of a run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RunValue<'a> {
    /// Its place in the order of the runs, from 1.
    pub(super) number: usize,
    /// Name of the run's folder; `None` = the run at hand.
    pub(super) run: Option<&'a str>,
    pub(super) value: f64,
}

/// One figure of one assay over the runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ControlChart<'a> {
    pub(super) assay: &'a str,
    pub(super) figure: Followed,
    /// In the order of the runs, the run at hand last.
    pub(super) values: Vec<RunValue<'a>>,
    /// `None` = too few earlier runs, or all alike.
    pub(super) limits: Option<Limits>,
}

impl ControlChart<'_> {
    /// A value in standard deviations from the mean; `None` without limits.
    pub(super) fn deviation(&self, value: f64) -> Option<f64> {
        self.limits.map(|limits| (value - limits.mean) / limits.sd)
    }

    pub(super) fn standing(&self, value: f64) -> Standing {
        let [warning, out] = LIMITS_SD;
        match self.deviation(value).map(f64::abs) {
            None => Standing::Open,
            Some(sd) if sd > out => Standing::OutOfControl,
            Some(sd) if sd > warning => Standing::Warning,
            Some(_) => Standing::InControl,
        }
    }
}

/// The charts of all assays with controls in any of the runs. A figure that no control has gets no chart.
pub(super) fn charts<'a>(earlier: &'a [EarlierRun], own: &'a [ControlFigures]) -> Vec<ControlChart<'a>> {
    let all = earlier.iter().flat_map(|run| &run.controls).chain(own);
    let assays: BTreeSet<&str> = all.map(|control| control.assay.as_str()).collect();
    let runs = || {
        let before = earlier.iter().map(|run| (Some(run.name.as_str()), &run.controls[..]));
        before.chain([(None, own)]).enumerate()
    };
    let chart = |assay: &'a str, figure: Followed| {
        let value = |(i, (run, controls)): (usize, (Option<&'a str>, &[ControlFigures]))| {
            let value = figure.of_run(controls, assay)?;
            Some(RunValue { number: i + 1, run, value })
        };
        let values: Vec<RunValue<'a>> = runs().filter_map(value).collect();
        let limits =
            limits(values.iter().filter(|value| value.run.is_some()).map(|value| value.value).collect());
        ControlChart { assay, figure, values, limits }
    };
    let all = assays.into_iter().flat_map(|assay| Followed::ALL.map(|figure| chart(assay, figure)));
    all.filter(|chart| !chart.values.is_empty()).collect()
}

fn limits(values: Vec<f64>) -> Option<Limits> {
    if values.len() < MIN_EARLIER_RUNS {
        return None;
    }
    let (mean, sd) = (values.iter().mean(), values.iter().std_dev());
    // Of values that are all alike rounding may leave a little.
    let is_spread = sd.is_finite() && sd > 1e-9 * mean.abs();
    is_spread.then_some(Limits { mean, sd })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::figures::ResultFigures;

    fn control(role: &str, percent: f64, snr: f64) -> ControlFigures {
        let mut figures = ResultFigures { percent_rearranged: Some(percent), ..ResultFigures::default() };
        figures.signal_height_snr.red = Some(snr);
        let (specimen, assay, control) = ("N".to_owned(), "alk".to_owned(), role.parse().unwrap());
        ControlFigures { specimen, assay, control, figures }
    }

    fn runs(percents: &[f64]) -> Vec<EarlierRun> {
        let run = |(i, percent): (usize, &f64)| EarlierRun {
            name: format!("run_{i}"),
            controls: vec![control("negative", *percent, 20.0), control("positive(20-60)", 40.0, 30.0)],
        };
        percents.iter().enumerate().map(run).collect()
    }

    /// Mean 3 and, of ten values, SD 1 (with n - 1).
    const TEN: [f64; 10] = [3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 1.5, 4.5, 1.5, 4.5];

    #[test]
    fn a_run_beyond_three_standard_deviations_is_out_of_control() {
        let earlier = runs(&TEN);
        for (percent, standing) in [
            (3.0, "in_control"),
            (4.9, "in_control"),
            (5.1, "warning"),
            (0.9, "warning"),
            (6.1, "out_of_control"),
        ] {
            let own = [control("negative", percent, 20.0)];
            let charts = charts(&earlier, &own);
            let chart = charts.iter().find(|chart| chart.figure == Followed::NegativePercent).unwrap();
            let limits = chart.limits.unwrap();
            assert!((limits.mean - 3.0).abs() < 1e-12 && (limits.sd - 1.0).abs() < 1e-12, "{limits:?}");
            let last = chart.values.last().unwrap();
            assert_eq!((last.run, last.number), (None, 11));
            assert_eq!(chart.standing(last.value).name(), standing, "{percent}");
        }
    }

    #[test]
    fn limits_need_enough_runs_and_values_that_differ() {
        let own = [control("negative", 9.0, 99.0)];
        let few = runs(&TEN[..MIN_EARLIER_RUNS - 1]);
        for chart in charts(&few, &own) {
            assert_eq!(chart.limits, None);
            assert_eq!(chart.standing(9.0), Standing::Open);
        }
        let earlier = runs(&TEN);
        let all = charts(&earlier, &own);
        let of = |figure| all.iter().find(|chart| chart.figure == figure);
        // The mean over the controls of a run, the same in all runs.
        let snr = of(Followed::Snr(Colour::Red)).unwrap();
        assert_eq!((snr.values[0].value, snr.limits), (25.0, None));
        assert_eq!(of(Followed::PositivePercent).unwrap().values.len(), 10);
        assert!(of(Followed::Shift).is_none());
    }

    #[test]
    fn other_assays_and_numbers_that_are_none_are_left_out() {
        let mut other = control("negative", f64::NAN, f64::INFINITY);
        other.assay = "ret".to_owned();
        assert!(charts(&[], &[other]).is_empty());
        assert!(charts(&[], &[]).is_empty());
    }
}
