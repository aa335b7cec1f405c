//! Questions to the verdict: would it be another one under other assumptions, and what is it short of?
//!
//! They use the assay's rule on changed votes.

pub(crate) mod borderline;
pub(crate) mod detection_loss;
pub(crate) mod doubtful_nuclei;
pub(crate) mod grey_zone_pairs;
pub(crate) mod isolated_only;
pub(crate) mod one_colour_left_out;
pub(crate) mod one_colour_nuclei;
pub(crate) mod open_nuclei;
pub(crate) mod second_stage_needed;
pub(crate) mod sex_unknown;
pub(crate) mod too_few_fields;
pub(crate) mod too_few_nuclei;
pub(crate) mod two_stage_subset;
pub(crate) mod uncounted_isolated;

use super::Finding;
use crate::assay::{Assay, Sex};
use crate::classify::{LostShare, NucleusCall};
use crate::colour::PerColour;
use crate::decide::{Evaluable, LossEffect, Ruling, Verdict};
use crate::error::Result;

/// The nuclei, the ruling on them, and the facts that the questions need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) calls: &'a [NucleusCall],
    pub(crate) evaluable: &'a Evaluable<'a>,
    pub(crate) ruling: &'a Ruling,
    pub(crate) loss_effect: &'a LossEffect,
    pub(crate) isolated_miss_rate: PerColour<LostShare>,
    pub(crate) sex: Option<Sex>,
    /// Fields read, if known.
    pub(crate) fields: Option<usize>,
}

impl<'a> Question<'a> {
    fn assay(&self) -> &'a Assay {
        self.evaluable.assay()
    }
}

/// The findings that may withhold the verdict by the assay's rule.
pub(crate) fn that_withhold(question: &Question<'_>) -> Result<Vec<Finding>> {
    detection_loss::check(question)
}

/// The findings on the verdict that is given.
pub(crate) fn on_settled_verdict(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Finding>> {
    Ok([
        too_few_nuclei::check(question)?,
        second_stage_needed::check(question, verdict),
        open_nuclei::check(question, verdict),
        isolated_only::check(question, verdict),
        doubtful_nuclei::check(question, verdict)?,
        one_colour_nuclei::check(question, verdict)?,
        one_colour_left_out::check(question, verdict)?,
        borderline::check(question, verdict)?,
        uncounted_isolated::check(question),
        grey_zone_pairs::check(question),
        too_few_fields::check(question),
        sex_unknown::check(question),
        two_stage_subset::check(question),
    ]
    .concat())
}
