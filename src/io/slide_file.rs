//! A slide in one or more image files, read in parts.

use std::path::Path;

use super::decided::{DecidedFile, undecided_colours};
use super::image_file::ImageFile;
use super::names::field_name;
use super::options::ReadOptions;
use super::part_reader::PartReader;
use super::purpose::Purpose;
use super::stated::{Stated, check_distinct, check_same_size};
use super::tiff::ChunkCache;
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Plane};
use crate::slide::{Part, SlideFacts, SlideSource};

/// Default bytes of decoded strips and tiles that are held: 128 tiles of 512 x 512 px in 16 bits.
const DEFAULT_CACHE_BYTES: u64 = 1 << 26;
/// Rows that are compared at a time.
const BAND_ROWS: usize = 256;

/// A slide in one file with all channels, or in a file for each channel.
///
/// Only the strips and tiles that meet a part are decoded, by the thread that asks for it and the rayon pool. Those decoded
/// last are held, since neighbouring parts share them. A part has the samples that the whole field has. Samples of 32 bits
/// and signed ones are of 16 bits where all of the part fit, else floats.
///
/// ```no_run
/// use breakapart::ChannelRole;
/// use breakapart::io::{ReadOptions, SlideFile};
/// use breakapart::slide::{Part, SlideSource};
/// let slide = SlideFile::open("slide.ome.tif", &ReadOptions::default())?;
/// println!("{} x {} px", slide.facts().height_px, slide.facts().width_px);
/// let corner = slide.read(ChannelRole::Red, Part { y0: 0, x0: 0, y1: 512, x1: 512 })?;
/// assert_eq!(corner.dim(), (512, 512));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug)]
pub struct SlideFile {
    facts: SlideFacts,
    /// The full resolution first, then its reduced copies, the largest first.
    levels: Vec<Level>,
    cache: ChunkCache,
}

/// The channels at one resolution, in the order of the roles.
type Level = [PartReader; 3];

impl SlideFile {
    /// Opens a slide in one file that holds all its channels. They are decided as by [`crate::io::read_field`].
    ///
    /// # Errors
    /// As [`crate::io::read_field`]; [`Error::Unsupported`] if the slide has several slices in depth, or compressed strips of
    /// more than 256 MiB.
    pub fn open(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self> {
        let path = path.as_ref();
        let mut decided = DecidedFile::open(path, options)?;
        let stated = decided.stated(options);
        let indices = decided.map.indices();
        let readers = decided.file.part_readers(&indices, 0, options.max_decoded_bytes)?;
        let mut copies = Vec::with_capacity(indices.len());
        for index in indices {
            copies.push(decided.file.level_readers(index, 0, options.max_decoded_bytes)?);
        }
        let slide = Self::of(field_name(path), readers, copies, stated, &decided.file.location)?;
        if decided.is_decided_by_colours() && !slide.have_different_pixels()? {
            return Err(decided.equal_colours());
        }
        Ok(slide)
    }

    /// Opens a slide in three files of one channel each.
    pub(super) fn of_files(name: &str, paths: [&Path; 3], options: &ReadOptions) -> Result<Self> {
        check_distinct(paths)?;
        let (mut readers, mut copies, mut stated) = (Vec::new(), Vec::new(), Vec::new());
        for (number, path) in paths.into_iter().enumerate() {
            let mut file = ImageFile::open(path, options, Purpose::Channel)?;
            stated.push(Stated::take(&mut file.layout, options));
            let (reader, levels) = only_channel(file, number, options)?;
            readers.push(reader);
            copies.push(levels);
        }
        let location = Location::file(paths[0]);
        let three = || Error::malformed(location.clone(), "a channel without a plane");
        let stated = <[Stated; 3]>::try_from(stated).map_err(|_| three())?;
        let sizes = readers.iter().map(PartReader::dim).collect::<Vec<_>>();
        check_same_size(paths, <[_; 3]>::try_from(sizes).map_err(|_| three())?)?;
        Self::of(name.to_owned(), readers, copies, Stated::joined(paths, stated)?, &location)
    }

    fn of(
        name: String,
        readers: Vec<PartReader>,
        copies: Vec<Vec<PartReader>>,
        stated: Stated,
        location: &Location,
    ) -> Result<Self> {
        let three = |_| Error::malformed(location.clone(), "a channel without a plane");
        let channels = <[PartReader; 3]>::try_from(readers).map_err(three)?;
        let (height_px, width_px) = channels[0].dim();
        let facts = SlideFacts {
            name,
            height_px,
            width_px,
            pixel_size: stated.pixel_size,
            saturation_level: stated.saturation_level,
            notes: stated.notes,
        };
        let levels = std::iter::once(channels).chain(common_levels(copies)).collect();
        Ok(Self { facts, levels, cache: ChunkCache::new(DEFAULT_CACHE_BYTES) })
    }

    /// The same slide under another name in the reports.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.facts.name = name.into();
        self
    }

    /// The same slide that holds so many bytes of decoded strips and tiles, for all channels and threads. Range: any.
    /// Default: 64 MiB. It changes the time, and no sample. Strips as wide as the slide are best held for all rows that are
    /// read at a time.
    #[must_use]
    pub fn with_cache_bytes(mut self, bytes: u64) -> Self {
        self.cache = ChunkCache::new(bytes);
        self
    }

    /// Lets go of the decoded strips and tiles that are held.
    #[cfg(feature = "run")]
    pub(crate) fn forget_pixels(&self) {
        self.cache.clear();
    }

    /// (height, width) in pixels of each resolution that the file holds: the slide itself, then the reduced copies that all three
    /// channels have, the largest first.
    #[must_use]
    pub fn levels(&self) -> Vec<(usize, usize)> {
        self.levels.iter().map(|[counterstain, ..]| counterstain.dim()).collect()
    }

    /// Reads a part of one channel at a reduced resolution, in pixels of that resolution. Level 0 is the slide itself.
    ///
    /// # Errors
    /// As [`SlideSource::read`]; [`Error::InvalidParameter`] if the file has no such level.
    pub fn read_level(&self, level: usize, role: ChannelRole, part: Part) -> Result<Plane> {
        let Some([counterstain, red, green]) = self.levels.get(level) else {
            let allowed = format!("0 to {}", self.levels.len() - 1);
            return Err(Error::parameter("level of a slide", level, allowed));
        };
        let channel = match role {
            ChannelRole::Counterstain => counterstain,
            ChannelRole::Red => red,
            ChannelRole::Green => green,
        };
        channel.read(part, &self.cache)
    }

    /// Whether any pixel has colours that differ.
    fn have_different_pixels(&self) -> Result<bool> {
        for band in bands(self.facts.whole()) {
            let first = self.read(ChannelRole::Counterstain, band)?;
            for role in [ChannelRole::Red, ChannelRole::Green] {
                if self.read(role, band)? != first {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl SlideSource for SlideFile {
    fn facts(&self) -> &SlideFacts {
        &self.facts
    }

    /// # Errors
    /// [`Error::InvalidParameter`] if the part has no pixel or does not lie in the slide, [`Error::Malformed`] if its pixels
    /// cannot be decoded or a float sample is infinite, [`Error::Unsupported`] if one is not a number, [`Error::Limit`] if it
    /// takes more than [`ReadOptions::max_decoded_bytes`].
    fn read(&self, role: ChannelRole, part: Part) -> Result<Plane> {
        self.read_level(0, role, part)
    }
}

/// The reduced copies of a size that all three channels have.
fn common_levels(copies: Vec<Vec<PartReader>>) -> Vec<Level> {
    let Ok([counterstain, mut red, mut green]) = <[Vec<PartReader>; 3]>::try_from(copies) else {
        return Vec::new();
    };
    let mut take = |dim: (usize, usize)| {
        let place = |readers: &[PartReader]| readers.iter().position(|reader| reader.dim() == dim);
        let (at_red, at_green) = (place(&red)?, place(&green)?);
        Some([red.remove(at_red), green.remove(at_green)])
    };
    let level = |counterstain: PartReader| {
        let [red, green] = take(counterstain.dim())?;
        Some([counterstain, red, green])
    };
    counterstain.into_iter().filter_map(level).collect()
}

/// The only channel of a file and its reduced copies; of a colour image whose three colours are equal, or all but one of which are zero, that one.
fn only_channel(
    mut file: ImageFile,
    number: usize,
    options: &ReadOptions,
) -> Result<(PartReader, Vec<PartReader>)> {
    let channel = match file.layout.channels.len() {
        1 => 0,
        _ if file.layout.rgb => {
            let colours = file.part_readers(&[0, 1, 2], number, options.max_decoded_bytes)?;
            used_colour(&colours)?.ok_or_else(|| undecided_colours(&file, "the image has several colours"))?
        }
        _ => return Err(undecided_colours(&file, "the file has several channels")),
    };
    let reader = file.part_readers(&[channel], number, options.max_decoded_bytes)?.pop();
    let copies = file.level_readers(channel, number, options.max_decoded_bytes)?;
    let reader = reader.ok_or_else(|| Error::malformed(file.location, "a channel without a plane"))?;
    Ok((reader, copies))
}

/// The colour that stands for all; `None` if there are several. It reads until it knows.
fn used_colour(colours: &[PartReader]) -> Result<Option<usize>> {
    let cache = ChunkCache::new(DEFAULT_CACHE_BYTES);
    let Some((height, width)) = colours.first().map(PartReader::dim) else { return Ok(None) };
    let (mut are_equal, mut used) = (true, vec![false; colours.len()]);
    for band in bands(Part { y0: 0, x0: 0, y1: height, x1: width }) {
        let planes = colours.iter().map(|colour| colour.read(band, &cache)).collect::<Result<Vec<_>>>()?;
        are_equal &= planes.windows(2).all(|pair| pair[0] == pair[1]);
        used.iter_mut().zip(&planes).for_each(|(used, plane)| *used |= !plane.is_zero());
        if !are_equal && used.iter().filter(|used| **used).count() > 1 {
            return Ok(None);
        }
    }
    Ok(if are_equal { Some(0) } else { used.iter().position(|used| *used) })
}

/// A part in bands as wide as it is.
fn bands(part: Part) -> impl Iterator<Item = Part> {
    (part.y0..part.y1).step_by(BAND_ROWS).map(move |y0| Part { y0, y1: part.y1.min(y0 + BAND_ROWS), ..part })
}
