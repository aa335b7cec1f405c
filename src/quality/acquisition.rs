//! Faults of microscope, camera and exposure.

pub(crate) mod background_cut_off;
pub(crate) mod channel_bleed_through;
pub(crate) mod counterstain_bleed_through;
pub(crate) mod counterstain_displaced;
pub(crate) mod defocused_nuclei;
pub(crate) mod double_exposure;
pub(crate) mod duplicate_channel;
pub(crate) mod enlarged_picture;
pub(crate) mod exposure_mismatch;
pub(crate) mod field_out_of_focus;
pub(crate) mod no_intact_locus;
pub(crate) mod residual_shift;
pub(crate) mod saturated_channel;
pub(crate) mod signals_too_wide;
pub(crate) mod slices_not_registered;
pub(crate) mod stack_misses_section;
pub(crate) mod uneven_illumination;
pub(crate) mod unrecoverable_clipping;

use super::finding::{Finding, findings};
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        findings(duplicate_channel::check(view)),
        findings(double_exposure::check(view)),
        findings(background_cut_off::check(view)),
        findings(channel_bleed_through::check(view)),
        findings(residual_shift::check(view)),
        findings(no_intact_locus::check(view)),
        findings(counterstain_displaced::check(view)),
        findings(exposure_mismatch::check(view)),
        findings(unrecoverable_clipping::check(view)),
        findings(defocused_nuclei::check(view)),
        findings(field_out_of_focus::check(view)),
        findings(signals_too_wide::check(view)),
        findings(saturated_channel::check(view)),
        findings(counterstain_bleed_through::check(view)),
        findings(uneven_illumination::check(view)),
        findings(enlarged_picture::check(view)),
        findings(slices_not_registered::check(view)),
        findings(stack_misses_section::check(view)),
    ]
    .concat()
}
