//! A channel as its file describes it.

/// Where a plane lies: a page of full resolution, by its position among those, and a sample of its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaneAddress {
    pub(super) page: usize,
    pub(super) sample: usize,
}

/// One channel as the file describes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Channel {
    pub(super) name: Option<String>,
    pub(super) fluor: Option<String>,
    pub(super) emission_nm: Option<f64>,
    /// Its planes, one for each slice in depth.
    pub(super) slices: Vec<PlaneAddress>,
}
