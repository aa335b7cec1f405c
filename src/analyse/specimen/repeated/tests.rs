use super::*;
use crate::segment::BoundingBox;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SIZE: usize = 1000;

fn nucleus(id: usize, [y, x]: [f64; 2], area_px: usize) -> Nucleus {
    Nucleus {
        id: id as u32,
        bounding_box: BoundingBox { y0: 0, x0: 0, y1: 1, x1: 1 },
        area_px,
        centroid_y_px: y,
        centroid_x_px: x,
        solidity: 0.95,
        eccentricity: 0.5,
        mean_intensity: 100.0,
        touches_border: false,
        score: 1.0,
        overlapping: false,
        source_id: None,
    }
}

fn field(nuclei: usize, seed: u64) -> Vec<Nucleus> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut any = |range: std::ops::Range<f64>| random.random_range(range);
    (1..=nuclei)
        .map(|id| nucleus(id, [any(0.0..SIZE as f64), any(0.0..SIZE as f64)], any(1500.0..4500.0) as usize))
        .collect()
}

/// The same nuclei in another image of the part of the specimen that lies so far on.
fn again(nuclei: &[Nucleus], [down, right]: [f64; 2], seed: u64) -> Vec<Nucleus> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let inside = |d: f64| (0.0..SIZE as f64).contains(&d);
    nuclei
        .iter()
        .map(|n| {
            let [y, x, area] = [0.5, 0.5, 0.03].map(|by: f64| random.random_range(-by..by));
            let area_px = (n.area_px as f64 * (1.0 + area)) as usize;
            nucleus(n.id as usize, [n.centroid_y_px + y - down, n.centroid_x_px + x - right], area_px)
        })
        .filter(|n| inside(n.centroid_y_px) && inside(n.centroid_x_px))
        .collect()
}

fn twice(fields: &[Vec<Nucleus>]) -> Repeated {
    let seen: Vec<Seen<'_>> =
        fields.iter().map(|nuclei| Seen { name: "field", size_px: [SIZE, SIZE], nuclei }).collect();
    find(&seen)
}

fn counted(found: &Repeated) -> usize {
    found.elsewhere.iter().flatten().filter(|elsewhere| !**elsewhere).count()
}

#[test]
fn each_nucleus_of_fields_given_twice_counts_once() {
    for nuclei in [1, 4, 25, 120] {
        let one = field(nuclei, 1);
        let found = twice(&[one.clone(), one.clone(), one]);
        assert_eq!((counted(&found), found.places.len()), (nuclei, 3));
    }
    let one = field(40, 2);
    let found = twice(&[one.clone(), again(&one, [0.0, 0.0], 3), field(40, 4)]);
    assert_eq!((counted(&found), found.places.len()), (80, 1), "{:?}", found.places);
}

#[test]
fn tiles_that_overlap_share_the_nuclei_between_them() {
    let mut one = field(80, 5);
    let two = again(&one, [0.0, 700.0], 6);
    assert!(two.len() > 15);
    // The first image cuts one of them.
    let cut = two[0].id as usize - 1;
    one[cut].touches_border = true;
    let mut other = two.clone();
    other.extend(field(30, 7).into_iter().filter(|n| n.centroid_x_px > 300.0));
    let found = twice(&[one, other.clone()]);
    assert_eq!(counted(&found), 80 + other.len() - two.len());
    assert!(found.elsewhere[0][cut] && !found.elsewhere[1][0]);
}

#[test]
fn fields_of_different_places_share_nothing() {
    let fields: Vec<Vec<Nucleus>> = (0..40).map(|seed| field(100, 100 + seed)).collect();
    assert_eq!(twice(&fields).places, []);
    // Nuclei cut out one by one lie all in the middle.
    let crops: Vec<Vec<Nucleus>> = (0..30).map(|i| vec![nucleus(1, [500.0, 500.0], 3000 + i)]).collect();
    assert_eq!(twice(&crops).places, []);
    assert_eq!(twice(&[Vec::new(), Vec::new()]).places, []);
}
