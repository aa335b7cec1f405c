//! Reads the results of a run, a few fields at a time.
//!
//! As many fields as there are threads are held in memory at once, or as fit; a slide is held in part. Pixels are dropped as
//! soon as a field is measured; an overlay reads its field again.

use rayon::prelude::*;

use crate::analyse::field_bytes;
use crate::error::{Error, Result};
use crate::run::job::Job;
use crate::run::observer::Observer;
use crate::run::specimen::{Finished, MeasuredField};
use crate::run::task::Task;
use crate::workspace::Workspace;

/// Reads the results. `finished` is called for each, in the order of the tasks. Returns early if the observer cancels the
/// run.
pub(super) fn score(
    tasks: &[Task<'_>],
    workspaces: &mut Vec<Workspace>,
    memory_bytes: Option<u64>,
    observer: &dyn Observer,
    mut finished: impl FnMut(usize, Finished),
) {
    let together = rayon::current_num_threads();
    workspaces.resize_with(together, Workspace::default);
    let jobs: Vec<Job<'_>> = (tasks.iter().enumerate())
        .flat_map(|(i, task)| task.fields().iter().map(move |field| Job::new(i, task, field)))
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
    let mut rest = jobs.as_slice();
    while let Some(first) = rest.first() {
        let (jobs, after) = rest.split_at(held_together(rest, first, together, memory_bytes));
        rest = after;
        if observer.is_cancelled() {
            return;
        }
        let results: Vec<Result<MeasuredField>> = (jobs.par_iter().zip(&mut *workspaces))
            .map(|(job, workspace)| job.measure(workspace, memory_bytes, observer))
            .collect();
        if results.iter().any(|result| matches!(result, Err(Error::Cancelled))) {
            return;
        }
        for (job, result) in jobs.iter().zip(results) {
            measured[job.task].push(result);
        }
        finish_ready(&mut measured, &mut next);
    }
    if !observer.is_cancelled() {
        finish_ready(&mut measured, &mut next);
    }
}

/// Number of the next fields that are held at once: as many as there are threads, or as fit. A slide takes all threads by
/// itself.
fn held_together(jobs: &[Job<'_>], first: &Job<'_>, threads: usize, memory_bytes: Option<u64>) -> usize {
    if first.is_slide() {
        return 1;
    }
    let mut bytes = 0;
    let fits = |job: &&Job<'_>| {
        bytes += field_bytes(job.pixels());
        !job.is_slide() && memory_bytes.is_none_or(|limit| bytes <= limit)
    };
    jobs.iter().take(threads).take_while(fits).count().max(1)
}

fn finish(task: &Task<'_>, fields: Vec<Result<MeasuredField>>) -> Finished {
    match &task.target.planned.source {
        Ok(source) => task.target.finish(&source.fields, fields, task.facts.clone()),
        Err(error) => task.target.fail(error, Vec::new()),
    }
}
