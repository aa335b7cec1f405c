use super::*;
use crate::field::Plane;
use crate::segment::{BoundingBox, Nucleus};
use ndarray::Array2;
use proptest::prelude::*;

/// Levels as samples of each type.
fn planes(levels: &Array2<u16>) -> [Plane; 3] {
    [levels.mapv(|v| v.min(255) as u8).into(), levels.clone().into(), levels.mapv(f32::from).into()]
}

/// What counts as saturated, by the documentation: the highest level that is stated, or that the type has.
fn is_saturated(plane: &Plane, level: Option<f32>, y: usize, x: usize) -> bool {
    match plane {
        Plane::U8(a) => a[(y, x)] == u8::MAX,
        Plane::U16(a) => f32::from(a[(y, x)]) >= level.unwrap_or(65535.0).min(65535.0),
        Plane::F32(a) => level.is_some_and(|level| a[(y, x)] >= level),
    }
}

fn shares_reference(plane: &Plane, level: Option<f32>, labels: &Array2<u32>, nuclei: usize) -> Vec<f64> {
    let share = |label: u32| {
        let own: Vec<bool> = labels
            .indexed_iter()
            .filter(|(_, other)| **other == label)
            .map(|((y, x), _)| is_saturated(plane, level, y, x))
            .collect();
        own.iter().filter(|saturated| **saturated).count() as f64 / own.len().max(1) as f64
    };
    (1..=nuclei as u32).map(share).collect()
}

/// Nuclei of which only the area matters.
fn segmentation(labels: Array2<u32>, count: usize) -> Segmentation {
    let nucleus = |id: u32| Nucleus {
        id,
        bounding_box: BoundingBox { y0: 0, x0: 0, y1: labels.nrows(), x1: labels.ncols() },
        area_px: labels.iter().filter(|label| **label == id).count(),
        centroid_y_px: 0.0,
        centroid_x_px: 0.0,
        solidity: 1.0,
        eccentricity: 0.0,
        mean_intensity: 0.0,
        touches_border: false,
        score: 1.0,
        overlapping: false,
        source_id: None,
    };
    let nuclei = (1..=count as u32).map(nucleus).collect();
    Segmentation { labels, nuclei, diameter_px: None, notes: Vec::new() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn saturated_shares_agree_with_the_definition(
        // Also more samples than are counted at a time.
        (h, w, seed) in (1_usize..100, 1_usize..100, any::<u64>()),
        level in prop::option::of(prop_oneof![Just(255_u16), Just(4095), Just(65535), 0_u16..]),
        count in 0_usize..5,
    ) {
        use rand::{RngExt as _, SeedableRng as _};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let edges = [255, 254, 4095, 4094, 65535, 65534, level.unwrap_or(7)];
        let mut field = || Array2::from_shape_fn((h, w), |_| {
            if rng.random::<bool>() { rng.random() } else { edges[rng.random_range(0..edges.len())] }
        });
        let (red, green) = (field(), field());
        let labels = Array2::from_shape_fn((h, w), |_| rng.random_range(0..=count as u32));
        let segmentation = segmentation(labels.clone(), count);
        let level = level.map(f32::from);
        for (red, green) in planes(&red).into_iter().zip(planes(&green)) {
            let all: Vec<bool> = labels.indexed_iter().map(|((y, x), _)| is_saturated(&red, level, y, x)).collect();
            let share = all.iter().filter(|saturated| **saturated).count() as f64 / all.len() as f64;
            prop_assert_eq!(saturated_share(red.view(), level), share);
            // The same whichever way the samples lie in memory.
            let turned: Plane = match &red {
                Plane::U8(a) => a.t().to_owned().reversed_axes().into(),
                Plane::U16(a) => a.t().to_owned().reversed_axes().into(),
                Plane::F32(a) => a.t().to_owned().reversed_axes().into(),
            };
            prop_assert_eq!(saturated_share(turned.view(), level), share);
            let shares = |plane| shares_reference(plane, level, &labels, count);
            let larger: Vec<f64> = shares(&red).into_iter().zip(shares(&green)).map(|(a, b)| a.max(b)).collect();
            prop_assert_eq!(saturated_nuclei([red.view(), green.view()], level, &segmentation), larger);
        }
    }
}
