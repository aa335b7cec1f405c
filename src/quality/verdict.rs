//! Questions to the verdict: would it be another one under other assumptions, and what is it short of?
//!
//! They use the assay's rule on changed votes.

pub(crate) mod borderline;
pub(crate) mod detection_loss;
pub(crate) mod doubtful_nuclei;
pub(crate) mod edited_nuclei;
pub(crate) mod exchanged_colours;
pub(crate) mod false_spots;
pub(crate) mod grey_zone_pairs;
pub(crate) mod isolated_only;
pub(crate) mod neither_end_counts;
pub(crate) mod one_colour_left_out;
pub(crate) mod one_colour_nuclei;
pub(crate) mod open_nuclei;
pub(crate) mod second_stage_needed;
pub(crate) mod sex_unknown;
pub(crate) mod too_few_fields;
pub(crate) mod too_few_nuclei;
pub(crate) mod two_stage_subset;
pub(crate) mod uncounted_isolated;

use super::finding::{Finding, findings};
use super::question::Question;
use crate::decide::Verdict;
use crate::error::Result;

/// The findings that may withhold the verdict by the assay's rule.
pub(crate) fn that_withhold(question: &Question<'_>) -> Result<Vec<Finding>> {
    Ok([
        findings(detection_loss::check(question)?),
        findings(false_spots::check(question)?),
        findings(exchanged_colours::check(question)?),
    ]
    .concat())
}

/// The findings on the verdict that is given.
pub(crate) fn on_settled_verdict(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Finding>> {
    Ok([
        findings(too_few_nuclei::check(question)?),
        findings(second_stage_needed::check(question, verdict)),
        findings(open_nuclei::check(question, verdict)),
        findings(isolated_only::check(question, verdict)),
        findings(doubtful_nuclei::check(question, verdict)?),
        findings(one_colour_nuclei::check(question, verdict)?),
        findings(one_colour_left_out::check(question, verdict)?),
        findings(borderline::check(question, verdict)?),
        findings(uncounted_isolated::check(question)),
        findings(neither_end_counts::check(question)),
        findings(grey_zone_pairs::check(question)),
        findings(too_few_fields::check(question)),
        findings(edited_nuclei::check(question)),
        findings(sex_unknown::check(question)),
        findings(two_stage_subset::check(question)),
    ]
    .concat())
}
