//! The nuclei on which the verdict depends: those that give another verdict if their calls are wrong.
//!
//! The assay's rule itself is asked, on the counts with calls turned. More rearranged nuclei never make a verdict less
//! positive (negative, then equivocal, then positive), so that a search by halves finds the turn.

use std::collections::BTreeMap;

use super::evaluable::{CountsAs, Evaluable};
use super::rule::verdict_of;
use super::tally::{CountedIn, Tally};
use super::verdict::Verdict;
use crate::assay::{Assay, Decision};
use crate::classify::NucleusCall;
use crate::error::Result;

/// The influence of a call on the verdict by the assay's rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Influence {
    /// None.
    #[default]
    None,
    /// The verdict turns if this call and other doubtful ones are wrong, and not without calls of its kind.
    WithOthers,
    /// The verdict turns if this call alone is wrong.
    Alone,
}

/// Calls that count alike: turned, they have the same effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    stage: CountedIn,
    /// The pattern, if the rule has cutoffs by pattern.
    pattern: String,
    counts_as: CountsAs,
}

/// Calls that may be turned in one direction, the most doubtful first.
struct Candidates {
    /// Whether they count as rearranged once they are turned.
    to: bool,
    /// Pattern of an intact nucleus that turns out to be rearranged.
    pattern: String,
    kinds: Vec<Kind>,
    /// Place of each among the evaluable nuclei, and its kind.
    calls: Vec<(usize, usize)>,
}

/// The counts of a specimen with calls turned.
#[derive(Clone)]
struct Tallies {
    as_read: Tally,
    if_open_are_intact: Tally,
    if_open_are_rearranged: Tally,
}

/// The influence of each call of a specimen, in the order of `calls`. `doubt` is the probability that a call is wrong; `None` if
/// it is certain. Calls that the assay leaves open are always doubtful.
///
/// # Errors
/// As the rule: an assay that does not hold together.
pub(crate) fn influence<'a>(
    calls: impl IntoIterator<Item = &'a NucleusCall>,
    assay: &'a Assay,
    doubt: impl Fn(&NucleusCall) -> Option<f64>,
) -> Result<BTreeMap<usize, Influence>> {
    let evaluable = Evaluable::of(calls, assay);
    let tallies = Tallies::of(&evaluable);
    let verdict = tallies.verdict(assay)?;
    let mut found = BTreeMap::new();
    if verdict == Verdict::NotEvaluable {
        return Ok(found);
    }
    // A nucleus that turns out to be rearranged may have any pattern with a cutoff of its own.
    let patterns: Vec<String> = match &assay.decision {
        Decision::PerPattern(rule) => rule.patterns.keys().cloned().collect(),
        Decision::Single(_) | Decision::TwoStage(_) => Vec::new(),
    };
    let up = patterns.into_iter().chain([String::new()]).map(|pattern| (true, pattern));
    for (to, pattern) in [(false, String::new())].into_iter().chain(up) {
        let candidates = Candidates::of(&evaluable, &doubt, (to, pattern));
        let influences = candidates.influences(&tallies, verdict, assay)?;
        for (place, kind) in &candidates.calls {
            let (Some(influence), Some(place)) = (influences.get(*kind), evaluable.places.get(*place)) else {
                continue;
            };
            let known = found.entry(*place).or_insert(Influence::None);
            *known = (*known).max(*influence);
        }
    }
    Ok(found)
}

/// Whether the verdict is open for want of nuclei, and nuclei that are left out would settle it if they were counted.
///
/// # Errors
/// As [`influence`].
pub(crate) fn more_nuclei_decide(
    calls: &[&NucleusCall],
    assay: &Assay,
    may_count: impl Fn(&NucleusCall) -> bool,
) -> Result<bool> {
    let calls = || calls.iter().copied();
    let ruling = Evaluable::of(calls(), assay).ruling()?;
    if ruling.verdict.is_decided() || ruling.open.is_some() {
        return Ok(false);
    }
    let all = Evaluable::chosen(calls(), |call| call.evaluable() || may_count(call), assay);
    let with =
        |rearranged: bool| all.verdict_if(|call| if call.evaluable() { call.rearranged } else { rearranged });
    Ok(with(false)? != ruling.verdict || with(true)? != ruling.verdict)
}

impl Candidates {
    fn of(
        evaluable: &Evaluable<'_>,
        doubt: impl Fn(&NucleusCall) -> Option<f64>,
        (to, pattern): (bool, String),
    ) -> Self {
        let assay = evaluable.assay();
        let has_patterns = matches!(assay.decision, Decision::PerPattern(_));
        let mut by_doubt: Vec<(f64, usize, Kind)> = Vec::new();
        for (place, call) in evaluable.calls.iter().enumerate() {
            let counts_as = evaluable.counts_as(call);
            let doubt = doubt(call).or(counts_as.is_open().then_some(0.0));
            if let Some(doubt) = doubt.filter(|_| counts_as.changes(to)) {
                let pattern = if has_patterns { call.pattern.to_string() } else { String::new() };
                by_doubt.push((
                    doubt,
                    place,
                    Kind { stage: CountedIn::of(place, assay), pattern, counts_as },
                ));
            }
        }
        by_doubt.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut kinds: Vec<Kind> = by_doubt.iter().map(|(_, _, kind)| kind.clone()).collect();
        kinds.sort();
        kinds.dedup();
        let calls =
            by_doubt.iter().filter_map(|(_, place, kind)| Some((*place, kinds.binary_search(kind).ok()?)));
        Self { to, pattern, calls: calls.collect(), kinds }
    }

    /// The influence of each kind.
    fn influences(&self, tallies: &Tallies, verdict: Verdict, assay: &Assay) -> Result<Vec<Influence>> {
        let all: Vec<usize> = self.calls.iter().map(|(_, kind)| *kind).collect();
        if self.turned(tallies, &all).verdict(assay)? == verdict {
            return Ok(Vec::new());
        }
        let of_kind = |kind: usize| -> Result<Influence> {
            if self.turned(tallies, &[kind]).verdict(assay)? != verdict {
                return Ok(Influence::Alone);
            }
            let (own, others): (Vec<usize>, Vec<usize>) = all.iter().partition(|other| **other == kind);
            // As many of the others as leave the verdict as it is.
            let (mut kept, mut turns) = (0, others.len() + 1);
            while kept + 1 < turns {
                let middle = usize::midpoint(kept, turns);
                let is_kept = self.turned(tallies, &others[..middle]).verdict(assay)? == verdict;
                *(if is_kept { &mut kept } else { &mut turns }) = middle;
            }
            let with_own = self.turned(&self.turned(tallies, &others[..kept]), &own).verdict(assay)?;
            Ok(if with_own == verdict { Influence::None } else { Influence::WithOthers })
        };
        (0..self.kinds.len()).map(of_kind).collect()
    }

    /// The counts with calls of these kinds turned.
    fn turned(&self, tallies: &Tallies, calls: &[usize]) -> Tallies {
        let mut turned = tallies.clone();
        for kind in calls.iter().filter_map(|kind| self.kinds.get(*kind)) {
            // An open nucleus keeps its pattern if it is settled as rearranged.
            let is_new = self.to && !kind.counts_as.is_open();
            turned.turn(kind, if is_new { &self.pattern } else { &kind.pattern }, self.to);
        }
        turned
    }
}

impl CountsAs {
    /// Whether a call that is settled as rearranged (`to`) or as intact counts otherwise than before.
    fn changes(self, to: bool) -> bool {
        [self.as_read, self.if_open_are_intact, self.if_open_are_rearranged].into_iter().any(|now| now != to)
    }
}

impl Tallies {
    fn of(evaluable: &Evaluable<'_>) -> Self {
        let tally = |counts: fn(CountsAs) -> bool| {
            Tally::of(&evaluable.votes(|call| counts(evaluable.counts_as(call))), evaluable.assay())
        };
        Self {
            as_read: tally(|counts_as| counts_as.as_read),
            if_open_are_intact: tally(|counts_as| counts_as.if_open_are_intact),
            if_open_are_rearranged: tally(|counts_as| counts_as.if_open_are_rearranged),
        }
    }

    fn turn(&mut self, kind: &Kind, pattern: &str, to: bool) {
        for (tally, now) in [
            (&mut self.as_read, kind.counts_as.as_read),
            (&mut self.if_open_are_intact, kind.counts_as.if_open_are_intact),
            (&mut self.if_open_are_rearranged, kind.counts_as.if_open_are_rearranged),
        ] {
            if now != to {
                tally.turn(kind.stage, pattern, to);
            }
        }
    }

    /// The verdict by the rule: equivocal if open nuclei, counted the other way, give another one.
    fn verdict(&self, assay: &Assay) -> Result<Verdict> {
        let verdict = verdict_of(&self.as_read, assay)?;
        let is_settled = !verdict.is_decided()
            || (verdict_of(&self.if_open_are_intact, assay)? == verdict
                && verdict_of(&self.if_open_are_rearranged, assay)? == verdict);
        Ok(if is_settled { verdict } else { Verdict::Equivocal })
    }
}
