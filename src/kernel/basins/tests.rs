use super::*;
use crate::kernel::padded::spans_of;
use ndarray::Array2;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn neighbours((y, x): (usize, usize), (h, w): (usize, usize)) -> Vec<(usize, usize)> {
    (y.saturating_sub(1)..(y + 2).min(h))
        .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(w)).map(move |u| (v, u)))
        .collect()
}

fn summit_reference(image: &Array2<f32>, mut p: (usize, usize)) -> (usize, usize) {
    loop {
        let mut best = p;
        for n in neighbours(p, image.dim()) {
            if image[n] > image[best] || (image[n] == image[best] && n < best) {
                best = n;
            }
        }
        if best == p {
            return p;
        }
        p = best;
    }
}

proptest! {
    #[test]
    fn agrees_with_climbing_from_every_pixel(
        (h, w, values) in (1_usize..9, 1_usize..40).prop_flat_map(|(h, w)| {
            (Just(h), Just(w), proptest::collection::vec(0_u8..9, h * w))
        }),
    ) {
        let image = Array2::from_shape_vec((h, w), values).unwrap().mapv(f32::from);
        let (mut padded, mut fast, mut runs) = (Padded::default(), Basins::default(), Vec::<Run>::new());
        let mut spans = Vec::new();
        for around in [(9, 45), (h, w)] {
            // What an earlier, larger image left does no harm.
            padded.reshape(around);
            padded.rows_mut().fill(0.0);
            runs.clear();
            for ((y, x), &v) in image.indexed_iter() {
                let at = padded.at(y, x);
                padded.values[at] = v;
                let (y, x) = (y as u32, x as u32);
                match runs.last_mut().filter(|r| r.y == y && r.x1 == x) {
                    Some(run) if v > 0.0 => run.x1 += 1,
                    _ if v > 0.0 => runs.push(Run { y, x0: x, x1: x + 1 }),
                    _ => {}
                }
            }
            spans_of(&runs, &mut spans);
            fast.find(&padded, &runs, &spans);
        }
        let of = |(y, x)| fast.of[padded.at(y, x)];
        let number = |p| (of(p) & !KNOWN) as usize;
        let summit = |p| summit_reference(&image, p);
        let mut heights: BTreeMap<(u32, u32), f32> = BTreeMap::new();
        for (p, &v) in image.indexed_iter() {
            if v <= 0.0 {
                continue;
            }
            prop_assert_eq!(of(p), of(summit(p)));
            prop_assert_eq!(fast.peaks[number(p)], image[summit(p)]);
            for q in neighbours(p, (h, w)) {
                if image[q] > 0.0 && summit(q) != summit(p) {
                    prop_assert!(of(q) != of(p));
                    let key = (number(p).min(number(q)) as u32, number(p).max(number(q)) as u32);
                    let height = heights.entry(key).or_insert(0.0);
                    *height = height.max(image[p].min(image[q]));
                }
            }
        }
        if fast.peaks.len() > 1 {
            let pixels: usize = fast.runs.iter().map(|(run, _)| run.len()).sum();
            prop_assert_eq!(pixels, image.iter().filter(|v| **v > 0.0).count());
            for (run, basin) in &fast.runs {
                prop_assert!((run.x0..run.x1).all(|x| number((run.y as usize, x as usize)) == *basin as usize));
            }
        }
        let found: BTreeMap<_, _> = fast.passes.iter().map(|p| (p.between, p.height)).collect();
        prop_assert_eq!(found, heights);
    }
}
