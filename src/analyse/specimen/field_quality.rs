//! Quality figures of one field.

use crate::analyse::FieldMeasurement;
use crate::colour::{Colour, PerColour};
use crate::detect::Signal;
use crate::detect::candidate::FWHM_PER_SIGMA;
use crate::reading::FieldQuality;
use crate::statistics::median;

/// The quality figures of a field with these signals.
pub(super) fn quality(field: &FieldMeasurement, signals: &[Signal]) -> FieldQuality {
    let in_nuclei = |colour: Colour, value: fn(&Signal) -> f64| {
        let mut values: Vec<f64> =
            signals.iter().filter(|s| s.colour == colour && s.nucleus_id > 0).map(value).collect();
        (!values.is_empty()).then(|| median(&mut values))
    };
    let (height, width) = field.segmentation.labels.dim();
    let covered: usize = field.segmentation.nuclei.iter().map(|n| n.area_px).sum();
    FieldQuality {
        nucleus_diameter_px: field.segmentation.diameter_px,
        nucleus_coverage: covered as f64 / (height * width).max(1) as f64,
        signal_diameter_px: PerColour::from_fn(|colour| {
            let channel = &field.channels[colour.index()];
            (channel.sigma_spots > 0).then_some(FWHM_PER_SIGMA * channel.sigma_px)
        }),
        signal_snr: PerColour::from_fn(|colour| in_nuclei(colour, |s| s.snr)),
        signal_amplitude: PerColour::from_fn(|colour| in_nuclei(colour, |s| s.amplitude)),
        saturated: field.saturated.into(),
    }
}
