//! Which channel is the counterstain, the red and the green probe: by name, by emission wavelength, or by the user's
//! map. Never by position.

use std::fmt;
use std::str::FromStr;

use super::channel::Channel;
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, FieldNote};

mod names;

pub(super) use names::roles_of_name;

/// The key of a role in a channel map and in messages about it.
pub(super) fn map_key(role: ChannelRole) -> &'static str {
    match role {
        ChannelRole::Counterstain => "dapi",
        ChannelRole::Red => "red",
        ChannelRole::Green => "green",
    }
}

/// Emission bands in nanometres that leave no doubt. DAPI and Hoechst emit at 461, `SpectrumGreen` at 524,
/// FITC at 519, Cy3 at 570, `SpectrumOrange` at 588, Texas Red at 615 nm (the makers' data sheets); filters
/// are some 20 nm wide on either side. Between the bands lie aqua, gold and yellow labels, beyond them the
/// far red ones.
fn emission_band_nm(role: ChannelRole) -> std::ops::RangeInclusive<f64> {
    match role {
        ChannelRole::Counterstain => 430.0..=490.0,
        ChannelRole::Green => 500.0..=545.0,
        ChannelRole::Red => 560.0..=650.0,
    }
}

fn role_of_emission(nm: f64) -> Option<ChannelRole> {
    ChannelRole::ALL.into_iter().find(|&role| emission_band_nm(role).contains(&nm))
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
    pub(super) fn indices(self) -> [usize; 3] {
        [self.counterstain, self.red, self.green]
    }

    /// Checks that the indices name three different channels of a file that has `channels`.
    pub(super) fn check(self, channels: &[Channel], location: &Location) -> Result<Self> {
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
    pub(super) fn contradictions(self, channels: &[Channel]) -> Vec<FieldNote> {
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

    fn distinct(self) -> Result<Self> {
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
        let mut indices = [None; 3];
        for part in text.split(',') {
            let (key, value) = part.split_once('=').ok_or_else(wrong)?;
            let role = match key.trim().to_lowercase().as_str() {
                "dapi" | "counterstain" => ChannelRole::Counterstain,
                "red" | "orange" => ChannelRole::Red,
                "green" => ChannelRole::Green,
                _ => return Err(wrong()),
            };
            let index = value.trim().parse().map_err(|_| wrong())?;
            if indices[role as usize].replace(index).is_some() {
                return Err(wrong());
            }
        }
        let [Some(counterstain), Some(red), Some(green)] = indices else { return Err(wrong()) };
        Self { counterstain, red, green }.distinct()
    }
}

/// Channels in words: `3 channels: 0 "DAPI" (emission 461 nm), 1 ...`.
pub(super) fn list(channels: &[Channel]) -> String {
    let describe = |(index, channel): (usize, &Channel)| {
        let name = channel.name.as_ref().or(channel.fluor.as_ref());
        let name = name.map_or_else(|| "without a name".to_owned(), |name| format!("\"{name}\""));
        let emission = channel.emission_nm.map_or_else(String::new, |nm| format!(" (emission {nm} nm)"));
        format!("{index} {name}{emission}")
    };
    let plural = if channels.len() == 1 { "channel" } else { "channels" };
    let words: Vec<_> = channels.iter().enumerate().map(describe).collect();
    format!("{} {plural}: {}", channels.len(), words.join(", "))
}

/// The roles of a channel by its name, else by its emission. Several roles mean that the two contradict each other, or
/// that the name names several.
fn roles_of(channel: &Channel) -> Vec<ChannelRole> {
    let emission = channel.emission_nm.and_then(role_of_emission);
    let texts = [&channel.name, &channel.fluor];
    let named: Vec<_> = texts.into_iter().flatten().filter_map(|text| roles_of_name(text)).collect();
    let mut roles: Vec<ChannelRole> = if named.is_empty() {
        emission.into_iter().collect()
    } else {
        let roles: Vec<ChannelRole> = named.concat();
        // A known label without a role stays without one, whatever its emission.
        let contradiction = emission.filter(|_| !roles.is_empty());
        roles.into_iter().chain(contradiction).collect()
    };
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Decides which channel is which.
///
/// # Errors
/// [`Error::Undecided`] unless each role has exactly one channel; it lists the channels.
pub(super) fn decide(channels: &[Channel], location: &Location) -> Result<ChannelMap> {
    let mut roles: Vec<Vec<ChannelRole>> = channels.iter().map(roles_of).collect();
    // A picture through a filter for several labels is none of the three, if they are there.
    let is_told = |role: &ChannelRole| roles.iter().filter(|own| own.as_slice() == [*role]).count() == 1;
    if ChannelRole::ALL.iter().all(is_told) {
        roles.iter_mut().filter(|own| own.len() > 1).for_each(Vec::clear);
    }
    let mut indices = [0; 3];
    for role in ChannelRole::ALL {
        let matches: Vec<usize> = (0..channels.len()).filter(|&i| roles[i].contains(&role)).collect();
        let question = match matches.as_slice() {
            [index] if roles[*index].len() == 1 => {
                indices[role as usize] = *index;
                continue;
            }
            [] if channels.iter().all(is_unnamed) => "the channels have no names".to_owned(),
            [] => format!("the file has no {role} channel"),
            [index] => format!("name and emission of channel {index} state {}", list_roles(&roles[*index])),
            several => {
                let indices: Vec<_> = several.iter().map(ToString::to_string).collect();
                format!("channels {} are {role}", indices.join(" and "))
            }
        };
        let remedy = if matches.is_empty() && !channels.iter().all(is_unnamed) {
            format!("was it exported? If it has another name, {BY_INDEX}")
        } else {
            BY_INDEX.to_owned()
        };
        return Err(Error::Undecided { location: location.clone(), question, found: list(channels), remedy });
    }
    let [counterstain, red, green] = indices;
    Ok(ChannelMap { counterstain, red, green })
}

/// How a user says which channel is which.
const BY_INDEX: &str = "name the channels by index, such as channels = dapi=0,red=1,green=2 (--channels)";

fn is_unnamed(channel: &Channel) -> bool {
    channel.name.is_none() && channel.fluor.is_none() && channel.emission_nm.is_none()
}

fn list_roles(roles: &[ChannelRole]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests;
