//! The reviews of a result: who read, and the result before and after.

use maud::{Markup, html};

use super::figures::{fact, percent, range, share};
use super::page::scrolling;
use super::review_record::{
    CallRecord, ChangedNucleus, READER_CALLS, ReaderRecord, ResultRecord, ReviewRecord, SecondRecord, alike,
};
use super::verdict::{level, verdict_words};
use crate::decide::Count;
use crate::report::number::fixed;

/// Print is somewhat smaller, so that a page with a review also has two sheets of A4.
pub(super) const STYLE: &str = "@media print { html { font-size: 7.3pt; } }";

/// Changed nuclei that the page lists.
const LISTED: usize = 30;

pub(super) fn section(record: &ReviewRecord) -> Markup {
    html! {
        section aria-labelledby="reviewed" data-reviews=(record.reviews) data-changed=(record.changed.len())
            data-accepted=(record.accepted) {
            h2 id="reviewed" { "Review" }
            div.columns {
                div {
                    (readers(&record.readers))
                    @if let Some(second) = &record.second { (calls_of_both(second)) }
                }
                div {
                    (results(record))
                    @if let Some(second) = &record.second { dl.facts { (agreement(second)) } }
                }
            }
            (grounds(record))
            (changed(&record.changed))
        }
    }
}

fn grounds(record: &ReviewRecord) -> Markup {
    html! {
        dl.facts {
            (fact("Decisions", &html! {
                (record.changed.len()) " nuclei changed, " (record.accepted) " accepted as the program called them"
                @if record.names(false).is_empty() { "; no first reader: the result is that of the program" }
            }))
            @if !record.trail.is_empty() {
                (fact("Audit trail", &html! {
                    "last line " code.digest data-trail=(record.trail) { (record.trail) } " (BLAKE3)"
                }))
            }
        }
    }
}

fn readers(readers: &[ReaderRecord]) -> Markup {
    scrolling(
        "Readers",
        &html! {
            table {
                caption { "Readers; times are those of their decisions" }
                thead { tr {
                    th scope="col" { "Reader" }
                    th scope="col" { "Role" }
                    th.number scope="col" { "Decisions" }
                    th scope="col" { "Time" }
                } }
                tbody {
                    @for reader in readers {
                        @let role = if reader.is_second { "second" } else { "first" };
                        tr data-reader=(reader.name) data-role=(role) {
                            th scope="row" { (reader.name) }
                            td { (role) @if reader.overruled { ", overruled others" } }
                            td.number { (reader.decisions) }
                            td { (times(reader)) }
                        }
                    }
                }
            }
        },
    )
}

/// The times of a reader; a date that both have stands once.
fn times(reader: &ReaderRecord) -> String {
    let (from, to) = (&reader.from, &reader.to);
    if from == to {
        return from.clone();
    }
    let same_day = from.split_once('T').zip(to.split_once('T')).filter(|((a, _), (b, _))| a == b);
    format!("{from} to {}", same_day.map_or(to.as_str(), |(_, (_, time))| time))
}

/// A row of the table of results.
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    verdict: &'a str,
    count: (usize, usize),
    percent: Option<f64>,
    interval: String,
}

impl<'a> Row<'a> {
    fn of_result(id: &'a str, name: &'a str, result: &ResultRecord) -> Self {
        Self {
            id,
            name,
            verdict: verdict_words(result.verdict),
            count: (result.rearranged, result.evaluable),
            percent: result.percent,
            interval: result.interval.map_or_else(String::new, range),
        }
    }

    /// Counts of readers have no verdict: findings are of the result.
    fn of_count(id: &'a str, name: &'a str, count: Count, verdict: &'a str) -> Self {
        let (percent, interval) = (count.percent(), String::new());
        Self { id, name, verdict, count: (count.positive, count.total), percent, interval }
    }
}

fn results(record: &ReviewRecord) -> Markup {
    let mut rows = vec![
        Row::of_result("program", "Program", &record.program),
        Row::of_result("reviewed", "Reviewed", &record.reviewed),
    ];
    if let Some(second) = &record.second {
        let side = if second.meets_cutoff { "Cutoff met" } else { "Cutoff not met" };
        rows.push(Row::of_count("second", "Second reader", second.count, ""));
        rows.push(Row::of_count("pooled", "Both, pooled", second.pooled, side));
    }
    scrolling(
        "Results before and after",
        &html! {
            table {
                caption { "Before and after" }
                thead { tr {
                    th scope="col" { "Result" }
                    th scope="col" { "Verdict" }
                    th.number scope="col" { "Rearranged" }
                    th.number scope="col" { "Share" }
                    th scope="col" { "Interval" }
                } }
                tbody {
                    @for row in &rows {
                        @let (rearranged, evaluable) = row.count;
                        tr data-result=(row.id) data-count={(rearranged) "/" (evaluable)} {
                            th scope="row" { (row.name) }
                            td { (row.verdict) }
                            td.number { (rearranged) " of " (evaluable) }
                            td.number { (percent(row.percent)) }
                            td { (row.interval) }
                        }
                    }
                }
            }
        },
    )
}

fn calls_of_both(second: &SecondRecord) -> Markup {
    scrolling(
        "Calls of both readers",
        &html! {
            table {
                caption { "Nuclei by both readers: first in rows, second in columns" }
                thead { tr {
                    th scope="col" { "First reader" }
                    @for name in READER_CALLS { th.number scope="col" { (name) } }
                } }
                tbody {
                    @for (name, row) in READER_CALLS.iter().zip(&second.calls) {
                        tr {
                            th scope="row" { (name) }
                            @for nuclei in row { td.number { (nuclei) } }
                        }
                    }
                }
            }
        },
    )
}

/// Agreement of both readers. Both saw the calls of the program.
fn agreement(second: &SecondRecord) -> Markup {
    let (alike, all) = alike(&second.calls);
    let kappa = second.kappa.map(|kappa| fixed(kappa.kappa, 3));
    fact(
        "Two readers",
        &html! {
            span data-kappa=[kappa.as_deref()] data-alike={(alike) "/" (all)} {
                (alike) " of " (all) " nuclei called alike (" (percent(share(alike, all))) "); Cohen's kappa "
                @match &second.kappa {
                    None => { "does not exist" }
                    Some(kappa) => {
                        (fixed(kappa.kappa, 2))
                        @if let Some((low, high)) = kappa.interval {
                            ", " (level(kappa.level)) " interval " (fixed(low, 2)) " to " (fixed(high, 2))
                        }
                    }
                }
            }
            span.more { ". Both saw the calls of the program: their counts are not independent." }
        },
    )
}

/// The changed nuclei. They are not printed.
fn changed(nuclei: &[ChangedNucleus]) -> Markup {
    if nuclei.is_empty() {
        return html! {};
    }
    html! {
        div.more {
            (scrolling("Changed nuclei", &html! {
                table {
                    caption { "Changed nuclei" }
                    thead { tr {
                        th scope="col" { "Field" }
                        th.number scope="col" { "Nucleus" }
                        th scope="col" { "Program" }
                        th scope="col" { "Decision" }
                        th scope="col" { "Reason" }
                        th scope="col" { "Reader" }
                    } }
                    tbody {
                        @for nucleus in nuclei.iter().take(LISTED) { (changed_row(nucleus)) }
                        @if nuclei.len() > LISTED {
                            tr { td colspan="6" {
                                "and " (nuclei.len() - LISTED) " more in nuclei.csv and audit.jsonl"
                            } }
                        }
                    }
                }
            }))
        }
    }
}

fn changed_row(nucleus: &ChangedNucleus) -> Markup {
    let decision = &nucleus.decision;
    html! {
        tr data-nucleus={(decision.field) "/" (decision.nucleus_id)} {
            th scope="row" { (decision.field) }
            td.number { (decision.nucleus_id) }
            td { (call(&nucleus.program)) }
            td { (call(&nucleus.reviewed)) }
            td { (decision.reason) }
            td { (decision.reader) }
        }
    }
}

fn call(call: &CallRecord) -> Markup {
    html! { code { (call.pattern) } @if !call.counted { ", not counted" } }
}
