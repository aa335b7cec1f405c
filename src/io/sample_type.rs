//! Sample types of image files.

/// Sample types that this crate keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleType {
    U8,
    U16,
    /// Signed. Kept as unsigned where no sample of a plane is below zero, else as floats, which hold them all.
    I16,
    F32,
}

impl SampleType {
    /// Bytes of one sample.
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::F32 => 4,
        }
    }

    /// Bits of one unsigned sample; `None` for floats.
    pub(super) fn bits(self) -> Option<u32> {
        match self {
            Self::U8 => Some(8),
            Self::U16 => Some(16),
            Self::I16 => Some(15),
            Self::F32 => None,
        }
    }
}
