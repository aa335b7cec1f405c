//! Whether a verdict rests on signals that may lie below detection.

use super::{LossEffect, shows_both_ends};
use crate::assay::Assay;
use crate::classify::{LostShare, NucleusCall};
use crate::colour::Colour;
use crate::error::Result;
use crate::summarise::decide::{Vote, decide};
use crate::summarise::verdict::{Count, Verdict};
use crate::summarise::{advice, last, tally, votes};

/// Least share of lost signals that is told of a colour beside the one that loses most.
const LEAST_TOLD: f64 = 0.01;

impl LossEffect {
    /// The verdict and count without the nuclei that loss explains.
    fn without_false(&self, evaluable: &[&NucleusCall], assay: &Assay) -> Result<(Verdict, Count)> {
        let mut left = [self.falsely_isolated, self.falsely_split].map(|n| n.at_most.floor() as usize);
        let mut kept: Vec<Vote> = votes(evaluable, |call| call.rearranged);
        for (vote, call) in kept.iter_mut().zip(evaluable).filter(|(vote, _)| vote.rearranged) {
            let left = &mut left[usize::from(shows_both_ends(&call.pattern))];
            vote.rearranged = *left == 0;
            *left = left.saturating_sub(1);
        }
        let positive = kept.iter().filter(|vote| vote.rearranged).count();
        Ok((last(&decide(&kept, assay)?), Count { positive, total: kept.len() }))
    }

    /// The verdict with as many more rearranged nuclei as loss may hide. They show what most rearranged ones show.
    fn with_hidden(&self, evaluable: &[&NucleusCall], assay: &Assay) -> Result<Verdict> {
        let mut left = self.hidden.at_most.floor() as usize;
        let patterns = tally(evaluable.iter().filter(|c| c.rearranged).map(|c| c.pattern.to_string()));
        let usual = patterns.into_iter().max_by_key(|(_, nuclei)| *nuclei).map(|(pattern, _)| pattern);
        let mut all = votes(evaluable, |call| call.rearranged);
        for vote in all.iter_mut().filter(|vote| !vote.rearranged) {
            let Some(fewer) = left.checked_sub(1) else { break };
            left = fewer;
            vote.rearranged = true;
            if let Some(usual) = &usual {
                vote.pattern.clone_from(usual);
            }
        }
        Ok(last(&decide(&all, assay)?))
    }
}

/// What loss means for a verdict.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::summarise) enum Standing {
    /// It is the same without the nuclei that loss explains and with those that it may hide.
    Stands,
    /// So is the verdict, but with the count left it lies in the borderline band.
    Borderline(Count),
    /// It may rest on loss: why no verdict is given.
    Falls(String),
}

/// Holds a verdict against the signals lost.
pub(in crate::summarise) fn held_against(
    effect: &LossEffect,
    evaluable: &[&NucleusCall],
    verdict: Verdict,
    reasons: &str,
    assay: &Assay,
) -> Result<Standing> {
    match verdict {
        Verdict::Positive => {
            let (other, count) = effect.without_false(evaluable, assay)?;
            let rearranged = evaluable.iter().filter(|call| call.rearranged).count();
            if other == verdict {
                let is_changed = count.positive < rearranged && advice::count_in_band(count, assay);
                return Ok(if is_changed { Standing::Borderline(count) } else { Standing::Stands });
            }
            let (isolated, split) = (effect.falsely_isolated, effect.falsely_split);
            Ok(Standing::Falls(format!(
                "{reasons}: {:.1} of the {rearranged} rearranged nuclei, and up to {:.0}, are expected to be intact ones that lost \
                 a signal below detection, and without them the specimen would not be positive",
                isolated.expected + split.expected,
                isolated.at_most.floor() + split.at_most.floor(),
            )))
        }
        Verdict::Negative if effect.with_hidden(evaluable, assay)? != verdict => {
            Ok(Standing::Falls(format!(
                "{reasons}: {:.1} rearranged nuclei, and up to {:.0}, are expected to look intact since a signal is not seen, and with them the specimen would not be negative",
                effect.hidden.expected,
                effect.hidden.at_most.floor(),
            )))
        }
        _ => Ok(Standing::Stands),
    }
}

/// Why signals are not seen, in words.
pub(in crate::summarise) fn hidden_by(evaluable: &[&NucleusCall], missed_alone: &[LostShare; 2]) -> String {
    let missed = missed_alone.map(|share| share.at_most).iter().any(|at_most| *at_most > 0.0).then(|| {
        let [red, green] = missed_alone.map(|share| 100.0 * share.expected);
        format!("many signals are out of focus ({red:.0} % of red and {green:.0} % of green ones would be missed if they stood alone)")
    });
    let (weak, most) = weak_colours(evaluable);
    // Loss is told if there is no other reason.
    let weak = (missed.is_none() || most >= LEAST_TOLD).then_some(weak);
    missed.into_iter().chain(weak).collect::<Vec<String>>().join("; ")
}

/// Which colours lose signals, in words: the one that loses most, and another that loses noticeably. And how much that one
/// loses at most.
fn weak_colours(evaluable: &[&NucleusCall]) -> (String, f64) {
    let nuclei = evaluable.len().max(1) as f64;
    let shares = Colour::BOTH.map(|colour| {
        let mean = |of: &dyn Fn(LostShare) -> f64| {
            evaluable.iter().map(|call| of(call.lost[colour.index()])).sum::<f64>() / nuclei
        };
        (colour, mean(&|lost| lost.expected), mean(&|lost| lost.at_most))
    });
    let most = shares.iter().map(|s| s.2).fold(0.0, f64::max);
    let told: Vec<String> = shares
        .iter()
        .filter(|(_, _, at_most)| *at_most >= LEAST_TOLD.min(most))
        .map(|(colour, share, at_most)| {
            format!(
                "{} signals are weak ({:.1} % of them, and up to {:.1} %, lie below detection)",
                colour.name(),
                100.0 * share,
                100.0 * at_most
            )
        })
        .collect();
    (told.join(" and "), most)
}
