//! Decides which channel is which by what the file states.

use super::map::ChannelMap;
use super::stated::{list, roles_of};
use crate::error::{Error, Location, Result};
use crate::field::ChannelRole;
use crate::io::channel::Channel;

/// Decides which channel is which.
///
/// # Errors
/// [`Error::Undecided`] unless each role has exactly one channel; it lists the channels.
pub(in crate::io) fn decide(channels: &[Channel], location: &Location) -> Result<ChannelMap> {
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
pub(in crate::io) const BY_INDEX: &str =
    "name the channels by index, such as channels = dapi=0,red=1,green=2 (--channels)";

fn is_unnamed(channel: &Channel) -> bool {
    channel.name.is_none() && channel.fluor.is_none() && channel.emission_nm.is_none()
}

fn list_roles(roles: &[ChannelRole]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    names.join(" and ")
}
