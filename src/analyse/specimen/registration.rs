//! Whether the nuclei lie where the probes are: the share of loci in nuclei as acquired, beside that with the counterstain
//! moved, mirrored or taken from another field.
//!
//! Red and green agree with each other if the counterstain alone is displaced, so that no check of the probes sees it.

mod loci;
mod placement;

use crate::calibrate::ChromaticShift;
use crate::quality::{CounterstainFit, CounterstainPlace, OtherPlace, RegistrationFacts};
use crate::reading::FieldReading;
use crate::statistics::median;
use loci::loci;
use placement::{Counts, Mask, Turn};

/// Cells of the masks along the diameter of a nucleus.
const CELLS_PER_DIAMETER: f64 = 8.0;
/// Displacements up to so many diameters of a nucleus are tried.
const REACH_DIAMETERS: f64 = 3.0;
/// The same for mirrored pictures and for the nuclei of other fields, which lie in one place but for the stage.
const REACH_OTHER_DIAMETERS: f64 = 1.0;
/// The nuclei of so many other fields are tried.
const MAX_OTHER_FIELDS: usize = 40;
/// Share of the loci that a displacement must bring into nuclei for a closer look at it.
const MIN_GAIN: f64 = 0.04;
/// Loci that lie in nuclei beyond chance by so many standard deviations fit: other nuclei are not tried.
const FITS_DEVIATIONS: f64 = 10.0;

/// A field as it is compared: its loci and its nuclei, in cells.
struct Seen<'a> {
    field: &'a FieldReading,
    /// Places of its loci (row, column), px.
    loci: Vec<[f64; 2]>,
    mask: Mask,
}

/// Measures how the loci of all fields lie in the nuclei.
pub(super) fn measure(
    fields: &[FieldReading],
    diameter_px: f64,
    shift: Option<ChromaticShift>,
) -> RegistrationFacts {
    let mut diameters: Vec<f64> = fields.iter().filter_map(|f| f.quality.nucleus_diameter_px).collect();
    let nucleus_px = median(&mut diameters);
    if nucleus_px.is_nan() || nucleus_px <= 0.0 {
        return RegistrationFacts::default();
    }
    let cell_px = ((nucleus_px / CELLS_PER_DIAMETER).round() as usize).max(1);
    let cells = |diameters: f64| (diameters * nucleus_px / cell_px as f64).round() as usize;
    let seen: Vec<Seen<'_>> = fields
        .iter()
        .map(|field| Seen {
            field,
            loci: loci(field, diameter_px, shift),
            mask: Mask::new(&field.labels, cell_px),
        })
        .collect();
    let reach = cells(REACH_DIAMETERS);
    let counts: Vec<Counts> = seen.iter().map(|s| s.mask.counts(&s.loci, reach)).collect();
    let mut all = Counts::new(reach);
    counts.iter().for_each(|counts| all.add(counts));
    let search = Search { seen: &seen, cell_px, reach, reach_other: cells(REACH_OTHER_DIAMETERS) };
    let every: Vec<usize> = (0..seen.len()).collect();
    RegistrationFacts {
        all: search.fit(&all, &every),
        fields: counts.iter().enumerate().map(|(f, counts)| search.fit(counts, &[f])).collect(),
    }
}

/// The search for the place of the counterstain.
struct Search<'a> {
    seen: &'a [Seen<'a>],
    cell_px: usize,
    /// Displacements that are tried, cells.
    reach: usize,
    /// The same for mirrored pictures and other fields; more are counted, to know what chance gives.
    reach_other: usize,
}

impl Search<'_> {
    /// How the loci of some fields lie in the nuclei, of which these are the counts; other places than displacements only if
    /// none of these fits.
    fn fit(&self, counts: &Counts, fields: &[usize]) -> CounterstainFit {
        let (best, zero) = (counts.best(self.reach), [0, 0]);
        let (loci, inside) = counts.at(zero);
        let deviations = counts.deviations(zero);
        let (_, inside_best) = counts.at(best);
        let is_gain = inside_best as f64 > inside as f64 + MIN_GAIN * loci as f64;
        CounterstainFit {
            loci,
            inside,
            chance: counts.chance(),
            deviations,
            deviations_if_half: counts.deviations_if_half(),
            moved: is_gain.then(|| OtherPlace {
                deviations: counts.deviations(best),
                ..self
                    .compared(counts.centre(best, self.reach_other).map(|d| d * self.cell_px as f64), fields)
            }),
            other: if deviations < FITS_DEVIATIONS { self.elsewhere(fields) } else { None },
        }
    }

    /// The loci that lie in nuclei as acquired, with the counterstain moved, and in one of both only.
    fn compared(&self, [y, x]: [f64; 2], fields: &[usize]) -> OtherPlace {
        let place = CounterstainPlace::Moved([y, x]);
        let mut found = OtherPlace { place, loci: 0, inside: 0, gained: 0, lost: 0, deviations: 0.0 };
        for seen in fields.iter().map(|f| &self.seen[*f]) {
            for [v, u] in &seen.loci {
                let Some(here) = seen.is_inside([*v, *u]) else { continue };
                let Some(there) = seen.is_inside([v - y, u - x]) else { continue };
                found.loci += 1;
                found.inside += usize::from(there);
                found.gained += usize::from(there && !here);
                found.lost += usize::from(here && !there);
            }
        }
        found
    }

    /// The best of the other places: mirrored, turned, or the nuclei of another field.
    fn elsewhere(&self, fields: &[usize]) -> Option<OtherPlace> {
        let turned = Turn::ALL.into_iter().filter_map(|turn| {
            let mut all = Counts::new(self.reach);
            for seen in fields.iter().map(|f| &self.seen[*f]) {
                all.add(&seen.mask.turned(turn)?.counts(&seen.loci, self.reach));
            }
            Some((CounterstainPlace::Turned(turn.words()), all))
        });
        let other = fields.iter().flat_map(|&f| {
            let others = self.seen.iter().enumerate().filter(move |(g, _)| *g != f).take(MAX_OTHER_FIELDS);
            others.map(move |(_, other)| {
                let counts = other.mask.counts(&self.seen[f].loci, self.reach);
                (CounterstainPlace::OfField(other.field.name.clone()), counts)
            })
        });
        let places = turned.chain(other).map(|(place, counts)| {
            let best = counts.best(self.reach_other);
            let (loci, inside) = counts.at(best);
            OtherPlace { place, loci, inside, gained: 0, lost: 0, deviations: counts.deviations(best) }
        });
        // The first of several.
        places.reduce(|a, b| if b.deviations > a.deviations { b } else { a })
    }
}

impl Seen<'_> {
    /// Whether a place lies in a nucleus; `None` outside the field.
    fn is_inside(&self, [y, x]: [f64; 2]) -> Option<bool> {
        let (y, x) = (y.round(), x.round());
        (y >= 0.0 && x >= 0.0)
            .then(|| self.field.labels.get(y as usize, x as usize).map(|label| label > 0))?
    }
}

#[cfg(test)]
mod tests;
