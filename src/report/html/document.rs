//! The page of a specimen, section by section.

use std::path::Path;

use maud::html;

use super::extras::ReportExtras;
use super::page::{Page, page};
use super::{
    accumulation, analytic, distances, findings, interpretation, patterns, places, plain_words, pre_analytic,
    provenance, review, verdict,
};
use crate::analyse::SpecimenReading;
use crate::atomic::write_bytes;
use crate::error::Result;
use crate::report::FailedField;

/// Writes `report.html`. `failed` are the specimen's fields that could not be read.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("breakapart-html-{}", std::process::id()));
/// use breakapart::report::{ReportExtras, write_report_html};
/// use breakapart::{Analyser, Assay, Field, ndarray::Array2};
/// let dark = || Array2::<u16>::from_elem((64, 64), 100);
/// let field = Field::new("field_000", dark(), dark(), dark())?;
/// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
/// let extras = ReportExtras::default().with_fact("note", "second block");
/// write_report_html(folder.join("report.html"), &reading, &[], &extras)?;
/// let page = std::fs::read_to_string(folder.join("report.html")).unwrap();
/// assert!(page.contains("data-verdict=\"not_evaluable\""));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be written; [`crate::Error::InvalidParameter`] or [`crate::Error::Malformed`] if
/// the reading holds counts or distances that no reading has.
pub fn write_report_html(
    path: impl AsRef<Path>,
    reading: &SpecimenReading,
    failed: &[FailedField],
    extras: &ReportExtras,
) -> Result<()> {
    write_bytes(path.as_ref(), report_html(reading, failed, extras)?.as_bytes())
}

/// The sections of the page, in their order.
pub(super) const SECTIONS: [(&str, &str); 10] = [
    ("verdict", "Verdict"),
    ("findings", "Findings"),
    ("pre-analytic", "Pre-analytic"),
    ("analytic", "Analytic"),
    ("results", "Results"),
    ("reviewed", "Review"),
    ("gallery", "Nuclei"),
    ("interpretation", "Interpretation"),
    ("plain-words", "In plain words"),
    ("settings", "Parameters and versions"),
];

/// The page as text. The same reading gives the same bytes.
pub(crate) fn report_html(
    reading: &SpecimenReading,
    failed: &[FailedField],
    extras: &ReportExtras,
) -> Result<String> {
    let assay = &reading.assay;
    let plain_words = plain_words::section(reading);
    let is_there = |id: &str| match id {
        "plain-words" => plain_words.is_some(),
        "reviewed" => extras.review.is_some(),
        "gallery" => extras.gallery.is_some(),
        _ => true,
    };
    let sections: Vec<(&str, &str)> = SECTIONS.into_iter().filter(|(id, _)| is_there(id)).collect();
    let main = html! {
        (verdict::section(reading))
        (findings::section(reading))
        div.columns {
            (pre_analytic::section(reading, failed, extras))
            (analytic::section(reading))
        }
        section aria-labelledby="results" {
            h2 id="results" { "Results" }
            (patterns::tables(reading))
            div.columns { (distances::figure(reading)?) (accumulation::figure(reading)?) }
            (places::tables(reading)?)
        }
        @if let Some(record) = &extras.review { (review::section(record)) }
        @if let Some(gallery) = &extras.gallery { div.gallery { (gallery.markup) } }
        (interpretation::section(reading))
        @if let Some(plain_words) = plain_words { (plain_words) }
        (provenance::section(reading, extras))
    };
    let (title, kicker) = match &extras.review {
        None => (reading.name.clone(), "Break-apart FISH report"),
        Some(_) => (format!("{}, reviewed", reading.name), "Break-apart FISH report, reviewed"),
    };
    Ok(page(&Page {
        title: &title,
        kicker,
        subtitle: &format!("{} ({}), {}", assay.gene, assay.band, assay.name),
        sections: &sections,
        main,
        style: if extras.review.is_some() { review::STYLE } else { "" },
        gallery: extras.gallery.as_ref(),
    }))
}
