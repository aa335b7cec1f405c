//! An image of an OME-TIFF.

use crate::io::stack::counted;

/// One channel of the `Pixels` element.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::io) struct OmeChannel {
    pub(in crate::io) name: Option<String>,
    pub(in crate::io) fluor: Option<String>,
    pub(in crate::io) emission_nm: Option<f64>,
}

/// The image of a file that is read, at one time point.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::io) struct OmeImage {
    pub(in crate::io) size_x: usize,
    pub(in crate::io) size_y: usize,
    pub(in crate::io) size_c: usize,
    pub(in crate::io) size_z: usize,
    pub(in crate::io) channels: Vec<OmeChannel>,
    /// Edges (x, y) of a pixel in micrometres, each if stated in a unit of length.
    pub(in crate::io) pixel_um: (Option<f64>, Option<f64>),
    /// Distance between slices, um, if stated in a unit of length.
    pub(in crate::io) z_step_um: Option<f64>,
    /// Why the edges could not be read, if they could not: no fault where the caller knows them.
    pub(in crate::io) pixel_size_problem: Option<String>,
    pub(in crate::io) significant_bits: Option<u32>,
    /// Other files that hold planes of the image.
    pub(in crate::io) elsewhere: Vec<String>,
    pub(super) size_t: usize,
    /// The time point.
    pub(super) frame: usize,
    /// The axes beside those of a plane, the fastest first.
    pub(super) order: [u8; 3],
    pub(super) runs: Vec<Run>,
    /// Planes of the images before this one.
    pub(super) planes_before: usize,
}

/// A `TiffData` element: a run of pages and the first plane it holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    pub(super) ifd: Option<usize>,
    pub(super) count: Option<usize>,
    pub(super) first_c: usize,
    pub(super) first_z: usize,
    pub(super) first_t: usize,
    /// The file that the planes lie in: 0 for the one at hand, else one more than its place in `elsewhere`.
    pub(super) file: usize,
}

impl OmeImage {
    /// All its planes, at all time points.
    pub(super) fn planes(&self) -> usize {
        self.size_c.saturating_mul(self.size_z).saturating_mul(self.size_t)
    }

    pub(super) fn has_own_planes(&self) -> bool {
        self.runs.is_empty() || self.runs.iter().any(|run| run.file == 0)
    }

    /// Its name and size in words.
    pub(super) fn describe(&self, name: &str, frame: usize) -> String {
        let size =
            format!("\"{name}\" {} x {} px, {}", self.size_y, self.size_x, counted(self.size_c, "channel"));
        let slices = if self.size_z > 1 { format!(", {} slices", self.size_z) } else { String::new() };
        let time = if self.size_t > 1 { format!(", time point {frame}") } else { String::new() };
        format!("{size}{slices}{time}")
    }

    /// Takes the slices or time points for channels, if there is one channel and the caller names as many as there are of
    /// these.
    pub(super) fn read_stack_as_channels(&mut self, needed: Option<usize>) {
        let Some(needed) = needed.filter(|_| self.size_c == 1) else { return };
        let (is_stack, is_series) = (self.size_z >= needed, self.size_t >= needed);
        let other = match (is_stack && self.size_t == 1, is_series && self.size_z == 1) {
            (true, _) => b'Z',
            (_, true) => b'T',
            _ => return,
        };
        let size = if other == b'Z' { &mut self.size_z } else { &mut self.size_t };
        std::mem::swap(&mut self.size_c, size);
        for axis in &mut self.order {
            *axis = match *axis {
                b'C' => other,
                axis if axis == other => b'C',
                axis => axis,
            };
        }
        for run in &mut self.runs {
            let first = if other == b'Z' { &mut run.first_z } else { &mut run.first_t };
            std::mem::swap(&mut run.first_c, first);
        }
        self.channels.clear();
    }

    /// Whether a page of the file at hand may be the first of the image.
    pub(in crate::io) fn may_begin_at(&self, page: usize) -> bool {
        let mut own = self.runs.iter().filter(|run| run.file == 0).filter_map(|run| run.ifd).peekable();
        if own.peek().is_none() { page >= self.planes_before } else { own.any(|ifd| ifd == page) }
    }
}
