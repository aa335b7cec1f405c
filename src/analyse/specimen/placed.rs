//! Candidates of a field in their places without the chromatic shift, and their neighbours of the other colour.

use super::nucleus::{NucleusRecord, field_centre_px};
use crate::analyse::FieldMeasurement;
use crate::calibrate::ChromaticShift;
use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::resolve::model::typical_height;

/// Distance up to which two spots are at one place, in signal diameters.
pub(super) const SAME_PLACE_DIAMETERS: f64 = 1.0;
/// Height of both ends from which two spots at one place are a locus and no speckle, over the typical height of signals.
const LOCUS_HEIGHT: f64 = 0.5;

/// The least heights of the ends of a locus, grey levels.
pub(super) fn locus_heights(nuclei: &[NucleusRecord]) -> PerColour<f64> {
    PerColour::from_fn(|colour| {
        LOCUS_HEIGHT * typical_height(nuclei.iter().map(|nucleus| nucleus.candidates.of(colour)))
    })
}

/// A candidate, with its place without the chromatic shift.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'c> {
    /// Its place among the candidates of its colour in the field.
    pub(super) index: usize,
    pub(super) candidate: &'c Candidate,
    /// Row and column, px.
    pub(super) place: [f64; 2],
}

impl Placed<'_> {
    fn distance_px(&self, other: &Self) -> f64 {
        (self.place[0] - other.place[0]).hypot(self.place[1] - other.place[1])
    }
}

/// Candidates of a colour in a field, in the order of their rows.
#[derive(Debug, Clone)]
pub(super) struct PlacedCandidates<'c>(Vec<Placed<'c>>);

impl<'c> PlacedCandidates<'c> {
    /// Those that `is_kept` keeps.
    pub(super) fn of(
        field: &'c FieldMeasurement,
        colour: Colour,
        shift: Option<&ChromaticShift>,
        is_kept: impl Fn(&Candidate) -> bool,
    ) -> Self {
        let centre = field_centre_px(field);
        let shift = shift.filter(|_| colour == Colour::Green);
        let place = |c: &Candidate| {
            let acquired = [c.y_px, c.x_px];
            shift.map_or(acquired, |shift| shift.undo(acquired, centre))
        };
        let all = field.channels[colour.index()].candidates.iter().enumerate();
        let kept = all.filter(|(_, candidate)| is_kept(candidate));
        let mut placed: Vec<Placed<'c>> =
            kept.map(|(index, candidate)| Placed { index, candidate, place: place(candidate) }).collect();
        placed.sort_by(|a, b| a.place[0].total_cmp(&b.place[0]).then(a.index.cmp(&b.index)));
        Self(placed)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Placed<'c>> {
        self.0.iter()
    }

    /// Those in the rows that are at most `reach_px` away.
    fn in_rows(&self, row_px: f64, reach_px: f64) -> &[Placed<'c>] {
        let from = self.0.partition_point(|other| other.place[0] < row_px - reach_px);
        let to = self.0.partition_point(|other| other.place[0] <= row_px + reach_px);
        &self.0[from..to.max(from)]
    }

    /// Those at most `reach_px` away from a candidate.
    pub(super) fn near(&self, of: &Placed<'_>, reach_px: f64) -> impl Iterator<Item = &Placed<'c>> {
        self.in_rows(of.place[0], reach_px).iter().filter(move |other| of.distance_px(other) <= reach_px)
    }

    /// The nearest one at most `reach_px` away from a candidate.
    pub(super) fn nearest(&self, of: &Placed<'_>, reach_px: f64) -> Option<&Placed<'c>> {
        self.near(of, reach_px).min_by(|a, b| of.distance_px(a).total_cmp(&of.distance_px(b)))
    }
}
