//! The depth of a field that was read from a stack of slices: where in depth its light is in focus.

use ndarray::Array2;

use crate::colour::Colour;

/// Edge of the squares of pixels whose peaks in depth are kept, px. Signals are wider.
pub(crate) const PEAK_BIN_PX: usize = 2;
/// Edge of the squares of pixels whose focus is kept, px. Nuclei are much wider.
pub(crate) const FOCUS_BIN_PX: usize = 8;

/// The depth of a field that was read from a stack. Depths are in slices: the first slice has the depth 0.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Depth {
    /// Depth of the last slice, in slices. With gaps it is more than the number of slices less one.
    pub last_z_px: f64,
    /// Number of slices.
    pub slices: usize,
    /// Distance between slices, um; `None` if neither the file nor the caller states it.
    pub z_step_um: Option<f64>,
    /// The displacement of the slices against each other, and whether it was undone.
    pub drift: Drift,
    pub(crate) counterstain: FocusMap,
    /// Red, green.
    pub(crate) probes: [PeakMap; 2],
}

/// The displacement of the slices of a stack against each other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Drift {
    /// Largest displacement of a slice against the first, px. It is undone in whole pixels.
    pub largest_px: f64,
    /// Slices whose displacement could not be measured: they are used as acquired.
    pub not_registered: usize,
}

/// A peak along the depth at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Peak {
    /// Its depth, slices.
    pub(crate) z_px: f32,
    /// Its height above the light around it, grey levels; 0 = no peak.
    pub(crate) height: f32,
}

/// The two highest peaks along the depth at each square of [`PEAK_BIN_PX`], the highest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PeakMap {
    pub(crate) peaks: Array2<[Peak; 2]>,
}

impl PeakMap {
    /// The peaks at a place; `None` outside.
    pub(crate) fn at(&self, y_px: f64, x_px: f64) -> Option<[Peak; 2]> {
        let bin = |px: f64| (px.round().max(0.0) as usize) / PEAK_BIN_PX;
        self.peaks.get((bin(y_px), bin(x_px))).copied()
    }
}

/// The fine structure of the counterstain along the depth, in a square of [`FOCUS_BIN_PX`]: sums over the slices of the
/// sharpness above its lowest, and of that times depth and depth squared.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Focus {
    pub(crate) sharpness: f64,
    pub(crate) depth: f64,
    pub(crate) depth_squared: f64,
}

/// The focus of each square of [`FOCUS_BIN_PX`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FocusMap {
    pub(crate) squares: Array2<Focus>,
}

/// Where in depth a nucleus is in focus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NucleusFocus {
    /// Depth of its best focus, slices.
    pub(crate) best_z_px: f64,
    /// Depth over which it is in focus, slices.
    pub(crate) depth_px: f64,
}

impl FocusMap {
    /// The focus of the squares in a rectangle (rows, columns) whose middles `belong` to a nucleus; `None` if the
    /// counterstain has no structure there.
    pub(crate) fn of_nucleus(
        &self,
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        belongs: impl Fn(usize, usize) -> bool,
    ) -> Option<NucleusFocus> {
        let bins = |px: std::ops::Range<usize>| px.start / FOCUS_BIN_PX..px.end.div_ceil(FOCUS_BIN_PX);
        let middle = |bin: usize| bin * FOCUS_BIN_PX + FOCUS_BIN_PX / 2;
        let mut sum = Focus::default();
        for (i, j) in bins(rows).flat_map(|i| bins(columns.clone()).map(move |j| (i, j))) {
            if let Some(square) = self.squares.get((i, j)).filter(|_| belongs(middle(i), middle(j))) {
                sum.sharpness += square.sharpness;
                sum.depth += square.depth;
                sum.depth_squared += square.depth_squared;
            }
        }
        if sum.sharpness <= 0.0 {
            return None;
        }
        let best_z_px = sum.depth / sum.sharpness;
        let variance = (sum.depth_squared / sum.sharpness - best_z_px.powi(2)).max(0.0);
        // An even layer of this spread is so thick.
        Some(NucleusFocus { best_z_px, depth_px: (12.0 * variance).sqrt() })
    }
}

impl Depth {
    /// The peaks along the depth in a probe channel at a place.
    pub(crate) fn peaks(&self, colour: Colour, y_px: f64, x_px: f64) -> Option<[Peak; 2]> {
        self.probes[colour.index()].at(y_px, x_px)
    }
}
