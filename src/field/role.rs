//! The three channels of a field.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The role of a channel in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelRole {
    /// The counterstain (DAPI, Hoechst): the nuclei.
    Counterstain,
    /// The red probe.
    Red,
    /// The green probe.
    Green,
}

impl ChannelRole {
    /// All roles, in the order of the planes of a field.
    pub const ALL: [Self; 3] = [Self::Counterstain, Self::Red, Self::Green];

    /// The name in reports and messages.
    ///
    /// ```
    /// use breakapart::ChannelRole;
    /// assert_eq!(ChannelRole::ALL.map(ChannelRole::name), ["counterstain", "red", "green"]);
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counterstain => "counterstain",
            Self::Red => "red",
            Self::Green => "green",
        }
    }
}

impl fmt::Display for ChannelRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
