//! Normal controls from images: each specimen is read as `score` reads it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use breakapart::Location;
use breakapart::analyse::{AnalyseParams, Analyser, FieldMeasurement};
use breakapart::assay::Assay;
use breakapart::io::{ReadOptions, SpecimenSource, find_specimens};
use breakapart::summarise::{Count, NormalControl};
use rayon::prelude::*;

use super::ReadingArguments;
use crate::messages::tell;

/// Specimens of images, and how they are read.
pub(super) struct Images {
    specimens: Vec<SpecimenSource>,
    analyser: Analyser,
    options: ReadOptions,
    threads: Option<rayon::ThreadPool>,
}

impl Images {
    /// Finds the specimens. An input in which there is none is wrong usage.
    pub(super) fn find(paths: &[PathBuf], assay: &Assay, arguments: &ReadingArguments) -> Result<Self> {
        let mut params = match &arguments.params {
            Some(path) => {
                let text =
                    fs::read_to_string(path).with_context(|| format!("--params {}", path.display()))?;
                AnalyseParams::from_toml(&text, &Location::file(path))?
            }
            None => AnalyseParams::default(),
        };
        params.sex = arguments.sex.or(params.sex);
        let analyser = Analyser::new(assay.clone())?.with_params(params)?;
        let mut options = ReadOptions::default();
        options.channels = arguments.channels;
        options.pixel_size = arguments.pixel_size;
        let mut specimens = Vec::new();
        for found in find_specimens(paths) {
            specimens.push(found.specimen?);
        }
        let threads = match arguments.threads {
            Some(n) => {
                Some(rayon::ThreadPoolBuilder::new().num_threads(n.into()).build().context("--threads")?)
            }
            None => None,
        };
        Ok(Self { specimens, analyser, options, threads })
    }

    /// Reads all specimens, one after the other, the fields of each side by side.
    pub(super) fn read(&self) -> Result<Vec<NormalControl>> {
        let all = || self.specimens.iter().map(|specimen| self.read_one(specimen)).collect();
        match &self.threads {
            Some(pool) => pool.install(all),
            None => all(),
        }
    }

    fn read_one(&self, specimen: &SpecimenSource) -> Result<NormalControl> {
        let measure = |source: &breakapart::io::FieldSource| -> breakapart::Result<FieldMeasurement> {
            self.analyser.measure_field(&source.read(&self.options)?)
        };
        let (mut measured, mut failed) = (Vec::new(), 0);
        // As many fields as threads are held in memory.
        for sources in specimen.fields.chunks(rayon::current_num_threads()) {
            let results: Vec<_> = sources.par_iter().map(measure).collect();
            for result in results {
                match result {
                    Ok(field) => measured.push(field),
                    Err(error) => {
                        tell(format_args!("error: {}: {error}", specimen.name));
                        failed += 1;
                    }
                }
            }
        }
        if measured.is_empty() {
            bail!("{}: none of its fields could be read", specimen.name);
        }
        let reading = self.analyser.read_specimen(&specimen.name, measured)?;
        let summary = &reading.summary;
        let count = Count::new(summary.rearranged, summary.evaluable)?;
        tell(format_args!(
            "{}: {} of {} nuclei read as rearranged",
            specimen.name, count.positive, count.total
        ));
        let mut control = NormalControl::new(&specimen.name, &reading.assay.id, count);
        control.failed_fields = failed;
        control.withheld_by = summary.withheld_by_codes().into_iter().map(str::to_owned).collect();
        Ok(control)
    }
}
