//! Measures one share of the tiles of every slide of a plan, for a run on another machine.

use std::path::{Path, PathBuf};

use crate::analyse::{Analyser, SlideOptions, SlideShare};
use crate::error::{Error, Result};
use crate::io::FieldSource;
use crate::run::digest::InputFile;
use crate::run::observer::{Event, Observer};
use crate::run::options::RunOptions;
use crate::run::plan::{Plan, PlannedResult};
use crate::run::task::bytes_of;
use crate::run::tile_files::{self, TilesOrigin};
use crate::run::watch::Watch;

/// How it went for a share of the slides of a plan.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct MeasuredShares {
    /// The files of tiles, in the order of the plan; those of slides that are in the plan twice once.
    pub files: Vec<PathBuf>,
    /// Slides that could not be measured.
    pub failed: Vec<FailedSlide>,
    /// Whether the observer ended the work.
    pub is_cancelled: bool,
}

/// A slide that could not be measured.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedSlide {
    /// Its specimen.
    pub specimen: String,
    /// Its field.
    pub field: String,
    /// The fault.
    pub error: Error,
}

/// Measures one share of the tiles of every slide of a plan, and writes a file for each into the folder `out`. Fields that are
/// measured in one piece are left out: [`Run::with_tiles`](crate::run::Run::with_tiles) puts the shares together, and reads
/// the rest. A file that is there and holds is kept, unless [`RunOptions::redo`] is set.
///
/// # Errors
/// [`Error::Assay`] or [`Error::InvalidParameter`] for an assay or parameters that cannot be used. A slide that cannot be
/// measured is no error: the result names it.
pub fn measure_slide_shares(
    plan: &Plan,
    share: SlideShare,
    out: &Path,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<MeasuredShares> {
    let slides = slides_of(plan)?;
    let bytes = slides.iter().map(|slide| bytes_of(slide.source)).sum();
    observer.on(Event::Started { results: 0, kept: 0, fields: slides.len(), bytes });
    let mut done = MeasuredShares::default();
    for slide in &slides {
        match slide.measure(share, out, options, observer) {
            Ok(path) => {
                if !done.files.contains(&path) {
                    done.files.push(path);
                }
            }
            Err(Error::Cancelled) => {
                done.is_cancelled = true;
                break;
            }
            Err(error) => done.failed.push(FailedSlide {
                specimen: slide.planned.specimen.clone(),
                field: slide.source.name.clone(),
                error,
            }),
        }
    }
    Ok(done)
}

/// The slides of a plan.
fn slides_of(plan: &Plan) -> Result<Vec<Slide<'_>>> {
    let mut slides = Vec::new();
    for planned in &plan.results {
        let analyser = Analyser::new((*planned.assay).clone())?.with_params(planned.params.clone())?;
        slides.extend(planned.slides().map(|source| Slide { planned, source, analyser: analyser.clone() }));
    }
    Ok(slides)
}

/// A slide of a plan.
struct Slide<'a> {
    planned: &'a PlannedResult,
    source: &'a FieldSource,
    analyser: Analyser,
}

impl Slide<'_> {
    fn measure(
        &self,
        share: SlideShare,
        out: &Path,
        options: &RunOptions,
        observer: &dyn Observer,
    ) -> Result<PathBuf> {
        let (specimen, field) = (&self.planned.specimen, &self.source.name);
        if observer.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let origin = TilesOrigin {
            specimen: specimen.clone(),
            field: field.clone(),
            method: tile_files::method(self.planned, self.source)?,
            inputs: InputFile::of_field(self.source, &[])?,
            share,
        };
        let bytes = bytes_of(self.source);
        if !options.redo && origin.is_there(out) {
            observer.on(Event::Field { specimen, field, place: (1, 1), pixels: 0, bytes, error: None });
            return Ok(origin.path(out));
        }
        let slide = self.source.open_slide(&self.planned.reading)?;
        let settings = SlideOptions { memory_bytes: options.memory_bytes, ..SlideOptions::default() };
        let watch = Watch { specimen, field, observer };
        let tiles = self.analyser.measure_slide_share(&slide, share, &settings, &watch)?;
        let path = tile_files::write(out, &origin, &tiles)?;
        observer.on(Event::Field {
            specimen,
            field,
            place: (1, 1),
            pixels: tiles.pixels(),
            bytes,
            error: None,
        });
        Ok(path)
    }
}
