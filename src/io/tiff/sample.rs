//! From the decompressed bytes of a row to its samples.

use crate::workspace::Workspace;

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
pub(super) trait Sample: Copy + Default + Send + bytemuck::Pod {
    /// Room for samples that are yet to be written; it may hold samples of an earlier field.
    fn room(workspace: &mut Workspace, samples: usize) -> Vec<Self>;
    /// Reads the samples of a row from its bytes.
    fn read(bytes: &[u8], little_endian: bool, into: &mut [Self]);
    /// The same sample with its bytes in reverse.
    fn reversed(self) -> Self;
    /// The sample whose bits are the sum, without carry beyond them: undoes a difference.
    fn add_bits(self, other: Self) -> Self;
}

impl Sample for u8 {
    fn room(workspace: &mut Workspace, samples: usize) -> Vec<Self> {
        workspace.take(samples)
    }
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

/// A sample of several bytes: its type, the same bits as a whole number, and where its room comes from.
macro_rules! wide_sample {
    ($sample:ty, $to_bits:expr, $from_bits:expr, $room:expr) => {
        impl Sample for $sample {
            fn room(workspace: &mut Workspace, samples: usize) -> Vec<Self> {
                let room: fn(&mut Workspace, usize) -> Vec<Self> = $room;
                room(workspace, samples)
            }
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
                $from_bits($to_bits(self).swap_bytes())
            }
            fn add_bits(self, other: Self) -> Self {
                $from_bits($to_bits(self).wrapping_add($to_bits(other)))
            }
        }
    };
}

wide_sample!(u16, std::convert::identity::<u16>, std::convert::identity::<u16>, Workspace::take);
wide_sample!(f32, f32::to_bits, f32::from_bits, Workspace::take);
// Rare types, whose planes are not kept.
wide_sample!(u32, std::convert::identity::<u32>, std::convert::identity::<u32>, |_, samples| vec![
    0;
    samples
]);
wide_sample!(f64, f64::to_bits, f64::from_bits, |_, samples| vec![0.0; samples]);

/// A row of packed samples of `bits` each, the highest bit first, as the bytes of 16-bit samples, the lowest byte first.
/// With a `stride`, each is the difference to the sample so many before.
pub(super) fn unpack_row(bytes: &[u8], bits: u8, samples: usize, stride: Option<usize>) -> Vec<u8> {
    let mask = (1_u32 << bits) - 1;
    let (mut held, mut count) = (0_u32, 0_u8);
    let mut stored = bytes.iter();
    let sample = |_| {
        while count < bits {
            held = (held << 8) | u32::from(stored.next().copied().unwrap_or(0));
            count += 8;
        }
        count -= bits;
        ((held >> count) & mask) as u16
    };
    let mut row: Vec<u16> = (0..samples).map(sample).collect();
    if let Some(stride) = stride {
        for i in stride..row.len() {
            row[i] = row[i].wrapping_add(row[i - stride]) & mask as u16;
        }
    }
    row.into_iter().flat_map(u16::to_le_bytes).collect()
}

/// Turns samples that were read as the bytes of a file into those that they are here.
pub(super) fn from_file_order<T: Sample>(samples: &mut [T], little_endian: bool) {
    if little_endian != cfg!(target_endian = "little") {
        samples.iter_mut().for_each(|sample| *sample = sample.reversed());
    }
}

/// Reads one row, whose pixels have `stride` samples each.
pub(super) fn read_row<T: Sample>(
    bytes: &[u8],
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
            let mut bytes = bytes.to_vec();
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
    fn packed_samples_are_spread_out() {
        let words =
            |bytes: Vec<u8>| bytes.as_chunks().0.iter().map(|&v| u16::from_le_bytes(v)).collect::<Vec<_>>();
        assert_eq!(words(unpack_row(&[0x12, 0x3a, 0xbc, 0xde, 0xf0], 12, 3, None)), [0x123, 0xabc, 0xdef]);
        assert_eq!(words(unpack_row(&[0b1101_0010], 2, 4, None)), [3, 1, 0, 2]);
        assert_eq!(words(unpack_row(&[0xff, 0xfe], 14, 1, None)), [0x3fff]);
        assert_eq!(words(unpack_row(&[0xff], 12, 2, None)), [0xff0, 0], "too few bytes");
        assert_eq!(words(unpack_row(&[0xff, 0xf0, 0x02, 0x00, 0x50], 12, 3, Some(1))), [0xfff, 1, 6]);
    }

    #[test]
    fn differences_wrap_around() {
        let mut row = [0_u8; 4];
        read_row(&[250, 1, 10, 2], Predictor::Horizontal, true, 2, &mut row);
        assert_eq!(row, [250, 1, 4, 3]);
        let mut row = [0_u16; 2];
        read_row(&[0xff, 0xff, 0, 2], Predictor::Horizontal, false, 1, &mut row);
        assert_eq!(row, [0xffff, 1]);
    }
}
