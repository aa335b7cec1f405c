//! The nuclei that are counted, and what the assay's rule makes of them.

use std::collections::BTreeMap;

use super::loss_effect::shows_both_ends;
use super::rule::{Vote, decide, verdict_on};
use super::verdict::{Count, Stage, Verdict};
use crate::assay::{Assay, IsolatedMeaning};
use crate::classify::{NucleusCall, NucleusClass};
use crate::error::Result;

/// The evaluable nuclei of a specimen, in an order that does not depend on what they show.
#[derive(Debug, Clone)]
pub(crate) struct Evaluable<'a> {
    pub(crate) calls: Vec<&'a NucleusCall>,
    assay: &'a Assay,
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
    pub(crate) fn of(calls: &'a [NucleusCall], assay: &'a Assay) -> Self {
        let calls = drawn_order(calls).into_iter().filter(|call| call.evaluable()).collect();
        Self { calls, assay }
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

    /// Whether the assay leaves open how a nucleus counts.
    fn is_open(&self, call: &NucleusCall) -> bool {
        match call.class.isolated_meaning(self.assay) {
            Some(IsolatedMeaning::Equivocal) => true,
            // Positive, but without the fused pair that the assay requires.
            Some(IsolatedMeaning::Positive) => !call.rearranged,
            _ => false,
        }
    }

    /// The verdict by the assay's rule. It is equivocal if open nuclei, counted the other way, would give another one.
    pub(crate) fn ruling(&self) -> Result<Ruling> {
        let stages = decide(&self.votes(|call| call.rearranged), self.assay)?;
        let verdict = stages.last().map_or(Verdict::NotEvaluable, |stage| stage.verdict);
        let mut ruling = Ruling { stages, verdict, open: None, depends_on_isolated: false };
        if !verdict.is_decided() {
            return Ok(ruling);
        }
        let fewest = self.verdict_if(|call| call.rearranged && !call.uncertain)?;
        let most = self.verdict_if(|call| call.rearranged || call.uncertain || self.is_open(call))?;
        if fewest != verdict || most != verdict {
            let open = self.calls.iter().filter(|call| call.uncertain || self.is_open(call)).count();
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

/// All calls in a scattered order that depends on nothing but their position, so that the first of them come
/// from all over the specimen.
fn drawn_order(calls: &[NucleusCall]) -> Vec<&NucleusCall> {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|&i| (scatter(i as u64), i));
    order.into_iter().filter_map(|i| calls.get(i)).collect()
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014, doi 10.1145/2714064.2660195).
fn scatter(position: u64) -> u64 {
    let mut z = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
