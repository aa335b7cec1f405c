//! Autofluorescent granules, alone or in clumps.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::artefacts::{Artefact, count};
use super::conditions::{Conditions, Granules};
use super::lens::blur_um;
use super::optics::Spot;

/// A clump's light in each channel varies by these factors: no two pigments are alike.
const COLOUR_RANGE: std::ops::RangeInclusive<f64> = 0.7..=1.3;
/// Channel whose blur the height of a granule refers to: red.
const REFERENCE: usize = 1;

/// Granules of a field. `typical` are the heights of a typical red and green signal, photoelectrons.
pub(super) fn scatter_granules(
    conditions: &Conditions,
    granules: &Granules,
    typical: [f64; 2],
    rng: &mut ChaCha8Rng,
) -> Vec<Artefact> {
    let (optics, side) = (&conditions.optics, conditions.size_px as f64);
    let typical = f64::midpoint(typical[0], typical[1]);
    let mut scattered = Vec::new();
    for _ in 0..count(conditions.per_field(granules.per_nucleus), rng) {
        let (y, x) = (rng.random_range(0.0..side), rng.random_range(0.0..side));
        let depth = conditions.half_depth_um() * rng.random_range(-1.0..=1.0);
        let colours = granules.colours.map(|share| share * rng.random_range(COLOUR_RANGE));
        for number in 0..=count(granules.further, rng) {
            let (angle, reach) = (rng.random_range(0.0..TAU), rng.random_range(0.0_f64..=1.0).sqrt());
            let reach_px = if number == 0 { 0.0 } else { granules.clump_um * reach / optics.pixel_um };
            let extent_um = rng.random_range(granules.extent_um[0]..=granules.extent_um[1]);
            let height = typical * rng.random_range(granules.height[0]..=granules.height[1]);
            let variance_um2 = extent_um.powi(2) + blur_um(optics, REFERENCE, 0.0).powi(2);
            let spot = Spot {
                y: y + reach_px * angle.sin(),
                x: x + reach_px * angle.cos(),
                height_um: depth,
                extent_um,
                electrons: height * TAU * variance_um2 / optics.pixel_um.powi(2),
            };
            scattered.push(Artefact { spot, colours });
        }
    }
    scattered
}
