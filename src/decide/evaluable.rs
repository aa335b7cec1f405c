//! The nuclei that are counted, and what the assay's rule makes of them.

use std::collections::BTreeMap;

use super::loss_effect::shows_both_ends;
use super::rule::{decide, verdict_on};
use super::tally::{Tally, Vote};
use super::verdict::{Count, Stage, Verdict};
use crate::assay::{Assay, IsolatedMeaning};
use crate::classify::{NucleusCall, NucleusClass};
use crate::error::Result;

/// The evaluable nuclei of a specimen, in an order that does not depend on what they show.
#[derive(Debug, Clone)]
pub(crate) struct Evaluable<'a> {
    pub(crate) calls: Vec<&'a NucleusCall>,
    /// Place of each among all calls of the specimen.
    pub(super) places: Vec<usize>,
    assay: &'a Assay,
}

/// Whether a nucleus counts as rearranged. The assay may leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CountsAs {
    /// As it is counted.
    pub(super) as_read: bool,
    /// If all open nuclei are intact.
    pub(super) if_open_are_intact: bool,
    /// If all open nuclei are rearranged.
    pub(super) if_open_are_rearranged: bool,
}

impl CountsAs {
    pub(super) fn is_open(self) -> bool {
        self.if_open_are_intact != self.if_open_are_rearranged
    }
}

/// The verdict by the assay's rule, and the stages that led to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ruling {
    pub(crate) stages: Vec<Stage>,
    pub(crate) verdict: Verdict,
    /// Nuclei whose meaning the assay leaves open, if counting them the other way gives another verdict.
    pub(crate) open: Option<usize>,
    /// Whether the verdict is positive only because isolated signals count.
    pub(crate) depends_on_isolated: bool,
}

impl<'a> Evaluable<'a> {
    /// The evaluable ones of all calls, drawn from all over the specimen.
    pub(crate) fn of(calls: impl IntoIterator<Item = &'a NucleusCall>, assay: &'a Assay) -> Self {
        Self::chosen(calls, NucleusCall::evaluable, assay)
    }

    /// The calls that `is_chosen` says, as if they were the evaluable ones.
    pub(super) fn chosen(
        calls: impl IntoIterator<Item = &'a NucleusCall>,
        is_chosen: impl Fn(&NucleusCall) -> bool,
        assay: &'a Assay,
    ) -> Self {
        let mut drawn: Vec<(usize, &NucleusCall)> = calls.into_iter().enumerate().collect();
        drawn.sort_by_key(|(place, _)| (scatter(*place as u64), *place));
        let (places, calls) = drawn.into_iter().filter(|(_, call)| is_chosen(call)).unzip();
        Self { calls, places, assay }
    }

    pub(crate) fn assay(&self) -> &'a Assay {
        self.assay
    }

    pub(crate) fn count(&self) -> Count {
        Count { positive: self.calls.iter().filter(|call| call.rearranged).count(), total: self.calls.len() }
    }

    /// The count without some nuclei.
    pub(crate) fn count_without(&self, left_out: impl Fn(&NucleusCall) -> bool) -> Count {
        let others = || self.calls.iter().filter(|call| !left_out(call));
        Count { positive: others().filter(|call| call.rearranged).count(), total: others().count() }
    }

    /// One vote a nucleus, `rearranged` saying what it counts as.
    pub(crate) fn votes(&self, rearranged: impl Fn(&NucleusCall) -> bool) -> Vec<Vote> {
        self.calls
            .iter()
            .map(|call| Vote { rearranged: rearranged(call), pattern: call.pattern.to_string() })
            .collect()
    }

    /// The votes if so many rearranged nuclei were intact: those by isolated signals, and those that show both ends.
    pub(crate) fn votes_without(&self, [isolated, both]: [usize; 2]) -> Vec<Vote> {
        let mut left = [isolated, both];
        let mut votes = self.votes(|call| call.rearranged);
        for (vote, call) in votes.iter_mut().zip(&self.calls).filter(|(vote, _)| vote.rearranged) {
            let left = &mut left[usize::from(shows_both_ends(&call.pattern))];
            vote.rearranged = *left == 0;
            *left = left.saturating_sub(1);
        }
        votes
    }

    /// The verdict if `rearranged` says what each nucleus counts as.
    pub(crate) fn verdict_if(&self, rearranged: impl Fn(&NucleusCall) -> bool) -> Result<Verdict> {
        verdict_on(&self.votes(rearranged), self.assay)
    }

    /// How often each signal pattern occurs, in laboratory notation.
    pub(crate) fn patterns(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.calls {
            *counts.entry(call.pattern.to_string()).or_default() += 1;
        }
        counts
    }

    /// Whether a nucleus counts as rearranged.
    pub(super) fn counts_as(&self, call: &NucleusCall) -> CountsAs {
        let is_left_open = match call.class.isolated_meaning(self.assay) {
            Some(IsolatedMeaning::Equivocal) => true,
            // Positive, but without the fused pair that the assay requires.
            Some(IsolatedMeaning::Positive) => !call.rearranged,
            _ => false,
        };
        CountsAs {
            as_read: call.rearranged,
            if_open_are_intact: call.rearranged && !call.uncertain,
            if_open_are_rearranged: call.rearranged || call.uncertain || is_left_open,
        }
    }

    /// The verdict by the assay's rule. It is equivocal if open nuclei, counted the other way, would give another one.
    pub(crate) fn ruling(&self) -> Result<Ruling> {
        let stages = decide(&Tally::of(&self.votes(|call| call.rearranged), self.assay), self.assay)?;
        let verdict = stages.last().map_or(Verdict::NotEvaluable, |stage| stage.verdict);
        let mut ruling = Ruling { stages, verdict, open: None, depends_on_isolated: false };
        if !verdict.is_decided() {
            return Ok(ruling);
        }
        let fewest = self.verdict_if(|call| self.counts_as(call).if_open_are_intact)?;
        let most = self.verdict_if(|call| self.counts_as(call).if_open_are_rearranged)?;
        if fewest != verdict || most != verdict {
            let open = self.calls.iter().filter(|call| self.counts_as(call).is_open()).count();
            ruling.open = Some(open);
            ruling.push_equivocal(format!("{open} open nuclei, counted the other way, give another verdict"));
            return Ok(ruling);
        }
        ruling.depends_on_isolated = verdict == Verdict::Positive && {
            let split = self.verdict_if(|call| call.class == NucleusClass::Split && call.rearranged)?;
            split != Verdict::Positive
        };
        Ok(ruling)
    }
}

impl Ruling {
    fn push_equivocal(&mut self, rule: String) {
        let (evaluable, rearranged) =
            self.stages.last().map_or((0, 0), |stage| (stage.evaluable, stage.rearranged));
        self.stages.push(Stage { evaluable, rearranged, rule, verdict: Verdict::Equivocal });
        self.verdict = Verdict::Equivocal;
    }
}

/// A number by which nuclei are drawn. It depends on their place alone, so that the first come from all over the specimen:
/// the finaliser of `SplitMix64` (Steele, Lea and Flood 2014, doi 10.1145/2714064.2660195).
fn scatter(position: u64) -> u64 {
    let mut z = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
