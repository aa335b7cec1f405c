//! Writes a simulated specimen with its truth.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::conditions::Conditions;
use super::ome_tiff::write_ome_tiff;
use super::specimen::{SpecimenTruth, simulate_field};
use super::truth::{NucleusTruth, SignalTruth};
use crate::atomic::write_bytes;
use crate::error::{Error, Result};
use crate::io::write_labels;

/// Simulates a specimen field by field into the folder `dir`: `field_000.ome.tif` and so on, and in `truth/`
/// for each field `_labels.tif`, `_nuclei.csv` and `_signals.csv`, and `specimen.json`.
///
/// # Errors
/// [`Error::InvalidParameter`] if a parameter is out of its range, [`Error::Io`] if a file cannot be written.
///
/// ```no_run
/// use breakapart::simulate::{Conditions, write_specimen};
/// let conditions = Conditions::named("tissue_section")?;
/// let truth = write_specimen("specimens/tissue_section", &conditions, 1, 2)?;
/// println!("{:.1} % of {} nuclei", truth.percent, truth.scorable);
/// # Ok::<(), breakapart::Error>(())
/// ```
pub fn write_specimen(
    dir: impl AsRef<Path>,
    conditions: &Conditions,
    seed: u64,
    fields: u32,
) -> Result<SpecimenTruth> {
    conditions.validate()?;
    let dir = dir.as_ref();
    let truth_dir = dir.join("truth");
    fs::create_dir_all(&truth_dir).map_err(|e| Error::io(&truth_dir, e))?;
    let mut truth = SpecimenTruth::new(conditions, seed);
    for index in 0..fields {
        let field = simulate_field(conditions, seed, index)?;
        let name = &field.name;
        write_ome_tiff(dir.join(format!("{name}.ome.tif")), &field)?;
        write_labels(truth_dir.join(format!("{name}_labels.tif")), &field.labels)?;
        write_table(&truth_dir.join(format!("{name}_nuclei.csv")), &NucleusTruth::COLUMNS, &field.nuclei)?;
        write_table(&truth_dir.join(format!("{name}_signals.csv")), &SignalTruth::COLUMNS, &field.signals)?;
        truth.add(&field);
    }
    write_json(&truth_dir.join("specimen.json"), &truth)?;
    Ok(truth)
}

pub(super) fn write_json<T: Serialize>(path: &Path, truth: &T) -> Result<()> {
    let json = serde_json::to_vec_pretty(truth).map_err(|e| Error::io(path, e.into()))?;
    write_bytes(path, &json)
}

/// Writes a table with its header, also if it has no rows.
pub(super) fn write_table<T: Serialize>(path: &Path, columns: &[&str], rows: &[T]) -> Result<()> {
    let failure = |e: csv::Error| Error::io(path, std::io::Error::other(e));
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    table.write_record(columns).map_err(failure)?;
    for row in rows {
        table.serialize(row).map_err(failure)?;
    }
    let bytes = table.into_inner().map_err(|e| Error::io(path, e.into_error()))?;
    write_bytes(path, &bytes)
}
