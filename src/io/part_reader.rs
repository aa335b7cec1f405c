//! Reads parts of one channel of a file.

use std::sync::Arc;

use ndarray::Array2;

use super::no_light::refuse_infinite;
use super::tiff::{ChunkCache, HeldIn, LocatedPage, PageNumber, Pixels, Wanted};
#[cfg(feature = "ome-zarr")]
use super::{channel::PlaneAddress, zarr::ZarrImage};
use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::slide::Part;
use crate::workspace::Workspace;

/// Reads parts of one channel of a file, from several threads at once.
#[derive(Debug)]
pub(super) struct PartReader {
    pub(super) content: PartContent,
    /// The file, page and channel, for errors.
    pub(super) location: Location,
    /// Most bytes that a part may take.
    pub(super) limit: u64,
}

/// Where the pixels come from.
#[derive(Debug)]
pub(super) enum PartContent {
    Tiff {
        pixels: Arc<Pixels>,
        page: Box<LocatedPage>,
        sample: usize,
        number: PageNumber,
    },
    /// A plane of a PNG or JPEG.
    Raster(Plane),
    #[cfg(feature = "ome-zarr")]
    Zarr {
        image: Arc<ZarrImage>,
        slices: Vec<PlaneAddress>,
    },
}

impl PartReader {
    /// (height, width) of the channel in pixels.
    pub(super) fn dim(&self) -> (usize, usize) {
        match &self.content {
            PartContent::Tiff { page, .. } => (page.page.height, page.page.width),
            PartContent::Raster(plane) => plane.dim(),
            #[cfg(feature = "ome-zarr")]
            PartContent::Zarr { image, .. } => image.dim(),
        }
    }

    /// Reads a part.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if it has no pixel or does not lie in the channel; [`Error::Limit`] if it would take too
    /// many bytes; [`Error::Malformed`] if the pixels cannot be decoded or a float sample is infinite;
    /// [`Error::Unsupported`] if a float sample is not a number.
    pub(super) fn read(&self, part: Part, cache: &ChunkCache) -> Result<Plane> {
        let (height, width) = self.dim();
        let whole = Part { y0: 0, x0: 0, y1: height, x1: width };
        if part.pixels() == 0 || part.common(&whole) != part {
            let value = format!("rows {}..{}, columns {}..{}", part.y0, part.y1, part.x0, part.x1);
            let allowed = format!("at least one pixel within {height} x {width} px");
            return Err(Error::parameter("part of a slide", value, allowed));
        }
        let incomplete = || Error::malformed(self.location.clone(), "a channel has no plane");
        let plane = match &self.content {
            PartContent::Raster(plane) => return Ok(crop(plane, part)),
            #[cfg(feature = "ome-zarr")]
            PartContent::Zarr { image, slices } => {
                self.check_limit(image.plane_bytes(part))?;
                image.read(slices, part, true)?
            }
            PartContent::Tiff { pixels, page, sample, number } => {
                self.check_limit(part.pixels().saturating_mul(page.page.sample_type.decoded_bytes()))?;
                let wanted = Wanted { samples: std::slice::from_ref(sample), part };
                let held = HeldIn { cache, page: *number };
                let planes = pixels.read(page, wanted, Some(held), &mut Workspace::default())?;
                planes.into_iter().next_back().ok_or_else(incomplete)?
            }
        };
        self.check_numbers(&plane, part)?;
        Ok(plane)
    }

    fn check_limit(&self, needed: u64) -> Result<()> {
        let (location, limit) = (&self.location, self.limit);
        if needed > limit { Err(Error::Limit { location: location.clone(), needed, limit }) } else { Ok(()) }
    }

    /// The level of a place without picture is the lowest of its channel, which no part of a slide knows.
    fn check_numbers(&self, plane: &Plane, part: Part) -> Result<()> {
        refuse_infinite(plane, (part.y0, part.x0), &self.location)?;
        let Plane::F32(samples) = plane else { return Ok(()) };
        match samples.indexed_iter().find(|(_, value)| value.is_nan()) {
            None => Ok(()),
            Some(((y, x), _)) => {
                let feature = format!(
                    "a slide whose samples are not all numbers (row {}, column {} is NaN); set them to the level of empty \
                     glass",
                    y + part.y0,
                    x + part.x0
                );
                Err(Error::unsupported(self.location.clone(), feature))
            }
        }
    }
}

fn crop(plane: &Plane, part: Part) -> Plane {
    fn crop<T: Copy>(samples: &Array2<T>, part: Part) -> Array2<T> {
        Array2::from_shape_fn(part.dim(), |(y, x)| samples[(part.y0 + y, part.x0 + x)])
    }
    match plane {
        Plane::U8(samples) => Plane::U8(crop(samples, part)),
        Plane::U16(samples) => Plane::U16(crop(samples, part)),
        Plane::F32(samples) => Plane::F32(crop(samples, part)),
    }
}
