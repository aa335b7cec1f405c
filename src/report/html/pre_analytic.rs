//! The basis of the result: the specimen, the probes, the fields.

use maud::{Markup, html};

use super::extras::ReportExtras;
use super::figures::fact;
use crate::analyse::{FieldReading, SpecimenReading};
use crate::report::FailedField;

/// Fields without a reading that are named in print.
const PRINTED: usize = 4;

pub(super) fn section(reading: &SpecimenReading, failed: &[FailedField], extras: &ReportExtras) -> Markup {
    let rules = reading.assay.in_words();
    let in_words = |topic: &str| rules.iter().find(|rule| rule.topic == topic).map(|rule| rule.text.as_str());
    let pixel = reading.fields.iter().find_map(|field| field.pixel_size);
    html! {
        section aria-labelledby="pre-analytic" {
            h2 id="pre-analytic" { "Pre-analytic" }
            dl.facts {
                (fact("Specimen", &html! { (reading.name) }))
                @for (name, value) in &extras.facts { (fact(name, &html! { (value) })) }
                @if let Some(sex) = reading.grounds.sex { (fact("Sex", &html! { (sex.name()) })) }
                @if let Some(text) = in_words("sample") { (fact("Sample", &html! { (text) })) }
                @if let Some(text) = in_words("probes") { (fact("Probes", &html! { (text) })) }
                (fact("Fields", &html! {
                    (reading.fields.len()) " read"
                    @if let Some(pixel) = pixel { ", pixel " (pixel.um()) " um" }
                    @if let Some(slices) = slices(&reading.fields) { ", stacks of " (slices) " slices" }
                    @if !failed.is_empty() { "; " strong { (failed.len()) " could not be read" } }
                }))
                @for (i, field) in failed.iter().enumerate() {
                    div class=[(i >= PRINTED).then_some("more")] {
                        dt { "Failed field" }
                        dd { (field.field) ": " (field.error) }
                    }
                }
                @if let Some(names) = &reading.grounds.regions {
                    (fact("Regions", &html! {
                        @if let Some(file) = &extras.regions { (file) ": " }
                        @if names.is_empty() { "nuclei in excluded areas are left out" } @else { (names.join(", ")) }
                    }))
                }
            }
        }
    }
}

/// Slices of the stacks, as `5` or `5 to 7`.
fn slices(fields: &[FieldReading]) -> Option<String> {
    let slices = || fields.iter().filter_map(|field| field.depth.map(|depth| depth.slices));
    let (least, most) = (slices().min()?, slices().max()?);
    Some(if least == most { least.to_string() } else { format!("{least} to {most}") })
}
