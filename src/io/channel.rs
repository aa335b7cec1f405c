//! A channel as its file describes it.

/// Where a plane lies: a page of full resolution, by its position among those, and a sample of its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaneAddress {
    pub(super) page: usize,
    pub(super) sample: usize,
    /// Its place in depth, from 0.
    pub(super) slice: usize,
}

/// One channel as the file describes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Channel {
    pub(super) name: Option<String>,
    pub(super) fluor: Option<String>,
    pub(super) emission_nm: Option<f64>,
    /// Its planes in the order of their depth; slices may be missing.
    pub(super) slices: Vec<PlaneAddress>,
}
