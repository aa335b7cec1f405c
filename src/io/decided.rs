//! A file of which it is decided which channel is which.

use std::path::Path;

use super::channel::Channel;
use super::channels::{self, BY_INDEX, ChannelMap};
use super::image_file::ImageFile;
use super::options::ReadOptions;
use super::purpose::Purpose;
use super::stated::Stated;
use crate::error::{Error, Location, Result};

/// A file of all channels, of which it is decided which channel is which. No pixel is decoded yet.
#[derive(Debug)]
pub(super) struct DecidedFile {
    pub(super) file: ImageFile,
    pub(super) map: ChannelMap,
    is_supplied: bool,
}

impl DecidedFile {
    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Self> {
        let file = ImageFile::open(path, options, Purpose::Field)?;
        let supplied = supplied_map(&file.layout.channels, &file.location, options)?;
        let map = match supplied {
            Some(map) => map,
            None if file.layout.rgb => ChannelMap { counterstain: 2, red: 0, green: 1 },
            None => channels::decide(&file.layout.channels, &file.location)
                .map_err(|error| with_slices(error, &file.layout.channels))?,
        };
        Ok(Self { file, map, is_supplied: supplied.is_some() })
    }

    /// Whether only the colours of a picture say which channel is which: then they must differ.
    pub(super) fn is_decided_by_colours(&self) -> bool {
        !self.is_supplied && self.file.layout.rgb
    }

    /// A picture whose three colours are the same image is no field.
    pub(super) fn equal_colours(&self) -> Error {
        undecided_colours(&self.file, "the three colours are the same image")
    }

    /// The facts that the file states, and the caller's channel map where it contradicts them.
    pub(super) fn stated(&mut self, options: &ReadOptions) -> Stated {
        let mut stated = Stated::take(&mut self.file.layout, options);
        if self.is_supplied {
            stated.notes.extend(self.map.contradictions(&self.file.layout.channels));
        }
        stated
    }
}

/// An error about a file of one channel: its slices may be the channels, or the others lie in files of their own.
fn with_slices(error: Error, channels: &[Channel]) -> Error {
    match (error, channels) {
        (Error::Undecided { location, question, found, .. }, [channel]) if channel.slices.len() > 2 => {
            let slices = channel.slices.len();
            let found = format!("{found}, in {slices} slices");
            let remedy = format!("if the slices of the stack are the channels, {BY_INDEX}");
            Error::Undecided { location, question, found, remedy }
        }
        (Error::Undecided { location, question, found, .. }, [_]) => {
            let remedy = "if the other channels are in files of their own, say how these are named, such as \
                          --files '{field}_{channel}.tif'"
                .to_owned();
            Error::Undecided { location, question, found, remedy }
        }
        (error, _) => error,
    }
}

/// The channel map of the caller, checked against the channels at hand.
pub(super) fn supplied_map(
    channels: &[Channel],
    location: &Location,
    options: &ReadOptions,
) -> Result<Option<ChannelMap>> {
    match (options.channels, &options.channel_names) {
        (Some(map), _) => map.check(channels, location).map(Some),
        (None, Some(names)) => names.find(channels, location).map(Some),
        (None, None) => Ok(None),
    }
}

/// A file whose channels do not say which of them is meant.
pub(super) fn undecided_colours(file: &ImageFile, question: &str) -> Error {
    Error::Undecided {
        location: file.location.clone(),
        question: question.to_owned(),
        found: channels::list(&file.layout.channels),
        remedy: "name the channel by index, such as --channel 0 for a single plane or --channels dapi=0,red=1,green=2 \
                 for a field"
            .to_owned(),
    }
}
