//! Reports beside the verdict, and their codes, in words.

use crate::assay::{Assay, Comparator};

/// Empty if the assay has no such cutoffs.
pub(super) fn secondary(assay: &Assay) -> String {
    let Some(rule) = &assay.secondary else { return String::new() };
    let from = match rule.comparator {
        Comparator::AtLeast => "at least",
        Comparator::MoreThan => "more than",
    };
    let patterns = [
        ("monosomy", "fewer intact loci than normal", rule.monosomy_percent),
        ("polysomy", "more intact loci than normal", rule.polysomy_percent),
        ("amplification", "an amplified gene", rule.amplification_percent),
    ];
    let parts = patterns.into_iter().filter_map(|(name, shown, percent)| {
        percent.map(|percent| format!("{name} if {from} {percent} of the evaluable nuclei show {shown}"))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Empty if the assay has no codes.
pub(super) fn codes(assay: &Assay) -> String {
    let Some(codes) = &assay.codes else { return String::new() };
    let test = codes.test.as_ref().map_or_else(String::new, |test| format!(", test {test}"));
    format!(
        "{}: observation {}{test}, method {}, gene {}, ISCN {}, source class {}",
        codes.system, codes.observation, codes.method, codes.gene, codes.iscn, codes.source_class
    )
}
