//! Fields that were exposed so differently that the signals of one pass for noise, or for debris, beside those of another.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::{FieldFacts, SpecimenView};

use super::field_out_of_focus::MAX_WIDTH_RATIO;
use crate::colour::Colour;
use crate::statistics::median;

const MAX_HEIGHT_RATIO: Limit = Limit::new(
    "ratio of a field's typical signal height to the median over fields, either way",
    6.0,
    "chosen for this crate: a factor of 5 is read right, a factor of 16 is not",
);

/// A field whose signals are far higher or lower than those of the other fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExposureMismatch {
    /// Typical signal height of the field over the median of all fields.
    pub height_ratio: f64,
    /// Signal diameter of the field over that of the sharpest field, where the field is low because it is blurred.
    pub width_ratio: Option<f64>,
}

pub(crate) const CHECK: Check = Check {
    code: "exposure_mismatch",
    meaning: "The signals of a field are so much higher or lower than those of the other fields that they may pass for noise \
              or for debris.",
    effect: "withholds any verdict",
    limits: &[MAX_HEIGHT_RATIO, MAX_WIDTH_RATIO],
    sound: 0,
};

impl Figures for ExposureMismatch {
    fn message(&self, at: &About) -> String {
        let wide = self.width_ratio.map_or_else(String::new, |times| {
            format!(", and {times:.1} times as wide as in the sharpest field")
        });
        let ratio = self.height_ratio;
        format!(
            "{} signals are {ratio:.2} times as high as in the median field{wide}: signals of one field may pass for noise beside \
             those of another.",
            at.colour_name()
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some(match self.width_ratio {
            Some(_) => "The field is out of focus: leave it out, or acquire it again.".to_owned(),
            None => "Read fields that were exposed alike, or each kind by itself.".to_owned(),
        })
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ExposureMismatch>> {
    Colour::BOTH.into_iter().flat_map(|colour| of_colour(view, colour)).collect()
}

fn of_colour(view: &SpecimenView<'_>, colour: Colour) -> Vec<Raised<ExposureMismatch>> {
    let bright = || view.facts.fields.iter().zip(view.fields);
    let usual = median(&mut bright().filter_map(|(facts, _)| facts.brightness[colour]).collect::<Vec<f64>>());
    let widths = view.fields.iter().filter_map(|field| field.quality.signal_diameter_px[colour]);
    let sharpest = widths.min_by(f64::total_cmp);
    let of_field = |(facts, field): (&FieldFacts, &crate::reading::FieldReading)| {
        let height = facts.brightness[colour]?;
        if height.max(usual) <= MAX_HEIGHT_RATIO.value * height.min(usual) {
            return None;
        }
        // Blur lowers signals.
        let widening = field.quality.signal_diameter_px[colour].zip(sharpest).map(|(own, least)| own / least);
        let width_ratio = widening.filter(|times| *times > MAX_WIDTH_RATIO.value && height < usual);
        let detail = ExposureMismatch { height_ratio: height / usual, width_ratio };
        let finding = Raised::new(detail).of_colour(colour).in_field(&facts.name);
        Some(finding.withhold(Withheld::AnyVerdict))
    };
    bright().filter_map(of_field).collect()
}
