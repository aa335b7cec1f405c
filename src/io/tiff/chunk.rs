//! From the stored bytes of one strip or tile to its samples.
//!
//! The decoder of the `tiff` crate is not used for this: in version 0.11.3 it panics on some broken headers,
//! fails on LZW tiles whose padding is wide, clips the tiles of the second and later planes wrongly, and undoes
//! the prediction wrongly where RGB pixels have further samples.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use crate::workspace::Pixel;

/// How the bytes of strips and tiles are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
}

impl Compression {
    /// By its number in the file.
    pub(super) fn of(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::None),
            5 => Some(Self::Lzw),
            8 | 32946 => Some(Self::Deflate),
            32773 => Some(Self::PackBits),
            _ => None,
        }
    }

    /// The most bytes that one stored byte can become: a Deflate stream at most 1032, an LZW code of 12 bits at
    /// most 4095, two bytes of `PackBits` 128.
    pub(super) fn most_expansion(self) -> u64 {
        match self {
            Self::None => 1,
            Self::Lzw => 4096,
            Self::Deflate => 1033,
            Self::PackBits => 64,
        }
    }

    /// The first `length` bytes of the decompressed data, or the fault in them.
    pub(super) fn decompress(self, stored: &[u8], length: usize) -> Result<Vec<u8>, String> {
        let too_short = |got: usize| format!("the data end after {got} of {length} bytes");
        match self {
            Self::None => stored.get(..length).map(<[u8]>::to_vec).ok_or_else(|| too_short(stored.len())),
            Self::Deflate => {
                let mut bytes = vec![0; length];
                let mut reader = ZlibDecoder::new(stored);
                let damaged = |e| format!("the Deflate data are damaged: {e}");
                // Inflated straight to its place: one call goes on until there is no more of either.
                let mut filled = 0;
                while filled < length {
                    match reader.read(&mut bytes[filled..]).map_err(damaged)? {
                        0 => return Err(too_short(filled)),
                        more => filled += more,
                    }
                }
                // Reading past the last byte makes the decoder compare the checksum.
                reader.read(&mut [0]).map_err(damaged)?;
                Ok(bytes)
            }
            Self::Lzw => {
                let configuration = Configuration::with_tiff_size_switch(BitOrder::Msb, 8);
                let mut decoder = configuration.with_yield_on_full_buffer(true).build();
                let mut bytes = vec![0; length];
                let (mut from, mut to) = (0, 0);
                while to < length {
                    let step = decoder.decode_bytes(&stored[from..], &mut bytes[to..]);
                    from += step.consumed_in;
                    to += step.consumed_out;
                    match step.status {
                        Ok(LzwStatus::Ok) => {}
                        Ok(LzwStatus::Done | LzwStatus::NoProgress) => break,
                        Err(e) => return Err(format!("the LZW data are damaged: {e}")),
                    }
                }
                if to == length { Ok(bytes) } else { Err(too_short(to)) }
            }
            Self::PackBits => {
                let bytes = unpack_bits(stored, length);
                if bytes.len() == length { Ok(bytes) } else { Err(too_short(bytes.len())) }
            }
        }
    }
}

/// At most `length` bytes of `PackBits` data (TIFF 6.0, section 9).
fn unpack_bits(mut stored: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    while let (Some((&header, rest)), true) = (stored.split_first(), bytes.len() < length) {
        let room = length - bytes.len();
        stored = match header {
            0..=127 => {
                let run = (usize::from(header) + 1).min(rest.len());
                bytes.extend_from_slice(&rest[..run.min(room)]);
                &rest[run..]
            }
            128 => rest,
            129..=255 => {
                let Some((&value, rest)) = rest.split_first() else { break };
                bytes.resize(bytes.len() + (257 - usize::from(header)).min(room), value);
                rest
            }
        };
    }
    bytes
}

/// How the samples of a row were changed before compression (TIFF 6.0, section 14; Adobe's TIFF technical note 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    /// Each sample is the difference to the sample of the pixel before.
    Horizontal,
    /// As `Horizontal`, but by bytes, of which the most significant ones of all samples come first.
    FloatingPoint,
}

impl Predictor {
    /// By its number in the file.
    pub(super) fn of(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::None),
            2 => Some(Self::Horizontal),
            3 => Some(Self::FloatingPoint),
            _ => None,
        }
    }
}

/// A sample as it is stored.
pub(super) trait Sample: Pixel + Send + bytemuck::Pod {
    /// Reads the samples of a row from its bytes.
    fn read(bytes: &[u8], little_endian: bool, into: &mut [Self]);
    /// The same sample with its bytes in reverse.
    fn reversed(self) -> Self;
    /// The sample whose bits are the sum, without carry beyond them: undoes a difference.
    fn add_bits(self, other: Self) -> Self;
}

impl Sample for u8 {
    fn read(bytes: &[u8], _: bool, into: &mut [Self]) {
        into.copy_from_slice(&bytes[..into.len()]);
    }
    fn reversed(self) -> Self {
        self
    }
    fn add_bits(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Sample for u16 {
    fn read(bytes: &[u8], little_endian: bool, into: &mut [Self]) {
        // A loop for each order: a call through a pointer would convert one sample at a time.
        let samples = into.iter_mut().zip(bytes.as_chunks().0);
        if little_endian {
            samples.for_each(|(to, &from)| *to = Self::from_le_bytes(from));
        } else {
            samples.for_each(|(to, &from)| *to = Self::from_be_bytes(from));
        }
    }
    fn reversed(self) -> Self {
        self.swap_bytes()
    }
    fn add_bits(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Sample for f32 {
    fn read(bytes: &[u8], little_endian: bool, into: &mut [Self]) {
        // A loop for each order: a call through a pointer would convert one sample at a time.
        let samples = into.iter_mut().zip(bytes.as_chunks().0);
        if little_endian {
            samples.for_each(|(to, &from)| *to = Self::from_le_bytes(from));
        } else {
            samples.for_each(|(to, &from)| *to = Self::from_be_bytes(from));
        }
    }
    fn reversed(self) -> Self {
        Self::from_bits(self.to_bits().swap_bytes())
    }
    fn add_bits(self, other: Self) -> Self {
        Self::from_bits(self.to_bits().wrapping_add(other.to_bits()))
    }
}

/// Turns samples that were read as the bytes of a file into those that they are here.
pub(super) fn from_file_order<T: Sample>(samples: &mut [T], little_endian: bool) {
    if little_endian != cfg!(target_endian = "little") {
        samples.iter_mut().for_each(|sample| *sample = sample.reversed());
    }
}

/// Reads one row, whose pixels have `stride` samples each. `bytes` is scratch afterwards.
pub(super) fn read_row<T: Sample>(
    bytes: &mut [u8],
    predictor: Predictor,
    little_endian: bool,
    stride: usize,
    into: &mut [T],
) {
    match predictor {
        Predictor::None => T::read(bytes, little_endian, into),
        Predictor::Horizontal => {
            T::read(bytes, little_endian, into);
            for i in stride..into.len() {
                into[i] = into[i].add_bits(into[i - stride]);
            }
        }
        Predictor::FloatingPoint => {
            for i in stride..bytes.len() {
                bytes[i] = bytes[i].wrapping_add(bytes[i - stride]);
            }
            let samples = into.len();
            let width = bytes.len() / samples.max(1);
            let ordered: Vec<u8> = (0..samples)
                .flat_map(|i| (0..width).map(move |byte| byte * samples + i))
                .map(|i| bytes[i])
                .collect();
            T::read(&ordered, false, into);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_bits_example_of_the_specification() {
        let stored =
            [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let bytes = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        assert_eq!(unpack_bits(&stored, 24), bytes);
        assert_eq!(unpack_bits(&stored, 5), bytes[..5]);
        assert!(Compression::PackBits.decompress(&stored, 25).is_err());
        assert!(Compression::PackBits.decompress(&[5, 1], 6).is_err(), "a run that is cut short");
    }

    #[test]
    fn short_or_damaged_data_are_errors() {
        for compression in [Compression::None, Compression::Lzw, Compression::Deflate, Compression::PackBits]
        {
            for stored in [&[][..], &[0x80], &[0xff; 9]] {
                assert!(compression.decompress(stored, 5000).is_err(), "{compression:?} {stored:?}");
            }
        }
    }

    #[test]
    fn differences_wrap_around() {
        let mut row = [0_u8; 4];
        read_row(&mut [250, 1, 10, 2], Predictor::Horizontal, true, 2, &mut row);
        assert_eq!(row, [250, 1, 4, 3]);
        let mut row = [0_u16; 2];
        read_row(&mut [0xff, 0xff, 0, 2], Predictor::Horizontal, false, 1, &mut row);
        assert_eq!(row, [0xffff, 1]);
    }
}
