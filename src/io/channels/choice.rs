//! Which channel is which, as the user says it: by index or by name.

use std::fmt;
use std::str::FromStr;

use super::by_name::ChannelNames;
use super::map::ChannelMap;
use crate::error::{Error, Result};
use crate::io::options::ReadOptions;

/// Which channel is which, by indices or by the names in the files.
///
/// ```
/// use breakapart::io::{ChannelChoice, ReadOptions};
/// let mut options = ReadOptions::default();
/// "dapi=2,red=0,green=1".parse::<ChannelChoice>()?.apply(&mut options);
/// assert_eq!(options.channels.unwrap().counterstain, 2);
/// "dapi=CH3,red=CH1,green=CH2".parse::<ChannelChoice>()?.apply(&mut options);
/// assert_eq!(options.channel_names.unwrap().red, "CH1");
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelChoice {
    /// By index.
    Map(ChannelMap),
    /// By name.
    Names(ChannelNames),
}

impl ChannelChoice {
    /// The choice of these options, if there is one.
    #[must_use]
    pub fn of(options: &ReadOptions) -> Option<Self> {
        let map = options.channels.map(Self::Map);
        map.or_else(|| options.channel_names.clone().map(Self::Names))
    }

    /// Sets the options to this choice alone.
    pub fn apply(self, options: &mut ReadOptions) {
        (options.channels, options.channel_names) = match self {
            Self::Map(map) => (Some(map), None),
            Self::Names(names) => (None, Some(names)),
        };
    }
}

impl fmt::Display for ChannelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(map) => map.fmt(f),
            Self::Names(names) => names.fmt(f),
        }
    }
}

impl FromStr for ChannelChoice {
    type Err = Error;

    /// Indices if each of the three is a number, else names. An error is that of the kind that was meant.
    fn from_str(text: &str) -> Result<Self> {
        let map = text.parse::<ChannelMap>();
        let values = text.split(',').filter_map(|part| part.split_once('=')).map(|(_, value)| value.trim());
        let are_numbers =
            values.clone().count() > 0 && values.clone().all(|value| value.parse::<usize>().is_ok());
        match map {
            Ok(map) => Ok(Self::Map(map)),
            Err(error) if are_numbers => Err(error),
            Err(error) => text.parse().map(Self::Names).map_err(|_| error),
        }
    }
}
