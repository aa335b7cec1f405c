//! Concordance with immunohistochemistry and sequencing.

use maud::{Markup, html};

use super::calls::{calls, matrix};
use super::text::count;
use crate::dossier::concordance::{Concordance, Discordant, IhcConcordance, NgsConcordance};
use crate::report::scrolling;

pub(super) fn body(concordance: &Concordance) -> Markup {
    html! {
        h3 { "Immunohistochemistry" }
        @match &concordance.ihc {
            Some(found) => (ihc(found)),
            None => p.open { "No specimen has a staining (column ihc)." },
        }
        h3 { "Sequencing" }
        @match &concordance.ngs {
            Some(found) => (ngs(found)),
            None => p.open { "No specimen has a result of sequencing (column ngs)." },
        }
    }
}

fn ihc(found: &IhcConcordance) -> Markup {
    let percent = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1}"));
    html! {
        (matrix(&found.table, "Staining (rows) by verdict (columns)"))
        table {
            caption { "Rearranged nuclei by staining, %" }
            thead { tr {
                th scope="col" { "Staining" }
                @for head in ["Specimens", "Lowest", "Median", "Highest"] { th.number scope="col" { (head) } }
            } }
            tbody { @for level in &found.levels {
                tr {
                    th scope="row" { (level.ihc) } td.number { (level.specimens) }
                    td.number { (percent(level.min_percent)) } td.number { (percent(level.median_percent)) }
                    td.number { (percent(level.max_percent)) }
                }
            } }
        }
        p { "Positive from " (found.positive_from) " on:" }
        (calls(&found.calls, "breakapart", "IHC"))
        (discordant(&found.discordant))
    }
}

fn ngs(found: &NgsConcordance) -> Markup {
    html! {
        (matrix(&found.table, "Sequencing (rows) by verdict (columns)"))
        (calls(&found.calls, "breakapart", "sequencing"))
        (discordant(&found.discordant))
    }
}

fn discordant(specimens: &[Discordant]) -> Markup {
    let patterns = |specimen: &Discordant| {
        let shares = specimen.patterns.iter();
        shares
            .map(|p| format!("{} {} ({:.0} %)", p.nuclei, p.pattern, p.percent))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if specimens.is_empty() {
        return html! { p { "No discordant specimen." } };
    }
    let table = html! {
        table {
            caption { "Discordant specimens" }
            thead { tr {
                @for head in ["Specimen", "Verdict", "Rearranged", "Other method", "Patterns of its nuclei"] {
                    th scope="col" { (head) }
                }
            } }
            tbody { @for specimen in specimens {
                tr {
                    th scope="row" { (specimen.specimen) } td { (specimen.verdict) } td { (count(specimen.count)) }
                    td { (specimen.other) } td { (patterns(specimen)) }
                }
            } }
        }
    };
    scrolling("Discordant specimens", &table)
}
