//! Secondary findings: shares of nuclei with fewer or more intact loci.

use maud::{Markup, html};

use super::figures::{percent, share};
use crate::analyse::SpecimenReading;
use crate::classify::NucleusClass;

/// Classes that are secondary findings, each with its name.
const CLASSES: [(NucleusClass, &str); 3] = [
    (NucleusClass::FewerFused, "fewer intact loci than normal (1F)"),
    (NucleusClass::Gain, "gain of intact loci"),
    (NucleusClass::Amplification, "amplification"),
];

pub(super) fn table(reading: &SpecimenReading) -> Markup {
    let summary = &reading.summary;
    let nuclei = |class: NucleusClass| summary.classes.get(&class).copied().unwrap_or(0);
    html! {
        table {
            caption { "Secondary findings; the assay has no cutoffs for them" }
            thead { tr { th scope="col" { "Finding" } th.number scope="col" { "Nuclei" } th.number scope="col" { "Share" } } }
            tbody {
                @for (class, name) in CLASSES {
                    tr data-class=(class) {
                        th scope="row" { (name) }
                        td.number { (nuclei(class)) }
                        td.number { (percent(share(nuclei(class), summary.evaluable))) }
                    }
                }
            }
        }
    }
}
