//! Reads the results of a run, a few fields at a time.
//!
//! As many fields as there are threads are held in memory at once. Pixels are dropped as soon as a field is
//! measured; an overlay reads its field again.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

use crate::error::Result;
use crate::io::{FieldSource, files_of_zarr};
use crate::quality::RunFacts;
use crate::run::digest::{InputFile, planes};
use crate::run::observer::{Event, Observer};
use crate::run::specimen::{Finished, MeasuredField, Target};
use crate::workspace::Workspace;

/// A result to read, and the facts of the run that it rests on.
pub(super) struct Task<'a> {
    pub(super) index: usize,
    pub(super) target: Target<'a>,
    pub(super) facts: RunFacts,
}

impl Task<'_> {
    /// The fields to read; none if the specimen was not found.
    fn fields(&self) -> &[FieldSource] {
        self.target.planned.source.as_ref().map_or(&[], |source| &source.fields)
    }
}

/// Bytes of the files of a field.
pub(super) fn bytes_of(field: &FieldSource) -> u64 {
    let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let of_image = |path: &&Path| match files_of_zarr(path) {
        Ok(Some(files)) => files.iter().map(|file| bytes(&file.path)).sum(),
        _ => bytes(path),
    };
    field.files.paths().iter().map(of_image).sum()
}

/// Reads the results. `finished` is called for each, in the order of the tasks. Returns early if the observer cancels the
/// run.
pub(super) fn score(
    tasks: &[Task<'_>],
    workspaces: &mut Vec<Workspace>,
    observer: &dyn Observer,
    mut finished: impl FnMut(usize, Finished),
) {
    let together = rayon::current_num_threads();
    workspaces.resize_with(together, Workspace::default);
    let jobs: Vec<(usize, &FieldSource)> = (tasks.iter().enumerate())
        .flat_map(|(i, task)| task.fields().iter().map(move |field| (i, field)))
        .collect();
    let mut measured: Vec<Vec<Result<MeasuredField>>> = tasks.iter().map(|_| Vec::new()).collect();
    // The first task that is not finished.
    let mut next = 0;
    let mut finish_ready = |measured: &mut [Vec<Result<MeasuredField>>], next: &mut usize| {
        let mut ready: Vec<(usize, Vec<Result<MeasuredField>>)> = Vec::new();
        while *next < tasks.len() && measured[*next].len() == tasks[*next].fields().len() {
            ready.push((*next, std::mem::take(&mut measured[*next])));
            *next += 1;
        }
        let done: Vec<(usize, Finished)> =
            ready.into_par_iter().map(|(i, fields)| (tasks[i].index, finish(&tasks[i], fields))).collect();
        done.into_iter().for_each(|(index, result)| finished(index, result));
    };
    for jobs in jobs.chunks(together) {
        if observer.is_cancelled() {
            return;
        }
        let results: Vec<Result<MeasuredField>> = (jobs.par_iter().zip(&mut *workspaces))
            .map(|((i, field), workspace)| measure(&tasks[*i], field, workspace, observer))
            .collect();
        for ((i, _), result) in jobs.iter().zip(results) {
            measured[*i].push(result);
        }
        finish_ready(&mut measured, &mut next);
    }
    if !observer.is_cancelled() {
        finish_ready(&mut measured, &mut next);
    }
}

fn finish(task: &Task<'_>, fields: Vec<Result<MeasuredField>>) -> Finished {
    match &task.target.planned.source {
        Ok(source) => task.target.finish(&source.fields, fields, task.facts.clone()),
        Err(error) => task.target.fail(error, Vec::new()),
    }
}

fn measure(
    task: &Task<'_>,
    source: &FieldSource,
    workspace: &mut Workspace,
    observer: &dyn Observer,
) -> Result<MeasuredField> {
    let measured = measure_field(task, source, workspace);
    let (pixels, error) = match &measured {
        Ok((_, pixels)) => (*pixels, None),
        Err(error) => (0, Some(error.to_string())),
    };
    observer.on(Event::Field {
        specimen: &task.target.planned.specimen,
        field: &source.name,
        place: place_of(task, source),
        pixels,
        bytes: bytes_of(source),
        error: error.as_deref(),
    });
    measured.map(|(field, _)| field)
}

/// Which field of its specimen it is, from 1, and of how many.
fn place_of(task: &Task<'_>, source: &FieldSource) -> (usize, usize) {
    let fields = task.fields();
    let before = fields.iter().position(|field| field.name == source.name).unwrap_or(0);
    (before + 1, fields.len())
}

fn measure_field(
    task: &Task<'_>,
    source: &FieldSource,
    workspace: &mut Workspace,
) -> Result<(MeasuredField, u64)> {
    let field = source.read_reusing(&task.target.planned.reading, workspace)?;
    let (height, width) = field.dim();
    let mut measurement = task.target.analyser.measure_field(&field)?;
    let regions = task.target.planned.regions.as_ref();
    if let Some(regions) = regions.and_then(|regions| regions.of_field(&source.name)) {
        measurement = measurement.with_regions(regions);
    }
    let planes = planes(&field);
    workspace.recycle(field);
    let inputs = InputFile::of_field(source)?;
    Ok((MeasuredField { measurement, planes, inputs }, height as u64 * width as u64))
}
