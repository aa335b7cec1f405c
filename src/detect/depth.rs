//! The depth of candidates in a field that was read from a stack.

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::find::ChannelCandidates;
use crate::field::Depth;

/// Least height of the lower of two signals at one place, as a share of the higher one: the flank of a bright one is lower.
const MIN_SECOND: f64 = 0.33;

/// Gives candidates their depth. Where two peaks of the stack lie above each other at the place of a candidate, there are two,
/// but not where another program has said which spots there are.
pub(crate) fn place_in_depth(found: &mut ChannelCandidates, colour: Colour, depth: &Depth) {
    let is_supplied = found.supplied.is_some();
    let candidates = &mut found.candidates;
    let mut placed = Vec::with_capacity(candidates.len());
    for candidate in candidates.iter() {
        let [first, second] = depth.peaks(colour, candidate.y_px, candidate.x_px).unwrap_or_default();
        let z_px = (first.height > 0.0).then_some(f64::from(first.z_px));
        placed.push(Candidate { z_px, ..*candidate });
        let share = f64::from(second.height) / f64::from(first.height).max(f64::MIN_POSITIVE);
        let amplitude = share * candidate.amplitude;
        if !is_supplied && z_px.is_some() && share >= MIN_SECOND && amplitude > candidate.threshold {
            placed.push(Candidate { amplitude, z_px: Some(f64::from(second.z_px)), ..*candidate });
        }
    }
    *candidates = placed;
}
