//! `dossier.html`: the dossier as one page that holds everything it shows.

mod accuracy;
mod calls;
mod concordance;
mod cutoff;
mod detection;
mod precision;
mod readers;
mod settings;
mod text;

use maud::{Markup, html};

use super::minimum;
use super::unused::Unused;
use super::whole::Dossier;
use crate::error::Result;
use crate::report::{Page, page, scrolling};

/// Ids and headings of the sections, in the order of FDA document 1550.
const SECTIONS: [(&str, &str); 9] = [
    ("use", "1 Intended use and settings"),
    ("accuracy", "2 Accuracy"),
    ("precision", "3 Precision"),
    ("detection", "4 Limit of detection"),
    ("cutoff", "5 Cutoff from normal controls"),
    ("readers", "6 Reader agreement"),
    ("concordance", "7 Concordance with IHC and sequencing"),
    ("unused", "8 Not used, and why"),
    ("numbers", "9 Numbers of specimens, and methods"),
];

/// The page of a dossier.
pub(super) fn page_of(dossier: &Dossier) -> Result<String> {
    let bodies = [
        settings::body(&dossier.use_and_settings),
        accuracy::body(dossier)?,
        precision::body(dossier)?,
        detection::body(&dossier.detection),
        cutoff::body(&dossier.cutoff),
        readers::body(&dossier.readers, dossier.reviews.as_ref()),
        concordance::body(&dossier.concordance),
        unused(&dossier.unused),
        numbers(dossier),
    ];
    let main = html! {
        @for ((id, heading), body) in SECTIONS.iter().zip(bodies) {
            section id=(id) aria-labelledby={(id) "-heading"} { h2 id={(id) "-heading"} { (heading) } (body) }
        }
    };
    let title = format!("Validation dossier: {}", dossier.use_and_settings.name);
    Ok(page(&Page {
        title: &title,
        kicker: "breakapart",
        subtitle: "Results of the laboratory's own slides, in the order of FDA document 1550 (23 March 2005)",
        sections: &SECTIONS,
        main,
        style: include_str!("html/dossier.css"),
        gallery: None,
    }))
}

/// Results, rows and reviews that could not be used.
fn unused(all: &[Unused]) -> Markup {
    let table = html! {
        table {
            thead { tr { th scope="col" { "Specimen" } th scope="col" { "Reason" } } }
            tbody { @for unused in all {
                tr { th scope="row" { (unused.specimen) } td { (unused.reason) } }
            } }
        }
    };
    html! {
        @if all.is_empty() { p { "All results, rows and reviews could be used." } } @else { (scrolling("Not used", &table)) }
    }
}

/// The numbers of specimens that figures need, and where the figures come from.
fn numbers(dossier: &Dossier) -> Markup {
    let level = 100.0 * dossier.options.level;
    let rows = [
        ("Bias, limits of agreement, regression, kappa", minimum::COMPARED, "specimens with both values"),
        ("The same without a caution", minimum::COMPARED_USUAL, "specimens with both values"),
        ("Sensitivity", minimum::OF_ONE_ANSWER, "specimens that the reference calls positive"),
        ("Specificity", minimum::OF_ONE_ANSWER, "specimens that the reference calls negative"),
        ("Repeatability", minimum::REPEAT_DEGREES, "repeats beyond the first result of each specimen"),
        ("Cutoff, limit of blank", minimum::NORMALS, "normal controls"),
    ];
    html! {
        table {
            thead { tr { th scope="col" { "Figure" } th scope="col" { "Needs" } th scope="col" { "Of" } } }
            tbody { @for (figure, needed, of) in rows {
                tr { th scope="row" { (figure) } td.number { (needed) } td { (of) } }
            } }
        }
        p {
            "Intervals are two-sided, at " (format!("{level} %")) ". Bias and limits of agreement: Bland and Altman 1986, 1999. "
            "Regression: Deming with the jackknife (Linnet 1993), errors of both methods taken as equal; Passing and Bablok 1983. "
            "Kappa: Cohen 1960, 1968, with the standard error of Fleiss, Cohen and Everitt 1969. Shares: Wilson score interval. "
            "Repeatability: one-way analysis of variance, interval by chi-squared. Limit of blank: CLSI EP17. Limit of detection: "
            "exact binomial distribution. All figures are in dossier.json."
        }
    }
}
