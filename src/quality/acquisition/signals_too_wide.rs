//! Signals that are wider than the assay's probes in focus.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

/// Signals that are wider than the assay's probes in focus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignalsTooWide {
    /// Signal diameter of the specimen, um.
    pub diameter_um: f64,
    /// The largest diameter that the assay gives for a signal in focus, um.
    pub max_um: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "signals_too_wide",
    meaning: "The signals of the specimen are wider than the assay's probes in focus (`split.diameter_um.max`): all fields are \
              out of focus, or the pixel size is wrong.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for SignalsTooWide {
    fn message(&self, at: &About) -> String {
        format!(
            "{} signals are {:.2} um wide, the assay's probes at most {:.2} um in focus: the specimen is out of focus, \
             or the pixel size is wrong.",
            at.colour_name(),
            self.diameter_um,
            self.max_um
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the focus and the pixel size.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SignalsTooWide>> {
    let pixel_size = view.fields.iter().map(|f| f.pixel_size).reduce(|a, b| a.and(b).and(a)).flatten();
    let max_um = view.assay.split.diameter_um.max;
    let of_colour = |colour: Colour| {
        let is_measured = view.instrument.signal_diameter_spots[colour] > 0;
        let diameter_um =
            pixel_size.filter(|_| is_measured)?.px_to_um(view.instrument.signal_diameter_px[colour]);
        (diameter_um > max_um).then(|| Raised::new(SignalsTooWide { diameter_um, max_um }).of_colour(colour))
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
