//! The best set of candidates that do not overlap.

use crate::segment::candidate::Candidate;

/// What the choice found.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// The chosen candidates, in their order.
    pub(super) chosen: Vec<usize>,
    /// Per candidate, the value of the best choice strictly within it.
    pub(super) best_within: Vec<f32>,
    /// Per candidate, how many nuclei that choice has.
    pub(super) count_within: Vec<u32>,
}

/// Chooses the disjoint candidates with the largest sum of score - `minimum_score`. Ineligible candidates and
/// those at or below the minimum are never chosen.
pub(super) fn choose(candidates: &[Candidate], scores: &[f32], minimum_score: f32) -> Choice {
    let n = candidates.len();
    let mut best = vec![0.0_f32; n];
    let mut count = vec![0_u32; n];
    let mut best_within = vec![0.0_f32; n];
    let mut count_within = vec![0_u32; n];
    let mut by_parts = vec![false; n];
    let mut own = vec![false; n];
    for i in (0..n).rev() {
        let c = &candidates[i];
        let sum = |children: &[usize]| {
            children.iter().fold((0.0, 0), |(v, k), &j| (v + best[j], k + count[j]))
        };
        let mut within = sum(&c.components);
        if let Some(parts) = &c.parts {
            let other = sum(parts);
            if other.0 > within.0 {
                within = other;
                by_parts[i] = true;
            }
        }
        (best_within[i], count_within[i]) = within;
        let value = scores[i] - minimum_score;
        own[i] = c.eligible && value > 0.0 && value >= within.0;
        (best[i], count[i]) = if own[i] { (value, 1) } else { within };
    }
    let mut chosen = Vec::new();
    let mut open: Vec<usize> = (0..n).filter(|&i| candidates[i].parent.is_none()).collect();
    while let Some(i) = open.pop() {
        if own[i] {
            chosen.push(i);
        } else if let (true, Some(parts)) = (by_parts[i], candidates[i].parts) {
            open.extend(parts);
        } else {
            open.extend(&candidates[i].components);
        }
    }
    chosen.sort_unstable();
    Choice { chosen, best_within, count_within }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::runs::Run;
    use proptest::prelude::*;

    /// A forest given by each node's parent (a smaller index), and for some nodes two parts beside components.
    fn forest(parents: &[Option<usize>], as_parts: &[bool]) -> Vec<Candidate> {
        let run = vec![Run { y: 0, x0: 0, x1: 1 }];
        let mut all: Vec<Candidate> = parents.iter().map(|&p| Candidate::new(run.clone(), 0, p)).collect();
        for i in 0..all.len() {
            all[i].eligible = i % 5 != 3;
            let mut children: Vec<usize> = (0..all.len()).filter(|&j| parents[j] == Some(i)).collect();
            if as_parts[i] && children.len() >= 2 {
                let b = children.pop().unwrap();
                let a = children.pop().unwrap();
                all[i].parts = Some([a, b]);
            }
            all[i].components = children;
        }
        all
    }

    /// Best value by trying: a node itself, its components, or its parts.
    fn best_reference(all: &[Candidate], scores: &[f32], i: usize) -> f32 {
        let sum = |c: &[usize]| c.iter().map(|&j| best_reference(all, scores, j)).sum::<f32>();
        let own = if all[i].eligible { scores[i] - 0.5 } else { 0.0 };
        own.max(sum(&all[i].components)).max(all[i].parts.map_or(0.0, |p| sum(&p)))
    }

    proptest! {
        #[test]
        fn is_disjoint_and_the_best(
            parents in proptest::collection::vec(0_usize..1000, 1..14),
            as_parts in proptest::collection::vec(any::<bool>(), 14),
            scores in proptest::collection::vec(0_u8..9, 14),
        ) {
            let parents: Vec<Option<usize>> = parents.iter().enumerate()
                .map(|(i, &p)| (i > 0 && p % 7 != 0).then(|| p % i)).collect();
            let all = forest(&parents, &as_parts);
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
