//! Which page holds which plane of an image.

use super::image::{OmeImage, Run};
use crate::error::{Error, Location, Result};

/// Most planes of an image.
const MAX_PLANES: usize = 1 << 20;
/// Most planes that all `TiffData` elements of an image may name together: each of [`MAX_PLANES`] twice.
const MAX_NAMED_PLANES: usize = 2 * MAX_PLANES;

impl OmeImage {
    /// The page (position in the main chain of its file) of each plane: `[c][z]`, with `channels` channels of which each page
    /// may hold several samples, by the number of the file. A plane that lies in another file has none, nor has a slice that
    /// was not acquired.
    pub(in crate::io) fn pages(
        &self,
        channels: usize,
        file: usize,
        page_count: usize,
        location: &Location,
    ) -> Result<Vec<Vec<Option<usize>>>> {
        let sizes = Sizes { channels, slices: self.size_z, frames: self.size_t, order: self.order };
        let is_complete =
            |total: usize| !self.elsewhere.is_empty() || total <= page_count || self.has_listed(page_count);
        let Some(total) = sizes.total().filter(|&total| is_complete(total) && total <= MAX_PLANES) else {
            let problem = format!(
                "the file is incomplete: copy it again (the OME-XML names {channels} x {} x {} planes (SizeC x SizeZ x \
                 SizeT), the file has {page_count} pages)",
                self.size_z, self.size_t
            );
            return Err(Error::malformed(location.clone(), problem));
        };
        let mut pages = vec![vec![None; self.size_z]; channels];
        let everything = [Run { ifd: None, count: None, first_c: 0, first_z: 0, first_t: 0, file: 0 }];
        let before = self.planes_before / (self.size_c / channels.max(1)).max(1);
        let runs = if self.runs.is_empty() { &everything } else { self.runs.as_slice() };
        let mut named = 0_usize;
        for run in runs.iter().filter(|run| run.file == file) {
            let Some(first) = sizes.plane(run) else {
                let problem = format!(
                    "TiffData in the OME-XML begins at channel {}, slice {}, time point {}; there are {channels}, {} and {}",
                    run.first_c, run.first_z, run.first_t, self.size_z, self.size_t
                );
                return Err(Error::malformed(location.clone(), problem));
            };
            // Without a count: one plane if the page is given, else all of them.
            let count = run.count.unwrap_or(if run.ifd.is_some() { 1 } else { total });
            let planes = first..first.saturating_add(count).min(total);
            named = named.saturating_add(planes.len());
            if named > MAX_NAMED_PLANES {
                let problem = format!("TiffData in the OME-XML names the {total} planes over and over");
                return Err(Error::malformed(location.clone(), problem));
            }
            for (step, plane) in planes.enumerate() {
                let (c, z, t) = sizes.position(plane);
                let page = run.ifd.unwrap_or(before).saturating_add(step);
                if t != self.frame {
                    continue;
                }
                if let Some(earlier) = pages[c][z].replace(page)
                    && earlier != page
                {
                    let problem = format!(
                        "the OME-XML gives two pages, {earlier} and {page}, for channel {c}, slice {z}"
                    );
                    return Err(Error::malformed(location.clone(), problem));
                }
            }
        }
        match pages.iter().position(|row| row.iter().all(Option::is_none)) {
            Some(c) if self.elsewhere.is_empty() => {
                let problem = format!("the OME-XML gives no page for channel {c}");
                Err(Error::malformed(location.clone(), problem))
            }
            // A stack of one slice is one of which the others were lost.
            _ if self.elsewhere.is_empty()
                && pages.iter().all(|row| row.len() > 1 && row.iter().flatten().count() == 1) =>
            {
                let problem =
                    format!("the OME-XML gives pages for one of {} slices: copy the file again", self.size_z);
                Err(Error::malformed(location.clone(), problem))
            }
            _ => Ok(pages),
        }
    }
}

impl OmeImage {
    /// Whether each page is listed, and no more than the file has: then planes that are not listed were not acquired.
    fn has_listed(&self, page_count: usize) -> bool {
        let listed = self.runs.iter().map(|run| run.count.unwrap_or(1)).fold(0_usize, usize::saturating_add);
        !self.runs.is_empty() && self.runs.iter().all(|run| run.ifd.is_some()) && listed <= page_count
    }
}

/// The lengths of the axes of an image, and their order.
struct Sizes {
    channels: usize,
    slices: usize,
    frames: usize,
    order: [u8; 3],
}

impl Sizes {
    fn total(&self) -> Option<usize> {
        self.channels.checked_mul(self.slices)?.checked_mul(self.frames)
    }

    fn length(&self, axis: u8) -> usize {
        match axis {
            b'C' => self.channels,
            b'Z' => self.slices,
            _ => self.frames,
        }
    }

    /// The plane at which a run begins; `None` if the image has no such plane.
    fn plane(&self, run: &Run) -> Option<usize> {
        let (mut plane, mut step) = (0_usize, 1_usize);
        for axis in self.order {
            let at = match axis {
                b'C' => run.first_c,
                b'Z' => run.first_z,
                _ => run.first_t,
            };
            plane = plane.checked_add(at.checked_mul(step).filter(|_| at < self.length(axis))?)?;
            step = step.checked_mul(self.length(axis))?;
        }
        Some(plane)
    }

    /// Channel, slice and time point of a plane.
    fn position(&self, plane: usize) -> (usize, usize, usize) {
        let (mut rest, mut position) = (plane, (0, 0, 0));
        for axis in self.order {
            let at = rest % self.length(axis).max(1);
            rest /= self.length(axis).max(1);
            match axis {
                b'C' => position.0 = at,
                b'Z' => position.1 = at,
                _ => position.2 = at,
            }
        }
        position
    }
}
