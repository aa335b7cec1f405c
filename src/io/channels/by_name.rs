//! Which channel is which, by the names that the user gives.

use std::fmt;
use std::str::FromStr;

use super::map::{ChannelMap, by_role, map_key};
use super::stated::list;
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::io::channel::Channel;

/// The names of the channels of files, where they are none of the known ones.
///
/// ```
/// use breakapart::io::ChannelNames;
/// let names: ChannelNames = "dapi=Nuclei 1,red=5'ALK,green=3'ALK".parse()?;
/// assert_eq!(names.red, "5'ALK");
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelNames {
    /// Name of the counterstain (DAPI) channel.
    pub counterstain: String,
    /// Name of the red (orange) probe channel.
    pub red: String,
    /// Name of the green probe channel.
    pub green: String,
}

impl ChannelNames {
    fn each(&self) -> [&str; 3] {
        [&self.counterstain, &self.red, &self.green]
    }

    /// The channels of these names, in any case.
    ///
    /// # Errors
    /// [`Error::Undecided`] unless each name is that of one channel; it lists the channels.
    pub(in crate::io) fn find(&self, channels: &[Channel], location: &Location) -> Result<ChannelMap> {
        let mut indices = [0; 3];
        for (role, wanted) in ChannelRole::ALL.into_iter().zip(self.each()) {
            let is_wanted = |channel: &Channel| {
                let names = [&channel.name, &channel.fluor];
                names
                    .into_iter()
                    .flatten()
                    .any(|name| name.trim().to_lowercase() == wanted.trim().to_lowercase())
            };
            let matches: Vec<usize> = (0..channels.len()).filter(|&i| is_wanted(&channels[i])).collect();
            let &[index] = matches.as_slice() else {
                let count = if matches.is_empty() { "no channel is" } else { "several channels are" };
                return Err(Error::Undecided {
                    location: location.clone(),
                    question: format!("{count} named `{wanted}`, as the {} channel should be", map_key(role)),
                    found: list(channels),
                    remedy:
                        "give a name of those found, or the index, such as --channels dapi=0,red=1,green=2"
                            .to_owned(),
                });
            };
            indices[role as usize] = index;
        }
        let [counterstain, red, green] = indices;
        ChannelMap { counterstain, red, green }.distinct()
    }
}

impl fmt::Display for ChannelNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dapi={},red={},green={}", self.counterstain, self.red, self.green)
    }
}

impl FromStr for ChannelNames {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::parameter("channels", text, "dapi=NAME,red=NAME,green=NAME, each once");
        let [counterstain, red, green] = by_role(text).ok_or_else(wrong)?.map(ToOwned::to_owned);
        let names = Self { counterstain, red, green };
        if names.each().contains(&"") { Err(wrong()) } else { Ok(names) }
    }
}
