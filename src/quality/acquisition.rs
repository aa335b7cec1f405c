//! Faults of microscope, camera and exposure.

pub(crate) mod channel_bleed_through;
pub(crate) mod counterstain_bleed_through;
pub(crate) mod defocused_nuclei;
pub(crate) mod duplicate_channel;
pub(crate) mod exposure_mismatch;
pub(crate) mod field_out_of_focus;
pub(crate) mod no_intact_locus;
pub(crate) mod residual_shift;
pub(crate) mod saturated_channel;
pub(crate) mod signals_too_wide;
pub(crate) mod uneven_illumination;
pub(crate) mod unrecoverable_clipping;

use super::{Finding, SpecimenView};

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        duplicate_channel::check(view),
        channel_bleed_through::check(view),
        residual_shift::check(view),
        no_intact_locus::check(view),
        exposure_mismatch::check(view),
        unrecoverable_clipping::check(view),
        defocused_nuclei::check(view),
        field_out_of_focus::check(view),
        signals_too_wide::check(view),
        saturated_channel::check(view),
        counterstain_bleed_through::check(view),
        uneven_illumination::check(view),
    ]
    .concat()
}
