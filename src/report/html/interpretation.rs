//! The conclusion, the rules that it follows from, and the lines to sign.

use maud::{Markup, html};

use super::figures::{fact, percent};
use super::iscn;
use super::verdict::conclusion;
use crate::analyse::SpecimenReading;
use crate::decide::Verdict;

/// Rules of the assay that the interpretation rests on.
const RULES: [(&str, &str); 4] = [
    ("split", "Split"),
    ("isolated", "Isolated signals"),
    ("verdict", "Verdict"),
    ("cutoff from", "Source of the cutoff"),
];

pub(super) fn section(reading: &SpecimenReading) -> Markup {
    let (summary, assay) = (&reading.summary, &reading.assay);
    let rules = assay.in_words();
    html! {
        section aria-labelledby="interpretation" {
            h2 id="interpretation" { "Interpretation" }
            p.conclusion data-conclusion=(summary.verdict) { (conclusion(reading)) }
            @if summary.verdict == Verdict::Positive {
                p { "The test does not show the partner gene: v::" (assay.gene) "." }
            }
            dl.facts.wide {
                (iscn::fact_of(reading))
                @for stage in &summary.stages {
                    (fact("Decision", &html! {
                        (stage.rearranged) " of " (stage.evaluable) ", " (stage.rule) ": " (stage.verdict.name())
                    }))
                }
                @for (topic, name) in RULES {
                    @for rule in rules.iter().filter(|rule| rule.topic == topic) {
                        (fact(name, &html! { (rule.text) }))
                    }
                }
                (fact("Robustness", &html! {
                    (percent(summary.percent_expected)) " expected from the probabilities of all nuclei; "
                    (percent(summary.percent_without_doubtful)) " without the doubtful (" (summary.doubtful) "); "
                    (percent(summary.percent_without_one_colour_only)) " without " (summary.one_colour_only)
                    " that show one colour only"
                }))
            }
            (signatures())
        }
    }
}

fn signatures() -> Markup {
    html! {
        div.signatures role="group" aria-label="Signatures" {
            @for role in ["Read by", "Date", "Second reader", "Date", "Responsible", "Date"] {
                p.signature { span.line {} (role) }
            }
        }
    }
}
