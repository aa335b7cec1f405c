//! Fall-off of the light over the field, from objects that are alike wherever they lie: nuclei and signals.

use crate::statistics::regression;
use serde::{Deserialize, Serialize};

/// Minimal number of nuclei for an estimate.
const MIN_NUCLEI: usize = 30;
/// Maximal number of rounds of linearising the fall-off, and the change in standard errors below which it has settled.
const ROUNDS: usize = 12;
const SETTLED: f64 = 0.01;
/// Range of losses that are followed.
const LOSSES: [f64; 2] = [-2.0, 0.95];

/// Light over the field of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Illumination {
    /// Share of the light in the centre of the field that is missing in its corners (the mean of the four); negative
    /// if they are brighter.
    pub corner_loss: f64,
    /// Its standard error; `None` if it was supplied.
    pub standard_error: Option<f64>,
    /// Number of nuclei that it was estimated from; 0 if it was supplied.
    pub nuclei: usize,
    /// Whether the heights of signals were corrected for it: only if it was supplied, since tissue is not alike all over a
    /// field.
    pub used: bool,
}

impl Illumination {
    /// A fall-off that the user knows.
    pub(crate) fn supplied(corner_loss: f64) -> Self {
        Self { corner_loss, standard_error: None, nuclei: 0, used: true }
    }
}

/// Light at a place over the light in the centre of the field; the place is from the centre, in half diagonals.
pub(crate) fn light([y, x]: [f64; 2], corner_loss: f64) -> f64 {
    (1.0 - corner_loss * (y * y + x * x)).max(1.0 - LOSSES[1])
}

/// The light of an object, and its place from the centre of the field in half diagonals (rows, columns).
pub(crate) struct Seen {
    pub(crate) place: [f64; 2],
    pub(crate) log_light: f64,
}

/// Fits `light = (1 - corner_loss * r^2) * exp(tilt)` with `r` = 1 in the corners.
pub(crate) fn estimate(seen: &[Seen]) -> Option<Illumination> {
    if seen.len() < MIN_NUCLEI {
        return None;
    }
    let mut loss = 0.0;
    let mut error = 0.0;
    for _ in 0..ROUNDS {
        let rows: Vec<([f64; 4], f64)> = seen
            .iter()
            .map(|s| {
                let [y, x] = s.place;
                let left = light(s.place, loss);
                ([1.0, -(y * y + x * x) / left, y, x], s.log_light - left.ln())
            })
            .collect();
        let fit = regression::fit(&rows)?;
        loss = (loss + fit.coefficients[1]).clamp(LOSSES[0], LOSSES[1]);
        error = fit.standard_error(1);
        if fit.coefficients[1].abs() < SETTLED * error {
            break;
        }
    }
    Some(Illumination { corner_loss: loss, standard_error: Some(error), nuclei: seen.len(), used: false })
}
