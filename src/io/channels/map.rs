//! Which channel is which, by index.

use std::fmt;
use std::str::FromStr;

use super::stated::{list, roles_of};
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, FieldNote};
use crate::io::channel::Channel;

/// The key of a role in a channel map and in messages about it.
pub(in crate::io) fn map_key(role: ChannelRole) -> &'static str {
    match role {
        ChannelRole::Counterstain => "dapi",
        ChannelRole::Red => "red",
        ChannelRole::Green => "green",
    }
}

/// Which channel is which, by index from 0.
///
/// ```
/// use breakapart::io::ChannelMap;
/// let map: ChannelMap = "dapi=2,red=0,green=1".parse()?;
/// assert_eq!((map.counterstain, map.red, map.green), (2, 0, 1));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelMap {
    /// Index of the counterstain (DAPI) channel.
    pub counterstain: usize,
    /// Index of the red (orange) probe channel.
    pub red: usize,
    /// Index of the green probe channel.
    pub green: usize,
}

impl ChannelMap {
    pub(in crate::io) fn indices(self) -> [usize; 3] {
        [self.counterstain, self.red, self.green]
    }

    /// Checks that the indices name three different channels of a file that has `channels`.
    pub(in crate::io) fn check(self, channels: &[Channel], location: &Location) -> Result<Self> {
        for (role, index) in ChannelRole::ALL.into_iter().zip(self.indices()) {
            if index >= channels.len() {
                let allowed =
                    format!("0 to {} in {location}, which has {}", channels.len().max(1) - 1, list(channels));
                return Err(Error::parameter(format!("channels: {}", map_key(role)), index, allowed));
            }
        }
        self.distinct()
    }

    /// The channels whose role here is none of those that the file states by name or emission.
    pub(in crate::io) fn contradictions(self, channels: &[Channel]) -> Vec<FieldNote> {
        let supplied = ChannelRole::ALL.into_iter().zip(self.indices());
        let contradicted = supplied.filter_map(|(used, index)| {
            let stated = roles_of(channels.get(index)?);
            (!stated.is_empty() && !stated.contains(&used)).then_some(FieldNote::ChannelContradicted {
                index,
                used,
                stated,
            })
        });
        contradicted.collect()
    }

    pub(super) fn distinct(self) -> Result<Self> {
        let [counterstain, red, green] = self.indices();
        if counterstain == red || red == green || green == counterstain {
            return Err(Error::parameter("channels", self, "three different channels"));
        }
        Ok(self)
    }
}

impl fmt::Display for ChannelMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dapi={},red={},green={}", self.counterstain, self.red, self.green)
    }
}

impl FromStr for ChannelMap {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::parameter("channels", text, "dapi=N,red=N,green=N, each once, counted from 0");
        let [counterstain, red, green] = by_role(text).ok_or_else(wrong)?.map(str::parse);
        let (Ok(counterstain), Ok(red), Ok(green)) = (counterstain, red, green) else { return Err(wrong()) };
        Self { counterstain, red, green }.distinct()
    }
}

/// The values of `dapi=,red=,green=`, in the order of roles, if each stands there once.
pub(super) fn by_role(text: &str) -> Option<[&str; 3]> {
    let mut values = [None; 3];
    for part in text.split(',') {
        let (key, value) = part.split_once('=')?;
        let role = match key.trim().to_lowercase().as_str() {
            "dapi" | "counterstain" => ChannelRole::Counterstain,
            "red" | "orange" => ChannelRole::Red,
            "green" => ChannelRole::Green,
            _ => return None,
        };
        if values[role as usize].replace(value.trim()).is_some() {
            return None;
        }
    }
    let [Some(counterstain), Some(red), Some(green)] = values else { return None };
    Some([counterstain, red, green])
}
