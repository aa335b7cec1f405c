//! One result of a run: its plan, its place, and what is there of it.

use std::path::PathBuf;

use crate::analyse::Analyser;
use crate::error::Result;
use crate::io::{ChannelChoice, FieldSource, FindOptions, file_name};
use crate::quality::RunFacts;
use crate::report::SCHEMA_VERSION;
use crate::run::digest::{Digest, InputFile};
use crate::run::facts::Member;
use crate::run::ledger::{Ledger, LedgerState};
use crate::run::names::RESULT_FILES;
use crate::run::options::RunOptions;
use crate::run::plan::PlannedResult;
use crate::run::record::InputRecord;
use crate::run::regions::ResultRegions;
use crate::run::rejudge::{judge_again, renew};
use crate::run::review::renew_reviewed;
use crate::run::specimen::{Target, absolute};
use crate::run::tile_files::TileFiles;

/// What a result that is there is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// There is none.
    Nothing,
    /// It holds.
    Current,
    /// Some images, or the settings, are others: it is made anew.
    Changed,
    /// At the same place none of its images is left: it is put aside.
    ImagesReplaced,
    /// It is of images at another place, or of unknown ones: the caller decides.
    OtherImages,
}

/// One result of the run: its plan, its place, and what is there of it.
pub(super) struct Slot {
    pub(super) planned: PlannedResult,
    pub(super) analyser: Analyser,
    pub(super) settings: Digest,
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// The ledger that is there, or that this run wrote.
    pub(super) ledger: Option<Ledger>,
    /// What the ledger that is there is to this run.
    pub(super) there: There,
    pub(super) record: Option<InputRecord>,
}

impl Slot {
    pub(super) fn fields(&self) -> impl Iterator<Item = &FieldSource> {
        self.planned.fields().iter()
    }

    /// The result as the others of the run see it.
    pub(super) fn member(&self) -> Member<'_> {
        Member {
            specimen: &self.planned.specimen,
            assay: &self.planned.assay.id,
            control: self.planned.sheet.control,
            ledger: self.ledger.as_ref(),
        }
    }

    /// Facts of the run that are known before it starts.
    pub(super) fn own_facts(&self) -> RunFacts {
        let Ok(source) = &self.planned.source else { return RunFacts::default() };
        let names = |paths: &[PathBuf]| paths.iter().map(|path| file_name(path)).collect();
        RunFacts {
            skipped_files: names(&source.skipped),
            pictures: names(&source.pictures),
            ..RunFacts::default()
        }
    }

    pub(super) fn target<'a>(
        &'a self,
        options: &RunOptions,
        find: &'a FindOptions,
        tiles: Option<&'a TileFiles>,
    ) -> Target<'a> {
        Target {
            planned: &self.planned,
            analyser: &self.analyser,
            settings: &self.settings,
            name: &self.name,
            folder: &self.path,
            pictures: options.pictures,
            find,
            tiles,
            earlier: self.ledger.as_ref().map_or(&[], |ledger| &ledger.files),
        }
    }

    /// Holds the result that is there against the images, and notes what becomes of it.
    pub(super) fn compare(&mut self) {
        let Some(ledger) = &self.ledger else {
            // A result without a ledger is of unknown images.
            let is_there = RESULT_FILES.iter().any(|file| self.path.join(file).is_file());
            self.there = if is_there { There::OtherImages } else { There::Nothing };
            return;
        };
        let inputs = InputFile::of_fields(self.fields(), |field| self.planned.supplied_to(field));
        let has_one = |file: &InputFile| ledger.inputs.iter().any(|known| known.blake3 == file.blake3);
        let is_complete = ledger.state == LedgerState::Complete;
        self.there = if is_complete
            && ledger.settings == self.settings
            && ledger.inputs == inputs
            && ledger.damaged_files(&self.path).is_empty()
        {
            There::Current
        } else if inputs.iter().any(has_one) {
            There::Changed
        } else if ledger.input != absolute(&self.planned.input) {
            There::OtherImages
        } else if is_complete {
            There::ImagesReplaced
        } else {
            There::Changed
        };
    }

    /// Takes the result that is there. What the sheet says beside it may have changed.
    pub(super) fn keep(&mut self) -> Result<()> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        let input = absolute(&self.planned.input);
        if ledger.sheet != self.planned.sheet || ledger.input != input {
            let is_on_page = ledger.sheet != self.planned.sheet;
            ledger.sheet = self.planned.sheet.clone();
            ledger.input = input;
            if is_on_page {
                renew(&self.path, ledger)?;
            }
            ledger.write(&self.path)?;
            renew_reviewed(&self.path);
        }
        self.record = ledger.outcome.as_ref().map(|outcome| {
            InputRecord::of(&self.planned, &self.name, outcome.status, None, outcome.fields.clone())
        });
        Ok(())
    }

    /// Judges the result that is there by other facts of the run. Its images are not read.
    ///
    /// # Errors
    /// If its files were changed since they were written, or cannot be written.
    pub(super) fn judge_again(&mut self, facts: &RunFacts) -> Result<()> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        let mut judged = ledger.clone();
        // A run that is killed here makes the result anew.
        Ledger { state: LedgerState::Started, ..ledger.clone() }.write(&self.path)?;
        judge_again(&self.path, &mut judged, facts)?;
        judged.write(&self.path)?;
        renew_reviewed(&self.path);
        *ledger = judged;
        Ok(())
    }
}

/// The digest of all that decides a result beside its images and the run.
pub(super) fn settings_digest(planned: &PlannedResult, options: &RunOptions) -> Result<Digest> {
    let channels = ChannelChoice::of(&planned.reading).map(|channels| channels.to_string());
    let series: Vec<Option<usize>> =
        planned.source.iter().flat_map(|s| &s.fields).map(|f| f.series).collect();
    Digest::of_json(&(
        (SCHEMA_VERSION, env!("CARGO_PKG_VERSION"), &planned.specimen),
        (&*planned.assay, &planned.params, channels, series),
        (planned.reading.pixel_size, planned.reading.z_step_um),
        planned.regions.as_ref().map(ResultRegions::digest),
        // Their files are among the inputs.
        (planned.nuclei.is_some(), planned.signals.is_some()),
        (
            options.pictures.labels,
            options.pictures.overlays,
            options.pictures.labels_zarr,
            options.pictures.gallery,
        ),
    ))
}
