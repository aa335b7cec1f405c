//! Intended use and settings.

use maud::{Markup, html};

use super::text::{cautions, facts};
use crate::dossier::use_and_settings::UseAndSettings;
use crate::report::scrolling;

pub(super) fn body(part: &UseAndSettings) -> Markup {
    let nuclei = part.evaluable_nuclei.map_or("none".to_owned(), |(low, high)| format!("{low} to {high}"));
    let rows = [
        ("Assay", format!("{} ({}, version {}), gene {}", part.name, part.assay, part.version, part.gene)),
        ("Versions of breakapart", part.crate_versions.join(", ")),
        ("Specimens", part.specimens.to_string()),
        ("Repeats of them", part.repeats.to_string()),
        ("Normal controls among them", part.normals.to_string()),
        ("Results without a verdict", part.not_evaluable.to_string()),
        ("Evaluable nuclei of a result", nuclei),
    ];
    let rules = html! {
        table {
            caption { "Rules of the assay" }
            thead { tr { th scope="col" { "Subject" } th scope="col" { "Rule" } th scope="col" { "To verify" } } }
            tbody { @for rule in &part.rules {
                tr { th scope="row" { (rule.topic) } td { (rule.text) } td { (rule.verify.join(", ")) } }
            } }
        }
    };
    html! {
        (facts(&rows))
        (cautions(&part.cautions))
        (scrolling("Rules of the assay", &rules))
        @for digest in &part.settings { p { "Settings: " span.digest { (digest) } } }
        p {
            "Intended use of the crate: an aid in the detection and counting of signals in interphase nuclei, read by a "
            "person. The laboratory adds here its samples, probes, microscope and who reads."
        }
    }
}
