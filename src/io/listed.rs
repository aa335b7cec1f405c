//! The channels of a field in a file for each, whose names do not say which is which.

use std::path::Path;

use super::channel::Channel;
use super::channels::{self, BY_INDEX};
use super::decided::supplied_map;
use super::image_file::ImageFile;
use super::names::file_name;
use super::options::ReadOptions;
use super::purpose::Purpose;
use crate::error::{Error, Location, Result};

/// Which of the files is the counterstain, the red and the green probe. Each comes with the name of its channel. The caller's map counts the files. Without one, the channel
/// that each file states counts, and otherwise its name.
///
/// # Errors
/// [`Error::Undecided`] if it is not clear which file is which; it lists the files.
pub(super) fn three_of_listed<'a>(
    name: &str,
    files: &[(&str, &'a Path)],
    options: &ReadOptions,
) -> Result<[&'a Path; 3]> {
    let location = files.first().map(|(_, path)| Location::file(path)).unwrap_or_default();
    let named: Vec<Channel> = files.iter().map(|(channel, path)| named_by_file(channel, path)).collect();
    if let Some(map) = supplied_map(&named, &location, options)? {
        return Ok(map.indices().map(|index| files[index].1));
    }
    let stated: Option<Vec<Channel>> = files.iter().map(|(_, path)| stated(path, options)).collect();
    let by_content = stated.and_then(|channels| channels::decide(&channels, &location).ok());
    let labels: Vec<Channel> = files.iter().map(|(channel, _)| only_named(channel)).collect();
    let Some(map) = by_content.or_else(|| channels::decide(&labels, &location).ok()) else {
        return Err(undecided(name, &named, location));
    };
    Ok(map.indices().map(|index| files[index].1))
}

fn only_named(name: &str) -> Channel {
    Channel { name: Some(name.to_owned()), ..Channel::default() }
}

/// A channel that is known by its name, with the file in the place of the dye for messages.
fn named_by_file(channel: &str, path: &Path) -> Channel {
    let (channel, file) = (channel.to_owned(), file_name(path));
    Channel { name: Some(format!("{channel} in {file}")), fluor: Some(channel), ..Channel::default() }
}

/// The only channel of a file, as the file describes it.
fn stated(path: &Path, options: &ReadOptions) -> Option<Channel> {
    let mut file = ImageFile::open(path, options, Purpose::Channel).ok()?;
    let channel = file.layout.channels.pop()?;
    file.layout.channels.is_empty().then_some(channel)
}

fn undecided(name: &str, named: &[Channel], location: Location) -> Error {
    Error::Undecided {
        location,
        question: format!("the files of field `{name}` do not say which channel each of them holds"),
        found: channels::list(named),
        remedy: format!(
            "{BY_INDEX}, in this order; or name the files by their channels (_DAPI, _RED, _GREEN)"
        ),
    }
}
