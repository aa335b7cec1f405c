//! Signals as random chains of emitters.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};

use super::conditions::Polymer;
use super::emitter::Source;
use super::nucleus::normal;

/// Steps of the chain in a persistence length.
const STEPS_PER_PERSISTENCE: f64 = 2.0;
/// Most steps of a chain.
const MOST_STEPS: f64 = 2000.0;

type Vector = [f64; 3];

/// The emitters of one probe about the middle of their light, which adds up to 1.
pub(super) fn chain(polymer: &Polymer, rng: &mut ChaCha8Rng) -> Vec<Source> {
    let contour_um = polymer.contour_um * normal(0.0, polymer.contour_spread, rng).exp();
    let steps = (STEPS_PER_PERSISTENCE * contour_um / polymer.persistence_um).ceil();
    let steps = steps.clamp(polymer.emitters as f64, MOST_STEPS.max(polymer.emitters as f64)) as usize;
    let points = walk(steps, contour_um / steps as f64, polymer.persistence_um, rng);
    let lights: Vec<f64> = (0..polymer.emitters).map(|_| draw_light(polymer.light_cv, rng)).collect();
    let total: f64 = lights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut sources: Vec<Source> = lights
        .iter()
        .enumerate()
        .filter_map(|(i, light)| {
            // In the middle of its part of the chain.
            let along = (i as f64 + 0.5) / polymer.emitters as f64;
            let &[y, x, z] = points.get((along * steps as f64) as usize)?;
            Some(Source { y, x, z, light: light / total, extent_um: polymer.emitter_um })
        })
        .collect();
    let middle = |place: fn(&Source) -> f64| sources.iter().map(|s| s.light * place(s)).sum::<f64>();
    let (y, x, z) = (middle(|s| s.y), middle(|s| s.x), middle(|s| s.z));
    for source in &mut sources {
        (source.y, source.x, source.z) = (source.y - y, source.x - x, source.z - z);
    }
    sources
}

fn draw_light(cv: f64, rng: &mut ChaCha8Rng) -> f64 {
    let variance = cv * cv;
    if variance <= 0.0 {
        return 1.0;
    }
    Gamma::new(1.0 / variance, variance).map_or(1.0, |gamma| gamma.sample(rng))
}

/// A chain whose directions are correlated over the persistence length: each step turns by the same angle, in any
/// direction about the last one.
fn walk(steps: usize, step_um: f64, persistence_um: f64, rng: &mut ChaCha8Rng) -> Vec<Vector> {
    let cos = (-step_um / persistence_um).exp();
    let sin = (1.0 - cos * cos).max(0.0).sqrt();
    let mut direction = unit(rng);
    let mut place = [0.0; 3];
    let mut points = vec![place];
    for _ in 0..steps {
        let across = across(direction, rng);
        for axis in 0..3 {
            direction[axis] = cos * direction[axis] + sin * across[axis];
            place[axis] += step_um * direction[axis];
        }
        points.push(place);
    }
    points
}

fn unit(rng: &mut ChaCha8Rng) -> Vector {
    let height: f64 = rng.random_range(-1.0..=1.0);
    let angle: f64 = rng.random_range(0.0..std::f64::consts::TAU);
    let flat = (1.0 - height * height).max(0.0).sqrt();
    [flat * angle.sin(), flat * angle.cos(), height]
}

/// A random unit vector at right angles to a unit vector.
fn across(direction: Vector, rng: &mut ChaCha8Rng) -> Vector {
    loop {
        let drawn: Vector = std::array::from_fn(|_| StandardNormal.sample(rng));
        let along: f64 = (0..3).map(|axis| drawn[axis] * direction[axis]).sum();
        let flat: Vector = std::array::from_fn(|axis| drawn[axis] - along * direction[axis]);
        let length = flat.iter().map(|v| v * v).sum::<f64>().sqrt();
        // Drawn along the direction itself, which as good as never happens.
        if length > 1e-6 {
            return flat.map(|v| v / length);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn chains_are_as_far_from_end_to_end_as_the_worm_like_chain() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for (contour, persistence) in [(2.5, 0.1), (0.5, 0.5)] {
            let steps = (2.0 * contour / persistence) as usize;
            let square = |_| {
                let points = walk(steps, contour / steps as f64, persistence, &mut rng);
                points[steps].iter().map(|v| v * v).sum::<f64>()
            };
            let mean = (0..4000).map(square).sum::<f64>() / 4000.0;
            let share = persistence / contour;
            let expected = 2.0 * persistence * contour * (1.0 - share * (1.0 - (-1.0_f64 / share).exp()));
            // Steps of half a persistence length shorten it a little.
            assert!((mean / expected - 1.0).abs() < 0.1, "{mean} {expected}");
        }
    }

    #[test]
    fn light_adds_up_to_one_about_its_own_middle() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for emitters in [1, 6, 32] {
            let sources = chain(&Polymer { emitters, ..Polymer::default() }, &mut rng);
            assert_eq!(sources.len(), emitters);
            assert!((sources.iter().map(|s| s.light).sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(sources.iter().map(|s| s.light * s.y).sum::<f64>().abs() < 1e-12);
        }
    }
}
