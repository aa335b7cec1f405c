//! From specimens to their files, a few fields at a time.
//!
//! As many fields as there are threads are held in memory at once. Pixels are dropped as soon as a field is
//! measured; an overlay reads its field again.

use std::path::Path;

use anyhow::{Context, Result, bail};
use breakapart::Workspace;
use breakapart::analyse::{FieldMeasurement, FieldReading};
use breakapart::io::{FieldSource, SpecimenSource, write_labels};
use breakapart::report::{
    FailedField, FieldRecord, InputRecord, InputStatus, SpecimenRow, write_nuclei_csv, write_overlay,
    write_report_json, write_signals_csv,
};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::Run;
use super::output_folder::{labels_of, overlay_of};
use crate::messages::{tell, with_causes};

/// The outcome of a run.
pub(crate) struct Scored {
    /// Specimens that were scored.
    pub(crate) rows: Vec<SpecimenRow>,
    /// All inputs.
    pub(crate) records: Vec<InputRecord>,
}

type Measured = breakapart::Result<FieldMeasurement>;

/// Scores every specimen. Failures are in the records, and on stderr as they happen.
pub(crate) fn score(run: &Run) -> Scored {
    let specimens = &run.inputs.specimens;
    let jobs: Vec<(usize, &FieldSource)> = (specimens.iter().enumerate())
        .flat_map(|(i, (_, specimen))| specimen.fields.iter().map(move |field| (i, field)))
        .collect();
    let bar = progress_bar(jobs.len());
    let mut scored = Scored { rows: Vec::new(), records: run.inputs.failed.clone() };
    bar.suspend(|| scored.records.iter().for_each(print_failures));

    let mut measured: Vec<Vec<Measured>> = specimens.iter().map(|_| Vec::new()).collect();
    let together = rayon::current_num_threads();
    let mut workspaces: Vec<Workspace> = (0..together).map(|_| Workspace::default()).collect();
    for jobs in jobs.chunks(together) {
        let results: Vec<Measured> = (jobs.par_iter().zip(&mut workspaces))
            .map(|((_, field), workspace)| measure(run, field, workspace))
            .collect();
        bar.inc(jobs.len() as u64);
        let mut complete = Vec::new();
        for ((i, _), result) in jobs.iter().zip(results) {
            measured[*i].push(result);
            if measured[*i].len() == specimens[*i].1.fields.len() {
                complete.push((*i, std::mem::take(&mut measured[*i])));
            }
        }
        let finished: Vec<_> = complete
            .into_par_iter()
            .map(|(i, results)| finish(run, &specimens[i].0, &specimens[i].1, results))
            .collect();
        for (record, row) in finished {
            bar.suspend(|| print_failures(&record));
            scored.records.push(record);
            scored.rows.extend(row);
        }
    }
    bar.finish_and_clear();
    scored
}

/// Shown on a terminal only.
fn progress_bar(fields: usize) -> ProgressBar {
    let bar = ProgressBar::new(fields as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len} fields, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn print_failures(record: &InputRecord) {
    match (&record.specimen, &record.error) {
        (Some(specimen), Some(error)) => tell(format_args!("error: {specimen}: {error}")),
        // The error of an input without a specimen names the input.
        (None, Some(error)) => tell(format_args!("error: {error}")),
        (_, None) => {}
    }
    // The error of an only field is that of its specimen.
    for field in record.fields.iter().filter(|_| record.fields.len() > 1) {
        if let Some(error) = &field.error {
            let specimen = record.specimen.as_deref().unwrap_or_default();
            tell(format_args!("error: {specimen}/{}: {error}", field.field));
        }
    }
}

fn measure(run: &Run, source: &FieldSource, workspace: &mut Workspace) -> Measured {
    let field = source.read_reusing(&run.options.reading(), workspace)?;
    let measured = run.analyser.measure_field(&field);
    workspace.recycle(field);
    measured
}

/// Pools the fields of a specimen and writes its files. A specimen without a single field is failed; one
/// that lacks some is scored on the others and marked incomplete.
fn finish(
    run: &Run,
    path: &Path,
    specimen: &SpecimenSource,
    results: Vec<Measured>,
) -> (InputRecord, Option<SpecimenRow>) {
    let (mut good, mut failed, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    for (source, result) in specimen.fields.iter().zip(results) {
        let error = result.map(|measurement| good.push((source, measurement))).err().map(|e| e.to_string());
        let status = if error.is_none() { InputStatus::Scored } else { InputStatus::Failed };
        if let Some(error) = &error {
            failed.push(FailedField { field: source.name.clone(), error: error.clone() });
        }
        fields.push(FieldRecord { field: source.name.clone(), status, error });
    }
    let outcome = write_specimen(run, specimen, good, &failed);
    let (status, error, row) = match outcome {
        Ok(row) if failed.is_empty() => (InputStatus::Scored, None, Some(row)),
        Ok(row) => (InputStatus::Incomplete, None, Some(row)),
        Err(error) => (InputStatus::Failed, Some(with_causes(&error)), None),
    };
    let record = InputRecord {
        input: path.display().to_string(),
        specimen: Some(specimen.name.clone()),
        status,
        error,
        fields,
    };
    (record, row)
}

fn write_specimen(
    run: &Run,
    specimen: &SpecimenSource,
    good: Vec<(&FieldSource, FieldMeasurement)>,
    failed: &[FailedField],
) -> Result<SpecimenRow> {
    let name = &specimen.name;
    let names: Vec<&str> = specimen.fields.iter().map(|field| field.name.as_str()).collect();
    run.out.forget_specimen(name, &names)?;
    match (good.is_empty(), failed) {
        (true, [only]) => bail!("{}", only.error),
        (true, _) => bail!("none of its fields could be read"),
        (false, _) => {}
    }
    let (sources, measurements): (Vec<_>, Vec<_>) = good.into_iter().unzip();
    let measured: Vec<String> = measurements.iter().map(|field| field.name().to_owned()).collect();
    let reading = run.analyser.read_specimen(name, measurements)?;
    // A field that is a copy of another one may be left out.
    let of_source = |name: &str| reading.fields.iter().find(|field| field.name == name);
    let read: Vec<(&FieldSource, &FieldReading)> = sources
        .iter()
        .zip(&measured)
        .filter_map(|(source, name)| Some((*source, of_source(name)?)))
        .collect();
    let row = SpecimenRow::new(&reading, failed.len());
    write_images(run, name, &read)?;
    write_nuclei_csv(run.out.of(name, "nuclei.csv"), &reading.fields)?;
    write_signals_csv(run.out.of(name, "signals.csv"), &reading.fields)?;
    // Last: where it is, everything else is.
    write_report_json(run.out.of(name, "report.json"), &reading, failed)?;
    Ok(row)
}

/// Label images and overlays, as asked for.
fn write_images(run: &Run, name: &str, fields: &[(&FieldSource, &FieldReading)]) -> Result<()> {
    for fields in fields.chunks(rayon::current_num_threads()) {
        let written: Vec<Result<()>> = fields
            .par_iter()
            .map(|(source, reading)| {
                if run.options.labels {
                    let path = run.out.of(name, &labels_of(&source.name));
                    write_labels(path, &reading.labels)?;
                }
                if run.options.overlays {
                    let field = source.read(&run.options.reading()).context("read again for the overlay")?;
                    write_overlay(run.out.of(name, &overlay_of(&source.name)), &field, reading)?;
                }
                Ok(())
            })
            .collect();
        written.into_iter().collect::<Result<()>>()?;
    }
    Ok(())
}
