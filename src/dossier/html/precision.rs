//! Precision.

use maud::{Markup, html};

use super::text::{estimate, facts, part_text, proportion};
use crate::agreement::RepeatGroup;
use crate::dossier::precision::PrecisionFigures;
use crate::dossier::whole::Dossier;
use crate::error::Result;
use crate::report::{Ink, Mark, Plot};

pub(super) fn body(dossier: &Dossier) -> Result<Markup> {
    let part = &dossier.precision;
    let rows = [
        ("Repeatability, all specimens", part_text(&part.all, figures)),
        ("Specimens below the cutoff", part_text(&part.below_cutoff, figures)),
        ("Specimens from the cutoff on", part_text(&part.from_cutoff, figures)),
        ("Repeats with the verdict of the first result", part_text(&part.same_verdict, proportion)),
    ];
    let plot = if part.repeats.is_empty() {
        html! {}
    } else {
        repeats(&part.repeats).described_figure()?
    };
    Ok(html! {
        p { (part.repeats.len()) " specimens with repeats (column repeat_of). Figures are in points of percent." }
        (facts(&rows))
        @if !part.without_result.is_empty() {
            p.open { "Without a result: " (part.without_result.join(", ")) "." }
        }
        (plot)
        p {
            "The repeatability holds all that differs between a specimen and its repeats: sections, hybridisation, fields and the "
            "chance of which nuclei were counted. The last alone makes the counting SD."
        }
    })
}

fn figures(figures: &PrecisionFigures) -> String {
    let found = &figures.precision;
    let cv = found.repeatability_cv_percent.map_or_else(String::new, |cv| format!(", CV {cv:.0} %"));
    let between = found.between_sd.map_or_else(String::new, |sd| format!("; between specimens SD {sd:.1}"));
    format!(
        "SD {}{cv}; {} repeats of {} specimens; counting SD {:.2}{between}",
        estimate(&found.repeatability_sd, 2, "points"),
        found.degrees,
        found.specimens,
        figures.counting_sd
    )
}

fn repeats(groups: &[RepeatGroup]) -> Plot {
    let mean = |group: &RepeatGroup| group.values.iter().sum::<f64>() / group.values.len() as f64;
    let mut sorted: Vec<(f64, &RepeatGroup)> = groups.iter().map(|group| (mean(group), group)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut marks = Vec::new();
    for (i, (_, group)) in sorted.iter().enumerate() {
        let x = i as f64 + 1.0;
        let low = group.values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = group.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        marks.push(Mark::Line { points: vec![(x, low), (x, high)], ink: Ink::Second });
        marks.extend(group.values.iter().map(|value| Mark::Point {
            at: (x, *value),
            is_large: false,
            ink: Ink::First,
        }));
    }
    Plot {
        id: "repeats".to_owned(),
        title: "Repeats".to_owned(),
        description: format!(
            "A column for each of {} specimens, by its mean; a point for each result.",
            sorted.len()
        ),
        x_name: "specimen, by its mean".to_owned(),
        y_name: "rearranged, %".to_owned(),
        start: (0.0, 0.0),
        end: (sorted.len() as f64 + 1.0, 100.0),
        top: None,
        decimals: (0, 0),
        marks,
    }
}
