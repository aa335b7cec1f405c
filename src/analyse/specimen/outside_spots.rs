//! The false spots that a specimen shows outside nuclei.
//!
//! A spot counts if it lies in no nucleus, has no spot of the other colour at its place, and lies away from every locus outside
//! nuclei: there a nucleus was missed, and its single ends are no false spots.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;

use super::nucleus::NucleusRecord;
use super::placed::{Placed, PlacedCandidates, SAME_PLACE_DIAMETERS, locus_heights};
use crate::analyse::FieldMeasurement;
use crate::calibrate::ChromaticShift;
use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::resolve::false_spots::FalseSpots;
use crate::slide::Part;
use crate::statistics::median;

/// Radius around a locus outside nuclei in which a missed nucleus may lie, in radii of the median nucleus.
const MISSED_NUCLEUS_RADII: f64 = 1.5;
/// Density of the spots of a field over that of the median field, and deviations of their number beyond that, up to which they
/// are the speckle of the slide.
const DENSITY_FACTOR: f64 = 2.0;
const COUNT_DEVIATIONS: f64 = 3.0;
/// Radius up to which a displacement is looked for, in radii of the median nucleus.
const MAX_DISPLACEMENT_RADII: f64 = 2.0;
/// Number and share of the spots at one displacement from which they are displaced signals. By chance a twentieth are.
const MIN_DISPLACED: usize = 8;
const MIN_DISPLACED_SHARE: f64 = 0.3;
/// Cells of the map of missed nuclei in the radius of a nucleus.
const CELLS_IN_RADIUS: f64 = 4.0;

/// Learns the false spots of each colour.
pub(super) fn learn(
    fields: &[FieldMeasurement],
    nuclei: &[NucleusRecord],
    shift: Option<&ChromaticShift>,
    diameter_px: f64,
) -> PerColour<FalseSpots> {
    let mut areas: Vec<f64> = nuclei.iter().map(|n| n.candidates.area_px).collect();
    let radius_px = (median(&mut areas) / std::f64::consts::PI).sqrt();
    if radius_px < 1.0 {
        return PerColour::default();
    }
    let rule = Rule {
        shift,
        same_place_px: SAME_PLACE_DIAMETERS * diameter_px,
        locus_height: locus_heights(nuclei),
        radius_px,
    };
    let found: Vec<Outside> = fields.iter().map(|field| rule.in_field(field)).collect();
    PerColour::from_fn(|colour| {
        if rule.is_displaced(fields, &found, colour) { FalseSpots::default() } else { pool(&found, colour) }
    })
}

/// Pools the spots of fields that are as dense there as in others. A field with far more of them has the probe of another place,
/// or nuclei that do not belong to it.
fn pool(fields: &[Outside], colour: Colour) -> FalseSpots {
    let density = |field: &Outside| field.lone[colour].len() as f64 / field.area_px;
    let has_area = || fields.iter().filter(|field| field.area_px > 0.0);
    let mut densities: Vec<f64> = has_area().map(density).collect();
    densities.sort_by(f64::total_cmp);
    let Some(usual) = densities.get(densities.len().saturating_sub(1) / 2) else {
        return FalseSpots::default();
    };
    let is_usual = |field: &&Outside| {
        let expected = DENSITY_FACTOR * usual * field.area_px;
        field.lone[colour].len() as f64 <= expected + COUNT_DEVIATIONS * (expected + 1.0).sqrt()
    };
    let (mut spots, mut area_px) = (Vec::new(), 0.0);
    for field in has_area().filter(is_usual) {
        spots.extend_from_slice(&field.lone[colour]);
        area_px += field.area_px;
    }
    FalseSpots::learn(&spots, area_px)
}

/// The rule that tells false spots from the signals of missed nuclei.
struct Rule<'s> {
    shift: Option<&'s ChromaticShift>,
    same_place_px: f64,
    locus_height: PerColour<f64>,
    /// Radius of the median nucleus.
    radius_px: f64,
}

/// The spots of a field that count, and the area on which they lie.
struct Outside {
    lone: PerColour<Vec<Candidate>>,
    area_px: f64,
}

impl Rule<'_> {
    fn in_field(&self, field: &FieldMeasurement) -> Outside {
        let spots = PerColour::from_fn(|colour| {
            PlacedCandidates::of(field, colour, self.shift, |c| c.nucleus_id == 0)
        });
        let mut map = CellMap::new(field, self.radius_px);
        let is_high = |spot: &Placed<'_>, colour| spot.candidate.amplitude >= self.locus_height[colour];
        for red in spots.red.iter().filter(|spot| is_high(spot, Colour::Red)) {
            if spots.green.near(red, self.same_place_px).any(|green| is_high(green, Colour::Green)) {
                map.leave_out(red.place, MISSED_NUCLEUS_RADII * self.radius_px);
            }
        }
        let lone = PerColour::from_fn(|colour| {
            let is_lone = |spot: &&Placed<'_>| {
                map.counts(spot.place) && !self.has_partner(spot, &spots[colour.other()])
            };
            spots[colour].iter().filter(is_lone).map(|spot| *spot.candidate).collect()
        });
        Outside { lone, area_px: map.area_px() }
    }

    /// Whether the spots of a colour are signals that a shift moved out of nuclei: most have a signal of the other colour at one
    /// displacement.
    fn is_displaced(&self, fields: &[FieldMeasurement], found: &[Outside], colour: Colour) -> bool {
        let cell = |px: f64| (px / self.same_place_px).floor() as i64;
        let reach_px = MAX_DISPLACEMENT_RADII * self.radius_px;
        let is_high = |c: &Candidate, colour: Colour| c.amplitude >= self.locus_height[colour];
        let mut votes: BTreeMap<[i64; 2], usize> = BTreeMap::new();
        let mut spots = 0;
        for (field, outside) in fields.iter().zip(found) {
            let other = colour.other();
            let signals = PlacedCandidates::of(field, other, None, |c| is_high(c, other));
            for spot in outside.lone[colour].iter().filter(|c| is_high(c, colour)) {
                spots += 1;
                let here = Placed { index: 0, candidate: spot, place: [spot.y_px, spot.x_px] };
                let cells: BTreeSet<[i64; 2]> = signals
                    .near(&here, reach_px)
                    .map(|s| [cell(s.place[0] - spot.y_px), cell(s.place[1] - spot.x_px)])
                    .collect();
                // Each cell with those before it: a displacement near an edge is seen in both.
                let with_neighbours: BTreeSet<[i64; 2]> = cells
                    .iter()
                    .flat_map(|[y, x]| [[*y, *x], [y - 1, *x], [*y, x - 1], [y - 1, x - 1]])
                    .collect();
                with_neighbours.into_iter().for_each(|cell| *votes.entry(cell).or_default() += 1);
            }
        }
        let most = votes.values().copied().max().unwrap_or(0);
        most >= MIN_DISPLACED && most as f64 > MIN_DISPLACED_SHARE * f64::from(spots)
    }

    /// Whether one of the others lies at the place of a spot, with or without the shift: crosstalk lies where its signal was
    /// acquired.
    fn has_partner(&self, spot: &Placed<'_>, others: &PlacedCandidates<'_>) -> bool {
        let shift_px = self.shift.map_or(0.0, |shift| shift.y_px.hypot(shift.x_px));
        let as_acquired = |other: &Placed<'_>| spot.candidate.distance_px(other.candidate);
        others.near(spot, self.same_place_px).next().is_some()
            || (shift_px > 0.0
                && others
                    .near(spot, 2.0 * shift_px + self.same_place_px)
                    .any(|other| as_acquired(other) <= self.same_place_px))
    }
}

/// A coarse map of the places outside nuclei that count.
struct CellMap {
    cell_px: usize,
    counts: Array2<bool>,
}

impl CellMap {
    fn new(field: &FieldMeasurement, radius_px: f64) -> Self {
        let labels = &field.segmentation.labels;
        let cell_px = ((radius_px / CELLS_IN_RADIUS) as usize).max(1);
        let (height, width) = labels.dim();
        let cells = [height, width].map(|n| n.div_ceil(cell_px));
        let middle = |cell: usize, n: usize| (cell * cell_px + cell_px / 2).min(n - 1);
        let is_outside = |(v, u)| labels.at(middle(v, height), middle(u, width)) == 0;
        let mut map = Self { cell_px, counts: Array2::from_shape_fn(cells, is_outside) };
        field.not_searched.iter().for_each(|part| map.leave_out_part(*part));
        map
    }

    /// Leaves out the cells that a part meets.
    fn leave_out_part(&mut self, part: Part) {
        let range = |from: usize, to: usize, len: usize| {
            (from / self.cell_px).min(len)..to.div_ceil(self.cell_px).min(len)
        };
        let rows = range(part.y0, part.y1, self.counts.nrows());
        let columns = range(part.x0, part.x1, self.counts.ncols());
        for row in rows {
            columns.clone().for_each(|column| self.counts[(row, column)] = false);
        }
    }

    fn cell(&self, place: [f64; 2]) -> [f64; 2] {
        place.map(|px| (px / self.cell_px as f64).floor())
    }

    /// Whether a place counts. The middle of its cell decides, as it does for the area.
    fn counts(&self, place: [f64; 2]) -> bool {
        let [v, u] = self.cell(place);
        v >= 0.0 && u >= 0.0 && self.counts.get((v as usize, u as usize)).copied().unwrap_or(false)
    }

    fn leave_out(&mut self, place: [f64; 2], radius_px: f64) {
        let [v, u] = self.cell(place);
        let reach = radius_px / self.cell_px as f64;
        let range = |at: f64, len: usize| {
            let from = (at - reach).max(0.0) as usize;
            from.min(len)..((at + reach).max(-1.0) + 1.0).min(len as f64) as usize
        };
        let rows = range(v, self.counts.nrows());
        let columns = range(u, self.counts.ncols());
        for row in rows {
            for column in columns.clone() {
                if (row as f64 - v).hypot(column as f64 - u) <= reach {
                    self.counts[(row, column)] = false;
                }
            }
        }
    }

    fn area_px(&self) -> f64 {
        let cells = self.counts.iter().filter(|counts| **counts).count();
        (cells * self.cell_px * self.cell_px) as f64
    }
}
