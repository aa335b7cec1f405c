//! From rows of a strip or tile to the planes that their samples belong to.

use super::page::Page;
use super::sample::{Predictor, Sample, from_file_order, read_row, unpack_row};
use crate::io::sample_type::SampleType;
use crate::slide::Part;

/// How the samples of a row are coded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coding {
    predictor: Predictor,
    /// Bits of packed samples.
    packed_bits: Option<u8>,
    little_endian: bool,
}

impl Coding {
    pub(super) fn of(page: &Page, little_endian: bool) -> Self {
        let packed_bits = match page.sample_type {
            SampleType::Packed(bits) => Some(bits),
            _ => None,
        };
        Self { predictor: page.predictor, packed_bits, little_endian }
    }

    /// Whether each sample stands by itself, in whole bytes.
    pub(super) fn is_plain(self) -> bool {
        self.predictor == Predictor::None && self.packed_bits.is_none()
    }

    /// The coding of samples that [`Self::undo`] gives.
    pub(super) fn undone(self) -> Self {
        Self { predictor: Predictor::None, packed_bits: None, ..self }
    }

    /// The samples of a strip or tile as plain ones, in the byte order of the file.
    pub(super) fn undo<T: Sample>(self, bytes: Vec<u8>, page: &Page) -> Vec<u8> {
        if self.is_plain() {
            return bytes;
        }
        let stride = page.samples_in_chunk();
        let mut pixels = vec![T::default(); page.chunk_width * stride];
        let mut plain = Vec::with_capacity(page.chunk_height * size_of_val(pixels.as_slice()));
        for row in bytes.chunks_exact(page.row_bytes() as usize) {
            self.read(row, stride, &mut pixels);
            from_file_order(&mut pixels, self.little_endian);
            plain.extend_from_slice(bytemuck::cast_slice(&pixels));
        }
        plain
    }

    /// Reads the samples of a row of pixels.
    fn read<T: Sample>(self, row: &[u8], stride: usize, pixels: &mut [T]) {
        match self.packed_bits {
            None => read_row(row, self.predictor, self.little_endian, stride, pixels),
            Some(bits) => {
                let differences = (self.predictor == Predictor::Horizontal).then_some(stride);
                let unpacked = unpack_row(row, bits, pixels.len(), differences);
                T::read(&unpacked, true, pixels);
            }
        }
    }
}

/// Rows of a strip or tile, one after the other.
pub(super) struct Rows<'a> {
    /// Row of the page that the first one is.
    pub(super) y: usize,
    /// Column of the page of their first pixel.
    pub(super) x: usize,
    /// Pixels of a row.
    pub(super) columns: usize,
    pub(super) bytes: &'a [u8],
    /// Bytes of a row.
    pub(super) row_bytes: usize,
    pub(super) coding: Coding,
}

/// A part of a page, and the memory that some samples of its pixels are read to.
pub(super) struct Target<'a, T> {
    pub(super) part: Part,
    pub(super) samples: &'a [usize],
    /// As many samples as the part has pixels, for each of `samples`.
    pub(super) arrays: Vec<Vec<T>>,
}

/// Copies the wanted samples of rows of a decoded strip or tile to their places. Tiles reach beyond the image.
pub(super) fn scatter<T: Sample>(page: &Page, rows: Rows<'_>, target: &mut Target<'_, T>) {
    let (stride, part) = (page.samples_in_chunk(), target.part);
    let (x0, x1) = (rows.x.max(part.x0), (rows.x + rows.columns).min(part.x1));
    let (skipped, width) = (x0 - rows.x, x1 - x0);
    let mut pixels = vec![T::default(); rows.columns * stride];
    let first = part.y0.saturating_sub(rows.y);
    let lines = rows.bytes.chunks_exact(rows.row_bytes).enumerate().skip(first);
    for (line, row) in lines.take_while(|(line, _)| rows.y + line < part.y1) {
        let start = (rows.y + line - part.y0) * part.dim().1 + (x0 - part.x0);
        if let ([array], 1, true) = (target.arrays.as_mut_slice(), stride, rows.coding.is_plain()) {
            let row = &row[skipped * size_of::<T>()..];
            T::read(row, rows.coding.little_endian, &mut array[start..start + width]);
            continue;
        }
        rows.coding.read(row, stride, &mut pixels);
        let pixels = &pixels[skipped * stride..(skipped + width) * stride];
        for (array, &sample) in target.arrays.iter_mut().zip(target.samples) {
            let places = &mut array[start..start + width];
            let offset = if page.planar { 0 } else { sample };
            if stride == 1 {
                places.copy_from_slice(pixels);
            } else {
                for (to, pixel) in places.iter_mut().zip(pixels.chunks_exact(stride)) {
                    *to = pixel[offset];
                }
            }
        }
    }
}
