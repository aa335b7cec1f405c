//! Pages that hold the channels, slices and time points of one image.

use super::channel::{Channel, PlaneAddress};
use super::options::ReadOptions;

/// An axis of a stack: its length, and how many pages one step along it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) length: usize,
    pub(super) step: usize,
}

impl Axis {
    /// An axis of one entry.
    pub(super) const ONE: Self = Self { length: 1, step: 0 };
}

/// Where the pages of an image lie among those of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stack {
    pub(super) first: usize,
    pub(super) channels: Axis,
    pub(super) slices: Axis,
    pub(super) frames: Axis,
}

impl Stack {
    /// Pages that are one channel each.
    pub(super) fn of_channels(first: usize, count: usize) -> Self {
        Self { first, channels: Axis { length: count, step: 1 }, slices: Axis::ONE, frames: Axis::ONE }
    }

    /// The same with its slices, or its time points, as channels, if the caller names more channels than there are: some
    /// programs write channels so, and an image of one channel has no use for the names of three.
    pub(super) fn as_the_caller_names_it(mut self, options: &ReadOptions) -> Self {
        let Some(map) = options.channels else { return self };
        let needed = map.indices().into_iter().max().unwrap_or(0) + 1;
        let Self { channels, slices, frames, .. } = &mut self;
        if channels.length == 1 {
            let only = match (slices.length, frames.length) {
                (_, 1) => slices,
                (1, _) => frames,
                _ => return self,
            };
            if only.length >= needed {
                std::mem::swap(channels, only);
            }
        }
        self
    }

    /// The channels at a time point.
    pub(super) fn at(&self, frame: usize) -> Vec<Channel> {
        let plane = |channel: usize, slice: usize| PlaneAddress {
            page: self.first
                + frame * self.frames.step
                + channel * self.channels.step
                + slice * self.slices.step,
            sample: 0,
            slice,
        };
        let slices =
            |channel: usize| (0..self.slices.length).map(move |slice| plane(channel, slice)).collect();
        (0..self.channels.length).map(|i| Channel { slices: slices(i), ..Channel::default() }).collect()
    }

    /// Its size in words.
    pub(super) fn describe(&self, frame: usize) -> String {
        let mut words = counted(self.channels.length, "channel");
        if self.slices.length > 1 {
            words = format!("{words}, {}", counted(self.slices.length, "slice"));
        }
        if self.frames.length > 1 {
            words = format!("{words}, time point {frame}");
        }
        words
    }
}

/// A number of things in words.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_or_time_points_stand_for_channels_where_the_caller_names_them() {
        let axis = |length, step| Axis { length, step };
        let stack = Stack { first: 2, channels: Axis::ONE, slices: axis(4, 1), frames: Axis::ONE };
        let mut options = ReadOptions::default();
        assert_eq!(stack.as_the_caller_names_it(&options), stack);
        options.channels = "dapi=0,red=1,green=3".parse().ok();
        let read = stack.as_the_caller_names_it(&options);
        assert_eq!((read.channels, read.slices), (axis(4, 1), Axis::ONE));
        assert_eq!(read.at(0)[3].slices, [PlaneAddress { page: 5, sample: 0, slice: 0 }]);
        let both = Stack { frames: axis(4, 4), ..stack };
        assert_eq!(both.as_the_caller_names_it(&options), both, "either could be meant");
        let few = Stack { slices: axis(3, 1), ..stack };
        assert_eq!(few.as_the_caller_names_it(&options), few);
    }

    #[test]
    fn pages_of_a_time_point() {
        let axis = |length, step| Axis { length, step };
        let stack = Stack { first: 0, channels: axis(2, 3), slices: axis(3, 1), frames: axis(2, 6) };
        let pages = |channels: Vec<Channel>| -> Vec<Vec<usize>> {
            channels.iter().map(|channel| channel.slices.iter().map(|at| at.page).collect()).collect()
        };
        assert_eq!(pages(stack.at(1)), [[6, 7, 8], [9, 10, 11]]);
        assert_eq!(stack.describe(1), "2 channels, 3 slices, time point 1");
    }
}
