//! Why a candidate is not a signal.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::resolve::explanations::CandidateKind;
use crate::resolve::model::SpecimenModel;
use crate::words::words;

/// Share of the height of the signals from which a rejected candidate is not simply too faint. Signals of half the usual
/// height are still common: halves of doublets, and probes that bound in part.
const AS_HIGH_AS_SIGNALS: f64 = 0.5;

/// Whether a rejected candidate is as high as signals of this height.
pub(crate) fn is_as_high_as_signals(amplitude: f64, signal_height: f64) -> bool {
    amplitude >= AS_HIGH_AS_SIGNALS * signal_height
}

/// Why a candidate in a nucleus is not a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// Below half the height of the specimen's signals: noise, texture or unspecific probe.
    Faint,
    /// As high as signals, but with another width, or a height and place that signals do not have: debris or speckle.
    UnlikeSignals,
    /// At one place in both probe channels and unlike a fused pair: debris with light of its own.
    InBothChannels,
    /// Light of a signal of the other colour.
    Crosstalk,
}

words!(Rejection, "reason against a candidate", {
    Faint => "faint",
    UnlikeSignals => "unlike_signals",
    InBothChannels => "in_both_channels",
    Crosstalk => "crosstalk",
});

impl Rejection {
    /// The reason for a candidate of this kind; `None` for a signal.
    pub(crate) fn of(
        kind: CandidateKind,
        candidate: &Candidate,
        colour: Colour,
        model: &SpecimenModel,
    ) -> Option<Self> {
        match kind {
            CandidateKind::Signal => None,
            CandidateKind::Coincident => Some(Self::InBothChannels),
            CandidateKind::Crosstalk => Some(Self::Crosstalk),
            CandidateKind::Background
                if !is_as_high_as_signals(candidate.amplitude, model.height(colour)) =>
            {
                Some(Self::Faint)
            }
            CandidateKind::Background => Some(Self::UnlikeSignals),
        }
    }
}

/// A candidate in a nucleus that is not a signal.
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
    /// Why it is not a signal.
    pub reason: Rejection,
}
