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
    /// In the order of the roles.
    channels: [PartReader; 3],
    cache: ChunkCache,
}

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
        let readers = decided.file.part_readers(&decided.map.indices(), 0, options.max_decoded_bytes)?;
        let slide = Self::of(field_name(path), readers, stated, &decided.file.location)?;
        if decided.is_decided_by_colours() && !slide.have_different_pixels()? {
            return Err(decided.equal_colours());
        }
        Ok(slide)
    }

    /// Opens a slide in three files of one channel each.
    pub(super) fn of_files(name: &str, paths: [&Path; 3], options: &ReadOptions) -> Result<Self> {
        check_distinct(paths)?;
        let (mut readers, mut stated) = (Vec::new(), Vec::new());
        for (number, path) in paths.into_iter().enumerate() {
            let mut file = ImageFile::open(path, options, Purpose::Channel)?;
            stated.push(Stated::take(&mut file.layout, options));
            readers.push(only_channel(file, number, options)?);
        }
        let location = Location::file(paths[0]);
        let three = || Error::malformed(location.clone(), "a channel without a plane");
        let stated = <[Stated; 3]>::try_from(stated).map_err(|_| three())?;
        let readers = <[PartReader; 3]>::try_from(readers).map_err(|_| three())?;
        check_same_size(paths, [0, 1, 2].map(|i: usize| readers[i].dim()))?;
        Self::of(name.to_owned(), readers.into(), Stated::joined(paths, stated)?, &location)
    }

    fn of(name: String, readers: Vec<PartReader>, stated: Stated, location: &Location) -> Result<Self> {
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
        Ok(Self { facts, channels, cache: ChunkCache::new(DEFAULT_CACHE_BYTES) })
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

    /// Whether any pixel has colours that differ.
    fn have_different_pixels(&self) -> Result<bool> {
        for band in bands(self.facts.whole()) {
            let [counterstain, red, green] = &self.channels;
            let first = counterstain.read(band, &self.cache)?;
            for other in [red, green] {
                if other.read(band, &self.cache)? != first {
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
        let channel = match role {
            ChannelRole::Counterstain => &self.channels[0],
            ChannelRole::Red => &self.channels[1],
            ChannelRole::Green => &self.channels[2],
        };
        channel.read(part, &self.cache)
    }
}

/// The only channel of a file; of a colour image whose three colours are equal, or all but one of which are zero, that one.
fn only_channel(mut file: ImageFile, number: usize, options: &ReadOptions) -> Result<PartReader> {
    let channel = match file.layout.channels.len() {
        1 => 0,
        _ if file.layout.rgb => {
            let colours = file.part_readers(&[0, 1, 2], number, options.max_decoded_bytes)?;
            used_colour(&colours)?.ok_or_else(|| undecided_colours(&file, "the image has several colours"))?
        }
        _ => return Err(undecided_colours(&file, "the file has several channels")),
    };
    let reader = file.part_readers(&[channel], number, options.max_decoded_bytes)?.pop();
    reader.ok_or_else(|| Error::malformed(file.location, "a channel without a plane"))
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
