//! How to read image files.

use super::channels::{ChannelMap, ChannelNames};
use crate::error::Result;
use crate::range::ParameterRange;
use crate::units::PixelSize;

/// How to read image files.
///
/// ```
/// use breakapart::PixelSize;
/// use breakapart::io::ReadOptions;
/// let mut options = ReadOptions::default();
/// options.channels = Some("dapi=0,red=1,green=2".parse()?);
/// options.pixel_size = Some(PixelSize::from_um(0.1)?);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Which channel of a file is which. Default: `None`, decided by names and emission wavelengths. Of a field in several
    /// files it counts the files, unless their names say what they hold.
    pub channels: Option<ChannelMap>,
    /// The names of the channels, where they are none of the known ones. Default: `None`. [`Self::channels`] takes
    /// precedence.
    pub channel_names: Option<ChannelNames>,
    /// Which image of a file that holds several, from 0: images of an OME-TIFF, time points, or pages of different sizes.
    /// Default: `None`, and such a file is an error that lists them.
    pub series: Option<usize>,
    /// Size of a pixel. Default: `None`, as the file states. It takes precedence over the file.
    pub pixel_size: Option<PixelSize>,
    /// Distance between the slices of a stack, um. Default: `None`, as the file states. It takes precedence over the file.
    /// Range [`Z_STEP_UM`](Self::Z_STEP_UM).
    pub z_step_um: Option<f64>,
    /// Most bytes that the decoded planes of one file may take: those kept and, of a stack, as many again for
    /// the slice being read; also the most for one strip or tile. Range: any. Default: 8 GiB, which is a field of
    /// three 16-bit channels of 37,000 x 37,000 px.
    pub max_decoded_bytes: u64,
}

impl ReadOptions {
    /// Range of [`z_step_um`](Self::z_step_um): stacks for FISH have 0.2 to 1 um.
    pub const Z_STEP_UM: ParameterRange = ParameterRange::new(0.01, 20.0);

    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the name of the value out of range.
    pub fn validate(&self) -> Result<()> {
        self.z_step_um.map_or(Ok(()), |um| Self::Z_STEP_UM.check("z_step_um", um))
    }
}

/// Whether a distance between slices, um, is one that a stack can have: some programs write 0 or 1e6.
pub(super) fn is_z_step(um: f64) -> bool {
    ReadOptions::Z_STEP_UM.contains(um)
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            channels: None,
            channel_names: None,
            series: None,
            pixel_size: None,
            z_step_um: None,
            max_decoded_bytes: 8 << 30,
        }
    }
}
