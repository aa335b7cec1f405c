//! The percentage in each field and each region.

use maud::{Markup, html};

use super::bar::{bar, ends};
use super::figures::{percent, range};
use super::page::scrolling;
use crate::analyse::{FieldReading, SpecimenReading};
use crate::decide::{Count, Interval, interval};
use crate::error::Result;

/// Rows that are printed of each table.
const PRINTED: usize = 8;

/// A row of a table.
struct Place<'a> {
    name: &'a str,
    nuclei: usize,
    count: Count,
    interval: Option<Interval>,
}

pub(super) fn tables(reading: &SpecimenReading) -> Result<Markup> {
    let fields = reading.fields.iter().map(|field| of_field(field, reading)).collect::<Result<Vec<_>>>()?;
    let summary = &reading.summary;
    let regions = summary.regions.iter().chain(&summary.outside_region);
    let regions: Vec<Place<'_>> = regions
        .map(|region| Place {
            name: &region.name,
            nuclei: region.nuclei,
            count: Count { positive: region.rearranged, total: region.evaluable },
            interval: region.interval,
        })
        .collect();
    Ok(html! {
        (table("Fields", "Field", &fields, reading))
        @if !regions.is_empty() { (table("Regions; nuclei outside are not counted", "Region", &regions, reading)) }
    })
}

fn of_field<'a>(field: &'a FieldReading, reading: &SpecimenReading) -> Result<Place<'a>> {
    let report = &reading.assay.report;
    let counted = || field.calls().filter(|call| call.evaluable());
    let count =
        Count { positive: counted().filter(|call| call.rearranged).count(), total: counted().count() };
    let interval = (count.total > 0).then(|| interval(count, report.ci_level, report.ci)).transpose()?;
    Ok(Place { name: &field.name, nuclei: field.nuclei.len(), count, interval })
}

fn table(caption: &str, name: &str, places: &[Place<'_>], reading: &SpecimenReading) -> Markup {
    let cutoff = reading.assay.decision.cutoff().value();
    scrolling(
        name,
        &html! {
            table.places {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (name) }
                        th.number scope="col" { "Nuclei" }
                        th.number scope="col" { "Counted" }
                        th.number scope="col" { "Rearranged" }
                        th.number scope="col" { "Share" }
                        th scope="col" { "Interval" }
                        th scope="col" { "0 to 100 %" }
                    }
                }
                tbody {
                    @for (i, place) in places.iter().enumerate() {
                        tr class=[(i >= PRINTED).then_some("more")] {
                            th scope="row" { (place.name) }
                            td.number { (place.nuclei) }
                            td.number { (place.count.total) }
                            td.number { (place.count.positive) }
                            td.number { (percent(place.count.percent())) }
                            td { (place.interval.map_or_else(String::new, range)) }
                            td.drawn { (bar(place.count.percent(), place.interval.map(ends), Some(cutoff))) }
                        }
                    }
                    @if places.len() > PRINTED {
                        tr.printed { td colspan="7" { (places.len() - PRINTED) " others are on the page on screen" } }
                    }
                }
            }
        },
    )
}
