//! Files of random geometry, written here or by the `tiff` crate, are read back sample by sample.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression as Encoding, TiffEncoder, TiffValue};
use tiff::tags::Predictor as Difference;

use ndarray::Array2;

use super::*;

fn planes_of(bytes: &[u8], samples: usize) -> Vec<Plane> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut file = TiffFile::open(file.path(), 1 << 30).unwrap();
    let wanted: Vec<usize> = (0..samples).collect();
    file.read_samples(0, &wanted, &mut Workspace::default()).unwrap()
}

/// Height, width, samples of a pixel, and all samples, interleaved. Steps between neighbours are small or any.
fn images() -> impl Strategy<Value = (usize, usize, usize, Vec<u16>)> {
    (1_usize..40, 1_usize..40, prop_oneof![Just(1_usize), Just(3)]).prop_flat_map(|(h, w, samples)| {
        let value = prop_oneof![any::<u16>(), Just(0), 1000_u16..1010, Just(u16::MAX)];
        (Just(h), Just(w), Just(samples), prop::collection::vec(value, h * w * samples))
    })
}

/// The samples of one channel as an image.
fn channel<T: Copy>(all: &[T], (h, w, samples): (usize, usize, usize), channel: usize) -> Array2<T> {
    Array2::from_shape_fn((h, w), |(y, x)| all[(y * w + x) * samples + channel])
}

fn strips_by_the_crate<C: ColorType>(
    (h, w): (usize, usize),
    samples: &[C::Inner],
    rows: usize,
    (encoding, difference): (Encoding, Difference),
) -> Vec<u8>
where
    [C::Inner]: TiffValue,
{
    let mut file = Cursor::new(Vec::new());
    let mut encoder =
        TiffEncoder::new(&mut file).unwrap().with_compression(encoding).with_predictor(difference);
    let mut image = encoder.new_image::<C>(w as u32, h as u32).unwrap();
    image.rows_per_strip(rows as u32).unwrap();
    image.write_data(samples).unwrap();
    file.into_inner()
}

/// Each sample but the first of a row as its difference to that of the pixel before, in the bytes of either order.
fn bytes_of(
    tile: &[u16],
    (width, samples): (usize, usize),
    wide: bool,
    big: bool,
    differences: bool,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in tile.chunks(width * samples) {
        for (i, &v) in row.iter().enumerate() {
            let before = if differences && i >= samples { row[i - samples] } else { 0 };
            match (wide, big) {
                (false, _) => bytes.push((v as u8).wrapping_sub(before as u8)),
                (true, true) => bytes.extend(v.wrapping_sub(before).to_be_bytes()),
                (true, false) => bytes.extend(v.wrapping_sub(before).to_le_bytes()),
            }
        }
    }
    bytes
}

fn compressed(bytes: &[u8], number: u16) -> Vec<u8> {
    match number {
        1 => bytes.to_vec(),
        5 => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(bytes).unwrap(),
        8 => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        // PackBits without any runs.
        _ => bytes.chunks(128).flat_map(|b| [&[b.len() as u8 - 1], b].concat()).collect(),
    }
}

/// A file of one page from its tags (TIFF 6.0, section 2) and strips or tiles.
fn file_of(tags: &[(u16, u32)], tiles: &[Vec<u8>], big: bool) -> Vec<u8> {
    let two = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let four = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let count = tiles.len() as u32;
    let lists = 8 + 2 + 12 * (tags.len() as u32 + 2) + 4;
    let mut offset = lists + 8 * count;
    let mut offsets = Vec::new();
    for tile in tiles {
        offsets.push(offset);
        offset += tile.len() as u32;
    }
    let lengths: Vec<u32> = tiles.iter().map(|tile| tile.len() as u32).collect();
    // A list of one stands where the place of a longer one would.
    let place = |list: &[u32], at: u32| if count == 1 { list[0] } else { at };
    let mut entries: Vec<(u16, u32, u32)> = tags.iter().map(|&(tag, value)| (tag, 1, value)).collect();
    entries.push((tag::TILE_OFFSETS, count, place(&offsets, lists)));
    entries.push((tag::TILE_BYTE_COUNTS, count, place(&lengths, lists + 4 * count)));
    entries.sort_unstable();
    let mut file = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    file.extend(four(8));
    file.extend(two(entries.len() as u16));
    for (tag, count, value) in entries {
        // All of 32 bits.
        file.extend([two(tag), two(4)].concat());
        file.extend([four(count), four(value)].concat());
    }
    file.extend(four(0));
    offsets.into_iter().chain(lengths).for_each(|v| file.extend(four(v)));
    tiles.iter().for_each(|tile| file.extend(tile));
    file
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn strips_of_the_tiff_crate_are_read_back(
        (h, w, samples, words) in images(),
        rows in 1_usize..50,
        number in prop_oneof![Just(1_u16), Just(5), Just(8), Just(32773)],
        difference in any::<bool>(),
    ) {
        let bytes: Vec<u8> = words.iter().map(|v| *v as u8).collect();
        let encoding = match number {
            1 => Encoding::Uncompressed,
            5 => Encoding::Lzw,
            8 => Encoding::Deflate(DeflateLevel::Fast),
            _ => Encoding::Packbits,
        };
        let how = (encoding, if difference { Difference::Horizontal } else { Difference::None });
        let (narrow, wide) = if samples == 1 {
            let narrow = strips_by_the_crate::<Gray8>((h, w), &bytes, rows, how);
            (narrow, strips_by_the_crate::<Gray16>((h, w), &words, rows, how))
        } else {
            let narrow = strips_by_the_crate::<RGB8>((h, w), &bytes, rows, how);
            (narrow, strips_by_the_crate::<RGB16>((h, w), &words, rows, how))
        };
        for (i, plane) in planes_of(&narrow, samples).into_iter().enumerate() {
            prop_assert_eq!(plane, Plane::U8(channel(&bytes, (h, w, samples), i)));
        }
        for (i, plane) in planes_of(&wide, samples).into_iter().enumerate() {
            prop_assert_eq!(plane, Plane::U16(channel(&words, (h, w, samples), i)));
        }
    }

    #[test]
    fn tiles_of_either_byte_order_are_read_back(
        (h, w, samples, words) in images(),
        (tile_height, tile_width) in (1_usize..24, 1_usize..24),
        compression in prop_oneof![Just(1_u16), Just(5), Just(8), Just(32773)],
        (wide, big, differences) in any::<(bool, bool, bool)>(),
    ) {
        let mut tiles = Vec::new();
        for (y0, x0) in (0..h).step_by(tile_height).flat_map(|y| (0..w).step_by(tile_width).map(move |x| (y, x))) {
            // What lies beyond the image is anything.
            let mut tile = vec![77_u16; tile_height * tile_width * samples];
            for (y, x) in (y0..h.min(y0 + tile_height)).flat_map(|y| (x0..w.min(x0 + tile_width)).map(move |x| (y, x))) {
                let (from, to) = ((y * w + x) * samples, ((y - y0) * tile_width + x - x0) * samples);
                tile[to..to + samples].copy_from_slice(&words[from..from + samples]);
            }
            let bytes = bytes_of(&tile, (tile_width, samples), wide, big, differences);
            tiles.push(compressed(&bytes, compression));
        }
        let tags = [
            (tag::IMAGE_WIDTH, w as u32),
            (tag::IMAGE_LENGTH, h as u32),
            (tag::COMPRESSION, u32::from(compression)),
            (tag::PHOTOMETRIC, if samples == 3 { 2 } else { 1 }),
            (tag::SAMPLES_PER_PIXEL, samples as u32),
            (tag::PREDICTOR, if differences { 2 } else { 1 }),
            (tag::TILE_WIDTH, tile_width as u32),
            (tag::TILE_LENGTH, tile_height as u32),
        ];
        // Only one width of all samples, since a list would not fit its place.
        let bits = [(tag::BITS_PER_SAMPLE, if wide { 16 } else { 8 })];
        let file = file_of(&[&tags[..], &bits].concat(), &tiles, big);
        for (i, plane) in planes_of(&file, samples).into_iter().enumerate() {
            let expected = channel(&words, (h, w, samples), i);
            let expected = if wide { Plane::U16(expected) } else { Plane::U8(expected.mapv(|v| v as u8)) };
            prop_assert_eq!(plane, expected);
        }
    }
}
