//! Which channel is the counterstain, which the red and which the green probe: by name, by emission
//! wavelength, or as the user says. Never by position.

use std::fmt;
use std::str::FromStr;

use super::image_file::Channel;
use crate::error::{Error, Location, Result};

mod names;

pub(super) use names::roles_of_name;

/// What a channel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Counterstain,
    Red,
    Green,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Counterstain, Self::Red, Self::Green];

    /// The word for it in a channel map and in messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Counterstain => "dapi",
            Self::Red => "red",
            Self::Green => "green",
        }
    }

    /// Emission bands in nanometres that leave no doubt. DAPI and Hoechst emit at 461, `SpectrumGreen` at 524,
    /// FITC at 519, Cy3 at 570, `SpectrumOrange` at 588, Texas Red at 615 nm (the makers' data sheets); filters
    /// are some 20 nm wide on either side. Between the bands lie aqua, gold and yellow labels, beyond them the
    /// far red ones.
    fn emission_nm(self) -> std::ops::RangeInclusive<f64> {
        match self {
            Self::Counterstain => 430.0..=490.0,
            Self::Green => 500.0..=545.0,
            Self::Red => 560.0..=650.0,
        }
    }

    fn of_emission(nm: f64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.emission_nm().contains(&nm))
    }
}

/// The user's word on which channel is which, by index from 0.
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
        for (role, index) in Role::ALL.into_iter().zip(self.indices()) {
            if index >= channels.len() {
                let allowed =
                    format!("0 to {} in {location}, which has {}", channels.len().max(1) - 1, list(channels));
                return Err(Error::parameter(format!("channels: {}", role.word()), index, allowed));
            }
        }
        self.distinct()
    }

    /// Where what was given is not what the file says of a channel by name or emission.
    pub(super) fn contradictions(self, channels: &[Channel]) -> Vec<String> {
        let given = Role::ALL.into_iter().zip(self.indices());
        let told = given.filter_map(|(role, index)| {
            let roles = roles_of(channels.get(index)?);
            let says: Vec<_> = roles.iter().map(|role| role.word()).collect();
            (!roles.is_empty() && !roles.contains(&role)).then(|| {
                let (role, says) = (role.word(), says.join(" and "));
                format!(
                    "channel {index} was given as {role} and is read so, but the file says that it is {says}"
                )
            })
        });
        told.collect()
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
                "dapi" | "counterstain" => Role::Counterstain,
                "red" | "orange" => Role::Red,
                "green" => Role::Green,
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

/// The roles that a channel may have: what its name says, else what its emission says. More than one role
/// means that the two contradict each other, or that the name names several.
fn roles_of(channel: &Channel) -> Vec<Role> {
    let emission = channel.emission_nm.and_then(Role::of_emission);
    let texts = [&channel.name, &channel.fluor];
    let named: Vec<_> = texts.into_iter().flatten().filter_map(|text| roles_of_name(text)).collect();
    let mut roles: Vec<Role> = if named.is_empty() {
        emission.into_iter().collect()
    } else {
        let roles: Vec<Role> = named.concat();
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
/// [`Error::Undecided`] unless each role has exactly one channel; it lists what was found.
pub(super) fn decide(channels: &[Channel], location: &Location) -> Result<ChannelMap> {
    let roles: Vec<Vec<Role>> = channels.iter().map(roles_of).collect();
    let undecided = |question: String| Error::Undecided {
        location: location.clone(),
        question,
        found: list(channels),
        remedy: "say it by channel index, such as channels = dapi=0,red=1,green=2 (--channels)".to_owned(),
    };
    let mut indices = [0; 3];
    for role in Role::ALL {
        let matches: Vec<usize> = (0..channels.len()).filter(|&i| roles[i].contains(&role)).collect();
        indices[role as usize] = match matches.as_slice() {
            [index] if roles[*index].len() == 1 => *index,
            [] => return Err(undecided(format!("which channel is {}: none matches", role.word()))),
            [index] => {
                let words: Vec<_> = roles[*index].iter().map(|role| role.word()).collect();
                let words = words.join(" and ");
                return Err(undecided(format!("what channel {index} is: its name and emission say {words}")));
            }
            several => {
                let words: Vec<_> = several.iter().map(ToString::to_string).collect();
                return Err(undecided(format!(
                    "which channel is {}: {} match",
                    role.word(),
                    words.join(" and ")
                )));
            }
        };
    }
    let [counterstain, red, green] = indices;
    Ok(ChannelMap { counterstain, red, green })
}

#[cfg(test)]
mod tests;
