//! Places of many points in many areas, against a slow reference that works otherwise.

use std::f64::consts::{PI, TAU};
use std::time::Instant;

use breakapart::region::RegionPlace;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::{annotation, box_of, collection, regions};

/// A closed ring of x, y.
pub(crate) type Ring = Vec<[f64; 2]>;

/// A random ring around a place: as many corners as angles, each at a distance of its own.
fn star(rng: &mut ChaCha8Rng, [x, y]: [f64; 2], reach: f64) -> Ring {
    let corners = rng.random_range(3..30);
    let mut angles: Vec<f64> = (0..corners).map(|_| TAU * rng.random::<f64>()).collect();
    angles.sort_by(f64::total_cmp);
    let mut ring: Ring = angles
        .into_iter()
        .map(|angle| {
            let radius = reach * (0.2 + 0.8 * rng.random::<f64>());
            // As QuPath rounds what it writes.
            [x + radius * angle.cos(), y + radius * angle.sin()].map(|v| (100.0 * v).round() / 100.0)
        })
        .collect();
    ring.push(ring[0]);
    ring
}

/// A random polygon in a field of a size: an outer ring, and up to three holes in it.
pub(crate) fn random_polygon(seed: u64, size_px: f64) -> Vec<Ring> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let centre = [0.0; 2].map(|_: f64| size_px * (0.2 + 0.6 * rng.random::<f64>()));
    let reach = size_px * (0.1 + 0.5 * rng.random::<f64>());
    let mut rings = vec![star(&mut rng, centre, reach)];
    for _ in 0..rng.random_range(0..4) {
        let place = centre.map(|v| v + reach * (rng.random::<f64>() - 0.5));
        rings.push(star(&mut rng, place, 0.3 * reach));
    }
    rings
}

/// Whether a ring goes around a point, by the sum of the angles under which its edges are seen from there.
fn goes_around(ring: &Ring, [x, y]: [f64; 2]) -> bool {
    let angle = |[px, py]: [f64; 2]| (py - y).atan2(px - x);
    let seen = ring.windows(2).map(|edge| {
        let turn = angle(edge[1]) - angle(edge[0]);
        if turn > PI {
            turn - TAU
        } else if turn < -PI {
            turn + TAU
        } else {
            turn
        }
    });
    seen.sum::<f64>().abs() > PI
}

/// Whether a polygon holds the centroid (y, x) of a nucleus.
pub(crate) fn holds(rings: &[Ring], [y, x]: [f64; 2]) -> bool {
    let from_corner = [x + 0.5, y + 0.5];
    goes_around(&rings[0], from_corner) && !rings[1..].iter().any(|hole| goes_around(hole, from_corner))
}

pub(crate) fn polygon(rings: &[Ring]) -> Value {
    json!({"type": "Polygon", "coordinates": rings})
}

#[test]
fn a_hundred_random_polygons_hold_the_points_that_a_slow_reference_finds() {
    let mut rng = ChaCha8Rng::seed_from_u64(16);
    let (mut inside, mut in_holes, mut all) = (0, 0, 0);
    for seed in 0..100 {
        let rings = random_polygon(seed, 1000.0);
        let found = regions(&annotation("Tumor", &polygon(&rings)).to_string()).unwrap();
        let points: Vec<[f64; 2]> =
            (0..500).map(|_| [0.0; 2].map(|_: f64| 1000.0 * rng.random::<f64>())).collect();
        let places = found.places("f", None, &points).unwrap();
        for (point, place) in points.iter().zip(places) {
            assert_eq!(place != RegionPlace::Outside, holds(&rings, *point), "polygon {seed}, {point:?}");
            inside += usize::from(place != RegionPlace::Outside);
            in_holes += usize::from(place == RegionPlace::Outside && holds(&rings[..1], *point));
            all += 1;
        }
    }
    assert!(inside > all / 20 && in_holes > 100, "{inside} and {in_holes} of {all}");
}

#[test]
fn five_thousand_areas_and_nuclei_are_no_wait() {
    let features: Vec<Value> = (0..5000)
        .map(|i| {
            let (x, y) = (f64::from(i % 100) * 100.0, f64::from(i / 100) * 100.0);
            annotation(&format!("area {i}"), &box_of([x, y, x + 60.0, y + 60.0]))
        })
        .collect();
    let found = regions(&collection(&features)).unwrap();
    let points: Vec<[f64; 2]> =
        (0..5000).map(|i| [f64::from(i / 100) * 100.0 + 30.0, f64::from(i % 100) * 100.0 + 30.0]).collect();
    let start = Instant::now();
    let places = found.places("f", None, &points).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert!(places.iter().enumerate().all(|(i, place)| place.name() == Some(&format!("area {i}"))));
    assert!(seconds < 1.0, "{seconds} s");
}

#[test]
fn a_line_of_a_million_points_is_no_wait() {
    // An area as a pixel classifier makes it.
    let corner = |i: i32| {
        let angle = TAU * f64::from(i % 1_000_000) / 1e6;
        let radius = 4000.0 + f64::from(i % 1_000_000 % 7);
        [5000.0 + radius * angle.cos(), 5000.0 + radius * angle.sin()]
    };
    let ring: Ring = (0..=1_000_000).map(corner).collect();
    let text = polygon(&[ring]).to_string();
    let start = Instant::now();
    let found = regions(&text).unwrap();
    let points: Vec<[f64; 2]> =
        (0..5000).map(|i| [f64::from(i % 71) * 140.0, f64::from(i / 71) * 140.0]).collect();
    let places = found.places("f", None, &points).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    for ([y, x], place) in points.iter().zip(places) {
        let distance = (y + 0.5 - 5000.0).hypot(x + 0.5 - 5000.0);
        if !(3990.0..4010.0).contains(&distance) {
            assert_eq!(place != RegionPlace::Outside, distance < 4000.0);
        }
    }
    assert!(seconds < 10.0, "{seconds} s");
}

#[test]
fn places_that_are_no_numbers_are_outside() {
    let found = regions(&box_of([0.0, 0.0, 9.0, 9.0]).to_string()).unwrap();
    let places = found.places("f", None, &[[f64::NAN, 4.0], [4.0, f64::NAN], [f64::INFINITY, 4.0]]).unwrap();
    assert_eq!(places, [RegionPlace::Outside, RegionPlace::Outside, RegionPlace::Outside]);
    assert!(found.places("f", None, &[]).unwrap().is_empty());
}
