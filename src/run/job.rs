//! One field to measure: held whole, or read in parts if it is a slide.

use crate::analyse::{SlideOptions, field_bytes, is_slide};
use crate::error::{Error, Location, Result};
use crate::io::FieldSource;
use crate::report::FieldCrops;
use crate::run::digest::{InputFile, planes, planes_of_slide};
use crate::run::observer::{Event, Observer};
use crate::run::specimen::MeasuredField;
use crate::run::supplied_field;
use crate::run::task::{Task, bytes_of};
use crate::run::tile_files;
use crate::run::watch::Watch;
use crate::workspace::Workspace;

/// A field of a task.
pub(super) struct Job<'a> {
    /// Place of its task among the tasks.
    pub(super) task: usize,
    of: &'a Task<'a>,
    source: &'a FieldSource,
    /// Its rows and columns, by the header of its file; 0 if that cannot be read.
    dim: (usize, usize),
}

impl<'a> Job<'a> {
    pub(super) fn new(task: usize, of: &'a Task<'a>, source: &'a FieldSource) -> Self {
        let dim = source.dim(&of.target.planned.reading).unwrap_or((0, 0));
        Self { task, of, source, dim }
    }

    /// Whether the field is too large to be held.
    pub(super) fn is_slide(&self) -> bool {
        is_slide(self.dim)
    }

    /// Its pixels; 0 if its file cannot be read.
    pub(super) fn pixels(&self) -> u64 {
        self.dim.0 as u64 * self.dim.1 as u64
    }

    /// Measures the field.
    pub(super) fn measure(
        &self,
        workspace: &mut Workspace,
        memory_bytes: Option<u64>,
        observer: &dyn Observer,
    ) -> Result<MeasuredField> {
        let measured = self.measured(workspace, memory_bytes, observer);
        if matches!(measured, Err(Error::Cancelled)) {
            return measured;
        }
        let error = measured.as_ref().err().map(ToString::to_string);
        observer.on(Event::Field {
            specimen: &self.of.target.planned.specimen,
            field: &self.source.name,
            place: self.place(),
            pixels: if error.is_none() { self.pixels() } else { 0 },
            bytes: bytes_of(self.source),
            error: error.as_deref(),
        });
        measured
    }

    /// Which field of its specimen it is, from 1, and of how many.
    fn place(&self) -> (usize, usize) {
        let fields = self.of.fields();
        let before = fields.iter().position(|field| field.name == self.source.name).unwrap_or(0);
        (before + 1, fields.len())
    }

    fn measured(
        &self,
        workspace: &mut Workspace,
        memory_bytes: Option<u64>,
        observer: &dyn Observer,
    ) -> Result<MeasuredField> {
        let mut measured = if self.is_slide() {
            self.measured_slide(memory_bytes, observer)?
        } else {
            self.measured_field(workspace, memory_bytes)?
        };
        let regions = self.of.target.planned.regions.as_ref();
        if let Some(regions) = regions.and_then(|regions| regions.of_field(&self.source.name)) {
            measured.measurement = measured.measurement.with_regions(regions);
        }
        Ok(measured)
    }

    fn inputs(&self) -> Result<Vec<InputFile>> {
        InputFile::of_field(self.source, &self.of.target.planned.supplied_to(&self.source.name))
    }

    fn measured_field(&self, workspace: &mut Workspace, memory_bytes: Option<u64>) -> Result<MeasuredField> {
        let needed = field_bytes(self.pixels());
        if let Some(limit) = memory_bytes.filter(|limit| needed > *limit) {
            let location = Location::file(&self.source.name);
            return Err(Error::Limit { location, needed, limit });
        }
        let target = &self.of.target;
        let field = self.source.read_reusing(&target.planned.reading, workspace)?;
        let supplied = supplied_field::read(target.planned, &self.source.name, &field)?;
        let measurement = target.analyser.measure_field_with(&field, supplied)?;
        let crops = (target.pictures.gallery)
            .then(|| FieldCrops::cut(&field.view(), measurement.labels(), measurement.nuclei()));
        let planes = planes(&field);
        workspace.recycle(field);
        Ok(MeasuredField { measurement, planes, inputs: self.inputs()?, crops, slide: None })
    }

    fn measured_slide(&self, memory_bytes: Option<u64>, observer: &dyn Observer) -> Result<MeasuredField> {
        let target = &self.of.target;
        if let Some(path) = target.planned.supplied_to(&self.source.name).first() {
            let feature =
                "nuclei or signals of another program for a slide; score fields of up to 4096 x 4096 px";
            return Err(Error::unsupported(Location::file(path), feature));
        }
        let slide = self.source.open_slide(&target.planned.reading)?;
        let options = SlideOptions { memory_bytes, ..SlideOptions::default() };
        let (specimen, field) = (&target.planned.specimen, &self.source.name);
        let watch = Watch { specimen, field, observer };
        let (measurement, inputs) = match target.tiles {
            Some(files) => {
                let (method, inputs) = (tile_files::method(target.planned, self.source)?, self.inputs()?);
                let shares = files.read(specimen, field, (&method, &inputs))?;
                (target.analyser.join_slide_shares(&slide, shares, &options, &watch)?, inputs)
            }
            None => (target.analyser.measure_slide(&slide, &options, &watch)?, self.inputs()?),
        };
        let planes = planes_of_slide(&slide)?;
        slide.forget_pixels();
        Ok(MeasuredField { measurement, planes, inputs, crops: None, slide: Some(slide) })
    }
}
