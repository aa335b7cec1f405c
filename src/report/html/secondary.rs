//! Secondary findings: shares of nuclei with fewer or more intact loci.

use maud::{Markup, html};

use super::figures::{percent, share};
use crate::analyse::SpecimenReading;
use crate::classify::NucleusClass;
use crate::summarise::SecondaryPattern;

/// Classes that are secondary findings, each with its name and the pattern that may have a cutoff.
const CLASSES: [(NucleusClass, &str, SecondaryPattern); 3] = [
    (NucleusClass::FewerFused, "fewer intact loci than normal (1F)", SecondaryPattern::Monosomy),
    (NucleusClass::Gain, "gain of intact loci (3F and more)", SecondaryPattern::Polysomy),
    (NucleusClass::Amplification, "amplification", SecondaryPattern::Amplification),
];

pub(super) fn table(reading: &SpecimenReading) -> Markup {
    let summary = &reading.summary;
    let nuclei = |class: NucleusClass| summary.classes.get(&class).copied().unwrap_or(0);
    html! {
        table {
            caption { "Secondary findings" @if summary.secondary.is_empty() { "; the assay has no cutoffs for them" } }
            thead { tr {
                th scope="col" { "Finding" }
                th.number scope="col" { "Nuclei" }
                th.number scope="col" { "Share" }
                th.number scope="col" { "Cutoff" }
            } }
            tbody {
                @for (class, name, pattern) in CLASSES {
                    @let own = summary.secondary.iter().find(|finding| finding.pattern == pattern);
                    @let count = own.map_or_else(|| nuclei(class), |finding| finding.nuclei);
                    tr data-class=(class) data-met=[own.map(|finding| finding.met)] {
                        th scope="row" { (name) }
                        td.number { (count) }
                        td.number { (percent(share(count, summary.evaluable))) }
                        td.number {
                            @match own {
                                Some(finding) => { (finding.cutoff_percent) @if finding.met { ", " strong { "met" } } }
                                None => { "none" }
                            }
                        }
                    }
                }
            }
        }
    }
}
