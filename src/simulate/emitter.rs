//! A signal in the specimen.

use serde::Serialize;

use crate::colour::Colour;

/// State of the locus of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Intact.
    Fused,
    /// Pulled apart.
    Split,
    /// Green lost.
    Red,
    /// Red lost.
    Green,
}

/// A signal as it is in the specimen, lengths in um.
#[derive(Debug, Clone)]
pub(super) struct Emitter {
    pub(super) locus: usize,
    pub(super) kind: SignalKind,
    pub(super) colour: Colour,
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) z: f64,
    pub(super) electrons: f64,
    /// For a doublet: half of the way from one sister to the other, (y, x).
    pub(super) half_doublet: Option<(f64, f64)>,
    /// The sources of each copy, one copy or two. None: one round spot.
    pub(super) copies: Vec<Vec<Source>>,
}

/// A source of light, a part of a signal: its way from the signal's place, um, and its share of the light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Source {
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) z: f64,
    pub(super) light: f64,
    /// Standard deviation, um.
    pub(super) extent_um: f64,
}

impl Source {
    /// All light at the place of the signal.
    pub(super) const POINT: Self = Self { y: 0.0, x: 0.0, z: 0.0, light: 1.0, extent_um: 0.0 };
}
