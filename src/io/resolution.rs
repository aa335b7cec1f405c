//! Resolution tags.

/// The resolution tags of a page, as stored.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Resolution {
    /// Pixels per unit along x.
    pub(super) x: Option<f64>,
    /// Pixels per unit along y.
    pub(super) y: Option<f64>,
    /// 1: no unit, 2: inch, 3: centimetre.
    pub(super) unit: u64,
}
