//! `nuclei.csv`: a row a nucleus, counted or not.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::path::Path;

use crate::analyse::{FieldReading, NucleusReading};
use crate::error::Result;
use crate::report::fate::fates;
use crate::report::number::{fixed, fixed_or_empty, intensity};
use crate::report::table::write_table;

/// Columns of `nuclei.csv`.
pub const NUCLEI_COLUMNS: [&str; 36] = [
    "field",
    "nucleus_id",
    "centroid_y_px",
    "centroid_x_px",
    "area_um2",
    "evaluable",
    "exclusion",
    "fused",
    "split",
    "isolated_red",
    "isolated_green",
    "pattern",
    "rearranged",
    "class",
    "duplicates",
    "area_px",
    "diameter_px",
    "diameter_um",
    "solidity",
    "eccentricity",
    "mean_intensity",
    "score",
    "touches_border",
    "overlapping",
    "red_signals",
    "green_signals",
    "uncertain",
    "probability_rearranged",
    "doubtful",
    "region",
    "specimen",
    "best_focus_z_px",
    "best_focus_z_um",
    "in_focus_z_px",
    "in_focus_z_um",
    "cut_signals",
];

/// Writes `nuclei.csv` of a specimen: every nucleus of every field, by field in the order given, then by id.
///
/// # Errors
/// [`crate::Error::Malformed`] if a reading contradicts itself, [`crate::Error::Io`] if the file cannot be
/// written.
pub fn write_nuclei_csv(path: impl AsRef<Path>, specimen: &str, fields: &[FieldReading]) -> Result<()> {
    let mut rows = Vec::with_capacity(fields.iter().map(|f| f.nuclei.len()).sum());
    for field in fields {
        // A reading that contradicts itself must reach no table, also not this one.
        fates(field)?;
        let mut counts: BTreeMap<u32, [usize; 2]> = BTreeMap::new();
        for signal in &field.signals {
            counts.entry(signal.nucleus_id).or_default()[signal.colour.index()] += 1;
        }
        for reading in &field.nuclei {
            let signals = counts.get(&reading.nucleus.id).copied().unwrap_or_default();
            rows.push(row(specimen, field, reading, signals));
        }
    }
    write_table(path.as_ref(), &NUCLEI_COLUMNS, &rows)
}

fn row(
    specimen: &str,
    field: &FieldReading,
    reading: &NucleusReading,
    [red, green]: [usize; 2],
) -> [String; 36] {
    let NucleusReading { nucleus, pairing, call, depth, .. } = reading;
    let best_focus = depth.and_then(|depth| depth.best_focus_z_px);
    let in_focus = depth.and_then(|depth| depth.in_focus_z_px);
    let um = |z_px: Option<f64>| field.depth?.um(z_px?);
    let area_px = nucleus.area_px as f64;
    let diameter_px = 2.0 * (area_px / PI).sqrt();
    let pattern = call.pattern;
    [
        field.name.clone(),
        nucleus.id.to_string(),
        fixed(nucleus.centroid_y_px, 2),
        fixed(nucleus.centroid_x_px, 2),
        fixed_or_empty(field.pixel_size.map(|p| p.px2_to_um2(area_px)), 2),
        call.evaluable().to_string(),
        call.exclusion.map_or("", |e| e.name()).to_owned(),
        pattern.fused.to_string(),
        pattern.split.to_string(),
        pattern.isolated_red.to_string(),
        pattern.isolated_green.to_string(),
        pattern.to_string(),
        call.rearranged.to_string(),
        call.class.name().to_owned(),
        pairing.duplicates.len().to_string(),
        nucleus.area_px.to_string(),
        fixed(diameter_px, 2),
        fixed_or_empty(field.pixel_size.map(|p| p.px_to_um(diameter_px)), 2),
        fixed(nucleus.solidity, 4),
        fixed(nucleus.eccentricity, 4),
        intensity(nucleus.mean_intensity),
        fixed(nucleus.score, 4),
        nucleus.touches_border.to_string(),
        nucleus.overlapping.to_string(),
        red.to_string(),
        green.to_string(),
        call.uncertain.to_string(),
        fixed_or_empty(call.probability_rearranged, 4),
        call.doubtful.to_string(),
        call.region().unwrap_or_default().to_owned(),
        specimen.to_owned(),
        fixed_or_empty(best_focus, 2),
        fixed_or_empty(um(best_focus), 2),
        fixed_or_empty(in_focus, 2),
        fixed_or_empty(um(in_focus), 2),
        depth.map_or_else(String::new, |depth| depth.cut_signals.to_string()),
    ]
}
