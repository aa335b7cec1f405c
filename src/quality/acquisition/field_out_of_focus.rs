//! A field whose signals are wider than those of the specimen.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;
use crate::statistics::median;

pub(super) const MAX_WIDTH_RATIO: Limit = Limit::new(
    "signal diameter of a field over the median of the fields, or over the sharpest field",
    1.4,
    "such blur halves the height of signals",
);

/// A field whose signals are wider than those of the specimen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldOutOfFocus {
    /// Signal diameter of the field, px.
    pub diameter_px: f64,
    /// Signal diameter of the specimen, the median of its fields, px.
    pub usual_px: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "field_out_of_focus",
    meaning: "The signals of a field are wider than those of the specimen: the field is out of focus.",
    effect: "informs",
    limits: &[MAX_WIDTH_RATIO],
    sound: 0,
};

impl Figures for FieldOutOfFocus {
    fn message(&self, at: &About) -> String {
        format!(
            "{} signals are {:.1} px wide, {:.1} px in the specimen: the field is out of focus.",
            at.colour_name(),
            self.diameter_px,
            self.usual_px
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Acquire the field again.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<FieldOutOfFocus>> {
    let usual = |colour: Colour| {
        let measured = view.fields.iter().filter_map(|f| f.quality.signal_diameter_px[colour]);
        median(&mut measured.collect::<Vec<f64>>())
    };
    let usual_px = Colour::BOTH.map(usual);
    let of_field = |field: &crate::reading::FieldReading| {
        let of_colour = |colour: Colour| {
            let usual_px = usual_px[colour.index()];
            let diameter_px = field.quality.signal_diameter_px[colour]?;
            (diameter_px > MAX_WIDTH_RATIO.value * usual_px).then(|| {
                let detail = FieldOutOfFocus { diameter_px, usual_px };
                Raised::new(detail).of_colour(colour).in_field(&field.name)
            })
        };
        Colour::BOTH.map(of_colour).into_iter().flatten().collect::<Vec<_>>()
    };
    view.fields.iter().flat_map(of_field).collect()
}
