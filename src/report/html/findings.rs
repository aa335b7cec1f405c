//! The findings, the worst first.

use maud::{Markup, html};

use crate::analyse::SpecimenReading;
use crate::quality::{Effect, Finding, Withheld};

/// Findings that are printed. Those that ask for something come first; the page on the screen and `report.json` have all.
const PRINTED: usize = 7;

pub(super) fn section(reading: &SpecimenReading) -> Markup {
    let findings = &reading.summary.findings;
    html! {
        section aria-labelledby="findings" {
            h2 id="findings" { "Findings" }
            @if findings.is_empty() {
                p { "None of the checks found a fault." }
            } @else {
                ol.findings {
                    @for (i, finding) in findings.iter().enumerate() { (item(finding, reading, i >= PRINTED)) }
                }
                @if let Some(further) = findings.len().checked_sub(PRINTED).filter(|further| *further > 0) {
                    p.printed { (further) " further findings are on the page on screen and in report.json." }
                }
            }
        }
    }
}

fn item(finding: &Finding, reading: &SpecimenReading, is_more: bool) -> Markup {
    let summary = &reading.summary;
    let withholds = finding.effect.withholds(summary.by_rule, summary.depends_on_isolated);
    let (kind, words) = if withholds {
        ("withholds", "Verdict withheld")
    } else if finding.effect == Effect::Confirm {
        ("confirm", "Confirm")
    } else {
        ("inform", effect_words(finding.effect))
    };
    html! {
        li class=[is_more.then_some("more")] data-code=(finding.code()) data-effect=(finding.effect) {
            p {
                span class={"effect " (kind)} { (words) } " "
                span.message { (finding) }
                @if let Some(action) = finding.action() { " " span.action { (action) } }
                " " code.code { (finding.code()) }
            }
        }
    }
}

/// An effect that does not touch this verdict.
fn effect_words(effect: Effect) -> &'static str {
    match effect {
        Effect::Withhold(Withheld::AnyVerdict) => "Would withhold a verdict",
        Effect::Withhold(Withheld::Negative) => "Would withhold a negative verdict",
        Effect::Withhold(Withheld::Positive | Withheld::PositiveOnIsolated) => {
            "Would withhold a positive verdict"
        }
        Effect::Confirm => "Confirm",
        Effect::Inform => "Note",
    }
}
