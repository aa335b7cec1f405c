//! Speckle: point sources of one colour anywhere on the slide.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::appearance::height;
use super::artefacts::{Artefact, count};
use super::conditions::{Conditions, Speckle};
use super::emitter::Source;
use super::optics::Spot;
use crate::colour::Colour;

/// Speckle of a field. `typical` are the heights of a typical red and green signal, photoelectrons.
pub(super) fn scatter_speckle(
    conditions: &Conditions,
    speckle: &Speckle,
    typical: [f64; 2],
    rng: &mut ChaCha8Rng,
) -> Vec<Artefact> {
    let side = conditions.size_px as f64;
    let mut scattered = Vec::new();
    for colour in Colour::BOTH {
        let source = Source { extent_um: speckle.extent_um, ..Source::POINT };
        // Light of a speckle as high as a typical signal.
        let electrons =
            typical[colour.index()] / height(conditions, colour, &[source]).max(f64::MIN_POSITIVE);
        let mut colours = [0.0; 3];
        colours[1 + colour.index()] = 1.0;
        for _ in 0..count(conditions.per_field(speckle.per_nucleus[colour.index()]), rng) {
            let spot = Spot {
                y: rng.random_range(0.0..side),
                x: rng.random_range(0.0..side),
                height_um: conditions.half_depth_um() * rng.random_range(-1.0..=1.0),
                extent_um: speckle.extent_um,
                electrons: electrons * rng.random_range(speckle.height[0]..=speckle.height[1]),
            };
            scattered.push(Artefact { spot, colours });
        }
    }
    scattered
}
