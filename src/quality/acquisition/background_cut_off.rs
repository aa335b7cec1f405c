//! A background cut off so high, or grey levels so few, that dim signals are gone with it.
//!
//! What was cut off lies at one level. Its depth is not known, but heights tell of it: signals keep their spread as they
//! lose a part of their height, so that the weakest of them come near to nothing.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::quality::about::{About, Withheld, percent};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::{CutOffBackground, SpecimenView};

const MIN_SHARE: Limit = Limit::new(
    "share of the area of the nuclei that lies at the lowest grey level of a probe",
    0.5,
    "chosen for this crate: the background of the nuclei then does not show",
);

const MIN_WEAK: Limit = Limit::new(
    "height of the weakest signals (1 in 20) over the median height",
    0.4,
    "chosen for this crate, on pictures made with many cuts: below 0.4 where a third of the height is cut off",
);

const MIN_STEPS: Limit = Limit::new(
    "median height of the signals in steps of grey level",
    6.0,
    "chosen for this crate: a signal of half that height has 3 levels, less than its neighbour's flank adds",
);

const MAX_MISSED: Limit = Limit::new(
    "share of the signals that would be missed if they stood alone",
    0.25,
    "chosen for this crate, on pictures made with many cuts: above it up to 17 points too few isolated signals",
);

/// The quantile of the heights that stands for the weakest signals.
const WEAKEST: f64 = 0.05;

/// A background that was cut off, with dim signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackgroundCutOff {
    /// Share of the area of the nuclei at the lowest grey level, 0 to 1.
    pub share: f64,
    /// Median height of the signals above that level, grey levels; 0 without signals.
    pub height: f64,
    /// Height that 1 in 20 signals does not reach, grey levels.
    pub weak_height: f64,
    /// Smallest distance of two grey levels.
    pub step: f64,
    /// Share of the signals that would be missed if they stood alone, 0 to 1; `None` = not known.
    pub isolated_miss_rate: Option<f64>,
}

pub(crate) const CHECK: Check = Check {
    code: "background_cut_off",
    meaning: "The background of a probe was cut off at one grey level, so high or with so few levels that dim signals are lost \
              with it.",
    effect: "withholds any verdict",
    limits: &[MIN_SHARE, MIN_WEAK, MIN_STEPS, MAX_MISSED],
    sound: 0,
};

impl Figures for BackgroundCutOff {
    fn message(&self, at: &About) -> String {
        let colour = at.colour_name();
        if self.height < MIN_STEPS.value * self.step {
            return format!(
                "The {colour} signals have {:.0} grey levels in steps of {}: dim ones are lost between two levels.",
                self.height, self.step
            );
        }
        if self.weak_height >= MIN_WEAK.value * self.height {
            return format!(
                "{} of the nuclei's area lies at the lowest {colour} grey level: the noise there does not show, and {} of the \
                 signals would be missed if they stood alone.",
                percent(self.share),
                percent(self.isolated_miss_rate.unwrap_or_default())
            );
        }
        format!(
            "{} of the nuclei's area lies at the lowest {colour} grey level, and the weakest signals are {:.0} levels above it, {:.0} \
             in the middle: dim ones are cut off.",
            percent(self.share),
            self.weak_height,
            self.height
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Read the pictures as the camera gave them, without subtraction of the background and with all bits.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<BackgroundCutOff>> {
    Colour::BOTH.into_iter().filter_map(|colour| of_colour(view, colour)).collect()
}

fn of_colour(view: &SpecimenView<'_>, colour: Colour) -> Option<Raised<BackgroundCutOff>> {
    let cut: Vec<CutOffBackground> = view.facts.fields.iter().filter_map(|f| f.cut_off[colour]).collect();
    let at_floor: usize = cut.iter().map(|c| c.at_floor_px).sum();
    let area: usize = cut.iter().map(|c| c.nuclei_px).sum();
    let share = at_floor as f64 / area.max(1) as f64;
    let step = cut.iter().map(|c| c.step).fold(0.0, f64::max);
    let facts = view.facts.fields.iter();
    let of_fields = view.fields.iter().zip(facts).filter(|(_, facts)| facts.cut_off[colour].is_some());
    let signals = of_fields.flat_map(|(field, _)| &field.signals);
    let mut heights: Vec<f64> =
        signals.filter(|s| s.colour == colour && s.nucleus_id > 0).map(|s| s.amplitude).collect();
    heights.sort_by(f64::total_cmp);
    let at = |quantile: f64| heights.get((quantile * heights.len() as f64) as usize).copied().unwrap_or(0.0);
    let (height, weak_height) = (at(0.5), at(WEAKEST));
    let isolated_miss_rate = view.instrument.isolated_miss_rate[colour];
    let is_dim = height <= 0.0 || weak_height < MIN_WEAK.value * height;
    let is_missed = isolated_miss_rate.is_some_and(|rate| rate > MAX_MISSED.value);
    let is_lost = share >= MIN_SHARE.value && (is_dim || is_missed);
    let has_few_levels = !cut.is_empty() && height < MIN_STEPS.value * step;
    let detail = BackgroundCutOff { share, height, weak_height, step, isolated_miss_rate };
    (is_lost || has_few_levels).then(|| Raised::new(detail).of_colour(colour).withhold(Withheld::AnyVerdict))
}
