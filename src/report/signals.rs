//! `signals.csv`: a row a signal, inside nuclei or not.

use std::path::Path;

use crate::analyse::FieldReading;
use crate::detect::Signal;
use crate::error::Result;
use crate::pair::SignalStatus;
use crate::report::fate::{Fate, fates};
use crate::report::number::{fixed, fixed_or_empty, intensity};
use crate::report::table::write_table;

/// Columns of `signals.csv`.
pub const SIGNALS_COLUMNS: [&str; 19] = [
    "field",
    "nucleus_id",
    "channel",
    "y_px",
    "x_px",
    "intensity",
    "snr",
    "diameter_px",
    "status",
    "partner_distance_um",
    "signal_id",
    "partner_id",
    "partner_distance_px",
    "partner_distance_diameters",
    "amplitude",
    "probability",
    "specimen",
    "z_px",
    "z_um",
];

/// Writes `signals.csv` of a specimen: every signal of every field, in the order of the readings. `signal_id` counts from
/// 1 within a field; `partner_id` is the `signal_id` of the partner in the same field.
///
/// # Errors
/// [`crate::Error::Malformed`] if a reading contradicts itself, [`crate::Error::Io`] if the file cannot be
/// written.
pub fn write_signals_csv(path: impl AsRef<Path>, specimen: &str, fields: &[FieldReading]) -> Result<()> {
    let mut rows = Vec::with_capacity(fields.iter().map(|f| f.signals.len()).sum());
    for field in fields {
        for (index, (signal, fate)) in field.signals.iter().zip(fates(field)?).enumerate() {
            rows.push(row(specimen, field, index, signal, fate));
        }
    }
    write_table(path.as_ref(), &SIGNALS_COLUMNS, &rows)
}

fn row(specimen: &str, field: &FieldReading, index: usize, signal: &Signal, fate: Fate) -> [String; 19] {
    let distance_px = fate.pair.map(|p| p.distance_px);
    let distance_um = distance_px.zip(field.pixel_size).map(|(px, size)| size.px_to_um(px));
    [
        field.name.clone(),
        signal.nucleus_id.to_string(),
        signal.colour.name().to_owned(),
        fixed(signal.y_px, 3),
        fixed(signal.x_px, 3),
        intensity(signal.intensity),
        fixed(signal.snr, 2),
        fixed(signal.diameter_px, 3),
        fate.status.map_or("", SignalStatus::name).to_owned(),
        fixed_or_empty(distance_um, 3),
        (index + 1).to_string(),
        fate.partner.map_or_else(String::new, |i| (i + 1).to_string()),
        fixed_or_empty(distance_px, 3),
        fixed_or_empty(fate.pair.map(|p| p.distance_diameters), 3),
        intensity(signal.amplitude),
        fixed(signal.probability, 4),
        specimen.to_owned(),
        fixed_or_empty(signal.z_px, 3),
        fixed_or_empty(signal.z_px.and_then(|z_px| field.depth?.um(z_px)), 3),
    ]
}
