//! A slide in OME-Zarr, which is read in pieces.

use std::path::Path;

use super::image::ZarrImage;
use super::pyramid::{LevelSize, level_sizes};
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Plane};
use crate::io::channel::Channel;
use crate::io::layout::Layout;
use crate::io::names::field_name;
use crate::io::options::ReadOptions;
use crate::io::projection::refuse_infinite;
use crate::io::read::channel_map;
use crate::slide::{Part, SlideFacts, SlideSource};

/// A slide in OME-Zarr at full resolution.
///
/// A part takes the memory of its own samples and of the chunks that are decoded at once. Each part decodes the chunks
/// that it touches, so parts that follow the chunks are read fastest ([`ZarrSlide::chunk_px`]).
#[derive(Debug)]
pub struct ZarrSlide {
    image: ZarrImage,
    channels: [Channel; 3],
    facts: SlideFacts,
    limit_bytes: u64,
}

impl ZarrSlide {
    /// Opens a slide. No pixel is read.
    ///
    /// [`ReadOptions::max_decoded_bytes`] is the most that one part may take.
    ///
    /// # Errors
    /// As [`read_field`](crate::io::read_field).
    pub fn open(folder: impl AsRef<Path>, options: &ReadOptions) -> Result<Self> {
        let folder = folder.as_ref();
        let location = Location::file(folder);
        let (image, layout) = ZarrImage::open(folder, options)?;
        let (map, notes) = channel_map(&layout, &location, options)?;
        let (height, width) = image.dim();
        let mut facts = SlideFacts::new(field_name(folder), height, width);
        let Layout { channels, pixel_size, saturation_level, notes: of_layout, .. } = layout;
        facts.pixel_size = options.pixel_size.or(pixel_size);
        facts.saturation_level = saturation_level;
        facts.notes = [of_layout, notes].concat();
        let channel = |index: usize| channels.get(index).cloned().unwrap_or_default();
        let channels = map.indices().map(channel);
        Ok(Self { image, channels, facts, limit_bytes: options.max_decoded_bytes })
    }

    /// (height, width) of the chunks, pixels.
    #[must_use]
    pub fn chunk_px(&self) -> (usize, usize) {
        self.image.chunk_px()
    }

    /// The levels of the pyramid, that of full resolution first. Only the first is measured.
    ///
    /// # Errors
    /// As [`ZarrSlide::open`], for the arrays of the other levels.
    pub fn levels(&self) -> Result<Vec<LevelSize>> {
        level_sizes(&self.image, self.limit_bytes)
    }
}

impl SlideSource for ZarrSlide {
    fn facts(&self) -> &SlideFacts {
        &self.facts
    }

    fn read(&self, role: ChannelRole, part: Part) -> Result<Plane> {
        let location = self.image.location();
        if part.common(&self.facts.whole()) != part || part.pixels() == 0 {
            let (height, width) = self.image.dim();
            let value = format!("{part:?}");
            return Err(Error::parameter("part", value, format!("a part of {height} x {width} px")));
        }
        let needed = self.image.plane_bytes(part);
        if needed > self.limit_bytes {
            return Err(Error::Limit { location, needed, limit: self.limit_bytes });
        }
        let plane = self.image.read(&self.channels[role as usize].slices, part, true)?;
        refuse_infinite(&plane, || location.clone().at_channel(role))?;
        match &plane {
            Plane::F32(samples) if samples.iter().any(|value| value.is_nan()) => {
                let feature =
                    "samples that are NaN in a slide, whose parts do not know each other; write them as 0";
                Err(Error::unsupported(location.at_channel(role), feature))
            }
            _ => Ok(plane),
        }
    }
}
