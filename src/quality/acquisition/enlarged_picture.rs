//! Pictures that were enlarged or smoothed after they were taken.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::field_names::{fields_where, named};
use crate::quality::view::SpecimenView;

/// Pictures that were enlarged or smoothed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnlargedPicture {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Most pixels along each axis over which the noise goes together.
    pub noise_scale_px: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "enlarged_picture",
    meaning: "The noise of neighbouring pixels goes together, as in a picture that was enlarged or smoothed after it was taken. \
              The noise is measured over as many pixels.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for EnlargedPicture {
    fn message(&self, at: &About) -> String {
        format!(
            "The noise of {} goes together over about {} px ({}): the picture was enlarged or smoothed.",
            at.colour_name(),
            self.noise_scale_px,
            named(&self.fields)
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Read the pictures as the camera gave them, with their own pixel size.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<EnlargedPicture>> {
    let of_colour = |colour: Colour| {
        let noise_scale_px = view.facts.fields.iter().map(|f| f.noise_scale_px[colour]).max()?;
        let fields = fields_where(view, |field| field.noise_scale_px[colour] > 1);
        (!fields.is_empty()).then_some(EnlargedPicture { fields, noise_scale_px })
    };
    match Colour::BOTH.map(of_colour) {
        // As a rule both are.
        [Some(red), Some(green)] if red.fields == green.fields => {
            let noise_scale_px = red.noise_scale_px.max(green.noise_scale_px);
            vec![Raised::new(EnlargedPicture { noise_scale_px, ..red })]
        }
        each => Colour::BOTH
            .into_iter()
            .zip(each)
            .filter_map(|(colour, found)| Some(Raised::new(found?).of_colour(colour)))
            .collect(),
    }
}
