//! Simulates and reads all specimens.

use anyhow::{Context, Result};
use breakapart::analyse::Analyser;
use breakapart::quality::Finding;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::review::{ReviewWorth, worth};
use crate::scenario::Scenario;
use crate::score::{FieldTruth, SpecimenScore, score};

/// One specimen of a scenario and what its reading is worth.
pub(crate) struct Specimen<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) seed: u64,
    pub(crate) score: SpecimenScore,
    /// The verdict that was read.
    pub(crate) verdict: &'static str,
    /// The percentage expected from the probabilities of the nuclei.
    pub(crate) percent_expected: Option<f64>,
    /// The findings on it.
    pub(crate) findings: Vec<Finding>,
    /// What the order of review is worth.
    pub(crate) review: ReviewWorth,
}

/// Reads every specimen of every scenario; the order is that of the scenarios, then of the seeds.
pub(crate) fn read_all<'a>(
    scenarios: &'a [Scenario],
    fields: u32,
    analyser: &Analyser,
) -> Result<Vec<Specimen<'a>>> {
    let jobs: Vec<(&Scenario, u64)> = scenarios
        .iter()
        .flat_map(|scenario| scenario.seeds.clone().map(move |seed| (scenario, seed)))
        .collect();
    let bar = progress_bar(jobs.len());
    let specimens: Vec<Result<Specimen<'a>>> = jobs
        .into_par_iter()
        .map(|(scenario, seed)| {
            let specimen = read(scenario, seed, fields, analyser);
            bar.inc(1);
            specimen.with_context(|| format!("{}, seed {seed}", scenario.name()))
        })
        .collect();
    bar.finish_and_clear();
    specimens.into_iter().collect()
}

fn read<'a>(scenario: &'a Scenario, seed: u64, fields: u32, analyser: &Analyser) -> Result<Specimen<'a>> {
    let (mut truths, mut measurements) = (Vec::new(), Vec::new());
    for index in 0..fields {
        let simulated = scenario.field(seed, index)?;
        measurements.push(analyser.measure_field(&simulated.field)?);
        truths.push(FieldTruth::from(simulated));
    }
    let reading = analyser.read_specimen(scenario.name(), measurements)?;
    let score = score(&truths, &reading, analyser.assay());
    let summary = &reading.summary;
    let (verdict, percent_expected) = (summary.verdict.name(), summary.percent_expected);
    let findings = summary.findings.clone();
    let review = worth(&truths, &reading, analyser.assay())?;
    Ok(Specimen { scenario, seed, score, verdict, percent_expected, findings, review })
}

/// Shown on a terminal only.
fn progress_bar(specimens: usize) -> ProgressBar {
    let bar = ProgressBar::new(specimens as u64);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len} specimens, {eta} left") {
        bar.set_style(style);
    }
    bar
}
