//! Signals that all have a second one at the same displacement: exposed twice, or taken in slices that drifted apart.
//!
//! Two signals of one colour lie apart in any direction. A field that was moved between two exposures shows every signal
//! twice, and all of these pairs have one displacement.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::quality::about::{About, Withheld, part_of};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;
use crate::reading::FieldReading;

const MIN_SHARE: Limit = Limit::new(
    "share of the signals of a colour that have another one at one displacement",
    0.25,
    "chosen for this crate: fields made of two exposures showed 0.4 and more",
);

const MIN_PAIRS: Limit =
    Limit::new("pairs of signals at one displacement", 12.0, "chosen for this crate: fewer may be chance");

const MIN_OF_RING: Limit = Limit::new(
    "share of the pairs of that distance, in any direction, that have that displacement",
    0.5,
    "chosen for this crate: split signals have any direction",
);

/// Largest displacement that is looked for along each axis, px: some two nuclei at the usual pixel sizes.
const REACH_PX: usize = 120;
/// Displacements that differ by no more than this along each axis are one, px.
const TOLERANCE_PX: usize = 1;

/// A field whose signals repeat at one displacement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoubleExposure {
    /// Pairs of signals at the displacement.
    pub pairs: usize,
    /// Signals of the colour in the field.
    pub signals: usize,
    /// The displacement: rows, columns, px.
    pub moved_px: [i64; 2],
}

pub(crate) const CHECK: Check = Check {
    code: "double_exposure",
    meaning: "The signals of a field repeat at one displacement: the field was exposed twice, or its slices drifted apart.",
    effect: "withholds any verdict",
    limits: &[MIN_SHARE, MIN_PAIRS, MIN_OF_RING],
    sound: 0,
};

impl Figures for DoubleExposure {
    fn message(&self, at: &About) -> String {
        let colour = at.colour_name();
        let [y, x] = self.moved_px;
        format!(
            "{} have another one {y} px further down and {x} px to the right: the field was exposed twice, or its slices drifted.",
            part_of(self.pairs, self.signals, &format!("{colour} signals"))
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look at the field. Acquire it again, or register its slices.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<DoubleExposure>> {
    let of_field = |field: &FieldReading| {
        Colour::BOTH.map(|colour| {
            let signals = field.signals.iter().filter(|s| s.colour == colour);
            let found = repeats(&signals.map(|s| [s.y_px, s.x_px]).collect::<Vec<_>>())?;
            Some(Raised::new(found).of_colour(colour).in_field(&field.name).withhold(Withheld::AnyVerdict))
        })
    };
    view.fields.iter().flat_map(of_field).flatten().collect()
}

/// The displacement at which places repeat, if they do.
fn repeats(places: &[[f64; 2]]) -> Option<DoubleExposure> {
    // Displacements down, or along the row to the right: each pair once.
    let width = 2 * REACH_PX + 1;
    let mut counts = vec![0_u32; (REACH_PX + 1) * width];
    let mut places = places.to_vec();
    places.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    for (i, [y, x]) in places.iter().enumerate() {
        let below = places[i + 1..].iter().take_while(|other| other[0] - y < REACH_PX as f64);
        for [dy, dx] in below.map(|other| [(other[0] - y).round(), (other[1] - x).round()]) {
            if dx.abs() <= REACH_PX as f64 {
                counts[dy as usize * width + (dx + REACH_PX as f64) as usize] += 1;
            }
        }
    }
    let (mut pairs, mut moved_px) = (0, [0_i64; 2]);
    for y in 0..=REACH_PX {
        for x in TOLERANCE_PX..width - TOLERANCE_PX {
            let rows = y.saturating_sub(TOLERANCE_PX)..=(y + TOLERANCE_PX).min(REACH_PX);
            let near =
                rows.flat_map(|y| &counts[y * width + x - TOLERANCE_PX..=y * width + x + TOLERANCE_PX]);
            let sum = near.sum::<u32>() as usize;
            if sum > pairs {
                (pairs, moved_px) = (sum, [y as i64, x as i64 - REACH_PX as i64]);
            }
        }
    }
    let distance = |y: f64, x: f64| y.hypot(x);
    let own = distance(moved_px[0] as f64, moved_px[1] as f64);
    let reach = TOLERANCE_PX as f64 + 0.5;
    let ring = counts.iter().enumerate().filter(|(i, _)| {
        let (y, x) = (i / width, i % width);
        (distance(y as f64, x as f64 - REACH_PX as f64) - own).abs() <= reach
    });
    let ring: usize = ring.map(|(_, count)| *count as usize).sum();
    // A grid repeats at many displacements, and a heap at none: more pairs than places.
    let elsewhere = counts.iter().enumerate().filter(|(i, _)| {
        let (y, x) = ((i / width) as f64, (i % width) as f64 - REACH_PX as f64);
        let from_best = distance(y - moved_px[0] as f64, x - moved_px[1] as f64);
        from_best > 2.0 * reach && distance(y, x) > reach
    });
    let is_grid = elsewhere.map(|(_, count)| *count as usize).max().unwrap_or(0) * 2 > pairs;
    let is_found = pairs >= MIN_PAIRS.count()
        && pairs <= places.len()
        && !is_grid
        && pairs as f64 >= MIN_SHARE.value * places.len() as f64
        && pairs as f64 >= MIN_OF_RING.value * ring as f64;
    is_found.then_some(DoubleExposure { pairs, signals: places.len(), moved_px })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _};

    #[test]
    fn places_that_all_repeat_at_one_displacement_are_found_and_pairs_in_any_direction_are_not() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let one: Vec<[f64; 2]> = (0..150).map(|_| [0, 1].map(|_| 600.0 * random.random::<f64>())).collect();
        assert_eq!(repeats(&one), None);
        let moved = |by: [f64; 2]| one.iter().map(|[y, x]| [y + by[0], x + by[1]]).collect::<Vec<_>>();
        let found = repeats(&[one.clone(), moved([9.2, -12.1])].concat()).map(|f| (f.moved_px, f.signals));
        assert!(
            found.is_some_and(|(at, n)| n == 300 && (at[0] - 9).abs() < 2 && (at[1] + 12).abs() < 2),
            "{found:?}"
        );
        let mut turned = one.clone();
        for [y, x] in &one {
            let angle = std::f64::consts::TAU * random.random::<f64>();
            turned.push([y + 8.0 * angle.sin(), x + 8.0 * angle.cos()]);
        }
        assert_eq!(repeats(&turned), None);
        let grid: Vec<[f64; 2]> =
            (0..64).map(|i| [75.0 * f64::from(i / 8), 75.0 * f64::from(i % 8)]).collect();
        assert_eq!(repeats(&grid), None);
        assert_eq!(repeats(&vec![[5.0, 5.0]; 200]), None);
        assert_eq!(repeats(&[]), None);
        assert_eq!(repeats(&[[f64::NAN, 1.0], [f64::INFINITY, -1e300]]), None);
    }
}
