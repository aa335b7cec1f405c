//! From samples as stored to the sample types that are kept. Grey levels stay as they are.

use ndarray::Array2;

use super::palette::Palette;
use crate::field::Plane;

/// Signed samples of 8 bits that were decoded as unsigned ones.
pub(in crate::io) fn signed_8(samples: Array2<u8>) -> Plane {
    if samples.iter().all(|v| v.cast_signed() >= 0) {
        return Plane::U8(samples);
    }
    Plane::F32(samples.mapv(|v| f32::from(v.cast_signed())))
}

/// Signed samples of 16 bits that were decoded as unsigned ones.
pub(in crate::io) fn signed_16(samples: Array2<u16>) -> Plane {
    if samples.iter().all(|v| v.cast_signed() >= 0) {
        return Plane::U16(samples);
    }
    Plane::F32(samples.mapv(|v| f32::from(v.cast_signed())))
}

/// Samples of 32 bits: of 16 where they fit. Floats hold higher ones to one part in 16 million.
pub(in crate::io) fn unsigned_32(samples: Array2<u32>) -> Plane {
    if samples.iter().all(|&v| u16::try_from(v).is_ok()) {
        return Plane::U16(samples.mapv(|v| v as u16));
    }
    Plane::F32(samples.mapv(|v| v as f32))
}

/// Signed samples of 32 bits that were decoded as unsigned ones.
pub(in crate::io) fn signed_32(samples: Array2<u32>) -> Plane {
    if samples.iter().all(|v| v.cast_signed() >= 0) {
        return unsigned_32(samples);
    }
    Plane::F32(samples.mapv(|v| v.cast_signed() as f32))
}

/// Floats of 64 bits. A float of 32 bits holds seven digits; higher values than it can hold become infinite.
pub(in crate::io) fn float_64(samples: Array2<f64>) -> Plane {
    Plane::F32(samples.mapv(|v| v as f32))
}

/// Floats of 16 bits (IEEE 754 binary16) that were decoded as unsigned samples.
pub(super) fn float_16(samples: Array2<u16>) -> Plane {
    Plane::F32(samples.mapv(half))
}

/// A float of 16 bits by its bits.
pub(super) fn half(bits: u16) -> f32 {
    let (exponent, fraction) = ((bits >> 10) & 0x1f, f32::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1024.0 + fraction) * 2.0_f32.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Indices of a palette as the colours that are asked for.
pub(super) fn colours(indices: &Plane, palette: &Palette, wanted: &[usize]) -> Vec<Plane> {
    let pick = |colour: usize| {
        let value = |index: usize| palette.value(colour, index);
        let samples = match indices {
            Plane::U8(a) => a.mapv(|v| value(usize::from(v))),
            Plane::U16(a) => a.mapv(|v| value(usize::from(v))),
            Plane::F32(a) => return Plane::F32(a.clone()),
        };
        if palette.is_of_8_bits() { Plane::U8(samples.mapv(|v| v as u8)) } else { Plane::U16(samples) }
    };
    wanted.iter().map(|&colour| pick(colour)).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn signed_samples_are_unsigned_ones_unless_some_are_below_zero() {
        let bits = |values: [i16; 3]| array![values.map(i16::cast_unsigned)];
        assert_eq!(signed_16(bits([0, 7, i16::MAX])), Plane::U16(array![[0, 7, 32_767]]));
        assert_eq!(signed_16(bits([-1, 7, i16::MIN])), Plane::F32(array![[-1.0, 7.0, -32768.0]]));
        assert_eq!(signed_8(array![[0, 127]]), Plane::U8(array![[0, 127]]));
        assert_eq!(signed_8(array![[255, 128]]), Plane::F32(array![[-1.0, -128.0]]));
        assert_eq!(signed_32(array![[70_000, 1]]), Plane::F32(array![[70_000.0, 1.0]]));
        assert_eq!(signed_32(array![[u32::MAX, 1]]), Plane::F32(array![[-1.0, 1.0]]));
    }

    #[test]
    fn wide_samples_keep_their_grey_levels() {
        assert_eq!(unsigned_32(array![[0, 65_535]]), Plane::U16(array![[0, 65_535]]));
        assert_eq!(unsigned_32(array![[0, 65_536]]), Plane::F32(array![[0.0, 65_536.0]]));
        assert_eq!(float_64(array![[0.1, -2.0]]), Plane::F32(array![[0.1, -2.0]]));
    }

    #[test]
    fn half_floats_by_their_bits() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65_504.0),
            (0x0001, 2.0_f32.powi(-24)),
            (0x3555, 0.333_251_95),
            (0x0000, 0.0),
        ] {
            assert_eq!(half(bits), value, "{bits:x}");
        }
        assert!(half(0x7e00).is_nan() && half(0x7c00).is_infinite());
    }
}
