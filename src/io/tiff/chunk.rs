//! From the stored bytes of one strip or tile to its decompressed bytes.
//!
//! The decoder of the `tiff` crate is not used for this: in version 0.11.3 it panics on some broken headers,
//! fails on LZW tiles whose padding is wide, clips the tiles of the second and later planes wrongly, and undoes
//! the prediction wrongly where RGB pixels have further samples.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

/// Windows of Zstandard up to this size are always allowed, bytes: the most that its usual levels ask for.
const MIN_WINDOW_BYTES: u64 = 1 << 27;

/// How the bytes of strips and tiles are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
    Zstandard,
    /// Decoded with the tables of its page.
    Jpeg,
    /// Decoded by what its page says of the samples.
    Jpeg2000,
}

impl Compression {
    /// By its number in the file.
    pub(super) fn of(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::None),
            5 => Some(Self::Lzw),
            7 => Some(Self::Jpeg),
            8 | 32946 => Some(Self::Deflate),
            32773 => Some(Self::PackBits),
            33005 | 34712 => Some(Self::Jpeg2000),
            50000 => Some(Self::Zstandard),
            _ => None,
        }
    }

    /// The most bytes that one stored byte can become: a Deflate stream at most 1032, an LZW code of 12 bits at
    /// most 4095, two bytes of `PackBits` 128, four bytes of Zstandard 128 KiB, and two bits of a JPEG for each of three
    /// components a block of 8 x 8 samples.
    pub(super) fn most_expansion(self) -> u64 {
        match self {
            Self::None => 1,
            Self::Lzw => 4096,
            Self::Deflate => 1033,
            Self::PackBits => 64,
            Self::Zstandard => 1 << 15,
            Self::Jpeg => 1 << 10,
            // An empty packet of a bit may stand for a whole tile.
            Self::Jpeg2000 => 1 << 20,
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
            Self::Zstandard => unzstd(stored, length),
            Self::Jpeg | Self::Jpeg2000 => Err("JPEG data without what their page says of them".to_owned()),
        }
    }
}

/// The first `length` bytes of Zstandard data, which may be of several frames (RFC 8878).
pub(in crate::io) fn unzstd(stored: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the Zstandard data are damaged: {e}");
    let mut bytes = vec![0; length];
    let (mut rest, mut filled) = (stored, 0);
    let mut frame = FrameDecoder::new();
    // A strip in one frame has a window of its own length.
    frame.set_max_window_size((length as u64).max(MIN_WINDOW_BYTES));
    while filled < length {
        if rest.is_empty() {
            return Err(format!("the data end after {filled} of {length} bytes"));
        }
        let mut reader =
            StreamingDecoder::new_with_decoder(&mut rest, &mut frame).map_err(|e| damaged(&e))?;
        while filled < length {
            match reader.read(&mut bytes[filled..]).map_err(|e| damaged(&e))? {
                0 => break,
                more => filled += more,
            }
        }
    }
    Ok(bytes)
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
        use Compression::{Deflate, Lzw, None, PackBits, Zstandard};
        for compression in [None, Lzw, Deflate, PackBits, Zstandard] {
            for stored in [&[][..], &[0x80], &[0xff; 9]] {
                assert!(compression.decompress(stored, 5000).is_err(), "{compression:?} {stored:?}");
            }
        }
    }

    #[test]
    fn zstandard_frames_follow_each_other() {
        // Two frames of one raw block each (RFC 8878): 3 bytes, then 2.
        let frame = |data: &[u8]| {
            let size = data.len() as u8;
            [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, size, size * 8 + 1, 0, 0], data].concat()
        };
        let stored = [frame(b"abc"), frame(b"de")].concat();
        assert_eq!(Compression::Zstandard.decompress(&stored, 5).as_deref(), Ok(&b"abcde"[..]));
        assert_eq!(Compression::Zstandard.decompress(&stored, 2).as_deref(), Ok(&b"ab"[..]));
        assert!(Compression::Zstandard.decompress(&stored, 6).is_err(), "no more frames");
    }
}
