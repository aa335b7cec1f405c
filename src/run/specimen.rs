//! One result: its fields are pooled, and its files are written.

use std::path::Path;

use rayon::prelude::*;

use crate::analyse::{Analyser, FieldMeasurement, SpecimenReading};
use crate::error::Result;
use crate::io::{FieldSource, FindOptions, SlideFile, file_name};
use crate::quality::RunFacts;
use crate::report::{
    FailedField, FieldCrops, SCHEMA_VERSION, write_nuclei_csv, write_nuclei_geojson, write_signals_csv,
    write_signals_geojson,
};
use crate::run::digest::{Digest, InputFile, PlaneDigest};
use crate::run::find_settings::FindSettings;
use crate::run::folder::clear_result;
use crate::run::gallery;
use crate::run::ledger::{Ledger, LedgerState, Outcome, ResultFile};
use crate::run::names::{GEOJSON_FOLDER, RESULT_FILES};
use crate::run::options::Pictures;
use crate::run::pictures::{self, ReadField};
use crate::run::plan::PlannedResult;
use crate::run::record::InputRecord;
use crate::run::rejudge::write_judged;
use crate::run::review::renew_reviewed;
use crate::run::slide_crops::{self, MAX_CROPS};
use crate::run::status::{FieldRecord, InputStatus, failed_fields};
use crate::run::tile_files::TileFiles;

/// A field that was measured, and what its result rests on.
pub(super) struct MeasuredField {
    pub(super) measurement: FieldMeasurement,
    pub(super) planes: Vec<PlaneDigest>,
    pub(super) inputs: Vec<InputFile>,
    /// Its crops; `None` if there is no gallery, or if it is a slide, whose crops are cut after its reading.
    pub(super) crops: Option<FieldCrops>,
    /// Its file, from which pictures are read; `None` if it is no slide.
    pub(super) slide: Option<SlideFile>,
}

/// A planned result, and where it goes.
pub(super) struct Target<'a> {
    pub(super) planned: &'a PlannedResult,
    pub(super) analyser: &'a Analyser,
    pub(super) settings: &'a Digest,
    /// Name of its folder.
    pub(super) name: &'a str,
    /// Its folder.
    pub(super) folder: &'a Path,
    pub(super) pictures: Pictures,
    pub(super) find: &'a FindOptions,
    /// Measured tiles of its slides; `None` = its slides are measured.
    pub(super) tiles: Option<&'a TileFiles>,
    /// Files of an earlier result there.
    pub(super) earlier: &'a [ResultFile],
}

/// How it went for a planned result.
pub(super) struct Finished {
    pub(super) record: InputRecord,
    /// `None` = it failed.
    pub(super) ledger: Option<Ledger>,
}

impl Target<'_> {
    /// Pools the fields and writes the files. A specimen without a single field has failed; one that lacks some is scored on
    /// the others and marked incomplete.
    pub(super) fn finish(
        &self,
        sources: &[FieldSource],
        results: Vec<Result<MeasuredField>>,
        facts: RunFacts,
    ) -> Finished {
        let (mut good, mut fields) = (Vec::new(), Vec::new());
        for (source, result) in sources.iter().zip(results) {
            let error = result.map(|measured| good.push((source, measured))).err().map(|e| e.to_string());
            let status = if error.is_none() { InputStatus::Scored } else { InputStatus::Failed };
            fields.push(FieldRecord { field: source.name.clone(), status, error });
        }
        let failed = failed_fields(&fields);
        let is_complete = failed.is_empty() && facts.skipped_files.is_empty();
        let status = if is_complete { InputStatus::Scored } else { InputStatus::Incomplete };
        if good.is_empty() {
            return self.fail(&none_readable(self.planned, &failed), fields);
        }
        match self.write(sources, good, &fields, status, facts) {
            Ok(ledger) => Finished { record: self.record(status, None, fields), ledger: Some(ledger) },
            Err(error) => {
                let record = self.record(InputStatus::Failed, Some(error.to_string()), fields);
                Finished { record, ledger: None }
            }
        }
    }

    /// The record of a result that cannot be given. What an earlier run left for it is removed: it must not stand for it.
    pub(super) fn fail(&self, error: &str, fields: Vec<FieldRecord>) -> Finished {
        let error = match self.clear(&[]) {
            Ok(()) => error.to_owned(),
            Err(second) => format!("{error}; {second}"),
        };
        Finished { record: self.record(InputStatus::Failed, Some(error), fields), ledger: None }
    }

    fn record(&self, status: InputStatus, error: Option<String>, fields: Vec<FieldRecord>) -> InputRecord {
        InputRecord::of(self.planned, self.name, status, error, fields)
    }

    fn write(
        &self,
        all: &[FieldSource],
        mut good: Vec<(&FieldSource, MeasuredField)>,
        fields: &[FieldRecord],
        status: InputStatus,
        facts: RunFacts,
    ) -> Result<Ledger> {
        let mut ledger = self.started(all, &good, facts.clone());
        self.clear(&ledger.files)?;
        ledger.write(self.folder)?;
        let sources: Vec<&FieldSource> = good.iter().map(|(source, _)| *source).collect();
        let measured: Vec<String> = good.iter().map(|(_, m)| m.measurement.name().to_owned()).collect();
        let slides: Vec<Option<SlideFile>> = good.iter_mut().map(|(_, m)| m.slide.take()).collect();
        let mut crops: Vec<FieldCrops> = good.iter_mut().filter_map(|(_, m)| m.crops.take()).collect();
        let measurements = good.into_iter().map(|(_, measured)| measured.measurement).collect();
        let reading = self.analyser.read_specimen_of_run(&self.planned.specimen, measurements, facts)?;
        // A field that is a copy of another one may be left out.
        let of_source = |name: &str| reading.fields.iter().find(|field| field.name == name);
        let read: Vec<ReadField<'_>> = (sources.iter().zip(&slides).zip(&measured))
            .filter_map(|((source, slide), name)| {
                Some(ReadField { source, slide: slide.as_ref(), reading: of_source(name)? })
            })
            .collect();
        if self.pictures.gallery {
            crops.extend(slide_crops::cut(&reading, &read)?);
        }
        crops.par_iter().try_for_each(|crops| gallery::write(self.folder, crops))?;
        pictures::write(self.folder, &read, &self.planned.reading, self.pictures)?;
        self.write_objects(&reading, &read)?;
        write_nuclei_csv(self.folder.join("nuclei.csv"), &reading.name, &reading.fields)?;
        write_signals_csv(self.folder.join("signals.csv"), &reading.name, &reading.fields)?;
        ledger.outcome = Some(Outcome::of(&reading, status, fields.to_vec()));
        write_judged(self.folder, &reading, &crops, &ledger)?;
        ledger.files = self.written(&ledger.files)?;
        ledger.state = LedgerState::Complete;
        // Last: where it says so, everything else is there.
        ledger.write(self.folder)?;
        renew_reviewed(self.folder);
        Ok(ledger)
    }

    /// The ledger before anything is written: it names all files that may be there from now on.
    fn started(
        &self,
        all: &[FieldSource],
        good: &[(&FieldSource, MeasuredField)],
        facts: RunFacts,
    ) -> Ledger {
        let of_field = |(source, measured): &(&FieldSource, MeasuredField)| {
            let (dim, nuclei) = (measured.measurement.labels().dim(), measured.measurement.nuclei());
            let pictures = pictures::names(&source.name, dim, nuclei.iter(), self.pictures);
            let of_slide = measured.slide.as_ref().filter(|_| self.pictures.gallery);
            let crops = (measured.crops.as_ref().map(|crops| crops.crops.len()))
                .or_else(|| of_slide.map(|_| nuclei.len().min(MAX_CROPS)))
                .map(|count| gallery::names(measured.measurement.name(), count));
            pictures.into_iter().chain(crops.into_iter().flatten()).chain(objects_of(&source.name))
        };
        let mut files: Vec<ResultFile> = RESULT_FILES
            .iter()
            .map(|name| (*name).to_owned())
            .chain(good.iter().flat_map(of_field))
            .chain(self.earlier.iter().map(|file| file.name.clone()))
            .map(|name| ResultFile { name, blake3: None })
            .collect();
        files.sort();
        files.dedup();
        // A field that failed is part of what the result rests on: mended, it makes another one.
        let is_good = |source: &FieldSource| good.iter().any(|(good, _)| good.name == source.name);
        let failed = all.iter().filter(|source| !is_good(source));
        let failed = InputFile::of_fields(failed, |field| self.planned.supplied_to(field));
        let mut inputs: Vec<InputFile> =
            good.iter().flat_map(|(_, m)| m.inputs.clone()).chain(failed).collect();
        inputs.sort();
        Ledger {
            schema_version: SCHEMA_VERSION,
            state: LedgerState::Started,
            specimen: self.planned.specimen.clone(),
            assay: self.planned.assay.id.clone(),
            input: absolute(&self.planned.input),
            find: FindSettings::from(self.find),
            nuclei: self.planned.nuclei.as_ref().map(|files| absolute(&files.path)),
            signals: self.planned.signals.as_ref().map(|files| absolute(&files.path)),
            regions: self.planned.regions.as_ref().map(|regions| file_name(&regions.path)),
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: self.settings.clone(),
            method: self.method().ok(),
            inputs,
            planes: good.iter().flat_map(|(_, m)| m.planes.clone()).collect(),
            facts,
            sheet: self.planned.sheet.clone(),
            outcome: None,
            files,
        }
    }

    /// The digest of the assay and the parameters.
    fn method(&self) -> Result<Digest> {
        let params = self.planned.params.without_sex();
        Digest::of_json(&(SCHEMA_VERSION, env!("CARGO_PKG_VERSION"), &*self.planned.assay, params))
    }

    /// Removes the files of an earlier result, and those that are about to be written.
    fn clear(&self, files: &[ResultFile]) -> Result<()> {
        clear_result(self.folder, self.earlier.iter().chain(files))
    }

    /// The files that were written, with their digests.
    fn written(&self, planned: &[ResultFile]) -> Result<Vec<ResultFile>> {
        let there = planned.par_iter().filter(|file| self.folder.join(&file.name).exists());
        there
            .map(|file| {
                let blake3 = Some(Digest::of_file(&self.folder.join(&file.name))?);
                Ok(ResultFile { name: file.name.clone(), blake3 })
            })
            .collect()
    }

    /// Nuclei and signals as objects, for each field.
    fn write_objects(&self, reading: &SpecimenReading, fields: &[ReadField<'_>]) -> Result<()> {
        fields.par_iter().try_for_each(|field| {
            let [nuclei, signals] = objects_of(&field.source.name);
            write_nuclei_geojson(self.folder.join(nuclei), reading, field.reading)?;
            write_signals_geojson(self.folder.join(signals), reading, field.reading)
        })
    }
}

fn none_readable(planned: &PlannedResult, failed: &[FailedField]) -> String {
    match failed {
        [only] => only.error.clone(),
        _ => format!("{}: none of its fields could be read", planned.input.display()),
    }
}

pub(super) fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}

/// Nuclei and signals of a field as objects, under its result's folder.
fn objects_of(field: &str) -> [String; 2] {
    ["nuclei", "signals"].map(|kind| format!("{GEOJSON_FOLDER}/{field}/{kind}.geojson"))
}
