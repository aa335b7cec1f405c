//! The signal patterns and what each counts as.

use maud::{Markup, html};

use super::figures::{percent, share};
use super::iscn::iscn_of;
use super::page::scrolling;
use super::secondary;
use crate::analyse::SpecimenReading;
use crate::assay::IsolatedMeaning;
use crate::classify::{NucleusClass, SignalPattern, class_of, is_rearranged};

/// Patterns that are printed, the most frequent ones.
const PRINTED: usize = 8;

pub(super) fn tables(reading: &SpecimenReading) -> Markup {
    html! {
        div.columns {
            (patterns(reading))
            (secondary::table(reading))
        }
    }
}

/// A row of the table.
struct Row<'a> {
    notation: &'a str,
    nuclei: usize,
    pattern: Option<SignalPattern>,
    class: NucleusClass,
    is_rearranged: bool,
}

fn patterns(reading: &SpecimenReading) -> Markup {
    let (summary, assay, sex) = (&reading.summary, &reading.assay, reading.grounds.sex);
    let mut rows: Vec<Row<'_>> = (summary.patterns.iter())
        .map(|(notation, nuclei)| {
            let pattern = notation.parse::<SignalPattern>().ok();
            let class = pattern.map_or(NucleusClass::Unclassified, |pattern| class_of(&pattern, assay, sex));
            let is_rearranged = pattern.is_some_and(|pattern| is_rearranged(&pattern, assay, sex));
            Row { notation, nuclei: *nuclei, pattern, class, is_rearranged }
        })
        .collect();
    rows.sort_by(|a, b| (b.nuclei, a.notation).cmp(&(a.nuclei, b.notation)));
    // A line about one other row would take the place of that row.
    let printed = if rows.len() == PRINTED + 1 { rows.len() } else { PRINTED };
    let further: usize = rows.iter().skip(printed).map(|row| row.nuclei).sum();
    let iscn: Vec<Option<String>> =
        rows.iter().map(|row| row.pattern.and_then(|pattern| iscn_of(&pattern, reading))).collect();
    let has_iscn = iscn.iter().any(Option::is_some);
    scrolling(
        "Signal patterns",
        &html! {
            table {
                caption { "Signal patterns (F intact, R red apart, G green apart)" }
                thead {
                    tr {
                        th scope="col" { "Pattern" }
                        @if has_iscn { th scope="col" { "ISCN" } }
                        th.number scope="col" { "Nuclei" }
                        th.number scope="col" { "Share" }
                        th scope="col" { "Counts as" }
                    }
                }
                tbody {
                    @for (i, (row, iscn)) in rows.iter().zip(&iscn).enumerate() {
                        tr class=[(i >= printed).then_some("more")] data-pattern=(row.notation) data-rearranged=(row.is_rearranged) {
                            th scope="row" { code { (row.notation) } }
                            @if has_iscn { td { @if let Some(iscn) = iscn { code { (iscn) } } } }
                            td.number { (row.nuclei) }
                            td.number { (percent(share(row.nuclei, summary.evaluable))) }
                            td { (meaning(row, reading)) }
                        }
                    }
                    @if further > 0 {
                        tr.printed {
                            th scope="row" { (rows.len() - printed) " others" }
                            @if has_iscn { td {} }
                            td.number { (further) }
                            td.number { (percent(share(further, summary.evaluable))) }
                            td { "on the page on screen" }
                        }
                    }
                }
            }
            @if !summary.pattern_tallies.is_empty() { (cutoffs(reading)) }
        },
    )
}

/// The meaning of a pattern by the assay.
fn meaning(row: &Row<'_>, reading: &SpecimenReading) -> &'static str {
    match (row.is_rearranged, row.class.isolated_meaning(&reading.assay)) {
        (true, None) => "rearranged: split",
        (true, Some(_)) => "rearranged: isolated signal",
        (false, Some(IsolatedMeaning::Equivocal)) => "left open: isolated signal",
        (false, Some(IsolatedMeaning::SeparateTally)) => "not rearranged: reported apart",
        (false, Some(_)) => "not rearranged: isolated signal",
        (false, None) => match row.class {
            NucleusClass::Normal => "not rearranged: normal",
            NucleusClass::FewerFused => "not rearranged: fewer intact loci",
            NucleusClass::Gain => "not rearranged: gain",
            NucleusClass::Amplification => "not rearranged: amplification",
            _ => "not rearranged",
        },
    }
}

/// Patterns that have a cutoff of their own.
fn cutoffs(reading: &SpecimenReading) -> Markup {
    html! {
        table {
            caption { "Patterns with a cutoff of their own" }
            thead {
                tr {
                    th scope="col" { "Pattern" }
                    th.number scope="col" { "Share" }
                    th.number scope="col" { "Cutoff" }
                    th scope="col" { "Met" }
                }
            }
            tbody {
                @for tally in &reading.summary.pattern_tallies {
                    tr {
                        th scope="row" { code { (tally.pattern) } }
                        td.number { (percent(tally.percent)) }
                        td.number { (tally.cutoff_percent) }
                        td { @if tally.met { "yes" } @else { "no" } }
                    }
                }
            }
        }
    }
}
