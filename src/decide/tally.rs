//! The numbers of nuclei that the assay's rule compares.

use std::collections::BTreeMap;

use super::verdict::Count;
use crate::assay::{Assay, Decision};

/// An evaluable nucleus as the decision sees it.
#[derive(Debug, Clone)]
pub(crate) struct Vote {
    pub(crate) rearranged: bool,
    pub(crate) pattern: String,
}

/// The stage in which a nucleus is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CountedIn {
    /// The only stage of a rule, or the first of two.
    First,
    /// The second of two.
    Second,
    /// A two-stage rule has enough nuclei without it.
    Neither,
}

impl CountedIn {
    /// The stage of a nucleus by its place among the evaluable ones.
    pub(super) fn of(place: usize, assay: &Assay) -> Self {
        let [first, second] = stage_cells(assay);
        match place {
            place if place < first => Self::First,
            place if place - first < second => Self::Second,
            _ => Self::Neither,
        }
    }
}

/// Nuclei of the first and of the second stage. A rule of one stage counts all nuclei in the first.
pub(super) fn stage_cells(assay: &Assay) -> [usize; 2] {
    let cells = |stage: usize| assay.reading.stages.get(stage).map(|stage| stage.cells);
    match &assay.decision {
        Decision::TwoStage(_) => [cells(0).unwrap_or(assay.reading.min_tumour_cells), cells(1).unwrap_or(0)],
        Decision::Single(_) | Decision::PerPattern(_) => [usize::MAX, 0],
    }
}

/// Evaluable nuclei by what the assay's rule compares.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// All nuclei.
    pub(super) all: Count,
    /// Nuclei of each stage.
    pub(super) stages: [Count; 2],
    /// Rearranged nuclei by pattern, if the rule has cutoffs by pattern.
    pub(super) patterns: BTreeMap<String, usize>,
}

impl Tally {
    /// Votes in an order that does not depend on what they show.
    pub(super) fn of(votes: &[Vote], assay: &Assay) -> Self {
        let positive = votes.iter().filter(|vote| vote.rearranged).count();
        let mut tally = Self { all: Count { positive, total: votes.len() }, ..Self::default() };
        for (place, vote) in votes.iter().enumerate() {
            let Some(stage) = tally.stage_mut(CountedIn::of(place, assay)) else { break };
            stage.total += 1;
            stage.positive += usize::from(vote.rearranged);
        }
        if let Decision::PerPattern(_) = &assay.decision {
            for vote in votes.iter().filter(|vote| vote.rearranged) {
                *tally.patterns.entry(vote.pattern.clone()).or_default() += 1;
            }
        }
        tally
    }

    /// Counts a nucleus as rearranged that was counted as intact, or (`to` is false) the other way round.
    pub(super) fn turn(&mut self, stage: CountedIn, pattern: &str, to: bool) {
        let turned = |count: &mut Count| {
            let positive = if to { count.positive + 1 } else { count.positive.saturating_sub(1) };
            count.positive = positive.min(count.total);
        };
        turned(&mut self.all);
        if let Some(count) = self.stage_mut(stage) {
            turned(count);
        }
        let nuclei = self.patterns.entry(pattern.to_owned()).or_default();
        *nuclei = if to { *nuclei + 1 } else { nuclei.saturating_sub(1) };
    }

    fn stage_mut(&mut self, stage: CountedIn) -> Option<&mut Count> {
        let [first, second] = &mut self.stages;
        match stage {
            CountedIn::First => Some(first),
            CountedIn::Second => Some(second),
            CountedIn::Neither => None,
        }
    }
}
