//! Sheets of tiles as JPEG files.

use std::ops::Range;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use rayon::prelude::*;

/// Edge of a tile, px: a nucleus of 60 px is shown pixel by pixel.
pub(super) const TILE_PX: usize = 72;
/// Crops side by side in a sheet, three tiles each.
pub(super) const CROPS_OF_ROW: usize = 8;
/// Crops of a sheet.
pub(super) const CROPS_OF_SHEET: usize = 128;
/// Quality of the JPEG files, 1 to 100: signals of a twentieth of the range stay visible.
const QUALITY: u8 = 82;

/// The sheets of a number of crops, of which `tiles` gives the three tiles.
pub(super) fn sheets(crops: usize, tiles: impl Fn(usize) -> [Vec<u8>; 3] + Sync) -> Vec<Vec<u8>> {
    let firsts: Vec<usize> = (0..crops).step_by(CROPS_OF_SHEET).collect();
    firsts.par_iter().map(|first| sheet(*first..(first + CROPS_OF_SHEET).min(crops), &tiles)).collect()
}

fn sheet(crops: Range<usize>, tiles: &impl Fn(usize) -> [Vec<u8>; 3]) -> Vec<u8> {
    let width = 3 * TILE_PX * CROPS_OF_ROW;
    let height = TILE_PX * crops.len().div_ceil(CROPS_OF_ROW);
    let mut pixels = vec![0_u8; width * height];
    for (place, crop) in crops.enumerate() {
        let (top, left) = (place / CROPS_OF_ROW * TILE_PX, place % CROPS_OF_ROW * 3 * TILE_PX);
        for (channel, tile) in tiles(crop).iter().enumerate() {
            for (y, row) in tile.chunks(TILE_PX).enumerate() {
                let start = (top + y) * width + left + channel * TILE_PX;
                pixels[start..start + TILE_PX].copy_from_slice(row);
            }
        }
    }
    let mut jpeg = Vec::new();
    // Writing to memory cannot fail; a sheet that it refuses is one without picture.
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    match encoder.encode(&pixels, width as u32, height as u32, ExtendedColorType::L8) {
        Ok(()) => jpeg,
        Err(_) => Vec::new(),
    }
}
