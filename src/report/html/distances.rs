//! Distances of red and green signals, with the distance from which a pair is split.

use maud::{Markup, html};

use super::plot::{Ink, Mark, Plot, TopAxis};
use crate::analyse::{FieldReading, SpecimenReading};
use crate::error::Result;
use crate::report::number::fixed;

/// Bars up to the distance that decides: no bar holds fused and split pairs.
const BARS_TO_CUTOFF: usize = 8;
/// Bars of the plot; the last one holds all longer distances.
const BARS: usize = 4 * BARS_TO_CUTOFF;
/// Distances and diameters that a plot can show, px: a rule past any image has none.
const LENGTHS_PX: std::ops::RangeInclusive<f64> = 1e-3..=1e6;

pub(super) fn figure(reading: &SpecimenReading) -> Result<Markup> {
    let (rule, distances_px) = (&reading.instrument.pair_rule, distances_px(&reading.fields));
    let cutoff_px = rule.split_distance_px;
    let is_length = |px: &f64| LENGTHS_PX.contains(px);
    if distances_px.is_empty() || ![cutoff_px, rule.diameter_px].iter().all(is_length) {
        return Ok(html! { p.plot { "No pair of red and green was found in the nuclei counted." } });
    }
    let pixel = reading.fields.iter().find_map(|field| field.pixel_size);
    let (unit, scale) = pixel.map_or(("px", 1.0), |pixel| ("um", pixel.um()));
    let bar_px = cutoff_px / BARS_TO_CUTOFF as f64;
    let mut counts = [0_usize; BARS];
    for px in &distances_px {
        // Rounding must not move a pair over the distance that decides.
        let bar = if *px < cutoff_px {
            (px / bar_px).min((BARS_TO_CUTOFF - 1) as f64)
        } else {
            (px / bar_px).max(BARS_TO_CUTOFF as f64)
        };
        counts[(bar as usize).min(BARS - 1)] += 1;
    }
    let is_split = |bar: usize| bar >= BARS_TO_CUTOFF;
    let split: usize = counts[BARS_TO_CUTOFF..].iter().sum();
    let width = bar_px * scale;
    let mut marks: Vec<Mark> = (counts.iter().enumerate())
        .filter(|(_, count)| **count > 0)
        .map(|(i, count)| Mark::Bar {
            from: (i as f64 + 0.08) * width,
            to: (i as f64 + 0.92) * width,
            height: *count as f64,
            ink: if is_split(i) { Ink::Second } else { Ink::First },
        })
        .collect();
    let diameters = fixed(cutoff_px / rule.diameter_px, 2);
    let cutoff = format!("{} {unit}", fixed(cutoff_px * scale, 2));
    let most = 1.15 * counts.iter().max().copied().unwrap_or(1) as f64;
    marks.push(Mark::Word { at: (0.0, 0.97 * most), word: " fused".to_owned(), ink: Ink::Text });
    marks.push(Mark::Rule { x: cutoff_px * scale, word: format!(" split from {cutoff}"), ink: Ink::Limit });
    let plot = Plot {
        id: "distances".to_owned(),
        title: format!("Distance of red and green in {} pairs: {split} split", distances_px.len()),
        description: format!(
            "Histogram. A pair is split from {cutoff} on, which is {diameters} signal diameters. {} pairs are nearer, {split} \
             are split.",
            distances_px.len() - split
        ),
        x_name: format!("{unit}; the last bar holds all longer distances"),
        y_name: "pairs".to_owned(),
        start: (0.0, 0.0),
        end: (width * BARS as f64, most),
        top: Some(TopAxis {
            name: "signal diameters".to_owned(),
            end: bar_px * BARS as f64 / rule.diameter_px,
        }),
        decimals: (1, 0),
        marks,
    };
    plot.figure()
}

/// Distances of the fused and split pairs in the nuclei counted, px.
fn distances_px(fields: &[FieldReading]) -> Vec<f64> {
    let nuclei = fields.iter().flat_map(|field| &field.nuclei).filter(|nucleus| nucleus.call.evaluable());
    let pairs = nuclei.flat_map(|nucleus| nucleus.pairing.fused.iter().chain(&nucleus.pairing.split));
    pairs.map(|pair| pair.distance_px).filter(|px| px.is_finite() && *px >= 0.0).collect()
}
