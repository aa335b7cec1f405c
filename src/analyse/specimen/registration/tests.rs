use ndarray::Array2;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::placement::{Mask, Turn};
use crate::label_image::LabelImage;

const SIZE: usize = 600;

/// Discs of 40 px, and loci in them.
fn nuclei(seed: u64, count: usize) -> (Array2<u32>, Vec<[f64; 2]>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut labels = Array2::zeros((SIZE, SIZE));
    let mut loci = Vec::new();
    for id in 1..=count as u32 {
        let centre: [f64; 2] = [0, 1].map(|_| random.random_range(30.0..570.0));
        for ((y, x), label) in labels.indexed_iter_mut() {
            if (y as f64 - centre[0]).hypot(x as f64 - centre[1]) < 20.0 {
                *label = id;
            }
        }
        for _ in 0..2 {
            loci.push(centre.map(|c| c + random.random_range(-12.0..12.0)));
        }
    }
    (labels, loci)
}

fn moved(loci: &[[f64; 2]], by: [f64; 2]) -> Vec<[f64; 2]> {
    loci.iter().map(|[y, x]| [y + by[0], x + by[1]]).collect()
}

#[test]
fn the_best_displacement_is_the_true_one() {
    let (labels, loci) = nuclei(1, 60);
    let mask = Mask::new(&LabelImage::from_array(&labels), 5);
    for by in [[0.0, 0.0], [0.0, 25.0], [-40.0, 15.0]] {
        let counts = mask.counts(&moved(&loci, by), 16);
        let best = counts.best(16);
        let centre = counts.centre(best, 8).map(|d| 5.0 * d);
        assert!((centre[0] - by[0]).hypot(centre[1] - by[1]) <= 4.0, "{by:?}: {centre:?}");
        let (inside, all) = (counts.at(best).1, counts.at(best).0);
        assert!(inside as f64 > 0.95 * all as f64 && counts.deviations(best) > 8.0);
    }
}

#[test]
fn counts_agree_with_looking_up_each_locus() {
    let (labels, loci) = nuclei(2, 30);
    let (mask, reach) = (Mask::new(&LabelImage::from_array(&labels), 1), 9_isize);
    let loci: Vec<[f64; 2]> = loci.iter().map(|place| place.map(f64::round)).collect();
    let counts = mask.counts(&loci, reach as usize);
    for y in -reach..=reach {
        for x in -reach..=reach {
            let there = loci.iter().filter_map(|[v, u]| {
                let place = [*v as isize - y, *u as isize - x];
                let inside = |d: isize| (0..SIZE as isize).contains(&d);
                (inside(place[0]) && inside(place[1])).then(|| labels[place.map(|d| d as usize)] > 0)
            });
            let all: Vec<bool> = there.collect();
            assert_eq!(counts.at([y, x]), (all.len(), all.iter().filter(|inside| **inside).count()));
        }
    }
}

#[test]
fn a_turn_undoes_what_it_names() {
    let (labels, loci) = nuclei(3, 60);
    let last = SIZE as f64 - 1.0;
    let mirrored: Vec<[f64; 2]> = loci.iter().map(|[y, x]| [*y, last - x]).collect();
    let clockwise: Vec<[f64; 2]> = loci.iter().map(|[y, x]| [*x, last - y]).collect();
    for (loci, words) in [(mirrored, "mirrored left to right"), (clockwise, "turned by 90 degrees clockwise")]
    {
        let mask = Mask::new(&LabelImage::from_array(&labels), 5);
        assert!(mask.counts(&loci, 24).deviations([0, 0]) < 4.0);
        let fits = |turn: &Turn| mask.turned(*turn).unwrap().counts(&loci, 24).deviations([0, 0]) > 8.0;
        let fitting: Vec<&str> = Turn::ALL.into_iter().filter(fits).map(Turn::words).collect();
        assert_eq!(fitting, [words]);
    }
}

#[test]
fn other_nuclei_hold_loci_by_chance_only() {
    for seed in 10..30 {
        let (labels, _) = nuclei(seed, 60);
        let (_, loci) = nuclei(seed + 100, 60);
        let counts = Mask::new(&LabelImage::from_array(&labels), 5).counts(&loci, 24);
        let (here, best) = (counts.deviations([0, 0]), counts.deviations(counts.best(24)));
        assert!(here < 3.5 && best < 5.5 && counts.deviations_if_half() > 6.0, "{here} {best}");
    }
    let nothing = Mask::new(&LabelImage::from_array(&Array2::zeros((9, 9))), 4).counts(&[], 3);
    assert_eq!(
        (nothing.best(3), nothing.deviations([0, 0]), nothing.deviations_if_half()),
        ([0, 0], 0.0, 0.0)
    );
}
