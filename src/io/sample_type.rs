//! Sample types of image files.

/// Sample types that this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleType {
    U8,
    U16,
    U32,
    /// Signed. Kept as unsigned where no sample of a plane is below zero, else as floats, which hold them all.
    I8,
    I16,
    I32,
    F16,
    F32,
    F64,
    /// Unsigned samples of 1 to 15 bits that follow each other without a gap, each row from a new byte on.
    Packed(u8),
}

impl SampleType {
    /// Bits of one sample in the file.
    pub(super) fn stored_bits(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 8,
            Self::U16 | Self::I16 | Self::F16 => 16,
            Self::U32 | Self::I32 | Self::F32 => 32,
            Self::F64 => 64,
            Self::Packed(bits) => u64::from(bits),
        }
    }

    /// Most bytes that one sample takes in memory while its plane is read.
    pub(super) fn decoded_bytes(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::Packed(_) => 2,
            Self::F32 => 4,
            // As stored, and as floats.
            Self::I8 => 5,
            Self::I16 | Self::F16 => 6,
            Self::U32 | Self::I32 => 8,
            Self::F64 => 12,
        }
    }

    /// Bits of the highest sample; `None` for floats.
    pub(super) fn bits(self) -> Option<u32> {
        match self {
            Self::U8 => Some(8),
            Self::U16 => Some(16),
            Self::U32 => Some(32),
            Self::I8 => Some(7),
            Self::I16 => Some(15),
            Self::I32 => Some(31),
            Self::Packed(bits) => Some(u32::from(bits)),
            Self::F16 | Self::F32 | Self::F64 => None,
        }
    }

    /// Whether the samples are floats.
    pub(super) fn is_float(self) -> bool {
        self.bits().is_none()
    }
}
