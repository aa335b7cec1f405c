//! The best set of candidates that do not overlap.

use crate::segment::candidate::Candidate;

/// Result of the choice.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// The chosen candidates, in their order.
    pub(super) chosen: Vec<usize>,
    /// Per candidate, the value of the best choice strictly within it.
    pub(super) best_within: Vec<f32>,
    /// Per candidate, how many nuclei that choice has.
    pub(super) count_within: Vec<u32>,
    /// Per candidate, how much less the best choice that takes it is worth than the best of all; 0 for those chosen.
    pub(super) regret: Vec<f32>,
    /// Per candidate, how much less the best choice is worth in which nothing larger stands in its place.
    pub(super) regret_of_place: Vec<f32>,
}

/// Chooses the disjoint candidates with the largest sum of score - `min_score`. Ineligible candidates and
/// those at or below the minimum are never chosen.
pub(super) fn choose(candidates: &[Candidate], scores: &[f32], min_score: f32) -> Choice {
    let n = candidates.len();
    let mut best = vec![0.0_f32; n];
    let mut count = vec![0_u32; n];
    let mut best_within = vec![0.0_f32; n];
    let mut count_within = vec![0_u32; n];
    let mut taken = vec![None; n];
    for i in (0..n).rev() {
        let c = &candidates[i];
        let mut within = (0.0_f32, 0);
        for (k, alternative) in c.alternatives.iter().enumerate() {
            let sum = alternative.iter().fold((0.0, 0), |(v, m), &j| (v + best[j], m + count[j]));
            if sum.0 > within.0 {
                within = sum;
                taken[i] = Some(k);
            }
        }
        (best_within[i], count_within[i]) = within;
        let value = scores[i] - min_score;
        (best[i], count[i]) = within;
        if c.eligible && value > 0.0 && value >= within.0 {
            (best[i], count[i], taken[i]) = (value, 1, None);
        }
    }
    let mut chosen = Vec::new();
    let mut open: Vec<usize> = (0..n).filter(|&i| candidates[i].is_root).collect();
    while let Some(i) = open.pop() {
        if let Some(k) = taken[i] {
            open.extend(&candidates[i].alternatives[k]);
        } else if count[i] == 1 {
            chosen.push(i);
        }
    }
    chosen.sort_unstable();
    let mut regret_of_place: Vec<f32> =
        candidates.iter().map(|c| if c.is_root { 0.0 } else { f32::INFINITY }).collect();
    for (i, c) in candidates.iter().enumerate() {
        for alternative in &c.alternatives {
            let value: f32 = alternative.iter().map(|&j| best[j]).sum();
            let regret = regret_of_place[i] + (best[i] - value).max(0.0);
            for &j in alternative {
                regret_of_place[j] = regret_of_place[j].min(regret);
            }
        }
    }
    let regret = (0..n).map(|i| regret_of_place[i] + best[i] - (scores[i] - min_score)).collect();
    Choice { chosen, best_within, count_within, regret, regret_of_place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::run::Run;
    use crate::segment::candidate::Origin;
    use proptest::prelude::*;

    /// A forest given by each node's parent (a smaller index); some nodes have their children in one set, some
    /// in two.
    fn forest(parents: &[Option<usize>], in_two: &[bool]) -> Vec<Candidate> {
        let run = vec![Run { y: 0, x0: 0, x1: 1 }];
        (0..parents.len())
            .map(|i| {
                let mut c = Candidate::new(run.clone(), 0, Origin::Component);
                c.eligible = i % 5 != 3;
                c.is_root = parents[i].is_none();
                let children: Vec<usize> = (0..parents.len()).filter(|&j| parents[j] == Some(i)).collect();
                c.alternatives = match (children.len(), in_two[i]) {
                    (0, _) => Vec::new(),
                    (2.., true) => {
                        children.chunks(children.len().div_ceil(2)).map(<[usize]>::to_vec).collect()
                    }
                    _ => vec![children],
                };
                c
            })
            .collect()
    }

    /// Best value by trying: a node itself or any of its alternatives.
    fn best_reference(all: &[Candidate], scores: &[f32], i: usize) -> f32 {
        let own = if all[i].eligible { scores[i] - 0.5 } else { 0.0 };
        all[i]
            .alternatives
            .iter()
            .map(|a| a.iter().map(|&j| best_reference(all, scores, j)).sum::<f32>())
            .fold(own.max(0.0), f32::max)
    }

    proptest! {
        #[test]
        fn is_disjoint_and_the_best(
            parents in proptest::collection::vec(0_usize..1000, 1..14),
            in_two in proptest::collection::vec(any::<bool>(), 14),
            scores in proptest::collection::vec(0_u8..9, 14),
        ) {
            let parents: Vec<Option<usize>> = parents.iter().enumerate()
                .map(|(i, &p)| (i > 0 && p % 7 != 0).then(|| p % i)).collect();
            let all = forest(&parents, &in_two);
            let scores: Vec<f32> = scores.iter().map(|&s| f32::from(s) / 8.0).collect();
            let choice = choose(&all, &scores, 0.5);
            let value: f32 = choice.chosen.iter().map(|&i| scores[i] - 0.5).sum();
            let best: f32 = (0..all.len()).filter(|&i| parents[i].is_none())
                .map(|i| best_reference(&all, &scores, i)).sum();
            prop_assert!((value - best).abs() < 1e-5);
            for &i in &choice.chosen {
                prop_assert!(all[i].eligible);
                let mut p = parents[i];
                while let Some(q) = p {
                    prop_assert!(!choice.chosen.contains(&q));
                    p = parents[q];
                }
            }
        }
    }
}
