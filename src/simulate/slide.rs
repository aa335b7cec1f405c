//! Slides of any size, with known truth.

use std::fs;
use std::ops::Range;
use std::path::Path;

use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

use super::conditions::Conditions;
use super::layout::Edges;
use super::ome_tiff::{CREATOR, channels};
use super::random::{Purpose, Streams};
use super::specimen::{SimulatedField, SpecimenTruth, simulate};
use super::truth::{NucleusTruth, SignalTruth};
use super::write::{write_json, write_table};
use crate::error::{Error, Result};
use crate::field::{Field, Plane};
use crate::io::{OmeDescription, Reduction, TILE_PX, TiledImage, write_tiled};
use crate::units::PixelSize;

/// How hard a slide is compressed. Its noise does not compress, so that more is only slower.
const DEFLATE_LEVEL: u32 = 1;
/// Name of the slide and of its files.
const NAME: &str = "slide";

/// Size and cover of a simulated slide.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct SlideLayout {
    /// Height, px. Range: at least that of a field, up to 2^32 - 1.
    pub height_px: usize,
    /// Width, px. Range: as the height.
    pub width_px: usize,
    /// Share of the slide that is empty glass. Range: 0 to 1.
    pub empty_share: f64,
}

/// The truth of a slide as a whole; `truth/specimen.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SlideTruth {
    /// Totals, as of a specimen of one field. Its size is that of a cell.
    #[serde(flatten)]
    pub specimen: SpecimenTruth,
    /// Height, px.
    pub height: usize,
    /// Width, px.
    pub width: usize,
    /// Cells of the slide, each simulated by itself.
    pub cells: usize,
    /// Cells without nuclei. So is the glass beyond the last whole cells.
    pub empty_cells: usize,
}

/// Simulates a slide into the folder `dir`: `slide.ome.tif` in tiles with reduced copies, and in `truth/` the tables
/// `slide_nuclei.csv` and `slide_signals.csv`, and `specimen.json`. Memory holds one row of cells.
///
/// A slide is made of cells of the size of a field, rounded up to whole tiles of 256 px. No nucleus lies across the edge of a
/// cell. Cells that do not fit are empty glass.
///
/// # Errors
/// [`Error::InvalidParameter`] if a parameter is out of its range, [`Error::Io`] if a file cannot be written.
///
/// ```no_run
/// use breakapart::simulate::{Conditions, SlideLayout, write_slide};
/// let layout = SlideLayout { height_px: 30_000, width_px: 30_000, empty_share: 0.6 };
/// let truth = write_slide("slides/easy", &Conditions::named("easy_positive")?, 1, layout)?;
/// println!("{} scorable nuclei", truth.specimen.scorable);
/// # Ok::<(), breakapart::Error>(())
/// ```
pub fn write_slide(
    dir: impl AsRef<Path>,
    conditions: &Conditions,
    seed: u64,
    layout: SlideLayout,
) -> Result<SlideTruth> {
    let dir = dir.as_ref();
    let mut slide = Slide::new(conditions, seed, layout)?;
    let truth_dir = dir.join("truth");
    fs::create_dir_all(&truth_dir).map_err(|e| Error::io(&truth_dir, e))?;
    let image = TiledImage {
        dim: (layout.height_px, layout.width_px),
        planes: 3,
        samples: 1,
        reduction: Reduction::Mean,
        deflate_level: DEFLATE_LEVEL,
        description: OmeDescription {
            name: NAME.to_owned(),
            creator: CREATOR,
            dim: (layout.height_px, layout.width_px),
            sample_type: "uint16",
            significant_bits: conditions.camera.bits,
            channels: channels(),
            slices: 1,
            slice_step_um: 0.0,
            pixel_size: Some(PixelSize::from_um(conditions.optics.pixel_um)?),
        },
    };
    write_tiled(&dir.join(format!("{NAME}.ome.tif")), &image, &mut |plane, rows| slide.rows(plane, rows))?;
    let Slide { truth, nuclei, signals, .. } = slide;
    write_table(&truth_dir.join(format!("{NAME}_nuclei.csv")), &NucleusTruth::COLUMNS, &nuclei)?;
    write_table(&truth_dir.join(format!("{NAME}_signals.csv")), &SignalTruth::COLUMNS, &signals)?;
    write_json(&truth_dir.join("specimen.json"), &truth)?;
    Ok(truth)
}

/// A slide while its rows are made, from the top.
struct Slide {
    /// Of a cell with nuclei.
    conditions: Conditions,
    /// Of a cell without.
    glass: Conditions,
    seed: u64,
    layout: SlideLayout,
    /// Whether each whole cell is empty, row by row.
    is_empty: Vec<bool>,
    /// The fields of the row of cells at hand.
    row: Vec<Field>,
    truth: SlideTruth,
    nuclei: Vec<NucleusTruth>,
    signals: Vec<SignalTruth>,
}

impl Slide {
    fn new(conditions: &Conditions, seed: u64, layout: SlideLayout) -> Result<Self> {
        let mut conditions = conditions.clone();
        conditions.size_px = conditions.size_px.next_multiple_of(TILE_PX);
        conditions.validate()?;
        let cell = conditions.size_px;
        for (name, value) in [("slide height", layout.height_px), ("slide width", layout.width_px)] {
            if value < cell || u32::try_from(value).is_err() {
                return Err(Error::parameter(
                    name,
                    value,
                    format!("{cell} px, the size of a cell, to 2^32 - 1"),
                ));
            }
        }
        if !(0.0..=1.0).contains(&layout.empty_share) {
            return Err(Error::parameter("share of empty glass", layout.empty_share, "0 to 1"));
        }
        let mut glass = conditions.clone();
        glass.nuclei.per_10000_um2 = 0.0;
        glass.artefacts.debris_per_10000_um2 = 0.0;
        glass.artefacts.stroma_cover = 0.0;
        glass.artefacts.speckle = None;
        glass.artefacts.granules = None;
        let is_empty = empty_cells(&conditions, seed, layout);
        let specimen = SpecimenTruth { fields: 1, ..SpecimenTruth::new(&conditions, seed) };
        let truth = SlideTruth {
            specimen,
            height: layout.height_px,
            width: layout.width_px,
            cells: is_empty.len(),
            empty_cells: is_empty.iter().filter(|empty| **empty).count(),
        };
        let (row, nuclei, signals) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { conditions, glass, seed, layout, is_empty, row, truth, nuclei, signals })
    }

    fn cell_px(&self) -> usize {
        self.conditions.size_px
    }

    /// The samples of some rows of a channel. They lie in one row of cells, since a cell has whole tiles.
    fn rows(&mut self, channel: usize, rows: Range<usize>) -> Result<Vec<u16>> {
        let cell = self.cell_px();
        if channel == 0 && rows.start.is_multiple_of(cell) {
            self.simulate_row(rows.start / cell)?;
        }
        let width = self.layout.width_px;
        let mut samples = Vec::with_capacity(rows.len() * width);
        for y in rows {
            for (column, field) in self.row.iter().enumerate() {
                let plane = match channel {
                    0 => &field.counterstain,
                    1 => &field.red,
                    _ => &field.green,
                };
                let columns = cell.min(width - column * cell);
                let row = y % cell;
                match plane {
                    Plane::U8(a) => samples.extend(a.row(row).iter().take(columns).map(|&v| u16::from(v))),
                    Plane::U16(a) => samples.extend(a.row(row).iter().take(columns)),
                    // The camera gives whole numbers.
                    Plane::F32(a) => samples.extend(a.row(row).iter().take(columns).map(|&v| v as u16)),
                }
            }
        }
        Ok(samples)
    }

    /// Simulates a row of cells and adds their truth to that of the slide.
    fn simulate_row(&mut self, row: usize) -> Result<()> {
        let cell = self.cell_px();
        let (across, down) = (self.layout.width_px / cell, self.layout.height_px / cell);
        // Cells that do not fit count on behind the whole ones.
        let place = |column: usize| match (row < down, column < across) {
            (true, true) => (row * across + column, self.is_empty[row * across + column]),
            _ => (across * down + row * (across + 1) + column, true),
        };
        let columns: Vec<usize> = (0..self.layout.width_px.div_ceil(cell)).collect();
        let simulate_cell = |&column: &usize| {
            let (index, is_empty) = place(column);
            let conditions = if is_empty { &self.glass } else { &self.conditions };
            let index = u32::try_from(index).map_err(|_| Error::parameter("cells", index, "below 2^32"))?;
            simulate(conditions, self.seed, index, Edges::Free)
        };
        let cells = columns.par_iter().map(simulate_cell).collect::<Result<Vec<SimulatedField>>>()?;
        self.row.clear();
        for (column, simulated) in cells.into_iter().enumerate() {
            self.truth.specimen.add(&simulated);
            self.add_truth(&simulated, (row * cell, column * cell));
            self.row.push(simulated.field);
        }
        self.truth.specimen.fields = 1;
        Ok(())
    }

    /// Adds the truth of a cell whose first pixel is `origin` on the slide.
    fn add_truth(&mut self, cell: &SimulatedField, origin: (usize, usize)) {
        let (y, x) = (origin.0 as f64, origin.1 as f64);
        let before = self.nuclei.len() as u32;
        let on_slide = |nucleus: u32| if nucleus == 0 { 0 } else { before + nucleus };
        self.signals.extend(cell.signals.iter().map(|signal| SignalTruth {
            nucleus: on_slide(signal.nucleus),
            owner: on_slide(signal.owner),
            y: signal.y + y,
            x: signal.x + x,
            image_y: signal.image_y + y,
            image_x: signal.image_x + x,
            ..signal.clone()
        }));
        self.nuclei.extend(cell.nuclei.iter().map(|nucleus| NucleusTruth {
            nucleus: on_slide(nucleus.nucleus),
            y: nucleus.y + y,
            x: nucleus.x + x,
            ..nucleus.clone()
        }));
    }
}

/// Which of the whole cells are empty: a share of them, drawn without repetition.
fn empty_cells(conditions: &Conditions, seed: u64, layout: SlideLayout) -> Vec<bool> {
    let cell = conditions.size_px;
    let cells = (layout.height_px / cell) * (layout.width_px / cell);
    let streams = Streams::new(seed, &conditions.name);
    let mut rng = streams.stream(Purpose::Slide, [0; 3]);
    let mut drawn: Vec<(u64, usize)> = (0..cells).map(|index| (rng.random(), index)).collect();
    drawn.sort_unstable();
    let mut is_empty = vec![false; cells];
    let count = (layout.empty_share * cells as f64).round() as usize;
    drawn.into_iter().take(count).for_each(|(_, index)| is_empty[index] = true);
    is_empty
}
