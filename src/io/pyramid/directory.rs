//! The directories of an image in tiles: one for each plane, and one for each of its reduced copies.

use std::io::{Seek, Write};

use ::tiff::TiffResult;
use ::tiff::encoder::{DirectoryEncoder, DirectoryOffset, TiffEncoder, TiffKind};
use ::tiff::tags::{PhotometricInterpretation, SampleFormat, Tag};

use super::level::Written;
use super::tile::TILE_PX;

/// Deflate (Adobe).
const DEFLATE: u16 = 8;
/// Samples of a pixel next to each other.
const CHUNKY: u16 = 1;
/// A copy at reduced resolution (TIFF 6.0, `NewSubfileType`).
const REDUCED: u32 = 1;

/// What the directories say beside where the tiles lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tags<'a> {
    /// Samples of a pixel.
    pub(super) samples: usize,
    /// Bits of a sample.
    pub(super) bits: u16,
    /// The description of the file, in its first directory.
    pub(super) description: &'a str,
}

/// Opens the directory that is finished first, through which all tiles are written: the first reduced copy if there is any,
/// else the first plane.
pub(super) fn first_directory<W: Write + Seek, K: TiffKind>(
    encoder: &mut TiffEncoder<W, K>,
    is_pyramid: bool,
) -> TiffResult<DirectoryEncoder<'_, W, K>> {
    if is_pyramid { encoder.extra_directory() } else { encoder.image_directory() }
}

impl Tags<'_> {
    /// Finishes the directory of [`first_directory`].
    pub(super) fn finish_first<W: Write + Seek, K: TiffKind>(
        &self,
        directory: DirectoryEncoder<'_, W, K>,
        planes: &[Vec<Written>],
    ) -> TiffResult<Option<DirectoryOffset<K>>> {
        match planes {
            [levels, ..] => match levels.as_slice() {
                [_, reduced, ..] => self.finish(directory, reduced, Kind::Reduced).map(Some),
                [only] => self.finish(directory, only, Kind::Full(&[], true)).map(Some),
                [] => Ok(None),
            },
            [] => Ok(None),
        }
    }

    /// Writes the directories of all planes, but for the one that is finished already.
    pub(super) fn write<W: Write + Seek, K: TiffKind>(
        &self,
        encoder: &mut TiffEncoder<W, K>,
        planes: &[Vec<Written>],
        finished: Option<DirectoryOffset<K>>,
    ) -> TiffResult<()> {
        let mut finished = finished;
        for (plane, levels) in planes.iter().enumerate() {
            let [full, reduced @ ..] = levels.as_slice() else { continue };
            let mut copies = Vec::with_capacity(reduced.len());
            for level in reduced {
                let copy = match finished.take() {
                    Some(copy) => copy,
                    None => self.finish(encoder.extra_directory()?, level, Kind::Reduced)?,
                };
                copies.push(copy.pointer.0);
            }
            // Without reduced copies the first plane is finished.
            if finished.take().is_none() {
                self.finish(encoder.image_directory()?, full, Kind::Full(&copies, plane == 0))?;
            }
        }
        Ok(())
    }

    fn finish<W: Write + Seek, K: TiffKind>(
        &self,
        mut directory: DirectoryEncoder<'_, W, K>,
        level: &Written,
        kind: Kind<'_>,
    ) -> TiffResult<DirectoryOffset<K>> {
        let colours = match self.samples {
            3 => PhotometricInterpretation::RGB,
            _ => PhotometricInterpretation::BlackIsZero,
        };
        let (height, width) = level.dim;
        directory.write_tag(Tag::ImageWidth, width as u32)?;
        directory.write_tag(Tag::ImageLength, height as u32)?;
        directory.write_tag(Tag::BitsPerSample, &*vec![self.bits; self.samples])?;
        directory.write_tag(Tag::Compression, DEFLATE)?;
        directory.write_tag(Tag::PhotometricInterpretation, colours.to_u16())?;
        directory.write_tag(Tag::SamplesPerPixel, self.samples as u16)?;
        directory.write_tag(Tag::PlanarConfiguration, CHUNKY)?;
        directory.write_tag(Tag::SampleFormat, &*vec![SampleFormat::Uint.to_u16(); self.samples])?;
        directory.write_tag(Tag::TileWidth, TILE_PX as u32)?;
        directory.write_tag(Tag::TileLength, TILE_PX as u32)?;
        let offsets =
            level.offsets.iter().map(|&at| K::convert_offset(at)).collect::<TiffResult<Vec<_>>>()?;
        let counts =
            level.byte_counts.iter().map(|&n| K::convert_offset(n)).collect::<TiffResult<Vec<_>>>()?;
        directory.write_tag(Tag::TileOffsets, K::convert_slice(&offsets))?;
        directory.write_tag(Tag::TileByteCounts, K::convert_slice(&counts))?;
        match kind {
            Kind::Reduced => directory.write_tag(Tag::NewSubfileType, REDUCED)?,
            Kind::Full(copies, is_first) => {
                if is_first {
                    directory.write_tag(Tag::ImageDescription, self.description)?;
                }
                if !copies.is_empty() {
                    let copies =
                        copies.iter().map(|&at| K::convert_offset(at)).collect::<TiffResult<Vec<_>>>()?;
                    directory.write_tag(Tag::SubIfd, K::convert_slice(&copies))?;
                }
            }
        }
        directory.finish_with_offsets()
    }
}

/// Whether a directory is a reduced copy, or a plane: with the places of its copies, and whether it is the first.
#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    Reduced,
    Full(&'a [u64], bool),
}
