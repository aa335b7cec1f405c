//! The verdict with its counts, and the sentence that concludes.

use maud::{Markup, html};

use super::bar::{bar, ends};
use super::figures::{percent, range, shown_interval};
use crate::analyse::SpecimenReading;
use crate::assay::Comparator;
use crate::decide::Verdict;
use crate::summarise::ResultWord;

/// A verdict for people.
pub(crate) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Negative => "Negative",
        Verdict::Positive => "Positive",
        Verdict::Equivocal => "Equivocal",
        Verdict::NotEvaluable => "No verdict",
    }
}

pub(super) fn section(reading: &SpecimenReading) -> Markup {
    let summary = &reading.summary;
    let interval = shown_interval(reading);
    let cutoff = reading.assay.decision.cutoff().value();
    let result = ResultWord::of(summary.verdict, &summary.secondary);
    html! {
        section.verdict aria-labelledby="verdict" data-verdict=(summary.verdict) data-by-rule=(summary.by_rule)
            data-confirm=(summary.confirm) {
            h2 id="verdict" { "Verdict" }
            p.word { (verdict_words(summary.verdict)) }
            p.percent { (percent(summary.percent_rearranged)) }
            @if summary.verdict == Verdict::Negative && result != ResultWord::Negative {
                p.result data-result=(result) { (result) }
            }
            div.grounds {
                p.counts {
                    strong { (summary.rearranged) " of " (summary.evaluable) }
                    " evaluable nuclei are rearranged"
                    @if let Some(interval) = interval {
                        "; " (level(interval.level)) " interval " strong { (range(interval)) }
                    }
                }
                (bar(summary.percent_rearranged, interval.map(ends), Some(cutoff)))
                p.cutoff { "Cutoff: " (cutoff_words(reading)) ". Scale: 0 to 100 %." }
                p.conclusion { (conclusion(reading)) }
                @for line in demands(reading) { p.demand { (line) } }
            }
        }
    }
}

/// Further nuclei that would settle the verdict; `None` if it is settled.
fn more_nuclei(reading: &SpecimenReading) -> Option<String> {
    let more = reading.summary.more_nuclei.as_ref()?;
    let operating: Vec<String> = (more.operating.iter())
        .map(|point| {
            format!("{:.0} % at a true share of {:.1} %", 100.0 * point.positive, point.true_percent)
        })
        .collect();
    let often = if operating.is_empty() {
        String::new()
    } else {
        format!(
            " Of specimens with {} evaluable nuclei the rule calls positive: {}.",
            reading.summary.evaluable,
            operating.join(", ")
        )
    };
    if more.to_minimum > 0 {
        return Some(format!("The assay asks for {} more nuclei.{often}", more.to_minimum));
    }
    Some(match more.needed {
        Some(needed) => format!(
            "At this share about {needed} more nuclei are needed until the interval clears the cutoff of {}.{often}",
            more.cutoff_percent
        ),
        None => format!(
            "The share lies at the cutoff of {}: more nuclei alone may not settle it.{often}",
            more.cutoff_percent
        ),
    })
}

/// Actions of the reader before the verdict is used.
fn demands(reading: &SpecimenReading) -> Vec<String> {
    let summary = &reading.summary;
    let mut demands = Vec::new();
    if summary.verdict != summary.by_rule {
        let by_rule = verdict_words(summary.by_rule).to_lowercase();
        demands.push(format!(
            "By the rule of the assay the counts are {by_rule}. Findings withhold that verdict."
        ));
    }
    if summary.confirm {
        demands.push("Confirm by another method or reader before the verdict is used.".to_owned());
    }
    demands.extend(more_nuclei(reading));
    demands
}

/// The cutoff of the assay in words.
pub(super) fn cutoff_words(reading: &SpecimenReading) -> String {
    let decision = &reading.assay.decision;
    let cutoff = decision.cutoff();
    match decision.comparator() {
        Comparator::AtLeast => format!("positive from {cutoff} on"),
        Comparator::MoreThan => format!("positive above {cutoff}"),
    }
}

/// A confidence level: `95 %`.
pub(super) fn level(level: f64) -> String {
    // A share in percent without the digits that binary numbers add.
    format!("{} %", (1e6 * level).round() / 1e4)
}

/// The conclusion, made from gene, band, counts and verdict.
pub(super) fn conclusion(reading: &SpecimenReading) -> String {
    let (summary, assay) = (&reading.summary, &reading.assay);
    let locus = format!("{} ({})", assay.gene, assay.band);
    let interval = shown_interval(reading)
        .map_or_else(String::new, |i| format!(", {} interval {}", level(i.level), range(i)));
    let counts = format!(
        "{} of {} evaluable nuclei ({}{interval})",
        summary.rearranged,
        summary.evaluable,
        percent(summary.percent_rearranged)
    );
    match summary.verdict {
        Verdict::Positive => format!("Rearrangement of {locus} in {counts}."),
        Verdict::Negative => {
            format!("No rearrangement of {locus} by the cutoff: signals are separated in {counts}.")
        }
        Verdict::Equivocal => format!("Rearrangement of {locus} is not decided: {counts}."),
        Verdict::NotEvaluable => {
            format!("No verdict on rearrangement of {locus}: {counts}, which do not decide.")
        }
    }
}
