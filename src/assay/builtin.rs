//! The definitions that come with the crate.

use super::definition::Assay;
use crate::error::{Error, Location, Result};

/// Name and text of each built-in definition, in the order in which they are listed.
const BUILTIN: [(&str, &str); 20] = [
    ("alk", include_str!("../../assays/alk.toml")),
    ("alk_two_stage", include_str!("../../assays/alk_two_stage.toml")),
    ("ros1", include_str!("../../assays/ros1.toml")),
    ("ret", include_str!("../../assays/ret.toml")),
    ("ntrk1", include_str!("../../assays/ntrk1.toml")),
    ("ntrk2", include_str!("../../assays/ntrk2.toml")),
    ("ntrk3", include_str!("../../assays/ntrk3.toml")),
    ("ewsr1", include_str!("../../assays/ewsr1.toml")),
    ("ss18", include_str!("../../assays/ss18.toml")),
    ("fus", include_str!("../../assays/fus.toml")),
    ("foxo1", include_str!("../../assays/foxo1.toml")),
    ("ddit3", include_str!("../../assays/ddit3.toml")),
    ("myc", include_str!("../../assays/myc.toml")),
    ("bcl2", include_str!("../../assays/bcl2.toml")),
    ("bcl6", include_str!("../../assays/bcl6.toml")),
    ("malt1", include_str!("../../assays/malt1.toml")),
    ("cbfb", include_str!("../../assays/cbfb.toml")),
    ("kmt2a", include_str!("../../assays/kmt2a.toml")),
    ("usp6", include_str!("../../assays/usp6.toml")),
    ("tfe3", include_str!("../../assays/tfe3.toml")),
];

impl Assay {
    /// Names of the built-in definitions.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// assert!(Assay::builtin_names().any(|name| name == "alk"));
    /// ```
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// The text of a built-in definition, by its name in upper or lower case: the template for a laboratory's own
    /// file.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; it lists the known ones.
    pub fn builtin_toml(name: &str) -> Result<&'static str> {
        BUILTIN
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, text)| *text)
            .ok_or_else(|| Error::unknown("assay", name, Self::builtin_names()))
    }

    /// A built-in definition, by its name in upper or lower case.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// assert_eq!(Assay::builtin("ROS1")?.id, "ros1");
    /// assert!(Assay::builtin("ros2").unwrap_err().to_string().contains("ros1"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownName`]; it lists the known ones.
    pub fn builtin(name: &str) -> Result<Self> {
        Self::from_toml(
            Self::builtin_toml(name)?,
            &Location::file(format!("assays/{}.toml", name.to_lowercase())),
        )
    }
}
