//! A slide whose tiles a host pushes, in any order.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Plane, PlaneView};
use crate::slide::store::{BLOCK_PX, Store};
use crate::slide::{Part, SlideFacts, SlideSource};

/// A slide that a host pushes tile by tile. The tiles may have any size, come in any order, and overlap: of pixels that come
/// more than once the last ones count. Pixels that never come hold no picture.
///
/// The pixels wait, in memory or in a file, until the slide is measured, since a nucleus may lie on several tiles.
///
/// ```
/// use breakapart::slide::{Part, PushedSlide, SlideFacts, SlideSource};
/// use breakapart::{ChannelRole, PlaneView};
/// use ndarray::{Array2, array};
/// let folder = tempfile::tempdir()?;
/// let mut slide = PushedSlide::in_file(SlideFacts::new("S1", 2, 4), folder.path().join("S1.pixels"))?;
/// let (left, right) = (array![[1_u16, 2], [3, 4]], array![[5_u16, 6], [7, 8]]);
/// slide.push(Part { y0: 0, x0: 2, y1: 2, x1: 4 }, [PlaneView::from(&right); 3])?;
/// slide.push(Part { y0: 0, x0: 0, y1: 2, x1: 2 }, [PlaneView::from(&left); 3])?;
/// let part = Part { y0: 1, x0: 1, y1: 2, x1: 3 };
/// assert_eq!(slide.read(ChannelRole::Red, part)?, array![[4_u16, 7]].into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PushedSlide {
    facts: SlideFacts,
    store: Store,
    /// Sample type of each channel, from the first tile.
    kinds: Option<[Kind; 3]>,
}

/// The type of the samples of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    U8,
    U16,
    F32,
}

impl Kind {
    fn of(plane: &PlaneView<'_>) -> Self {
        match plane {
            PlaneView::U8(_) => Self::U8,
            PlaneView::U16(_) => Self::U16,
            PlaneView::F32(_) => Self::F32,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
        }
    }

    /// The bytes of samples, which `f32` holds exactly.
    fn write(self, samples: &[f32]) -> Vec<u8> {
        match self {
            Self::U8 => samples.iter().map(|&v| v as u8).collect(),
            Self::U16 => samples.iter().flat_map(|&v| (v as u16).to_le_bytes()).collect(),
            Self::F32 => samples.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    fn plane(self, dim: (usize, usize), bytes: &[u8]) -> Result<Plane> {
        let broken = |e: ndarray::ShapeError| Error::malformed(Location::default(), e);
        Ok(match self {
            Self::U8 => Plane::U8(Array2::from_shape_vec(dim, bytes.to_vec()).map_err(broken)?),
            Self::U16 => {
                let samples = bytes.as_chunks::<2>().0.iter().map(|b| u16::from_le_bytes(*b)).collect();
                Plane::U16(Array2::from_shape_vec(dim, samples).map_err(broken)?)
            }
            Self::F32 => {
                let samples = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
                Plane::F32(Array2::from_shape_vec(dim, samples).map_err(broken)?)
            }
        })
    }
}

impl PushedSlide {
    /// A slide whose pixels wait in memory.
    #[must_use]
    pub fn in_memory(facts: SlideFacts) -> Self {
        Self { facts, store: Store::Memory(BTreeMap::new()), kinds: None }
    }

    /// A slide whose pixels wait in a new file, which is removed at the end. It takes as many bytes as the pixels pushed.
    ///
    /// # Errors
    /// [`Error::Io`] if the file is there already, or cannot be made.
    pub fn in_file(facts: SlideFacts, path: impl Into<std::path::PathBuf>) -> Result<Self> {
        Ok(Self { facts, store: Store::in_file(path.into())?, kinds: None })
    }

    /// Takes a tile: counterstain, red, green.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the part does not lie in the slide, or a plane has another size than the part, or another
    /// sample type than the tiles before; [`Error::Malformed`] if a sample is not a finite number; [`Error::Io`] of the file.
    pub fn push(&mut self, part: Part, planes: [PlaneView<'_>; 3]) -> Result<()> {
        if part.pixels() == 0 || part.common(&self.facts.whole()) != part {
            let Part { y0, x0, y1, x1 } = part;
            let (height, width) = (self.facts.height_px, self.facts.width_px);
            let allowed = format!("at least one pixel of the slide's {height} rows and {width} columns");
            return Err(Error::parameter("tile", format!("rows {y0}..{y1}, columns {x0}..{x1}"), allowed));
        }
        let kinds = planes.each_ref().map(Kind::of);
        let known = *self.kinds.get_or_insert(kinds);
        for (role, (plane, (kind, known))) in
            ChannelRole::ALL.into_iter().zip(planes.iter().zip(kinds.into_iter().zip(known)))
        {
            let name = role.name();
            if plane.dim() != part.dim() {
                let ((h, w), (height, width)) = (plane.dim(), part.dim());
                let parameter = format!("size of the {name} plane");
                return Err(Error::parameter(
                    parameter,
                    format!("{h} x {w} px"),
                    format!("{height} x {width} px"),
                ));
            }
            if kind != known {
                let parameter = format!("sample type of the {name} plane");
                return Err(Error::parameter(
                    parameter,
                    format!("{kind:?}"),
                    format!("{known:?}, as before"),
                ));
            }
            plane.check_finite(name)?;
        }
        for (channel, (plane, kind)) in planes.into_iter().zip(known).enumerate() {
            self.write(channel, kind, part, plane)?;
        }
        Ok(())
    }

    /// Writes the rows of a tile to the blocks that it meets.
    fn write(&mut self, channel: usize, kind: Kind, part: Part, plane: PlaneView<'_>) -> Result<()> {
        let mut row = Vec::new();
        for y in part.y0..part.y1 {
            for (block, columns) in columns_by_block(part.x0, part.x1) {
                row.resize(columns.len(), 0.0);
                plane.read_row(y - part.y0, columns.start - part.x0, &mut row);
                let offset = (y % BLOCK_PX * BLOCK_PX + columns.start % BLOCK_PX) * kind.bytes();
                let place = [channel, y / BLOCK_PX, block];
                self.store.write(self.index(place), kind.bytes(), offset, &kind.write(&row))?;
            }
        }
        Ok(())
    }

    /// Place of a block among all blocks.
    fn index(&self, [channel, down, across]: [usize; 3]) -> u64 {
        let (rows, columns) =
            (self.facts.height_px.div_ceil(BLOCK_PX), self.facts.width_px.div_ceil(BLOCK_PX));
        ((channel * rows + down) * columns + across) as u64
    }
}

impl SlideSource for PushedSlide {
    fn facts(&self) -> &SlideFacts {
        &self.facts
    }

    fn read(&self, role: ChannelRole, part: Part) -> Result<Plane> {
        let channel = ChannelRole::ALL.iter().position(|other| *other == role).unwrap_or(0);
        let kind = self.kinds.map_or(Kind::U16, |kinds| kinds[channel]);
        let (height, width) = part.dim();
        let mut bytes = vec![0; height * width * kind.bytes()];
        let mut rest = bytes.as_mut_slice();
        for y in part.y0..part.y1 {
            for (block, columns) in columns_by_block(part.x0, part.x1) {
                let (out, after) = rest.split_at_mut(columns.len() * kind.bytes());
                let offset = (y % BLOCK_PX * BLOCK_PX + columns.start % BLOCK_PX) * kind.bytes();
                self.store.read(self.index([channel, y / BLOCK_PX, block]), kind.bytes(), offset, out)?;
                rest = after;
            }
        }
        kind.plane((height, width), &bytes)
    }
}

/// The blocks that some columns meet, each with its columns.
fn columns_by_block(x0: usize, x1: usize) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
    (x0 / BLOCK_PX..x1.div_ceil(BLOCK_PX))
        .map(move |block| (block, x0.max(block * BLOCK_PX)..x1.min((block + 1) * BLOCK_PX)))
}
