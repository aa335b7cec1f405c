//! What the reader of a summary should do or know, in words.

use super::decide::{holds, minimum_cells};
use super::loss::Standing;
use super::verdict::{Count, Interval, Summary, Verdict};
use super::{RandomLoss, SummariseParams};
use crate::assay::{Assay, Comparator, Decision, IntervalMethod, IsolatedMeaning};

/// First levels of the keys on which a verdict rests.
const DECIDING: [&str; 8] =
    ["decision", "split", "doublet", "isolated", "probe", "evaluable", "reading", "borderline"];

/// The interval that the assay shows first.
pub(super) fn shown_interval(summary: &Summary, assay: &Assay) -> Option<Interval> {
    match assay.report.ci {
        IntervalMethod::Wilson => summary.wilson,
        IntervalMethod::ClopperPearson => summary.clopper_pearson,
    }
}

/// Whether the percentage lies in the assay's borderline band, compared in integers.
pub(super) fn in_band(summary: &Summary, assay: &Assay) -> bool {
    count_in_band(Count { positive: summary.rearranged, total: summary.evaluable }, assay)
}

/// The same of a count.
pub(super) fn count_in_band(count: Count, assay: &Assay) -> bool {
    assay.borderline.as_ref().is_some_and(|band| {
        let from = |percent: crate::assay::Percent| {
            percent.is_met_by(count.positive, count.total, Comparator::AtLeast)
        };
        from(band.low_percent) && !from(band.high_percent)
    })
}

/// All advice, the most urgent first.
pub(super) fn lines(
    summary: &Summary,
    assay: &Assay,
    params: &SummariseParams,
    only_by_isolated: bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(fault) = params.pairing_fault {
        lines.push(fault.advice().to_owned());
    } else if let Some(colour) = params.probe_failed {
        lines.push(format!("not evaluable: the {} probe failed; repeat the hybridisation", colour.name()));
    } else if summary.verdict == Verdict::NotEvaluable && summary.evaluable < minimum_cells(assay) {
        lines.push(format!(
            "not evaluable: {} evaluable nuclei, the assay asks for {}; read more fields or repeat the \
             hybridisation",
            summary.evaluable,
            minimum_cells(assay)
        ));
    } else if summary.verdict == Verdict::NotEvaluable && params.many_unseen {
        lines.push(
            "not evaluable: in many nuclei signals are out of focus or not seen, and rearranged ones may be among these;              acquire again, or a stack"
                .to_owned(),
        );
    }
    if let (Verdict::Equivocal, Some(stage)) = (summary.verdict, summary.stages.last()) {
        lines.push(format!("equivocal: {}", stage.rule));
    }
    lines.extend(borderline(summary, assay));
    if only_by_isolated {
        lines.push(
            "positive only because isolated signals count: sequencing confirmed 4 of 10 ALK specimens with \
             isolated red signals alone, 12 of 15 with split signals (doi 10.18632/oncotarget.12705); look \
             whether the missing colour hybridised at all, and confirm by IHC or NGS"
                .to_owned(),
        );
    }
    lines.extend(isolated(summary));
    lines.extend(reading(summary, assay, params));
    if summary.evaluable > 0 {
        lines.push(
            "the intervals cover counting only; laboratories, hybridisations and readers vary as well, so the \
             true uncertainty is larger"
                .to_owned(),
        );
    }
    lines.extend(verify(summary, assay));
    lines
}

/// What to do where isolated signals decide and their partners were lost at random.
pub(super) fn random_loss(loss: RandomLoss) -> String {
    format!(
        "the isolated signals that decide may be intact loci that lost {}: it is missing from loci independently of each \
         other; repeat the hybridisation, or confirm by IHC or NGS",
        loss.colour.name()
    )
}

/// What to do where signals lie below detection: `None` where less than one nucleus is expected to be called wrongly
/// by that.
pub(super) fn lost_signals(summary: &Summary, standing: &Standing, colours: &str) -> Option<String> {
    let effect = &summary.loss_effect;
    let wrong = effect.falsely_isolated.expected + effect.falsely_split.expected;
    match standing {
        Standing::Falls(rule) => Some(format!(
            "not evaluable: {rule}; repeat the hybridisation, or acquire again with a longer exposure"
        )),
        Standing::Borderline(count) => Some(format!(
            "{colours}: without the nuclei that this explains {} of {} are rearranged, in the borderline band; repeat the \
             hybridisation, acquire again with a longer exposure, or confirm by IHC or NGS",
            count.positive, count.total
        )),
        Standing::Stands if wrong.max(effect.hidden.expected) >= 1.0 => Some(format!(
            "{colours}: {wrong:.1} of the {} rearranged nuclei are expected to be intact ones that lost a signal, and {:.1} \
             rearranged ones to look intact; the verdict does not depend on them, the percentage does",
            summary.rearranged, effect.hidden.expected
        )),
        Standing::Stands => None,
    }
}

/// What to do where the doubtful nuclei could turn the verdict.
pub(super) fn turned_by_doubtful(summary: &Summary) -> String {
    format!(
        "{} evaluable nuclei are doubtful and could turn the verdict: look at them (column `doubtful`), count more \
         nuclei or confirm by IHC or NGS",
        summary.doubtful
    )
}

/// What to do where nuclei with signals of one colour only turn the verdict.
pub(super) fn turned_by_one_colour(summary: &Summary) -> String {
    let others =
        summary.percent_without_one_colour_only.map_or("nothing".to_owned(), |p| format!("{p:.2} %"));
    format!(
        "the verdict rests on {} evaluable nuclei with signals of one colour only ({others} of the others are \
         rearranged): look whether the missing colour hybridised in them, and confirm by IHC or NGS",
        summary.one_colour_only
    )
}

/// What to do where nuclei left out with signals of one colour only would turn a negative verdict.
pub(super) fn one_colour_left_out(left_out: usize, summary: &Summary) -> String {
    let [rearranged, evaluable] = [summary.rearranged, summary.evaluable].map(|nuclei| nuclei + left_out);
    format!(
        "{left_out} nuclei with signals of one colour only are left out; counted as rearranged they would make {rearranged} of \
         {evaluable}, and another verdict: look whether the missing colour hybridised in them, and confirm by IHC or NGS"
    )
}

fn borderline(summary: &Summary, assay: &Assay) -> Vec<String> {
    let mut lines = Vec::new();
    if summary.verdict == Verdict::NotEvaluable {
        return lines;
    }
    if let Some(band) = assay.borderline.as_ref().filter(|_| in_band(summary, assay)) {
        lines.push(format!(
            "{} of {} nuclei lie in the borderline band from {} to below {}: {}",
            summary.rearranged, summary.evaluable, band.low_percent, band.high_percent, band.action
        ));
    }
    let cutoff = assay.decision.cutoff();
    if let Some(limits) =
        shown_interval(summary, assay).filter(|i| holds(i.low_percent, i.high_percent, cutoff))
    {
        lines.push(format!(
            "the {} % interval, {:.2} to {:.2} %, holds the cutoff of {cutoff}: the count does not settle on \
             which side the specimen lies; count more nuclei or confirm by IHC or NGS",
            100.0 * limits.level,
            limits.low_percent,
            limits.high_percent
        ));
    }
    for tally in &summary.pattern_tallies {
        let open = |i: &Interval| holds(i.low_percent, i.high_percent, tally.cutoff_percent);
        if let Some(limits) = tally.interval.filter(open) {
            lines.push(format!(
                "the interval of pattern {}, {:.2} to {:.2} %, holds its cutoff of {}",
                tally.pattern, limits.low_percent, limits.high_percent, tally.cutoff_percent
            ));
        }
    }
    lines
}

fn isolated(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for tally in &summary.isolated {
        let what = match tally.meaning {
            IsolatedMeaning::Equivocal => "the assay leaves open what they mean; not counted as rearranged",
            IsolatedMeaning::SeparateTally => "reported apart; not counted as rearranged",
            IsolatedMeaning::Positive | IsolatedMeaning::Negative => continue,
        };
        lines.push(format!("{} evaluable nuclei are {}: {what}", tally.nuclei, tally.class.name()));
    }
    if summary.uncertain > 0 {
        lines.push(format!("{} evaluable nuclei have a pair in the grey zone", summary.uncertain));
    }
    lines
}

fn reading(summary: &Summary, assay: &Assay, params: &SummariseParams) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(fields) = params.fields.filter(|fields| *fields < assay.reading.fields_min) {
        lines.push(format!(
            "{fields} fields were read, the assay asks for {}: read several areas of the tumour",
            assay.reading.fields_min
        ));
    }
    if let (Decision::TwoStage(_), Some(stage)) = (&assay.decision, summary.stages.last())
        && stage.evaluable < summary.evaluable
    {
        lines.push(format!(
            "the verdict rests on {} of {} evaluable nuclei, as the two-stage rule asks; the percentage and \
             its intervals are those of all",
            stage.evaluable, summary.evaluable
        ));
    }
    if assay.x_linked && params.sex.is_none() {
        lines.push(format!(
            "{} is X-linked and the sex of the patient was not given: classes of copy number are those of a \
             female",
            assay.gene
        ));
    }
    lines
}

/// One line on all values that decide and are not settled.
fn verify(summary: &Summary, assay: &Assay) -> Option<String> {
    if summary.verdict == Verdict::NotEvaluable {
        return None;
    }
    let keys: Vec<&str> = assay
        .verify
        .iter()
        .map(|mark| mark.key.as_str())
        .filter(|key| DECIDING.contains(&key.split('.').next().unwrap_or_default()))
        .filter(|key| !key.starts_with("isolated") || !summary.isolated.is_empty())
        .collect();
    (!keys.is_empty()).then(|| {
        format!(
            "verify in your laboratory before relying on the verdict (reasons are in the assay): {}",
            keys.join(", ")
        )
    })
}
