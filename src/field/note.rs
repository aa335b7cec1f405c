//! Facts about how a field was read from its files.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ChannelRole;

/// A fact about how a field was read that its user should know. `channel` names the channel if the field was read
/// from one file for each channel, and is `None` if one file holds them all.
///
/// ```
/// use breakapart::FieldNote;
/// let note = FieldNote::StackProjected { channel: None, slices: 4 };
/// assert_eq!(note.to_string(), "the stack of 4 slices is read as one field");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldNote {
    /// A stack is read as one field: its planes are projections, in which signals at different depths may seem to touch.
    StackProjected {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
        /// Slices of the stack.
        slices: usize,
    },
    /// Each pixel has samples beyond the colours (alpha), which are not read.
    SamplesNotRead {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
        /// Samples of a pixel that are not read.
        samples: usize,
    },
    /// The file is a JPEG, whose compression may alter faint signals and edges.
    LossyCompression {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
    },
    /// The file is a JPEG that keeps its colours at half the resolution or less, so that red and green are not told apart in
    /// what is small.
    ColoursHalved {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
    },
    /// The caller's pixel size is used, and the file states another.
    PixelSizeOverridden {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
        /// Pixel size in the file, um.
        stated_um: f64,
        /// Pixel size of the caller, um.
        used_um: f64,
    },
    /// The pixel size is from the resolution tags of a plain TIFF, which seldom come from a microscope.
    PixelSizeFromTags {
        /// The channel whose file it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelRole>,
        /// Pixel size, um.
        pixel_um: f64,
    },
    /// The caller's channel map gives a channel another role than its name or emission wavelength states.
    ChannelContradicted {
        /// Index of the channel in the file, from 0.
        index: usize,
        /// Role in the channel map; the channel is read so.
        used: ChannelRole,
        /// Roles that the file states.
        stated: Vec<ChannelRole>,
    },
}

impl FieldNote {
    /// The channel that the note is about; `None` if it is about all channels of the field.
    #[must_use]
    pub fn channel(&self) -> Option<ChannelRole> {
        match self {
            Self::StackProjected { channel, .. }
            | Self::SamplesNotRead { channel, .. }
            | Self::LossyCompression { channel }
            | Self::ColoursHalved { channel }
            | Self::PixelSizeOverridden { channel, .. }
            | Self::PixelSizeFromTags { channel, .. } => *channel,
            Self::ChannelContradicted { used, .. } => Some(*used),
        }
    }

    /// The same note on the file of one channel.
    #[cfg(feature = "io")]
    pub(crate) fn of_channel(mut self, role: ChannelRole) -> Self {
        match &mut self {
            Self::StackProjected { channel, .. }
            | Self::SamplesNotRead { channel, .. }
            | Self::LossyCompression { channel }
            | Self::ColoursHalved { channel }
            | Self::PixelSizeOverridden { channel, .. }
            | Self::PixelSizeFromTags { channel, .. } => *channel = Some(role),
            // Its index is that of a file of several channels.
            Self::ChannelContradicted { .. } => {}
        }
        self
    }
}

impl fmt::Display for FieldNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChannelContradicted { .. } => {}
            other => {
                if let Some(channel) = other.channel() {
                    write!(f, "{channel}: ")?;
                }
            }
        }
        match self {
            Self::StackProjected { slices, .. } => {
                write!(f, "the stack of {slices} slices is read as one field")
            }
            Self::SamplesNotRead { samples: 1, .. } => {
                f.write_str("1 sample per pixel beyond the colours (alpha) is not read")
            }
            Self::SamplesNotRead { samples, .. } => {
                write!(f, "{samples} samples per pixel beyond the colours (alpha) are not read")
            }
            Self::LossyCompression { .. } => {
                f.write_str("JPEG compression is lossy: it may alter faint signals and edges")
            }
            Self::ColoursHalved { .. } => f.write_str("the JPEG keeps its colours at half the resolution"),
            Self::PixelSizeOverridden { stated_um, used_um, .. } => {
                write!(f, "the file states {stated_um} um per pixel; the supplied {used_um} um is used")
            }
            Self::PixelSizeFromTags { pixel_um, .. } => {
                write!(f, "the pixel size of {pixel_um} um is from the resolution tags of a plain TIFF")
            }
            Self::ChannelContradicted { index, used, stated } => {
                let stated: Vec<_> = stated.iter().map(|role| role.name()).collect();
                let stated = stated.join(" and ");
                write!(f, "channel {index} is read as {used}, as supplied; the file states {stated}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_keeps_its_figures_as_json() {
        let notes = [
            FieldNote::StackProjected { channel: None, slices: 4 },
            FieldNote::SamplesNotRead { channel: None, samples: 1 },
            FieldNote::LossyCompression { channel: None },
            FieldNote::ColoursHalved { channel: None },
            FieldNote::PixelSizeOverridden { channel: None, stated_um: 0.1, used_um: 0.25 },
            FieldNote::PixelSizeFromTags { channel: None, pixel_um: 0.1 },
            FieldNote::ChannelContradicted {
                index: 2,
                used: ChannelRole::Red,
                stated: vec![ChannelRole::Green],
            },
        ];
        for note in notes {
            let text = serde_json::to_string(&note).expect("JSON");
            assert!(text.starts_with("{\"note\":\""), "{text}");
            assert_eq!(serde_json::from_str::<FieldNote>(&text).expect("read back"), note);
            let of_red = note.clone().of_channel(ChannelRole::Red);
            assert_eq!(of_red.channel(), Some(ChannelRole::Red));
        }
        let lossy = FieldNote::LossyCompression { channel: Some(ChannelRole::Green) };
        assert_eq!(
            serde_json::to_string(&lossy).expect("JSON"),
            r#"{"note":"lossy_compression","channel":"green"}"#
        );
        assert!(lossy.to_string().starts_with("green: JPEG"));
    }
}
