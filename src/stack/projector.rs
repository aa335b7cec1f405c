//! Takes the slices of a stack one after the other and makes a field of them.

use ndarray::Array2;
use rayon::prelude::*;

use super::focus::FocusFinder;
use super::peaks::PeakFinder;
use super::projection::{FocusWeighted, maximum, moved_back};
use super::register::Structure;
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Depth, Drift, Field, PEAK_BIN_PX, Plane};
use crate::kernel::gaussian::gaussian;
use crate::kernel::resample::block_means;
use crate::units::PixelSize;

/// Sigma of the finest structure that is looked at, um: chromatin, and a signal as it is expected before it is measured.
const STRUCTURE_UM: [f64; 3] = [0.3, 0.2, 0.2];
/// The same if no pixel size is known, px.
const STRUCTURE_PX: [f64; 3] = [3.0, 2.0, 2.0];
/// Scale of the outlines of nuclei over the scale of chromatin.
const OUTLINE_SCALE: f64 = 2.0;
/// Smallest sigma on the grid of squares of [`PEAK_BIN_PX`] that sampling allows, squares.
const MIN_SIGMA: f64 = 0.7;

/// A stack that is read slice by slice. What it holds does not grow with the number of slices.
///
/// ```
/// use breakapart::{Plane, stack::StackProjector};
/// use ndarray::Array2;
/// let mut stack = StackProjector::new(None);
/// for z in 0..5 {
///     let slice = || Some(Plane::from(Array2::<u16>::from_elem((64, 64), 100 + z)));
///     stack.push(f64::from(z), [slice(), slice(), slice()])?;
/// }
/// let field = stack.finish("field_000", Some(0.5))?;
/// assert_eq!(field.depth.map(|depth| depth.slices), Some(5));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug)]
pub struct StackProjector {
    pixel_size: Option<PixelSize>,
    /// Rows and columns of a slice, px.
    dim: Option<(usize, usize)>,
    channels: Option<[Channel; 3]>,
    /// The fine structure of the last slice.
    structure: Option<Structure>,
    /// Displacement of the last slice against the first, px.
    displacement_px: [f64; 2],
    drift: Drift,
    /// Depths of the first and the last slice as given.
    ends: Option<[f64; 2]>,
    slices: usize,
}

/// A channel over the slices so far.
#[derive(Debug)]
enum Channel {
    Counterstain(Box<FocusWeighted>, FocusFinder),
    Probe(Option<Plane>, PeakFinder),
}

/// A channel of a slice with its structure.
struct Seen {
    plane: Plane,
    band: Array2<f32>,
    /// Outlines of nuclei, which are seen out of focus as well; of the counterstain.
    outlines: Option<Array2<f32>>,
}

impl StackProjector {
    /// A stack of which no slice is read yet.
    #[must_use]
    pub fn new(pixel_size: Option<PixelSize>) -> Self {
        Self {
            pixel_size,
            dim: None,
            channels: None,
            structure: None,
            displacement_px: [0.0; 2],
            drift: Drift::default(),
            ends: None,
            slices: 0,
        }
    }

    /// Adds the next slice: counterstain, red and green, of which some may be missing. `z` is its depth in slices; with gaps
    /// it is more than one above the last.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if `z` is not above the depth of the last slice, [`Error::Malformed`] if the slices differ in
    /// size or sample type.
    pub fn push(&mut self, z: f64, planes: [Option<Plane>; 3]) -> Result<()> {
        let Some(dim) = planes.iter().flatten().map(Plane::dim).next() else { return Ok(()) };
        let first = self.ends.map_or(z, |[first, _]| first);
        if !z.is_finite() || self.ends.is_some_and(|[_, last]| z <= last) {
            return Err(Error::parameter("depth of a slice", z, "more than the depth of the slice before"));
        }
        let dim = *self.dim.get_or_insert(dim);
        if planes.iter().flatten().any(|plane| plane.dim() != dim) {
            return Err(unlike());
        }
        let sigma_px = self.pixel_size.map_or(STRUCTURE_PX, |p| STRUCTURE_UM.map(|um| p.um_to_px(um)));
        let mut seen = see(planes, sigma_px);
        self.register(&seen);
        let offset = self.displacement_px.map(|px| px.round() as isize);
        if offset != [0, 0] {
            seen = see(seen.map(|seen| Some(moved_back(&seen?.plane, offset))), sigma_px);
        }
        let channels = self.channels.get_or_insert_with(|| channels(dim));
        let all = channels.par_iter_mut().zip(seen).zip(sigma_px);
        all.map(|((channel, seen), sigma_px)| match seen {
            Some(seen) => channel.push(seen, sigma_px, z - first),
            None => Ok(()),
        })
        .collect::<Result<Vec<()>>>()?;
        self.ends = Some([first, z]);
        self.slices += 1;
        Ok(())
    }

    /// Adds the displacement of a slice against the one before it.
    fn register(&mut self, seen: &[Option<Seen>; 3]) {
        let Some(structure) = Structure::of(seen.iter().flatten().map(Seen::landmarks)) else { return };
        if let Some(earlier) = &self.structure {
            match structure.displacement(earlier) {
                Some(squares) => {
                    for (sum, squares) in self.displacement_px.iter_mut().zip(squares) {
                        *sum += squares * PEAK_BIN_PX as f64;
                    }
                }
                None => self.drift.not_registered += 1,
            }
        }
        let [dy, dx] = self.displacement_px;
        self.drift.largest_px = self.drift.largest_px.max(dy.hypot(dx));
        self.structure = Some(structure);
    }

    /// The field, with the distance between slices if it is known, um.
    ///
    /// # Errors
    /// [`Error::Malformed`] if a channel has no plane in any slice, or has samples that are no finite numbers.
    pub fn finish(self, name: impl Into<String>, z_step_um: Option<f64>) -> Result<Field> {
        let (planes, depth) = self.finish_planes(z_step_um)?;
        let [counterstain, red, green] = planes;
        let mut field = Field::new(name, counterstain, red, green)?;
        field.depth = Some(depth);
        Ok(field)
    }

    /// The planes of the field, which may hold samples that are not a number, and its depth.
    pub(crate) fn finish_planes(self, z_step_um: Option<f64>) -> Result<([Plane; 3], Box<Depth>)> {
        let missing = || Error::malformed(Location::default(), "a channel has no plane");
        let [first, last] = self.ends.ok_or_else(missing)?;
        let [
            Channel::Counterstain(mean, focus),
            Channel::Probe(Some(red), red_peaks),
            Channel::Probe(Some(green), green_peaks),
        ] = self.channels.ok_or_else(missing)?
        else {
            return Err(missing());
        };
        if !mean.has_slices() {
            return Err(missing());
        }
        let depth = Depth {
            last_z_px: last - first,
            slices: self.slices,
            z_step_um,
            drift: self.drift,
            counterstain: focus.finish(),
            probes: [red_peaks.finish(), green_peaks.finish()],
        };
        Ok(([mean.finish(), red, green], Box::new(depth)))
    }
}

fn unlike() -> Error {
    Error::malformed(Location::default(), "the slices differ in size or sample type")
}

fn channels(dim: (usize, usize)) -> [Channel; 3] {
    let grid = (dim.0.div_ceil(PEAK_BIN_PX), dim.1.div_ceil(PEAK_BIN_PX));
    ChannelRole::ALL.map(|role| match role {
        ChannelRole::Counterstain => {
            Channel::Counterstain(Box::new(FocusWeighted::new(dim, grid, PEAK_BIN_PX)), FocusFinder::new(dim))
        }
        ChannelRole::Red | ChannelRole::Green => Channel::Probe(None, PeakFinder::new(grid)),
    })
}

/// The structure of each channel of a slice: its light above the surroundings, on the grid.
fn see(planes: [Option<Plane>; 3], sigma_px: [f64; 3]) -> [Option<Seen>; 3] {
    let [counterstain, red, green] = planes;
    let [a, b, c] = sigma_px;
    let stain = |plane: Plane| {
        let small = small(&plane);
        Seen { band: band(&small, a), outlines: Some(band(&small, OUTLINE_SCALE * a)), plane }
    };
    let probe =
        |plane: Plane, sigma_px: f64| Seen { band: band(&small(&plane), sigma_px), outlines: None, plane };
    let (counterstain, (red, green)) = rayon::join(
        || counterstain.map(stain),
        || rayon::join(|| red.map(|plane| probe(plane, b)), || green.map(|plane| probe(plane, c))),
    );
    [counterstain, red, green]
}

fn on_grid(sigma_px: f64) -> f64 {
    (sigma_px / PEAK_BIN_PX as f64).max(MIN_SIGMA)
}

impl Seen {
    /// The structure by which slices are registered.
    fn landmarks(&self) -> &Array2<f32> {
        self.outlines.as_ref().unwrap_or(&self.band)
    }
}

/// The plane on the grid.
fn small(plane: &Plane) -> Array2<f32> {
    let mut small = block_means(plane.view(), PEAK_BIN_PX);
    if small.iter().any(|v| !v.is_finite()) {
        let known = || small.iter().filter(|v| v.is_finite());
        let mean = known().sum::<f32>() / known().count().max(1) as f32;
        small.mapv_inplace(|v| if v.is_finite() { v } else { mean });
    }
    small
}

/// A plane on the grid at the scale of a sigma less the same at twice that.
fn band(small: &Array2<f32>, sigma_px: f64) -> Array2<f32> {
    let sigma = on_grid(sigma_px);
    let fine = gaussian(small.into(), sigma);
    fine - gaussian(small.into(), 2.0 * sigma)
}

impl Channel {
    fn push(&mut self, seen: Seen, sigma_px: f64, z: f64) -> Result<()> {
        let Seen { plane, band, .. } = seen;
        match self {
            Self::Counterstain(mean, focus) => {
                let sharpness = gaussian((&band.mapv(|v| v * v)).into(), 2.0 * on_grid(sigma_px));
                mean.push(&plane, &sharpness);
                focus.push(&sharpness, PEAK_BIN_PX, z);
            }
            Self::Probe(highest, peaks) => {
                peaks.push(&band, z as f32);
                *highest = Some(match highest.take() {
                    Some(earlier) => maximum(earlier, &plane).ok_or_else(unlike)?,
                    None => plane,
                });
            }
        }
        Ok(())
    }
}
