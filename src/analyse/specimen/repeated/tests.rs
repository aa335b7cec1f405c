use super::place::Spot;
use super::*;
use crate::colour::Colour;
use crate::segment::{BoundingBox, Nucleus};
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

fn seen(nuclei: &[Nucleus], width: usize) -> Seen<'_> {
    Seen { name: "field", size_px: [SIZE, width], nuclei, spots: Vec::new() }
}

fn twice(fields: &[Vec<Nucleus>]) -> Repeated {
    let seen: Vec<Seen<'_>> = fields.iter().map(|nuclei| seen(nuclei, SIZE)).collect();
    find(&seen, &vec![(true, true); fields.len()])
}

/// The same nuclei in another picture: mirrored or not, turned by a quarter `turns` times, at another scale, with outlines that
/// noise moves.
fn changed(nuclei: &[Nucleus], mirrored: bool, turns: usize, scale: f64, seed: u64) -> Vec<Nucleus> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let last = SIZE as f64 - 1.0;
    let place = |n: &Nucleus| {
        let [y, x] = [n.centroid_y_px, if mirrored { last - n.centroid_x_px } else { n.centroid_x_px }];
        // Clockwise: the first row becomes the last column.
        (0..turns).fold([y, x], |[y, x], _| [x, last - y])
    };
    nuclei
        .iter()
        .map(|n| {
            let [y, x, area] = [0.5, 0.5, 0.04].map(|by: f64| random.random_range(-by..by));
            let area_px = (n.area_px as f64 * scale * scale * (1.0 + area)) as usize;
            let [v, u] = place(n);
            nucleus(n.id as usize, [scale * v + y, scale * u + x], area_px)
        })
        .collect()
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

#[test]
fn a_copy_that_is_turned_or_mirrored_counts_once() {
    for (i, (mirrored, turns)) in
        [(false, 1), (false, 2), (false, 3), (true, 0), (true, 1), (true, 2)].into_iter().enumerate()
    {
        let one = field(60, 200 + i as u64);
        let copy = changed(&one, mirrored, turns, 1.0, 300);
        let found = twice(&[one, copy, field(60, 400)]);
        assert_eq!((counted(&found), found.places.len()), (120, 1), "{mirrored} {turns}: {:?}", found.places);
        let place = &found.places[0];
        let off = (place.turned_degrees - 90.0 * turns as f64).rem_euclid(360.0);
        assert!(place.is_mirrored == mirrored && off.min(360.0 - off) < 0.2, "{place:?}");
        assert!((place.scale - 1.0).abs() < 0.01 && place.left_out.is_none() && found.left_out.is_empty());
    }
}

#[test]
fn a_copy_at_another_scale_is_left_out() {
    for scale in [0.25, 0.5, 2.0] {
        let one = field(60, 500);
        let copy = changed(&one, false, 0, scale, 501);
        let found = twice(&[one, copy]);
        // The coarser one.
        assert_eq!(found.left_out, [usize::from(scale < 1.0)], "{scale}: {:?}", found.places);
        assert_eq!((counted(&found), found.elsewhere.len()), (60, 1));
        assert!((found.places[0].scale / scale - 1.0).abs() < 0.02);
    }
    let one = field(60, 500);
    let copy = changed(&one, false, 0, 2.0, 501);
    let seen = [&one, &copy].map(|nuclei| seen(nuclei, SIZE));
    let found = find(&seen, &[(true, true), (false, true)]);
    assert_eq!(found.left_out, [1], "the one with a pixel size is kept");
}

#[test]
fn a_picture_beside_its_copy_counts_once() {
    for (mirrored, turns) in [(false, 0), (true, 0), (false, 2), (false, 1)] {
        let one = field(50, 600);
        let copy = changed(&one, mirrored, turns, 1.0, 601);
        let mut both = one;
        both.extend(copy.into_iter().map(|n| {
            nucleus(n.id as usize + 50, [n.centroid_y_px, n.centroid_x_px + SIZE as f64], n.area_px)
        }));
        let seen = seen(&both, 2 * SIZE);
        let found = find(&[seen], &[(true, true)]);
        assert_eq!(counted(&found), 50, "{mirrored} {turns}: {:?}", found.places);
        assert!(found.places.iter().all(|place| place.fields[0] == place.fields[1]));
    }
}

fn with_spots(nuclei: &[Nucleus], seed: u64) -> Seen<'_> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut spot = |nucleus: usize, colour| {
        let place = [nuclei[nucleus].centroid_y_px, nuclei[nucleus].centroid_x_px];
        Spot { nucleus, colour, place: place.map(|p| p + random.random_range(-18.0..18.0)) }
    };
    let both = (0..nuclei.len()).flat_map(|i| Colour::BOTH.map(|colour| (i, colour)));
    let spots = both.map(|(i, colour)| spot(i, colour)).collect();
    Seen { spots, ..seen(nuclei, SIZE) }
}

#[test]
fn the_same_nuclei_with_other_spots_are_no_copy() {
    let one = field(40, 800);
    let copy = changed(&one, true, 1, 1.0, 801);
    let other = [with_spots(&one, 1), with_spots(&copy, 2)];
    assert_eq!(find(&other, &[(true, true); 2]).places, []);
    let [first, mut second] = other;
    let last = SIZE as f64 - 1.0;
    second.spots =
        first.spots.iter().map(|s| Spot { place: [last - s.place[1], last - s.place[0]], ..*s }).collect();
    assert_eq!(find(&[first, second], &[(true, true); 2]).places.len(), 1);
}

#[test]
fn nuclei_in_rows_and_in_few_places_are_no_copies() {
    // A regular pattern is like itself after many moves; areas tell its nuclei apart.
    let mut random = ChaCha8Rng::seed_from_u64(700);
    let lattice: Vec<Nucleus> = (0..100)
        .map(|i| {
            nucleus(i + 1, [(i / 10 * 100) as f64, (i % 10 * 100) as f64], random.random_range(1500..4500))
        })
        .collect();
    assert_eq!(twice(&[lattice]).places, []);
    for seed in 0..300 {
        let fields: Vec<Vec<Nucleus>> =
            (0..4).map(|i| field(4 + seed as usize % 60, 1000 + 4 * seed + i)).collect();
        assert_eq!(twice(&fields).places, [], "{seed}");
    }
}
