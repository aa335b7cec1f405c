//! The levels of a pyramid while its rows arrive from the top.

use std::io::Write;

use ::tiff::TiffResult;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;

use super::sample::TileSample;
use super::tile::TILE_PX;
use super::tiled_image::TiledImage;

/// Where the tiles of a level lie in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// (height, width) in pixels.
    pub(super) dim: (usize, usize),
    pub(super) offsets: Vec<u64>,
    pub(super) byte_counts: Vec<u64>,
}

/// One level: the rows that wait for a full row of tiles, and the tiles written.
#[derive(Debug)]
struct Level<T> {
    waiting: Vec<T>,
    /// Rows that have arrived.
    rows: usize,
    written: Written,
}

/// The levels of one plane, the full resolution first, each half as high and wide as the one before.
#[derive(Debug)]
pub(super) struct Levels<T> {
    levels: Vec<Level<T>>,
}

impl<T: TileSample> Levels<T> {
    /// Levels down to one that fits into a tile.
    pub(super) fn new(image: &TiledImage) -> Self {
        let halve = |&(height, width): &(usize, usize)| {
            (height.max(width) > TILE_PX).then_some((height.div_ceil(2), width.div_ceil(2)))
        };
        let level = |dim| {
            let written = Written { dim, offsets: Vec::new(), byte_counts: Vec::new() };
            Level { waiting: Vec::new(), rows: 0, written }
        };
        Self { levels: std::iter::successors(Some(image.dim), halve).map(level).collect() }
    }

    /// Whether there are reduced levels.
    pub(super) fn is_pyramid(&self) -> bool {
        self.levels.len() > 1
    }

    /// Takes the next rows of full resolution. Tiles that are full go to `write`, which gives their place in the file.
    pub(super) fn push(
        &mut self,
        samples: Vec<T>,
        image: &TiledImage,
        write: &mut dyn FnMut(&[u8]) -> TiffResult<u64>,
    ) -> TiffResult<()> {
        let mut arrived = samples;
        for level in &mut self.levels {
            let (height, width) = level.written.dim;
            let row = width * image.samples;
            level.rows += arrived.len() / row;
            level.waiting.append(&mut arrived);
            let full = TILE_PX * row;
            while level.waiting.len() >= full || (level.rows == height && !level.waiting.is_empty()) {
                let rest = level.waiting.split_off(full.min(level.waiting.len()));
                let rows = std::mem::replace(&mut level.waiting, rest);
                for tile in tiles(&rows, width, image) {
                    let tile = tile?;
                    level.written.offsets.push(write(&tile)?);
                    level.written.byte_counts.push(tile.len() as u64);
                }
                arrived.extend(image.reduction.halve(&rows, width, image.samples));
            }
        }
        Ok(())
    }

    pub(super) fn into_written(self) -> Vec<Written> {
        self.levels.into_iter().map(|level| level.written).collect()
    }
}

/// The compressed tiles of a row of tiles, from the left. They are padded with zeros.
fn tiles<T: TileSample>(rows: &[T], width: usize, image: &TiledImage) -> Vec<std::io::Result<Vec<u8>>> {
    let row = width * image.samples;
    let tile_row = TILE_PX * image.samples;
    let compress = |column: usize| {
        let mut tile = vec![T::default(); TILE_PX * tile_row];
        let first = column * tile_row;
        for (to, from) in tile.chunks_exact_mut(tile_row).zip(rows.chunks_exact(row)) {
            let from = &from[first..row.min(first + tile_row)];
            to[..from.len()].copy_from_slice(from);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(image.deflate_level));
        encoder.write_all(bytemuck::cast_slice(&tile))?;
        encoder.finish()
    };
    (0..width.div_ceil(TILE_PX)).into_par_iter().map(compress).collect()
}
