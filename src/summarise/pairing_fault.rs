//! Faults for which the pairs of red and green tell nothing.

use serde::{Deserialize, Serialize};

/// Why the pairs of a specimen tell nothing, so that no verdict can be given whatever the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PairingFault {
    /// One image was given for two channels.
    OneImage,
    /// The two colours leak into each other so much that every signal is seen in both.
    ColoursLeak,
    /// The chromatic shift that was given contradicts the pairs.
    ShiftContradicted,
    /// Split pairs point one way from red to green, in the specimen or in a field: the channels are shifted.
    SplitOneWay,
    /// Both copies are parted in most nuclei, of the specimen or of a field.
    AllParted,
    /// Fields were exposed very differently.
    FieldsUnlike,
    /// Many signals are cut off at the camera's limit, too low to tell how high they are.
    HeightsUnknown,
}

impl PairingFault {
    /// Why no verdict is given.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::OneImage => {
                "one image was given for two channels: nothing can be concluded from the counts"
            }
            Self::ColoursLeak => "red and green leak into each other: that they lie together tells nothing",
            Self::ShiftContradicted => {
                "the chromatic shift that was given contradicts the pairs: their distances tell nothing"
            }
            Self::SplitOneWay => {
                "split pairs point one way, as if green were shifted against red: that they lie apart tells nothing"
            }
            Self::AllParted => {
                "most nuclei with two copies, of the specimen or of a field, show neither intact: the channels may be shifted \
                 against each other"
            }
            Self::FieldsUnlike => {
                "fields were exposed so differently that signals of one may pass for noise beside those of another"
            }
            Self::HeightsUnknown => {
                "many signals are cut off at the camera's limit: what of the other colour is their crosstalk is not known"
            }
        }
    }

    /// What to do.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::OneImage => {
                "not evaluable: one image was given for two channels; check the files and the channels"
            }
            Self::ColoursLeak => {
                "not evaluable: red and green leak into each other; check filters, channels and file format"
            }
            Self::ShiftContradicted => {
                "not evaluable: the chromatic shift that was given contradicts the pairs; let it be estimated"
            }
            Self::SplitOneWay => {
                "not evaluable: green is shifted against red; register the channels of the fields that the warning names, leave \
                 these fields out, or give the shift if all have the same"
            }
            Self::AllParted => {
                "not evaluable: both copies are parted in most nuclei of the specimen or of a field; look whether red and green \
                 are shifted against each other, and register the channels or give the shift, or leave that field out"
            }
            Self::FieldsUnlike => {
                "not evaluable: fields were exposed very differently; read those that were exposed alike"
            }
            Self::HeightsUnknown => {
                "not evaluable: many signals are cut off at the camera's limit; acquire again with a shorter exposure"
            }
        }
    }
}
