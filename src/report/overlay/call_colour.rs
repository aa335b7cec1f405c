//! The colour of a call.

use super::canvas::Rgb;
use crate::classify::NucleusCall;

/// Okabe-Ito orange.
pub(super) const REARRANGED: Rgb = [230, 159, 0];
/// Okabe-Ito sky blue.
pub(super) const NOT_REARRANGED: Rgb = [86, 180, 233];
/// Neutral grey.
pub(super) const NOT_EVALUABLE: Rgb = [170, 170, 170];

/// The colour of a call.
pub(in crate::report) fn colour_of(call: &NucleusCall) -> Rgb {
    match (call.evaluable(), call.rearranged) {
        (false, _) => NOT_EVALUABLE,
        (true, true) => REARRANGED,
        (true, false) => NOT_REARRANGED,
    }
}
