//! Settings that were supplied, and what the specimen shows of them.

pub(crate) mod crosstalk_contradicted;
pub(crate) mod crosstalk_weakly_supported;
pub(crate) mod noise_contradicted;
pub(crate) mod nuclei_supplied;
pub(crate) mod pixel_size_unknown;
pub(crate) mod settings_supplied;
pub(crate) mod shift_contradicted;
pub(crate) mod signals_supplied;
pub(crate) mod width_contradicted;

use super::finding::{Finding, findings};
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        findings(shift_contradicted::check(view)),
        findings(crosstalk_contradicted::check(view)),
        findings(crosstalk_weakly_supported::check(view)),
        findings(width_contradicted::check(view)),
        findings(noise_contradicted::check(view)),
        findings(settings_supplied::check(view)),
        findings(nuclei_supplied::check(view)),
        findings(signals_supplied::check(view)),
        findings(pixel_size_unknown::check(view)),
    ]
    .concat()
}
