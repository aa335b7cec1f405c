use proptest::prelude::*;

use super::*;

/// What a red or green candidate can be, with the weight of its part and what that adds to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    LoneRed(usize),
    LoneGreen(usize),
    Fused(usize, usize),
    Split(usize, usize),
    Coincident(usize, usize),
    Debris(usize, usize),
    RedWithCrosstalk(usize, usize),
    GreenWithCrosstalk(usize, usize),
}

/// Every sorting with its weight, by trying everything for one red after the other and then for the greens left over.
fn explanations(weights: &Weights) -> Vec<(f64, Vec<Is>)> {
    let (reds, greens) = (weights.isolated.red.len(), weights.isolated.green.len());
    let mut open: Vec<(f64, Vec<Is>, Vec<usize>)> = vec![(1.0, Vec::new(), (0..greens).collect())];
    for i in 0..reds {
        let mut next = Vec::new();
        for (weight, parts, left) in &open {
            let with = |part: Is, w: f64| (weight * w, [&parts[..], &[part]].concat());
            next.push((*weight, parts.clone(), left.clone()));
            let (w, p) = with(Is::LoneRed(i), weights.isolated.red[i]);
            next.push((w, p, left.clone()));
            for &j in left {
                let rest: Vec<usize> = left.iter().copied().filter(|other| *other != j).collect();
                let pair = &weights.pairs[(i, j)];
                for (part, w) in [
                    (Is::Fused(i, j), pair.fused),
                    (Is::Split(i, j), pair.split),
                    (Is::Coincident(i, j), pair.coincident),
                    (Is::Debris(i, j), pair.debris),
                    (Is::RedWithCrosstalk(i, j), pair.red_with_crosstalk),
                    (Is::GreenWithCrosstalk(i, j), pair.green_with_crosstalk),
                ] {
                    let (w, p) = with(part, w);
                    next.push((w, p, rest.clone()));
                }
            }
        }
        open = next;
    }
    for j in 0..greens {
        let mut next = Vec::new();
        for (weight, parts, left) in open {
            if left.contains(&j) {
                let parts = [&parts[..], &[Is::LoneGreen(j)]].concat();
                next.push((weight * weights.isolated.green[j], parts, left.clone()));
            }
            next.push((weight, parts, left));
        }
        open = next;
    }
    open.into_iter().map(|(weight, parts, _)| (weight, parts)).collect()
}

fn separates_red(part: Is) -> bool {
    matches!(part, Is::LoneRed(_) | Is::Split(..) | Is::RedWithCrosstalk(..))
}

fn separates_green(part: Is) -> bool {
    matches!(part, Is::LoneGreen(_) | Is::Split(..) | Is::GreenWithCrosstalk(..))
}

/// Weights of up to three reds and three greens over many orders of magnitude, some of them nothing.
fn weights() -> impl Strategy<Value = Weights> {
    let weight = || prop_oneof![1 => Just(0.0), 6 => (-4.0_f64..4.0).prop_map(f64::exp)];
    (0..4_usize, 0..4_usize).prop_flat_map(move |(reds, greens)| {
        let pair = (weight(), weight(), weight(), weight(), weight(), weight()).prop_map(
            |(fused, split, coincident, debris, red_with_crosstalk, green_with_crosstalk)| PairTerms {
                fused,
                split,
                coincident,
                debris,
                red_with_crosstalk,
                green_with_crosstalk,
            },
        );
        let lone = |n| prop::collection::vec(weight(), n);
        let pairs = prop::collection::vec(pair, reds * greens);
        (lone(reds), lone(greens), pairs).prop_map(move |(isolated_red, isolated_green, pairs)| Weights {
            isolated_red,
            isolated_green,
            pairs: Array2::from_shape_vec((reds, greens), pairs).unwrap(),
        })
    })
}

proptest! {
    #[test]
    fn probabilities_are_those_of_all_sortings_tried_one_by_one(weights in weights()) {
        let all = explanations(&weights);
        let total: f64 = all.iter().map(|(w, _)| w).sum();
        let share = |of: &dyn Fn(&[Is]) -> bool| {
            all.iter().filter(|(_, parts)| of(parts)).map(|(w, _)| w).sum::<f64>() / total
        };
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let p = weights.probabilities();
        for (i, lone) in p.isolated.red.iter().enumerate() {
            prop_assert!(close(*lone, share(&|parts| parts.contains(&Is::LoneRed(i)))));
        }
        for (j, lone) in p.isolated.green.iter().enumerate() {
            prop_assert!(close(*lone, share(&|parts| parts.contains(&Is::LoneGreen(j)))));
        }
        for ((i, j), pair) in p.pairs.indexed_iter() {
            prop_assert!(close(pair.fused, share(&|parts| parts.contains(&Is::Fused(i, j)))));
            prop_assert!(close(pair.split, share(&|parts| parts.contains(&Is::Split(i, j)))));
            prop_assert!(close(pair.debris, share(&|parts| parts.contains(&Is::Debris(i, j)))));
            prop_assert!(close(pair.coincident, share(&|parts| parts.contains(&Is::Coincident(i, j)))));
            prop_assert!(close(pair.red_with_crosstalk, share(&|parts| parts.contains(&Is::RedWithCrosstalk(i, j)))));
            prop_assert!(close(pair.green_with_crosstalk, share(&|parts| parts.contains(&Is::GreenWithCrosstalk(i, j)))));
        }
        let none = weights.none_separated();
        prop_assert!(close(none.red, share(&|parts| !parts.iter().any(|p| separates_red(*p)))));
        prop_assert!(close(none.green, share(&|parts| !parts.iter().any(|p| separates_green(*p)))));
        prop_assert!(close(none.both, share(&|parts| !parts.iter().any(|p| separates_red(*p) || separates_green(*p)))));
    }

    #[test]
    fn the_heaviest_sorting_is_that_of_all_tried_one_by_one(weights in weights()) {
        let (_, parts) = explanations(&weights).into_iter().reduce(|a, b| if b.0 > a.0 { b } else { a }).unwrap();
        let mut expected = Explanation {
            red: vec![CandidateKind::Background; weights.isolated.red.len()],
            green: vec![CandidateKind::Background; weights.isolated.green.len()],
        };
        for part in parts {
            match part {
                Is::LoneRed(i) => expected.red[i] = CandidateKind::Signal,
                Is::LoneGreen(j) => expected.green[j] = CandidateKind::Signal,
                Is::Fused(i, j) | Is::Split(i, j) => {
                    (expected.red[i], expected.green[j]) = (CandidateKind::Signal, CandidateKind::Signal);
                }
                Is::Coincident(i, j) | Is::Debris(i, j) => {
                    (expected.red[i], expected.green[j]) = (CandidateKind::Coincident, CandidateKind::Coincident);
                }
                Is::RedWithCrosstalk(i, j) => (expected.red[i], expected.green[j]) = (CandidateKind::Signal, CandidateKind::Crosstalk),
                Is::GreenWithCrosstalk(i, j) => (expected.red[i], expected.green[j]) = (CandidateKind::Crosstalk, CandidateKind::Signal),
            }
        }
        prop_assert_eq!(weights.most_probable(), expected);
    }
}
