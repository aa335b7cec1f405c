//! Where an instrument property comes from: estimated, disabled or supplied.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::range::ParameterRange;

/// Where an instrument property comes from.
///
/// In files it is the word `estimate`, the word `off`, or the value itself.
///
/// ```
/// use breakapart::Setting;
/// #[derive(serde::Deserialize)]
/// struct Crosstalk {
///     red_into_green: Setting<f64>,
///     green_into_red: Setting<f64>,
/// }
/// let read: Crosstalk = toml::from_str("red_into_green = 0.12\ngreen_into_red = \"off\"")?;
/// assert_eq!(read.red_into_green, Setting::Supplied(0.12));
/// assert_eq!(read.green_into_red, Setting::Off);
/// assert_eq!("estimate".parse::<Setting<f64>>()?, Setting::Estimate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// Estimated from the specimen, and used if the specimen supports it.
    #[default]
    Estimate,
    /// Neither estimated nor corrected for.
    Off,
    /// Known: used as supplied, however small.
    Supplied(T),
}

impl<T> Setting<T> {
    /// The value, if it was supplied.
    pub fn supplied(self) -> Option<T> {
        match self {
            Self::Supplied(value) => Some(value),
            Self::Estimate | Self::Off => None,
        }
    }

    /// The same setting for another property of that value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Self::Estimate => Setting::Estimate,
            Self::Off => Setting::Off,
            Self::Supplied(value) => Setting::Supplied(f(value)),
        }
    }
}

impl Setting<f64> {
    /// Checks a supplied value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the value.
    pub(crate) fn check(self, name: &str, range: ParameterRange) -> Result<()> {
        match self {
            Self::Supplied(value) if !range.contains(value) => {
                Err(Error::parameter(name, value, format!("estimate, off, or {range}")))
            }
            _ => Ok(()),
        }
    }
}

impl<T: FromStr> FromStr for Setting<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> std::result::Result<Self, T::Err> {
        Ok(match text {
            "estimate" => Self::Estimate,
            "off" => Self::Off,
            value => Self::Supplied(value.parse()?),
        })
    }
}

/// The two words.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Estimate,
    Off,
}

/// What stands in files.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"estimate\", \"off\" or a value of the documented form")]
enum Written<T> {
    Word(Word),
    Value(T),
}

impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Estimate => Written::Word(Word::Estimate),
            Self::Off => Written::Word(Word::Off),
            Self::Supplied(value) => Written::Value(value),
        }
        .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(Word::Estimate) => Self::Estimate,
            Written::Word(Word::Off) => Self::Off,
            Written::Value(value) => Self::Supplied(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_as_it_was_written_and_nothing_else_is() {
        for setting in [Setting::Estimate, Setting::Off, Setting::Supplied([1.5, -2.0])] {
            let text = serde_json::to_string(&setting).unwrap();
            assert_eq!(serde_json::from_str::<Setting<[f64; 2]>>(&text).unwrap(), setting, "{text}");
        }
        for wrong in ["\"on\"", "true", "[1.0]"] {
            let error = serde_json::from_str::<Setting<[f64; 2]>>(wrong).unwrap_err().to_string();
            assert!(error.contains("estimate"), "{wrong}: {error}");
        }
        assert!("on".parse::<Setting<f64>>().is_err());
    }

    #[test]
    fn a_supplied_value_out_of_range_is_refused_by_name() {
        assert!(Setting::Supplied(0.5).check("share", ParameterRange::new(0.0, 1.0)).is_ok());
        assert!(Setting::<f64>::Off.check("share", ParameterRange::new(0.0, 1.0)).is_ok());
        for value in [1.5, f64::NAN] {
            let error = Setting::Supplied(value)
                .check("share", ParameterRange::new(0.0, 1.0))
                .unwrap_err()
                .to_string();
            assert!(error.contains("share"), "{error}");
        }
    }
}
