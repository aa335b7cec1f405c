//! Candidates that are no signals, each with the reason.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::decide::Model;
use crate::detect::sorting::Part;
use crate::words::words;

/// From this share of the height of the specimen's signals on, a candidate that is no signal is not simply too faint.
/// Signals of half the usual height are still common: doublets that parted, and probes that bound in part.
const AS_HIGH_AS_SIGNALS: f64 = 0.5;

/// Whether what is no signal would pass for one by its height, given that of signals.
pub(crate) fn is_as_high_as_signals(amplitude: f64, signals: f64) -> bool {
    amplitude >= AS_HIGH_AS_SIGNALS * signals
}

/// Why a candidate in a nucleus is no signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// Less high than half the specimen's signals: noise, texture or unspecific probe.
    Faint,
    /// As high as signals, but of another width or at a height and place that signals do not have: debris or speckle.
    UnlikeSignals,
    /// At one place in both probe channels and unlike a fused pair: debris with light of its own.
    InBothChannels,
    /// What a signal of the other colour leaks into this channel.
    Crosstalk,
}

impl Rejection {
    /// The reason for a candidate of a nucleus that was sorted as `part`; `None` for a signal.
    pub(crate) fn of(part: Part, candidate: &Candidate, colour: Colour, model: &Model) -> Option<Self> {
        match part {
            Part::Signal => None,
            Part::InBothChannels => Some(Self::InBothChannels),
            Part::Ghost => Some(Self::Crosstalk),
            Part::False if !is_as_high_as_signals(candidate.amplitude, model.height(colour)) => {
                Some(Self::Faint)
            }
            Part::False => Some(Self::UnlikeSignals),
        }
    }
}

/// A candidate in a nucleus that is no signal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RejectedCandidate {
    /// Its colour.
    pub colour: Colour,
    /// Nucleus in which it lies.
    pub nucleus_id: u32,
    /// Place (row), px.
    pub y_px: f64,
    /// Place (column), px.
    pub x_px: f64,
    /// Height above the local background, grey levels.
    pub amplitude: f64,
    /// Why it is no signal.
    pub reason: Rejection,
}

words!(Rejection, "reason against a candidate", {
    Faint => "faint",
    UnlikeSignals => "unlike_signals",
    InBothChannels => "in_both_channels",
    Crosstalk => "crosstalk",
});
