use super::*;
use crate::kernel::padded::spans_of;
use proptest::prelude::*;

fn squared_distance_reference(inside: &Array2<bool>) -> Array2<f32> {
    Array2::from_shape_fn(inside.dim(), |(y, x)| {
        inside
            .indexed_iter()
            .filter(|(_, inside)| !**inside)
            .map(|((v, u), _)| (v.abs_diff(y).pow(2) + u.abs_diff(x).pow(2)) as f32)
            .fold(f32::INFINITY, f32::min)
    })
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        (h, w, bits) in (1_usize..170, 1_usize..40).prop_flat_map(|(h, w)| {
            (Just(h), Just(w), proptest::collection::vec(0_u16..800, h * w))
        }),
    ) {
        let inside = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v > 0);
        let expected = squared_distance_reference(&inside);
        prop_assert_eq!(squared_distance(inside.view()), &expected);
        let (mut rows, mut padded) = (RowDistances::default(), Padded::default());
        let mut spans = Vec::new();
        for _ in 0..2 {
            let runs: Vec<Run> = inside.rows().into_iter().zip(0..).flat_map(|(row, y)| {
                let row = row.to_vec();
                let changes = |x: &u32| (*x == 0 || !row[*x as usize - 1]) && row[*x as usize];
                (0..w as u32).filter(changes).map(|x0| {
                    let x1 = (x0..w as u32).find(|x| !row[*x as usize]).unwrap_or(w as u32);
                    Run { y, x0, x1 }
                }).collect::<Vec<_>>()
            }).collect();
            padded.reshape((h, w));
            spans_of(&runs, &mut spans);
            rows.distances(&runs, &spans, &mut padded);
            for ((y, x), d) in expected.indexed_iter() {
                prop_assert_eq!(padded.values[padded.at(y, x)], d.sqrt());
            }
            let (stride, end) = (padded.stride, w);
            prop_assert!(padded.rows_mut().chunks(stride).all(|row| row[end..].iter().all(|&v| v == 0.0)));
        }
    }
}
