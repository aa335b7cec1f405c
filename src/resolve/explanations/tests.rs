use proptest::prelude::*;

use super::*;

/// A term of an explanation.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    IsolatedRed(usize),
    IsolatedGreen(usize),
    Fused(usize, usize),
    Split(usize, usize),
    Coincident(usize, usize),
    Debris(usize, usize),
    RedWithCrosstalk(usize, usize),
    GreenWithCrosstalk(usize, usize),
}

/// Every explanation with its weight, by trying everything for one red after the other and then for the greens left over.
fn explanations(weights: &Weights) -> Vec<(f64, Vec<Is>)> {
    let (reds, greens) = (weights.isolated.red.len(), weights.isolated.green.len());
    let mut open: Vec<(f64, Vec<Is>, Vec<usize>)> = vec![(1.0, Vec::new(), (0..greens).collect())];
    for i in 0..reds {
        let mut next = Vec::new();
        for (weight, parts, left) in &open {
            let with = |part: Is, w: f64| (weight * w, [&parts[..], &[part]].concat());
            next.push((*weight, parts.clone(), left.clone()));
            let (w, p) = with(Is::IsolatedRed(i), weights.isolated.red[i]);
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
                let parts = [&parts[..], &[Is::IsolatedGreen(j)]].concat();
                next.push((weight * weights.isolated.green[j], parts, left.clone()));
            }
            next.push((weight, parts, left));
        }
        open = next;
    }
    open.into_iter().map(|(weight, parts, _)| (weight, parts)).collect()
}

fn separates_red(part: Is) -> bool {
    matches!(part, Is::IsolatedRed(_) | Is::Split(..) | Is::RedWithCrosstalk(..))
}

fn separates_green(part: Is) -> bool {
    matches!(part, Is::IsolatedGreen(_) | Is::Split(..) | Is::GreenWithCrosstalk(..))
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
        let isolated = |n| prop::collection::vec(weight(), n);
        let pairs = prop::collection::vec(pair, reds * greens);
        (isolated(reds), isolated(greens), pairs).prop_map(move |(red, green, pairs)| Weights {
            isolated: PerColour { red, green },
            pairs: Array2::from_shape_vec((reds, greens), pairs).unwrap(),
        })
    })
}

proptest! {
    #[test]
    fn probabilities_are_the_sums_over_all_explanations(weights in weights()) {
        let all = explanations(&weights);
        let total: f64 = all.iter().map(|(w, _)| w).sum();
        let share = |of: &dyn Fn(&[Is]) -> bool| {
            all.iter().filter(|(_, parts)| of(parts)).map(|(w, _)| w).sum::<f64>() / total
        };
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let p = weights.probabilities();
        for (i, isolated) in p.isolated.red.iter().enumerate() {
            prop_assert!(close(*isolated, share(&|parts| parts.contains(&Is::IsolatedRed(i)))));
        }
        for (j, isolated) in p.isolated.green.iter().enumerate() {
            prop_assert!(close(*isolated, share(&|parts| parts.contains(&Is::IsolatedGreen(j)))));
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
    fn the_most_probable_explanation_has_the_largest_weight(weights in weights()) {
        let (_, parts) = explanations(&weights).into_iter().reduce(|a, b| if b.0 > a.0 { b } else { a }).unwrap();
        let separated = PerColour {
            red: parts.iter().any(|part| separates_red(*part)),
            green: parts.iter().any(|part| separates_green(*part)),
        };
        let mut expected = PerColour {
            red: vec![CandidateKind::Background; weights.isolated.red.len()],
            green: vec![CandidateKind::Background; weights.isolated.green.len()],
        };
        for part in parts {
            match part {
                Is::IsolatedRed(i) => expected.red[i] = CandidateKind::Signal,
                Is::IsolatedGreen(j) => expected.green[j] = CandidateKind::Signal,
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
        prop_assert_eq!(weights.most_probable(), Explanation { kinds: expected, separated });
    }
}
