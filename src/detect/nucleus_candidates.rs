//! The candidates of one nucleus in both colours.

use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::detect::defocus::DefocusAttenuation;

/// The candidates of one nucleus, strongest first, greens corrected for the chromatic shift.
#[derive(Debug, Clone, Default)]
pub(crate) struct NucleusCandidates {
    pub(crate) red: Vec<Candidate>,
    pub(crate) green: Vec<Candidate>,
    /// Attenuation of signals out of focus by the filters that found them.
    pub(crate) attenuation: PerColour<DefocusAttenuation>,
    pub(crate) area_px: f64,
    /// Centre of its field (rows, columns), px.
    pub(crate) field_centre_px: [f64; 2],
}

impl NucleusCandidates {
    /// The candidates of a colour.
    pub(crate) fn of(&self, colour: Colour) -> &[Candidate] {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }
}
