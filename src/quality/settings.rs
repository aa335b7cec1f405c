//! Settings that were supplied, and what the specimen shows of them.

pub(crate) mod crosstalk_contradicted;
pub(crate) mod crosstalk_weakly_supported;
pub(crate) mod noise_contradicted;
pub(crate) mod pixel_size_unknown;
pub(crate) mod settings_supplied;
pub(crate) mod shift_contradicted;
pub(crate) mod width_contradicted;

use super::{Finding, SpecimenView};

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        shift_contradicted::check(view),
        crosstalk_contradicted::check(view),
        crosstalk_weakly_supported::check(view),
        width_contradicted::check(view),
        noise_contradicted::check(view),
        settings_supplied::check(view),
        pixel_size_unknown::check(view),
    ]
    .concat()
}
